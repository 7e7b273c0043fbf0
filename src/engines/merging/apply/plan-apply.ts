import type { Files } from "../../../ports/files.ts";
import type { Git, Shadow } from "../../../ports/git.ts";
import type { ApplyManifest } from "../../../schema/apply-manifest.ts";
import { mapTogether } from "../../../util/map-together.ts";
import { originalOf, type ManifestEntry } from "./backups.ts";
import type { ChangedPath } from "../changed-paths.ts";
import { isSameState, readState, type FileState } from "./file-state.ts";

const ABSENT = "000000";
/** Paths in one git process; the command line has a limit. */
const MAX_PATHS = 200;
/** Waiting for the disk takes most of the time, and several files can wait together. */
const MAX_FILES_AT_ONCE = 16;

/** Lays out the new files in a folder of ours, with line ends, permissions and links as they have to be. */
export async function layOutNewFiles(request: {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly tree: string;
  readonly entries: readonly ChangedPath[];
  /** Has to be there, and empty. */
  readonly folder: string;
}): Promise<void> {
  const { git, shadow, tree, entries, folder } = request;
  // Attributes that are not in the folder are taken from the index, which holds the whole tree.
  const call = { gitDir: shadow.gitDir, workTree: folder, indexFile: `${folder}.index` };
  await git.run(["read-tree", "--end-of-options", tree], call);
  const present = entries.filter((entry) => entry.newMode !== ABSENT && entry.newMode !== "160000");
  const input = present.map((entry) => `${entry.path}\0`).join("");
  await git.run(["checkout-index", "--force", "-z", "--stdin"], { ...call, input });
}

/**
 * Keeps the user's originals and writes down what every path is and shall be. Gives the paths that
 * are not what the snapshot of the user's files says, if there are any.
 */
export async function keepOriginals(request: {
  readonly git: Git;
  readonly files: Files;
  readonly shadow: Shadow;
  readonly executionId: string;
  /** What the files are led to. */
  readonly commit: string;
  readonly entries: readonly ChangedPath[];
  /** The new files. */
  readonly newFolder: string;
  readonly backupFolder: string;
}): Promise<{ readonly manifest: ApplyManifest; readonly moved: readonly string[] }> {
  const { files, shadow, entries, newFolder, backupFolder } = request;
  const { workTree } = shadow;
  const moved = new Set<string>();
  const keep = async (entry: ChangedPath, index: number): Promise<ManifestEntry> => {
    const old = await keepOriginal(files, `${workTree}/${entry.path}`, originalOf(backupFolder, index));
    if (!fits(old, entry.oldMode)) moved.add(entry.path);
    return { path: entry.path, old, new: await newState(files, { entry, old, newFolder }) };
  };
  const kept = await mapTogether(entries, MAX_FILES_AT_ONCE, keep);
  for (const path of await differingFromSnapshot(request)) moved.add(path);
  const manifest: ApplyManifest = {
    version: 1,
    executionId: request.executionId,
    commit: request.commit,
    workTree,
    gitDir: shadow.gitDir,
    entries: kept,
    madeFolders: await foldersToMake(files, workTree, kept),
    emptiedFolders: await foldersToEmpty(files, workTree, kept),
  };
  return { manifest, moved: [...moved] };
}

async function keepOriginal(files: Files, path: string, copy: string): Promise<FileState> {
  const state = await readState(files, path);
  if (state.kind === "other") return { kind: "absent" };
  if (state.kind !== "file") return state;
  const bytes = await files.readBytes(path);
  if (bytes === undefined) return { kind: "absent" };
  await files.writeAtomic(copy, bytes);
  // The copy is what undo restores; if the file changed while it was read, the caller finds out.
  const copied = await readState(files, copy);
  return copied.kind === "file" ? { ...copied, mode: state.mode } : state;
}

function fits(state: FileState, mode: string): boolean {
  if (mode === ABSENT) return state.kind === "absent";
  return mode === "120000" ? state.kind === "link" : state.kind === "file";
}

async function newState(
  files: Files,
  what: { readonly entry: ChangedPath; readonly old: FileState; readonly newFolder: string },
): Promise<FileState> {
  const { entry, old, newFolder } = what;
  if (entry.newMode === ABSENT) return { kind: "absent" };
  const state = await readState(files, `${newFolder}/${entry.path}`);
  if (state.kind !== "file") {
    if (state.kind === "link") return state;
    throw new Error(`Internal error: git laid out no ${entry.path}`);
  }
  if (old.kind !== "file") return state;
  // The user's own permissions stay; only whether the file can be run comes from the result.
  if (entry.oldMode === entry.newMode) return { ...state, mode: old.mode };
  const mode = entry.newMode === "100755" ? old.mode | ((old.mode & 0o444) >> 2) : old.mode & ~0o111;
  return { ...state, mode };
}

