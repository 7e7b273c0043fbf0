import * as fs from "node:fs/promises";
import type { AppendFile } from "../ports/files.ts";

const PRIVATE_FILE = 0o600;

/**
 * Opens a file that only grows. Where the system has O_DSYNC, what must be on disk is written and flushed in one call,
 * which comes back sooner than a write and an fdatasync after it and promises the same for the bytes of that write.
 * Bytes written before without being flushed are not covered: after those both calls are made.
 */
export async function openAppend(path: string): Promise<AppendFile> {
  const plain = await fs.open(path, "a", PRIVATE_FILE);
  const closePlain = async (error: unknown): Promise<never> => {
    await plain.close();
    throw error;
  };
  let { size } = await plain.stat().catch(closePlain);
  const flushing = await openFlushing(path).catch(closePlain);
  let unflushed = size > 0;
  let last: Promise<void> = Promise.resolve();
  const write = async (bytes: Uint8Array, durable: boolean): Promise<void> => {
    const atOnce = durable && !unflushed && flushing !== undefined;
    const handle = atOnce ? flushing : plain;
    unflushed ||= !atOnce;
    try {
      for (let written = 0; written < bytes.length;) {
        written += (await handle.write(bytes, written)).bytesWritten;
      }
    } catch (error) {
      // A torn record would make everything after it unreadable.
      await plain.truncate(size);
      throw error;
    }
    size += bytes.length;
    if (!durable || atOnce) return;
    await plain.datasync();
    unflushed = false;
  };
  return {
    append: (bytes, durable) => {
      const done = last.then(() => write(bytes, durable));
      // One append that failed must not fail those after it.
      last = done.catch(() => {});
      return done;
    },
    close: async () => {
      await last;
      await flushing?.close();
      await plain.close();
    },
  };
}

/** On macOS only an fsync reaches the disk itself, and Windows has its own ways. */
async function openFlushing(path: string): Promise<fs.FileHandle | undefined> {
  if (process.platform !== "linux") return undefined;
  const { O_WRONLY, O_APPEND, O_DSYNC } = fs.constants;
  return fs.open(path, O_WRONLY | O_APPEND | O_DSYNC);
}
