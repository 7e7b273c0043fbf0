/** Breaks that show only once results are put together, or in one that was built on what it breaks against. */
import type { Git, Shadow } from "../../ports/git.ts";
import type { ConflictDraft } from "./pairs/describe-conflict.ts";
import { listFiles } from "./pairs/describe-conflict.ts";
import type { Fold } from "./fold-results.ts";
import type { CleanMerge, JudgeMeaning } from "./pairs/judge-meaning.ts";
import { areRelated, type MergeCandidate } from "./merge-candidate.ts";
import { ownChanges } from "./own-changes.ts";

/** What results that were folded are judged with. */
export interface FoldJudgement {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly judgeMeaning?: JudgeMeaning | undefined;
  readonly base: string;
  readonly fold: Fold;
  /** Whether some may not have been judged two by two. */
  readonly partial: boolean;
}

/** A result that has to give way, and why. */
export interface FoldBreak {
  readonly giving: MergeCandidate;
  readonly reason: string;
  readonly draft: ConflictDraft;
}

/** Results that stand beside each other in pairs, and break once all are put together; the later one has to give way. */
export async function breaksTogether({
  git,
  judgeMeaning,
  base,
  fold,
  partial,
}: FoldJudgement): Promise<readonly FoldBreak[]> {
  // Two have been judged as a pair, unless there were too many pairs, or something in them was made anew since.
  if (!judgeMeaning || fold.merged.length < (partial || fold.remade.size > 0 ? 2 : 3)) return [];
  const results = fold.merged;
  const whole = wholeOf(fold);
  const merged = (left: number, right: number): CleanMerge | undefined =>
    areRelated(results[left] as MergeCandidate, results[right] as MergeCandidate) ? undefined : whole;
  const answers = await judgeMeaning({ git, base, results, merged });
  const held = new Set<number>();
  return answers.flatMap(({ left, right, proved, draft }) => {
    if (!proved || held.has(left) || held.has(right)) return [];
    held.add(right);
    const other = results[left] as MergeCandidate;
    return [
      { giving: results[right] as MergeCandidate, reason: `breaks what '${other.taskId}' and the others do`, draft },
    ];
  });
}

/** Results that use what one they were built on took away; only they can give way, and what builds on them. */
export async function breaksBuiltOn(judgement: FoldJudgement): Promise<readonly FoldBreak[]> {
  const { judgeMeaning, base, fold } = judgement;
  const merged = new Set(fold.merged.map(({ taskId }) => taskId));
  const built = fold.merged.filter(({ ancestors }) => [...ancestors].some((id) => merged.has(id)));
  if (!judgeMeaning || built.length === 0) return [];
  const named = new Set(built.flatMap(({ taskId, ancestors }) => [taskId, ...ancestors]));
  const results = await ownChanges({ ...judgement, candidates: fold.merged.filter(({ taskId }) => named.has(taskId)) });
  const answers = await judgeMeaning.builtOn({ base, results, merged: wholeOf(fold) });
  return answers.map(({ descendant, ancestor, draft }) => {
    const [giving, former] = [results[descendant], results[ancestor]] as [MergeCandidate, MergeCandidate];
    const reason = `breaks against '${former.taskId}', which it was built on, over ${listFiles(draft.affectedResources)}`;
    return { giving, reason, draft };
  });
}

/** All results put together, as a merge in which every changed path has to be looked up. */
function wholeOf({ commit, merged }: Fold): CleanMerge {
  const shared = new Set(
    merged.flatMap(({ changes }) => changes.flatMap(({ path, oldPath = path }) => [path, oldPath])),
  );
  return { tree: commit, shared: [...shared] };
}
