import type { MergeCandidate } from "./merge-candidate.ts";
import { mergeTwoByKind } from "./by-kind/merge-by-kind.ts";
import type { MergeTreeCall, PairMerge } from "./pairs/merge-tree.ts";

/** A result that merges with every other one, but not with all of them together. */
export interface Refused {
  readonly candidate: MergeCandidate;
  readonly merge: Exclude<PairMerge, { status: "clean" }>;
}

/** Results put together one after the other. */
export interface Fold {
  readonly commit: string;
  readonly merged: readonly MergeCandidate[];
  readonly refused: readonly Refused[];
  /** Paths that the rule of their kind merged in some step. */
  readonly settled: ReadonlySet<string>;
  /** Of these, the paths whose content no merge has made: a program makes them anew, or has. */
  readonly remade: ReadonlySet<string>;
}

/**
 * Merges results into one commit, in the order given, each step a merge commit of what is there and
 * the result. A result that does not merge with what is there is left out, and so is all that
 * builds on it.
 */
export async function foldResults(
  call: MergeTreeCall & { readonly base: string; readonly candidates: readonly MergeCandidate[] },
): Promise<Fold> {
  let commit = call.base;
  const merged: MergeCandidate[] = [];
  const refused: Refused[] = [];
  const settled = new Set<string>();
  const remade = new Set<string>();
  const out = new Set<string>();
  for (const candidate of call.candidates) {
    if ([...candidate.ancestors].some((id) => out.has(id))) {
      out.add(candidate.taskId);
      continue;
    }
    // A result without any change may be the very commit it started from.
    if (candidate.commit !== call.base && merged.every((each) => each.commit !== candidate.commit)) {
      const step = await mergeTwoByKind(call, commit, candidate.commit);
      if (step.status !== "clean") {
        refused.push({ candidate, merge: step });
        out.add(candidate.taskId);
        continue;
      }
      for (const path of step.settled ?? []) settled.add(path);
      for (const path of step.remade ?? []) remade.add(path);
      commit = await mergeCommit(call, {
        tree: step.tree,
        parents: [commit, candidate.commit],
        message: `Merge the result of ${candidate.taskId}`,
      });
    }
    merged.push(candidate);
  }
  return { commit, merged, refused, settled, remade };
}

/** Makes a commit of a merged tree; nothing points to it yet. */
export async function mergeCommit(
  { git, shadow }: Pick<MergeTreeCall, "git" | "shadow">,
  what: { readonly tree: string; readonly parents: readonly string[]; readonly message: string },
): Promise<string> {
  const parents = what.parents.flatMap((parent) => ["-p", parent]);
  const answer = await git.run(["commit-tree", ...parents, "-F", "-", what.tree], {
    gitDir: shadow.gitDir,
    input: `${what.message}\n`,
  });
  return answer.text.trim();
}
