import type { Git, Shadow } from "../../../ports/git.ts";
import { fileHunks, type FileHunks } from "../file-hunks.ts";
import type { MergeCandidate } from "../merge-candidate.ts";
import type { CommitPair } from "./merge-tree.ts";
import type { HunksByPath } from "./read-hunks.ts";

/** Finds what one commit changed in paths that it and another one contest; undefined where git has to be asked for the pair. */
export type ContestedHunks = (
  commit: string,
  other: string,
  paths: readonly string[],
) => Promise<readonly FileHunks[]> | undefined;

/** What is known of the results that are merged: where they start, and which of them start there and rename nothing. */
export interface PlainStart {
  readonly base: string;
  readonly plain: ReadonlySet<string>;
  /** What some of them changed in texts, where it has been read. */
  readonly hunks?: ReadonlyMap<string, HunksByPath>;
}

/** Two commits and the paths in which they are in conflict. */
export interface Contest {
  readonly commits: CommitPair;
  readonly paths: readonly string[];
}

/** Says which results start from the base and rename nothing: what others changed looks the same beside each of them. */
export function plainStart(base: string, candidates: readonly MergeCandidate[]): PlainStart {
  const plain = candidates.filter(
    ({ ancestors, changes }) => ancestors.size === 0 && changes.every(({ oldPath }) => oldPath === undefined),
  );
  return { base, plain: new Set(plain.map(({ commit }) => commit)) };
}

/** Reads what each plain result changed in contested files once, however many others it meets there. */
export function contestedHunks(
  { git, shadow }: { readonly git: Git; readonly shadow: Shadow },
  { base, plain, hunks }: PlainStart,
  contests: Iterable<Contest>,
): ContestedHunks {
  const pathsOf = new Map<string, Set<string>>();
  for (const { commits, paths } of contests) {
    if (!commits.every((commit) => plain.has(commit))) continue;
    for (const commit of commits) {
      const known = pathsOf.get(commit) ?? new Set();
      for (const path of paths) known.add(path);
      pathsOf.set(commit, known);
    }
  }
  const read = new Map<string, Promise<ReadonlyMap<string, FileHunks>>>();
  return (commit, other, paths) => {
    const all = pathsOf.get(commit);
    if (!all || !pathsOf.has(other) || paths.some((path) => !all.has(path))) return undefined;
    const known = hunks?.get(commit);
    if (known && paths.every((path) => known.has(path)))
      return Promise.resolve(paths.map((path) => ({ path, hunks: known.get(path) ?? [], binary: false })));
    const files = read.get(commit) ?? fileHunks({ git, shadow, from: base, to: commit, paths: [...all] });
    read.set(commit, files);
    return files.then((found) => paths.flatMap((path) => found.get(path) ?? []));
  };
}
