import type { Files } from "../../../ports/files.ts";
import { applyManifestSchema, type ApplyManifest } from "../../../schema/apply-manifest.ts";
import { encodeId } from "../../../util/encode-id.ts";
import type { FileState } from "./file-state.ts";

/** One path of a manifest. */
export interface ManifestEntry {
  readonly path: string;
  readonly old: FileState;
  readonly new: FileState;
}

/**
 * Where an apply stands: `writing` and `restoring` are under way, or were when the process died;
 * `committed` is done and can be undone; `restored` is as if it had never been.
 */
export const applyStates = ["writing", "committed", "restoring", "restored"] as const;

/** Where an apply stands. */
export type ApplyState = (typeof applyStates)[number];

/** One apply with its originals. */
export interface Backup {
  readonly folder: string;
  readonly manifest: ApplyManifest;
  readonly state: ApplyState;
}

/** Applies of one run that are kept. */
const MAX_APPLIES = 1_000;

/** The folder that holds the originals of every apply of a run. */
async function backupsOf(stateFolder: string, executionId: string): Promise<string> {
  return `${stateFolder}/backups/${await encodeId(executionId)}`;
}

/** Makes the folder for one more apply of a run. */
export async function makeBackupFolder(files: Files, stateFolder: string, executionId: string): Promise<string> {
  const parent = await backupsOf(stateFolder, executionId);
  const numbers = (await files.list(parent)).map(Number).filter((number) => Number.isSafeInteger(number));
  const next = Math.max(0, ...numbers) + 1;
  if (next > MAX_APPLIES) throw new Error(`Internal error: ${MAX_APPLIES} applies of one run`);
  const folder = `${parent}/${next}`;
  await files.makeFolder(`${folder}/old`);
  return folder;
}

/** Name of the copy of an entry's original bytes. */
export function originalOf(folder: string, index: number): string {
  return `${folder}/old/${index}`;
}

/** Writes down what is going to be changed; nothing is changed before that is on disk. */
export async function beginBackup(files: Files, folder: string, manifest: ApplyManifest): Promise<void> {
  await files.writeAtomic(`${folder}/manifest.json`, JSON.stringify(manifest));
  await setState(files, folder, "writing");
}

/** Marks where an apply stands. */
export async function setState(files: Files, folder: string, state: ApplyState): Promise<void> {
  await files.writeAtomic(`${folder}/state`, `${state}\n`);
}

/** The applies of one run, newest first; those that never began to write are left out. */
export async function listBackups(files: Files, stateFolder: string, executionId: string): Promise<readonly Backup[]> {
  return readBackups(files, await backupsOf(stateFolder, executionId), applyStates);
}

/** Every apply that was under way when its process ended. */
export async function unfinishedBackups(files: Files, stateFolder: string): Promise<readonly Backup[]> {
  const found: Backup[] = [];
  for (const run of await files.list(`${stateFolder}/backups`)) {
    found.push(...(await readBackups(files, `${stateFolder}/backups/${run}`, ["writing", "restoring"])));
  }
  return found;
}

async function readBackups(files: Files, parent: string, wanted: readonly ApplyState[]): Promise<readonly Backup[]> {
  const numbers = (await files.list(parent)).map(Number).filter((number) => Number.isSafeInteger(number));
  const found: Backup[] = [];
  for (const number of numbers.toSorted((left, right) => right - left)) {
    const folder = `${parent}/${number}`;
    const text = (await files.readText(`${folder}/state`))?.trim();
    const state = wanted.find((each) => each === text);
    if (state === undefined) continue;
    const manifest = await files.readText(`${folder}/manifest.json`);
    if (manifest !== undefined)
      found.push({ folder, state, manifest: applyManifestSchema.parse(JSON.parse(manifest)) });
  }
  return found;
}

/** Forgets the originals of a run, after which nothing of it can be undone; an apply that is under way keeps them. Says whether it did. */
export async function dropBackups(files: Files, stateFolder: string, executionId: string): Promise<boolean> {
  const backups = await listBackups(files, stateFolder, executionId);
  if (backups.some(({ state }) => state === "writing" || state === "restoring")) return false;
  await files.removeTree(await backupsOf(stateFolder, executionId));
  return true;
}
