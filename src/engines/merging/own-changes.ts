import type { Git, Shadow } from "../../ports/git.ts";
import { addToGroup } from "../../util/add-to-group.ts";
import { changedPaths, type ChangedPath } from "./changed-paths.ts";
import type { MergeCandidate } from "./merge-candidate.ts";

/** A result together with what it changed itself, besides what it was built on. */
export interface OwnResult extends MergeCandidate {
  /** What differs from the commit it started from. */
  readonly own: readonly ChangedPath[];
}

/**
 * Reads what results changed themselves. The commit of a result has one parent, the one it started from; a result
 * without a change of its own is that commit itself: the base, somebody else's result, or several merged.
 */
export async function ownChanges(request: {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly base: string;
  readonly candidates: readonly MergeCandidate[];
}): Promise<readonly OwnResult[]> {
  const { git, shadow, base, candidates } = request;
  const answer = await git.run(["rev-list", "--no-walk=unsorted", "--parents", "--stdin"], {
    gitDir: shadow.gitDir,
    input: candidates.map(({ commit }) => `${commit}\n`).join(""),
  });
  const parents = new Map<string, readonly string[]>();
  for (const line of answer.text.split("\n")) {
    const [commit, ...before] = line.split(" ");
    if (commit) parents.set(commit, before);
  }
  const owners = new Map<string, string[]>();
  for (const { commit, taskId } of candidates) addToGroup(owners, commit, taskId);
  const starts = candidates.map(({ commit, ancestors }) => {
    const [start, another] = parents.get(commit) ?? [];
    const isAnothers = owners.get(commit)?.some((id) => ancestors.has(id)) === true;
    return commit === base || isAnothers || another !== undefined ? undefined : start;
  });
  // What started from the base has changed nothing but what it differs by.
  const asked = candidates.flatMap(({ commit }, place) => {
    const from = starts[place];
    return from === undefined || from === base ? [] : [{ from, to: commit, place }];
  });
  const found = await changedPaths({ git, shadow, comparisons: asked });
  const byPlace = new Map(asked.map(({ place }, index) => [place, found[index] ?? []]));
  return candidates.map((candidate, place) => {
    const own = starts[place] === undefined ? [] : (byPlace.get(place) ?? candidate.changes);
    return { ...candidate, own };
  });
}
