import type { BulkReader } from "../../ports/bulk-reader.ts";
import type { Files } from "../../ports/files.ts";
import type { Git } from "../../ports/git.ts";
import { refuse } from "../../schema/problem.ts";
import type { RepositoryIndex } from "../../schema/repository-index.ts";
import { listFiles, looksSecret, type FileListing, type ListedFile } from "./list-files.ts";
import { pathWords, readWords, type FileWords } from "./read-words.ts";
import { recentChanges, type RecentChanges } from "./recent-changes.ts";
import { keepSurvey, openSurvey } from "./survey-cache.ts";

/** What a survey needs. */
export interface SurveyWorld {
  readonly files: Files;
  readonly git: Git;
  readonly reader: BulkReader;
  /** What was read is kept here for the next time. */
  readonly cacheFolder: string;
}

/** Of more files only paths are known. */
const mostRead = 6_000;
/** Of more paths those changed of late are known, and a sample of the others. */
const mostPaths = 12_000;
const filesPerTurn = 1_000;

/**
 * Front door: the files of a workspace, the words in them and how often they were changed of late,
 * for the analysis of tasks. Reads only; what git ignores, secrets, binary and huge files are not
 * read. What was read before is taken from the cache folder, by blob. Beyond 6,000 files only paths
 * count, beyond 12,000 a sample of them, and `limits` says so. A folder that is not there is refused.
 */
export async function surveyRepository(world: SurveyWorld, workspace: string): Promise<RepositoryIndex> {
  const root = await world.files.realPath(workspace);
  if (root === undefined || (await world.files.status(root))?.kind !== "folder") {
    refuse({
      code: "WORKSPACE_NOT_FOUND",
      error: `There is no folder ${workspace}.`,
      field: "workspace",
      advice: "Name the folder of the project, or leave the workspace out.",
    });
  }
  const [listing, kept] = await Promise.all([listFiles(world, root), openSurvey(world, root)]);
  const known = kept.changesOf(listing.head);
  const changes = known ?? (await recentChanges(world.git, { root, head: listing.head }));
  await world.reader.turn();
  const { chosen, limits } = chooseFiles(listing, changes);
  await world.reader.turn();
  const versions = await versionsOf(world.reader, root, chosen.slice(0, mostRead));
  await world.reader.turn();
  const found = versions.map(({ path, version }) => kept.wordsOf(path, version));
  const missing = versions.flatMap(({ path }, number) => (found[number] === undefined ? [{ path, number }] : []));
  const read = await readWords(world.reader, { root, paths: missing.map(({ path }) => path) });
  missing.forEach(({ number }, index) => {
    found[number] = read[index];
  });
  if (missing.length > 0 || known === undefined || kept.fileCount !== versions.length) {
    const entries = versions.map(({ path, version }, number) => ({
      path,
      version,
      found: found[number] ?? pathWords(path),
    }));
    await keepSurvey(world, root, { entries, head: listing.head, changes });
  }
  await world.reader.turn();
  return toIndex(world.reader, { chosen, found, changes, limits });
}

interface Choice {
  /** Those whose content counts first. */
  readonly chosen: readonly ListedFile[];
  readonly limits: readonly string[];
}

function chooseFiles({ files, incomplete }: FileListing, changes: RecentChanges): Choice {
  const limits: string[] = [];
  if (incomplete) limits.push("The folder is larger than what was looked at.");
  const open = (list: readonly ListedFile[]): ListedFile[] => list.filter(({ path }) => !looksSecret(path));
  if (files.length <= mostRead) return { chosen: open(files), limits };
  const changed: ListedFile[] = [];
  const others: ListedFile[] = [];
  for (const file of files) (changes.byPath.has(file.path) ? changed : others).push(file);
  const room = Math.max(0, mostPaths - changed.length);
  const step = Math.max(1, others.length / Math.max(1, room));
  const sample = Array.from(
    { length: Math.min(room, others.length) },
    (_, at) => others[Math.floor(at * step)] as ListedFile,
  );
  const chosen = open([...changed, ...sample].slice(0, mostPaths));
  limits.push(`Of ${files.length} files the content of ${mostRead} was looked at, those changed of late first.`);
  if (files.length > mostPaths) limits.push(`Of ${files.length} paths a sample of ${chosen.length} was looked at.`);
  return { chosen, limits };
}

interface FileVersion {
  readonly path: string;
  readonly version: string;
}

/** The blob of a file, or its size and time where git has none. */
async function versionsOf(reader: BulkReader, root: string, listed: readonly ListedFile[]): Promise<FileVersion[]> {
  const unknown = listed.filter(({ blob }) => blob === "").map(({ path }) => path);
  const looked = await reader.versions({ root, paths: unknown });
  const versions = new Map(unknown.map((path, index) => [path, looked[index] ?? ""]));
  return listed.map(({ path, blob }) => ({ path, version: blob === "" ? (versions.get(path) ?? "") : blob }));
}

interface Findings extends Choice {
  /** The words of each chosen file, where they were read. */
  readonly found: readonly (FileWords | undefined)[];
  readonly changes: RecentChanges;
}

async function toIndex(reader: BulkReader, { chosen, found, changes, limits }: Findings): Promise<RepositoryIndex> {
  const all: FileWords[] = [];
  const wordStart = new Uint32Array(chosen.length + 1);
  for (const [file, { path }] of chosen.entries()) {
    const each = found[file] ?? pathWords(path);
    all.push(each);
    wordStart[file + 1] = (wordStart[file] ?? 0) + each.words.length;
    if (file % filesPerTurn === filesPerTurn - 1) await reader.turn();
  }
  const total = wordStart[chosen.length] ?? 0;
  const words = new Uint32Array(total);
  const counts = new Uint8Array(total);
  for (const [file, each] of all.entries()) {
    words.set(each.words, wordStart[file]);
    counts.set(each.counts, wordStart[file]);
    if (file % filesPerTurn === filesPerTurn - 1) await reader.turn();
  }
  const paths = chosen.map(({ path }) => path);
  const changed = Uint16Array.from(paths, (path) => Math.min(65_535, changes.byPath.get(path) ?? 0));
  return { paths, wordStart, words, counts, changes: changed, commits: changes.commits, limits };
}
