import * as fs from "node:fs";
import { join } from "node:path";
import type { BulkReader } from "../ports/bulk-reader.ts";
import { errorCode } from "./error-code.ts";

/** How long files are read before others get their turn. */
const TURN_MS = 8;

/**
 * Opens a reader of many files. It reads synchronously, turn by turn: for small files that are in
 * the system's cache this takes a tenth of the time that four promises for each of them take.
 */
export function bulkReader(): BulkReader {
  return {
    async read({ root, paths, mostBytes }, visit) {
      const buffer = new Uint8Array(mostBytes);
      await inTurns(paths.length, (index) => {
        const length = readInto(buffer, join(root, paths[index] as string));
        if (length !== undefined) visit(index, buffer.subarray(0, length));
      });
    },
    async versions({ root, paths }) {
      const versions: string[] = [];
      await inTurns(paths.length, (index) => {
        versions.push(versionOf(join(root, paths[index] as string)));
      });
      return versions;
    },
    turn,
  };
}

function turn(): Promise<void> {
  return new Promise((resume) => void setImmediate(resume));
}

async function inTurns(count: number, work: (index: number) => void): Promise<void> {
  let turnEnds = performance.now() + TURN_MS;
  for (let index = 0; index < count; index++) {
    work(index);
    if (performance.now() < turnEnds) continue;
    await turn();
    turnEnds = performance.now() + TURN_MS;
  }
}

/** How many bytes the file has, now at the start of the buffer; undefined where it does not fit or cannot be read. */
function readInto(buffer: Uint8Array, path: string): number | undefined {
  return unlessUnreadable(() => {
    // A pipe must not wait for its other end. Where links cannot be refused, the kind is looked at first.
    const flags = fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);
    if (fs.constants.O_NOFOLLOW === undefined && !fs.lstatSync(path).isFile()) return undefined;
    const file = fs.openSync(path, flags);
    try {
      const status = fs.fstatSync(file);
      if (!status.isFile() || status.size > buffer.length) return undefined;
      return fs.readSync(file, buffer, 0, status.size, 0);
    } finally {
      fs.closeSync(file);
    }
  });
}

function versionOf(path: string): string {
  const status = unlessUnreadable(() => fs.lstatSync(path));
  return status?.isFile() ? `${status.size}:${status.mtimeMs}` : "";
}

const UNREADABLE = new Set(["ENOENT", "ENOTDIR", "EACCES", "EPERM", "ELOOP", "EISDIR", "ENXIO", "EIO", "ENAMETOOLONG"]);

function unlessUnreadable<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch (error) {
    if (UNREADABLE.has(errorCode(error))) return undefined;
    throw error;
  }
}
