import type { Files } from "../../ports/files.ts";
import { GitFailure, type Git } from "../../ports/git.ts";

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
 * Lists the files that git knows or would add (ignored ones are not among them), or, without git,
 * those below the folder without hidden and generated ones. Submodules are left out, and links
 * are not followed. Reads no content and writes nothing.
 */
export async function listFiles(
  world: { readonly files: Files; readonly git: Git },
  root: string,
): Promise<FileListing> {
  const known = await listWithGit(world.git, root);
  return known !== undefined && known.files.length > 0 ? known : walk(world.files, root);
}

/** Whether a file is likely to hold a secret, by its name. */
export function looksSecret(path: string): boolean {
  return secret.test(path);
}

async function listWithGit(git: Git, root: string): Promise<FileListing | undefined> {
  const call = { cwd: root };
  try {
    const [head, tracked, others] = await Promise.all([
      git.run(["rev-parse", "--verify", "--quiet", "HEAD"], { ...call, answers: [1] }),
      git.run(["ls-files", "-z", "--stage"], call),
      git.run(["ls-files", "-z", "--others", "--exclude-standard"], call),
    ]);
    const files = [...stagedFiles(tracked.text), ...otherFiles(others.text)];
    return { files, head: head.exitCode === 0 ? head.text.trim() : undefined, incomplete: false };
  } catch (error) {
    // No repository, or one that git does not trust: then it is a folder like any other.
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

function stagedFiles(text: string): ListedFile[] {
  const files: ListedFile[] = [];
  let last = "";
  for (const entry of text.split("\0")) {
    const tab = entry.indexOf("\t");
    const path = entry.slice(tab + 1);
    // 100644 and 100755; a path in conflict has several stages.
    if (tab === -1 || !entry.startsWith("100") || path === last) continue;
    last = path;
    files.push({ path, blob: entry.slice(7, entry.indexOf(" ", 7)) });
  }
  return files;
}

function otherFiles(text: string): ListedFile[] {
  return text
    .split("\0")
    .filter((path) => path !== "" && !path.endsWith("/"))
    .map((path) => ({ path, blob: "" }));
}

async function walk(files: Files, root: string): Promise<FileListing> {
  const found: ListedFile[] = [];
  const pending: string[] = [""];
  let looked = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const name of await files.list(folder === "" ? root : `${root}/${folder}`)) {
      if (name.startsWith(".") || skippedFolders.has(name)) continue;
      if (looked >= mostWalked) return { files: found, head: undefined, incomplete: true };
      looked += 1;
      const path = folder === "" ? name : `${folder}/${name}`;
      const kind = (await files.status(`${root}/${path}`))?.kind;
      if (kind === "folder" && path.split("/").length < deepest) pending.push(path);
      if (kind === "file") found.push({ path, blob: "" });
    }
  }
  return { files: found, head: undefined, incomplete: false };
}
