import type { Files } from "../../../ports/files.ts";
import type { Git, Shadow } from "../../../ports/git.ts";
import type { ChangedPath } from "../changed-paths.ts";
import { filteredPaths, filterProblem, linkProblem, nameProblem, userRules } from "./path-problems.ts";
import { readBlobs } from "../read-blobs.ts";

/** A path that is not written, and why: completes "the path …". */
export interface HeldPath {
  readonly path: string;
  readonly reason: string;
}

const ABSENT = "000000";
const LINK = "120000";

/** Finds the paths that are not written because of what they are called, or because they are no files. */
export function heldNames(entries: readonly ChangedPath[], prefix: string): readonly HeldPath[] {
  return entries.flatMap((entry) => {
    const reason = nameProblem(entry, prefix);
    return reason === undefined ? [] : [{ path: entry.path, reason }];
  });
}

/** Finds the paths that, whatever their names, cannot be written safely into the user's files. `folder` holds the new files. */
export async function heldPaths(request: {
  readonly git: Git;
  readonly files: Files;
  readonly shadow: Shadow;
  readonly entries: readonly ChangedPath[];
  readonly folder: string;
}): Promise<readonly HeldPath[]> {
  const { git, files, shadow, entries, folder } = request;
  const paths = entries.map((entry) => entry.path);
  // The user's rules as they are, and those that come with the new files.
  const rules = [...userRules(shadow), { gitDir: shadow.gitDir, workTree: folder }];
  const filters = await Promise.all(rules.map((call) => filteredPaths(git, call, paths)));
  const filtered = new Map(filters.flatMap((each) => [...each]));
  const links = entries.filter((entry) => entry.newMode === LINK);
  const targets = await readBlobs({ git, shadow, ids: links.map((entry) => entry.newId) });
  const deleted = new Set(entries.filter((entry) => entry.newMode === ABSENT).map((entry) => entry.path));
  const parents = new ParentCheck(files, shadow.workTree, deleted);
  const held: HeldPath[] = [];
  for (const entry of entries) {
    const { path } = entry;
    const target = entry.newMode === LINK ? (targets.get(entry.newId) ?? "") : undefined;
    const reason =
      filterProblem(filtered.get(path)) ??
      (target === undefined ? undefined : linkProblem(path, target)) ??
      (await parents.problemAbove(path)) ??
      (await presentProblem(files, `${shadow.workTree}/${path}`, entry));
    if (reason !== undefined) held.push({ path, reason });
  }
  return held;
}

/** Looks at the folders above paths, each once. */
class ParentCheck {
  readonly #files: Files;
  readonly #workTree: string;
  readonly #deleted: ReadonlySet<string>;
  readonly #known = new Map<string, string | undefined>();

  constructor(files: Files, workTree: string, deleted: ReadonlySet<string>) {
    this.#files = files;
    this.#workTree = workTree;
    this.#deleted = deleted;
  }

  async problemAbove(path: string): Promise<string | undefined> {
    for (let end = path.indexOf("/"); end > 0; end = path.indexOf("/", end + 1)) {
      const folder = path.slice(0, end);
      if (!this.#known.has(folder)) this.#known.set(folder, await this.#problemOf(folder));
      const problem = this.#known.get(folder);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  async #problemOf(folder: string): Promise<string | undefined> {
    const status = await this.#files.status(`${this.#workTree}/${folder}`);
    if (status === undefined || status.kind === "folder") return undefined;
    if (status.kind === "link") return `leads through the link ${folder}`;
    return this.#deleted.has(folder) ? undefined : `needs a folder where the file ${folder} is`;
  }
}

async function presentProblem(files: Files, path: string, entry: ChangedPath): Promise<string | undefined> {
  const status = await files.status(path);
  if (status === undefined) return entry.oldMode === ABSENT ? undefined : "was deleted in this moment";
  if (status.kind === "folder") return "would replace a folder";
  if (status.kind === "other") return "would replace something that is no file";
  if (entry.oldMode === ABSENT) return "would replace a file that git ignores";
  return undefined;
}
