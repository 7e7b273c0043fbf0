/**
 * The machine-wide index of runs: one small file per run in the state folder, so that an execution id
 * is enough to find a run from any folder and any process. It can be rebuilt from nothing but the
 * run folders it names; it is never the truth about a run.
 */
import type { Files } from "../../ports/files.ts";
import { encodeId } from "../../util/encode-id.ts";
import { runEntrySchema, type RunEntry } from "../../schema/run-entry.ts";

/** The index of runs of this machine. */
export interface RunIndex {
  add(entry: RunEntry): Promise<void>;
  find(executionId: string): Promise<RunEntry | undefined>;
  /** The newest entries, newest first: execution ids begin with their time. */
  newest(limit: number): Promise<readonly RunEntry[]>;
  /** The run that a key stands for. */
  holderOf(idempotencyKey: string): Promise<string | undefined>;
  /** Makes a key stand for a run unless it stands for one already; gives the run it stands for. */
  claimKey(idempotencyKey: string, executionId: string): Promise<string>;
  /** Makes a key free again; for a run that could not be started after all. */
  releaseKey(idempotencyKey: string): Promise<void>;
  /** Forgets a run and the key that stands for it. */
  remove(executionId: string): Promise<void>;
}

/** Ids that can be file names; anything else was not made here. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;

/** Opens the index in the state folder. */
export function openRunIndex(files: Files, stateFolder: string): RunIndex {
  const folder = `${stateFolder}/runs`;
  const pathOf = (executionId: string): string => `${folder}/${executionId}.json`;
  const find = async (executionId: string): Promise<RunEntry | undefined> => {
    if (!idPattern.test(executionId)) return undefined;
    const text = await files.readText(pathOf(executionId));
    return text === undefined ? undefined : parseEntry(text);
  };
  const keysFolder = `${stateFolder}/keys`;
  const keyPath = async (idempotencyKey: string): Promise<string> => `${keysFolder}/${await encodeId(idempotencyKey)}`;
  const holderOf = async (idempotencyKey: string): Promise<string | undefined> =>
    files.readText(await keyPath(idempotencyKey));
  const releaseKey = async (idempotencyKey: string): Promise<void> => files.removeFile(await keyPath(idempotencyKey));
  const newest = async (limit: number): Promise<readonly RunEntry[]> => {
    const names = (await files.list(folder)).filter((name) => name.endsWith(".json")).toReversed();
    const entries: RunEntry[] = [];
    for (const name of names.slice(0, limit)) {
      const entry = await find(name.slice(0, -".json".length));
      if (entry) entries.push(entry);
    }
    return entries;
  };
  return {
    find,
    newest,
    async add(entry) {
      await files.makeFolder(folder);
      await files.writeAtomic(pathOf(entry.executionId), `${JSON.stringify(entry)}\n`);
    },
    holderOf,
    async claimKey(idempotencyKey, executionId) {
      await files.makeFolder(keysFolder);
      const claimed = await files.createExclusive(await keyPath(idempotencyKey), executionId);
      return claimed ? executionId : ((await holderOf(idempotencyKey)) ?? executionId);
    },
    releaseKey,
    async remove(executionId) {
      const entry = await find(executionId);
      if (entry?.idempotencyKey !== undefined) await releaseKey(entry.idempotencyKey);
      if (entry) await files.removeFile(pathOf(executionId));
    },
  };
}

function parseEntry(text: string): RunEntry | undefined {
  const parsed = runEntrySchema.safeParse(readJson(text));
  return parsed.success ? parsed.data : undefined;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // A half-written entry of another program version; the run folder still has the truth.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
