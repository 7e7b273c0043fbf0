import type { Git, Shadow } from "../../ports/git.ts";
import { fileHunks, type FileHunks } from "./file-hunks.ts";
import type { MergeCandidate } from "./merge-candidate.ts";

/** Finds what one result changed in files that it and another one contest; undefined where that has to be asked of git for the pair. */
export type ContestedHunks = (
  side: Pick<MergeCandidate, "commit">,
  other: Pick<MergeCandidate, "commit">,
  paths: readonly string[],
) => Promise<readonly FileHunks[]> | undefined;

/** Two results and the paths in which they are in conflict. */
export interface Contest {
  readonly sides: readonly [MergeCandidate, MergeCandidate];
  readonly paths: readonly string[];
}

/**
 * Reads what each result changed in contested files once, however many others it meets there. Only results that start
 * from `base` and rename nothing are shared so: the others' changes look different beside each rival.
 */
export function contestedHunks(call: {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly base: string;
  readonly contests: Iterable<Contest>;
}): ContestedHunks {
  const { git, shadow, base } = call;
  const pathsOf = new Map<string, Set<string>>();
  for (const { sides, paths } of call.contests) {
    if (!sides.every(startsPlainly)) continue;
    for (const { commit } of sides) {
      const known = pathsOf.get(commit) ?? new Set();
      for (const path of paths) known.add(path);
      pathsOf.set(commit, known);
    }
  }
  const read = new Map<string, Promise<ReadonlyMap<string, FileHunks>>>();
  const hunksOf = (commit: string, paths: ReadonlySet<string>): Promise<ReadonlyMap<string, FileHunks>> => {
    const known = read.get(commit) ?? fileHunks({ git, shadow, from: base, to: commit, paths: [...paths] });
    read.set(commit, known);
    return known;
  };
  return (side, other, paths) => {
    const all = pathsOf.get(side.commit);
    if (!all || !pathsOf.has(other.commit) || paths.some((path) => !all.has(path))) return undefined;
    return hunksOf(side.commit, all).then((files) => paths.flatMap((path) => files.get(path) ?? []));
  };
}

function startsPlainly({ ancestors, changes }: MergeCandidate): boolean {
  return ancestors.size === 0 && changes.every(({ oldPath }) => oldPath === undefined);
}
