import type { Stats } from "node:fs";
import * as fs from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import type { Files, FileStatus } from "../ports/files.ts";
import { openAppend } from "./append-file.ts";
import { errorCode } from "./error-code.ts";

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Opens the file system of this machine. */
export function nodeFiles(): Files {
  return {
    status: (path) => unlessMissing(async () => statusOf(await fs.lstat(path))),
    realPath: (path) => unlessMissing(() => fs.realpath(path)),
    readText: (path) => unlessMissing(() => fs.readFile(path, "utf8")),
    readBytes: (path) => unlessMissing(() => fs.readFile(path)),
    readLink: (path) => fs.readlink(path),
    list: async (path) => ((await unlessMissing(() => fs.readdir(path))) ?? []).toSorted(),
    makeFolder: async (path) => {
      await fs.mkdir(path, { recursive: true, mode: PRIVATE_FOLDER });
    },
    writeAtomic,
    writeLink: async (path, target) => {
      const temporary = temporaryBeside(path);
      await fs.symlink(target, temporary);
      await renameOrRemove(temporary, path);
    },
    createExclusive,
    copyFile,
    move: (from, to) => fs.rename(from, to),
    removeFile: async (path) => {
      await unlessMissing(() => fs.unlink(path));
    },
    removeEmptyFolder,
    removeTree,
    setMode: (path, mode) => fs.chmod(path, mode),
    openAppend,
    freeBytes: async (path) => {
      const system = await fs.statfs(path);
      return system.bavail * system.bsize;
    },
    allows: async (path, use) => {
      try {
        await fs.access(path, use === "read" ? fs.constants.R_OK : fs.constants.W_OK);
        return true;
      } catch (error) {
        if (["EACCES", "EPERM", "EROFS", "ENOENT"].includes(errorCode(error))) return false;
        throw error;
      }
    },
  };
}

async function unlessMissing<Value>(look: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await look();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error))) return undefined;
    throw error;
  }
}

function statusOf(stats: Stats): FileStatus {
  let kind: FileStatus["kind"] = "other";
  if (stats.isSymbolicLink()) kind = "link";
  else if (stats.isFile()) kind = "file";
  else if (stats.isDirectory()) kind = "folder";
  return { kind, sizeBytes: stats.size, mode: stats.mode & 0o7777, modifiedMs: stats.mtimeMs };
}

function temporaryBeside(path: string): string {
  // The full name may already be as long as the file system allows.
  return join(dirname(path), `.${basename(path).slice(0, 40)}.${randomBytes(6).toString("hex")}.new`);
}

async function renameOrRemove(temporary: string, path: string): Promise<void> {
  try {
    await fs.rename(temporary, path);
  } catch (error) {
    await unlessMissing(() => fs.unlink(temporary));
    throw error;
  }
}

async function writeAtomic(path: string, content: string | Uint8Array, mode = PRIVATE_FILE): Promise<void> {
  const temporary = temporaryBeside(path);
  const handle = await fs.open(temporary, "wx", mode);
  try {
    await handle.writeFile(content);
    // The mode given to `open` is cut by the umask.
    await handle.chmod(mode);
    await handle.sync();
  } catch (error) {
    await handle.close();
    await unlessMissing(() => fs.unlink(temporary));
    throw error;
  }
  await handle.close();
  await renameOrRemove(temporary, path);
  await syncFolder(dirname(path));
}

/** Makes a new name durable; some platforms and file systems cannot, and lose nothing else by it. */
async function syncFolder(path: string): Promise<void> {
  try {
    const handle = await fs.open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (["EISDIR", "EPERM", "EACCES", "EINVAL", "ENOTSUP", "EBADF"].includes(errorCode(error))) return;
    throw error;
  }
}

async function createExclusive(path: string, content: string): Promise<boolean> {
  let handle: fs.FileHandle;
  try {
    handle = await fs.open(path, "wx", PRIVATE_FILE);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
  try {
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    await handle.close();
    // A half-written file would look as if somebody had created it.
    await unlessMissing(() => fs.unlink(path));
    throw error;
  }
  await handle.close();
  await syncFolder(dirname(path));
  return true;
}

async function copyFile(from: string, to: string): Promise<void> {
  const stats = await fs.stat(from);
  await fs.copyFile(from, to, fs.constants.COPYFILE_FICLONE);
  await fs.chmod(to, stats.mode & 0o7777);
  await fs.utimes(to, roundedDownSeconds(stats.atimeMs), roundedDownSeconds(stats.mtimeMs));
}

/**
 * A copy that looks newer than it is would make git trust a file changed in between, so that the
 * microsecond by which a floating-point number of seconds may be too late is taken off.
 */
function roundedDownSeconds(timeMs: number): number {
  return (Math.floor(timeMs) - 0.001) / 1_000;
}

async function removeEmptyFolder(path: string): Promise<boolean> {
  try {
    await fs.rmdir(path);
    return true;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ENOTEMPTY", "EEXIST"].includes(errorCode(error))) return false;
    throw error;
  }
}

async function removeTree(path: string): Promise<void> {
  try {
    await fs.rm(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  } catch (error) {
    if (!["EACCES", "EPERM"].includes(errorCode(error))) throw error;
    // Go's module cache, among others, makes its folders read-only.
    await makeFoldersWritable(path);
    await fs.rm(path, { recursive: true, force: true });
  }
}

async function makeFoldersWritable(path: string): Promise<void> {
  const pending = [path];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    await fs.chmod(folder, PRIVATE_FOLDER);
    for (const entry of await fs.readdir(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) pending.push(join(folder, entry.name));
    }
  }
}
