import { readFile, rm, writeFile } from "node:fs/promises";
import lockfile from "proper-lockfile";
import { LOCK_STALE_MS, type Locks, type Release } from "../ports/locks.ts";
import { failed, ok, type Result } from "../util/result.ts";
import { errorCode } from "./error-code.ts";

const HEARTBEAT_MS = 10_000;

/**
 * Locks as folders with a heartbeat, beside the path they are named by. The lock of a process that
 * has ended is taken over at once, that of one that does not move after a minute.
 */
export function advisoryLocks(): Locks {
  return { acquire };
}

async function acquire(path: string, options: { readonly onLost: () => void }): Promise<Result<Release, string>> {
  await removeOfTheDead(path);
  let lost = false;
  let release: Release;
  try {
    release = await lockfile.lock(path, {
      realpath: false,
      stale: LOCK_STALE_MS,
      update: HEARTBEAT_MS,
      retries: 0,
      // Left to itself the library throws from a timer, which would end the server.
      onCompromised: () => {
        if (lost) return;
        lost = true;
        options.onLost();
      },
    });
  } catch (error) {
    if (errorCode(error) !== "ELOCKED") throw error;
    const owner = await ownerOf(path);
    return failed(owner === undefined ? "another process" : `process ${owner}`);
  }
  await writeFile(ownerFile(path), `${process.pid}\n`, { mode: 0o600 });
  return ok(async () => {
    if (lost) return;
    lost = true;
    await rm(ownerFile(path), { force: true });
    try {
      await release();
    } catch (error) {
      // Somebody took it over in this very moment; it is no longer ours to give back.
      if (!["ENOTACQUIRED", "ERELEASED", "ENOENT"].includes(errorCode(error))) throw error;
    }
  });
}

function ownerFile(path: string): string {
  return `${path}.owner`;
}

async function ownerOf(path: string): Promise<number | undefined> {
  try {
    const pid = Number.parseInt(await readFile(ownerFile(path), "utf8"), 10);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function removeOfTheDead(path: string): Promise<void> {
  const owner = await ownerOf(path);
  if (owner === undefined || isAlive(owner)) return;
  // The owner's name goes first: of two that find the dead at once, the second finds nobody.
  await rm(ownerFile(path), { force: true });
  await rm(`${path}.lock`, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process of another user may not be signalled, but is there.
    return errorCode(error) !== "ESRCH";
  }
}