/** Paths whose files, as git would record them, are not those of the snapshot. */
async function differingFromSnapshot(request: {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly entries: readonly ChangedPath[];
}): Promise<readonly string[]> {
  const { git, shadow } = request;
  const present = request.entries.filter((entry) => entry.oldMode.startsWith("100"));
  const differing: string[] = [];
  for (let from = 0; from < present.length; from += MAX_PATHS) {
    const part = present.slice(from, from + MAX_PATHS);
    const argv = ["hash-object", "--", ...part.map((entry) => entry.path)];
    const answer = await git.run(argv, {
      gitDir: shadow.gitDir,
      workTree: shadow.workTree,
      cwd: shadow.workTree,
      answers: [128],
    });
    const ids = answer.exitCode === 0 ? answer.text.split("\n") : [];
    differing.push(...part.filter((entry, index) => ids[index] !== entry.oldId).map((entry) => entry.path));
  }
  return differing;
}

function foldersAbove(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** Folders that the new files need and that are not there, outer ones first, with the permissions of the folder they lie in. */
async function foldersToMake(
  files: Files,
  workTree: string,
  entries: readonly ManifestEntry[],
): Promise<ApplyManifest["madeFolders"]> {
  const made = new Map<string, number>();
  for (const entry of entries.filter((each) => each.new.kind !== "absent")) {
    let mode = (await files.status(workTree))?.mode ?? 0o755;
    for (const folder of foldersAbove(entry.path)) {
      const status = await files.status(`${workTree}/${folder}`);
      if (status?.kind === "folder") mode = status.mode;
      else made.set(folder, mode);
    }
  }
  return [...made]
    .map(([path, mode]) => ({ path, mode }))
    .toSorted((left, right) => left.path.length - right.path.length);
}

/** Folders that lose files, inner ones first; those that stay without any go too. */
async function foldersToEmpty(
  files: Files,
  workTree: string,
  entries: readonly ManifestEntry[],
): Promise<ApplyManifest["emptiedFolders"]> {
  const emptied = new Map<string, number>();
  for (const entry of entries.filter((each) => each.new.kind === "absent")) {
    for (const folder of foldersAbove(entry.path)) {
      if (emptied.has(folder)) continue;
      const status = await files.status(`${workTree}/${folder}`);
      if (status?.kind === "folder") emptied.set(folder, status.mode);
    }
  }
  return [...emptied]
    .map(([path, mode]) => ({ path, mode }))
    .toSorted((left, right) => right.path.length - left.path.length);
}

/**
 * Writes the new files, each only where the user's is still the one that was kept. Gives the path of one that is not;
 * whatever was written until then is for the caller to take back.
 */
export async function writeNewFiles(request: {
  readonly files: Files;
  readonly manifest: ApplyManifest;
  readonly newFolder: string;
  readonly beforeEach: () => Promise<void>;
}): Promise<string | undefined> {
  const { files, manifest, newFolder, beforeEach } = request;
  const { workTree } = manifest;
  let changed: string | undefined;
  const write = async (entry: ManifestEntry): Promise<void> => {
    if (changed !== undefined) return;
    await beforeEach();
    const path = `${workTree}/${entry.path}`;
    if (isSameState(await readState(files, path), entry.old)) {
      await writeEntry(files, path, entry.new, `${newFolder}/${entry.path}`);
    } else changed ??= entry.path;
  };
  // Deletions first: a folder may be needed where a file was.
  const isGone = (entry: ManifestEntry): boolean => entry.new.kind === "absent";
  await mapTogether(manifest.entries.filter(isGone), MAX_FILES_AT_ONCE, write);
  if (changed !== undefined) return changed;
  await makeFolders(files, manifest);
  const present = manifest.entries.filter((entry) => !isGone(entry));
  await mapTogether(present, MAX_FILES_AT_ONCE, write);
  if (changed !== undefined) return changed;
  for (const { path } of manifest.emptiedFolders) await files.removeEmptyFolder(`${workTree}/${path}`);
  return undefined;
}

async function makeFolders(files: Files, { workTree, madeFolders }: ApplyManifest): Promise<void> {
  for (const { path, mode } of madeFolders) {
    if ((await files.status(`${workTree}/${path}`)) !== undefined) continue;
    await files.makeFolder(`${workTree}/${path}`);
    await files.setMode(`${workTree}/${path}`, mode);
  }
}

async function writeEntry(files: Files, path: string, state: FileState, from: string): Promise<void> {
  if (state.kind === "absent") return files.removeFile(path);
  if (state.kind === "link") return files.writeLink(path, state.target);
  const bytes = await files.readBytes(from);
  if (bytes === undefined) throw new Error(`Internal error: the new file ${from} is gone`);
  return files.writeAtomic(path, bytes, state.mode);
}
