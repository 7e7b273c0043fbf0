import type { BulkReader } from "../../ports/bulk-reader.ts";
import type { Files } from "../../ports/files.ts";
import { GitFailure, type Git } from "../../ports/git.ts";
import { ignoredBelow } from "./ignored-paths.ts";

/** A file that may be read, with what tells its versions apart. */
export interface ListedFile {
  /** Relative to the workspace, `/` separated. */
  readonly path: string;
  /** The blob in the index; empty where git does not know the file, which then has its size and time looked at. */
  readonly blob: string;
}

/** The files of a workspace. */
export interface FileListing {
  readonly files: readonly ListedFile[];
  /** The commit that is checked out; undefined without git or before the first commit. */
  readonly head: string | undefined;
  /** Whether the walk through a folder without git ended before it had seen everything. */
  readonly incomplete: boolean;
}

/** What a listing needs. */
export interface ListingWorld {
  readonly files: Files;
  readonly git: Git;
  readonly reader: BulkReader;
  readonly cacheFolder: string;
}

const entriesPerTurn = 10_000;
const mostWalked = 30_000;
const deepest = 40;
/** What is made or fetched, and never written by hand. */
const skippedFolders = new Set(
  "node_modules bower_components vendor dist build out target coverage __pycache__ venv site-packages Pods DerivedData".split(
    " ",
  ),
);
const secret =
  /(?:^|\/)(?:\.env(?:\..*)?|\.npmrc|\.netrc|\.pgpass|\.htpasswd|id_(?:rsa|dsa|ecdsa|ed25519)|.*\.(?:pem|key|p12|pfx|jks|keystore|kdbx)|(?:credentials|secrets?)(?:\.[^/]*)?)$/i;

/**
 * Lists the files that git knows or would add (ignored ones are not among them), or, without a
 * repository, those below the folder without hidden, generated and ignored ones. Submodules are left
 * out, and links are not followed. Reads no content and writes nothing below the root.
 */
export async function listFiles(world: ListingWorld, root: string): Promise<FileListing> {
  const known = await listWithGit(world, root);
  return known !== undefined && known.files.length > 0 ? known : walk(world, root);
}

/** Whether a file is likely to hold a secret, by its name. */
export function looksSecret(path: string): boolean {
  return secret.test(path);
}

async function listWithGit({ git, reader }: ListingWorld, root: string): Promise<FileListing | undefined> {
  const call = { cwd: root };
  try {
    const [head, tracked, others] = await Promise.all([
      git.run(["rev-parse", "--verify", "--quiet", "HEAD"], { ...call, answers: [1] }),
      git.run(["ls-files", "-z", "--stage"], call),
      git.run(["ls-files", "-z", "--others", "--exclude-standard"], call),
    ]);
    const known = await stagedFiles(tracked.text, reader);
    const files = known.concat(await otherFiles(others.text, reader));
    return { files, head: head.exitCode === 0 ? head.text.trim() : undefined, incomplete: false };
  } catch (error) {
    // No repository, or one that git does not trust: then it is a folder like any other.
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

async function stagedFiles(text: string, reader: BulkReader): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  let last = "";
  await eachEntry({ text, reader }, (entry) => {
    const tab = entry.indexOf("\t");
    const path = entry.slice(tab + 1);
    // 100644 and 100755; a path in conflict has several stages.
    if (tab === -1 || !entry.startsWith("100") || path === last) return;
    last = path;
    files.push({ path, blob: entry.slice(7, entry.indexOf(" ", 7)) });
  });
  return files;
}

async function otherFiles(text: string, reader: BulkReader): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  await eachEntry({ text, reader }, (path) => {
    if (!path.endsWith("/")) files.push({ path, blob: "" });
  });
  return files;
}

/** Visits what stands between zero bytes; of many entries others get their turn in between. */
async function eachEntry(
  { text, reader }: { readonly text: string; readonly reader: BulkReader },
  visit: (entry: string) => void,
): Promise<void> {
  let start = 0;
  for (let count = 1; start < text.length; count++) {
    const found = text.indexOf("\0", start);
    const end = found === -1 ? text.length : found;
    if (end > start) visit(text.slice(start, end));
    start = end + 1;
    if (count % entriesPerTurn === 0) await reader.turn();
  }
}

/** Level by level, so that what is ignored is asked of git once a level, and ignored folders are not looked into. */
async function walk(world: ListingWorld, root: string): Promise<FileListing> {
  const found: ListedFile[] = [];
  const ignored = ignoredBelow(world, root);
  let looked = 0;
  let level: readonly string[] = [""];
  for (let depth = 1; level.length > 0 && depth <= deepest; depth++) {
    const paths: string[] = [];
    for (const folder of level) {
      for (const name of await world.files.list(folder === "" ? root : `${root}/${folder}`)) {
        if (name === ".gitignore") ignored.isAsked = true;
        if (name.startsWith(".") || skippedFolders.has(name)) continue;
        if (looked >= mostWalked) return { files: found, head: undefined, incomplete: true };
        looked += 1;
        paths.push(folder === "" ? name : `${folder}/${name}`);
      }
    }
    const kept = await kindsOf(world.files, { root, paths });
    const left = await ignored.without(kept);
    level = left.filter((path) => path.endsWith("/")).map((path) => path.slice(0, -1));
    for (const path of left) if (!path.endsWith("/")) found.push({ path, blob: "" });
  }
  return { files: found, head: undefined, incomplete: false };
}

/** The files and folders among paths; folders with a `/` at the end. */
async function kindsOf(
  files: Files,
  { root, paths }: { readonly root: string; readonly paths: readonly string[] },
): Promise<string[]> {
  const kept: string[] = [];
  for (const path of paths) {
    const kind = (await files.status(`${root}/${path}`))?.kind;
    if (kind === "folder") kept.push(`${path}/`);
    if (kind === "file") kept.push(path);
  }
  return kept;
}
