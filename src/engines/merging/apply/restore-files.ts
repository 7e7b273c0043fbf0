import type { Files } from "../../../ports/files.ts";
import { originalOf, setState, type Backup, type ManifestEntry } from "./backups.ts";
import { isSameState, readState } from "./file-state.ts";

/** What restoring an apply's originals came to. */
export interface Restored {
  /** Paths that are again what they were. */
  readonly files: readonly string[];
  /** Paths that somebody has changed since, and that were left alone. */
  readonly left: readonly string[];
}

/**
 * Gives every file back its original bytes and permissions, where it is still what the apply made
 * of it. Can be repeated after a crash at any point.
 */
export async function restoreOriginals(
  files: Files,
  { folder, manifest }: Omit<Backup, "state">,
  options: { readonly afterCrash?: boolean } = {},
): Promise<Restored> {
  const { workTree, entries } = manifest;
  const restored: string[] = [];
  const left: string[] = [];
  await setState(files, folder, "restoring");
  if (options.afterCrash) {
    await removeTemporaries(files, manifest);
    await finishFolders(files, manifest);
  }
  // What was made goes first: a file may lie where a folder was made.
  const indexed = entries.map((entry, index) => ({ entry, index }));
  indexed.sort((one, other) => Number(other.entry.old.kind === "absent") - Number(one.entry.old.kind === "absent"));
  let foldersRemoved = false;
  for (const { entry, index } of indexed) {
    if (!foldersRemoved && entry.old.kind !== "absent") {
      foldersRemoved = true;
      await removeMadeFolders(files, workTree, manifest.madeFolders);
    }
    const now = await readState(files, `${workTree}/${entry.path}`);
    if (isSameState(now, entry.old)) restored.push(entry.path);
    else {
      const original = originalOf(folder, index);
      const done =
        isSameState(now, entry.new) &&
        (await restoreEntry(files, { workTree, entry, original, folders: manifest.emptiedFolders }));
      (done ? restored : left).push(entry.path);
    }
  }
  await removeMadeFolders(files, workTree, manifest.madeFolders);
  for (const each of manifest.emptiedFolders.toReversed()) await makeFolderLike(files, workTree, each);
  await setState(files, folder, "restored");
  return { files: restored.toSorted(), left: left.toSorted() };
}

/** Restores one path; false when its kept original is gone. */
async function restoreEntry(
  files: Files,
  what: {
    readonly workTree: string;
    readonly entry: ManifestEntry;
    readonly original: string;
    readonly folders: readonly Folder[];
  },
): Promise<boolean> {
  const { workTree, entry, original, folders } = what;
  const path = `${workTree}/${entry.path}`;
  if (entry.old.kind === "absent") {
    await files.removeFile(path);
    return true;
  }
  const bytes = entry.old.kind === "file" ? await files.readBytes(original) : undefined;
  if (entry.old.kind === "file" && bytes === undefined) return false;
  const above = folders.filter((folder) => entry.path.startsWith(`${folder.path}/`));
  for (const folder of above.toReversed()) await makeFolderLike(files, workTree, folder);
  if (entry.old.kind === "link") await files.writeLink(path, entry.old.target);
  else if (bytes !== undefined) await files.writeAtomic(path, bytes, entry.old.mode);
  return true;
}

interface Folder {
  readonly path: string;
  readonly mode: number;
}

async function makeFolderLike(files: Files, workTree: string, folder: Folder): Promise<void> {
  const path = `${workTree}/${folder.path}`;
  if ((await files.status(path)) !== undefined) return;
  await files.makeFolder(path);
  await files.setMode(path, folder.mode);
}

/** Permissions that `Files.makeFolder` gives. */
const PRIVATE = 0o700;

/** Gives the folder its permissions that a process made again and died before it set them; such a folder is empty. */
async function finishFolders(files: Files, { workTree, emptiedFolders }: Backup["manifest"]): Promise<void> {
  for (const folder of emptiedFolders) {
    const path = `${workTree}/${folder.path}`;
    const status = await files.status(path);
    const halfMade = status?.kind === "folder" && status.mode === PRIVATE && (await files.list(path)).length === 0;
    if (halfMade && folder.mode !== PRIVATE) await files.setMode(path, folder.mode);
  }
}

async function removeMadeFolders(files: Files, workTree: string, folders: readonly Folder[]): Promise<void> {
  for (const { path } of folders.toReversed()) {
    // Only a folder can be one that was made; a file there belongs to somebody.
    const status = await files.status(`${workTree}/${path}`);
    if (status?.kind === "folder") await files.removeEmptyFolder(`${workTree}/${path}`);
  }
}

/** Removes what a process that died in the middle of writing a file has left beside it. */
async function removeTemporaries(files: Files, { workTree, entries }: Backup["manifest"]): Promise<void> {
  const starts = new Map<string, string[]>();
  for (const entry of entries) {
    const path = `${workTree}/${entry.path}`;
    const slash = path.lastIndexOf("/");
    const known = starts.get(path.slice(0, slash)) ?? [];
    known.push(`.${path.slice(slash + 1).slice(0, 40)}.`);
    starts.set(path.slice(0, slash), known);
  }
  for (const [folder, beginnings] of starts) {
    for (const name of await files.list(folder)) {
      if (!/\.[0-9a-f]{12}\.new$/.test(name)) continue;
      // What stands before the twelve digits and the ending.
      if (beginnings.includes(name.slice(0, -16))) await files.removeFile(`${folder}/${name}`);
    }
  }
}
