import type { Git, Shadow } from "../../../ports/git.ts";
import { refOptions } from "../../../schema/resolution-options.ts";
import { changedEntries, changedPaths } from "../changed-paths.ts";
import { judgeClean, type JudgeMeaning, type MeaningVerdict } from "../pairs/judge-meaning.ts";
import type { MergeCandidate } from "../merge-candidate.ts";
import type { MeetingPair } from "../pairs/meeting-pairs.ts";

/** Two heads that merge as text, and the tree git made of them. */
export interface CleanHeads {
  readonly left: MergeCandidate;
  readonly right: MergeCandidate;
  readonly tree: string;
  /** The tree holds other heads as well: every path of it that is not as where the two parted is looked at there. */
  readonly whole?: boolean;
}

type MeaningCall = { readonly git: Git; readonly shadow: Shadow; readonly judgeMeaning: JudgeMeaning };

/** Pairs whose meaning is judged; those beyond it are compared as text only. */
const MAX_JUDGED = 2_000;
/** Git processes that look for where heads parted, at one time. */
const AT_ONCE = 8;

/**
 * Judges what heads that merge as text mean for each other, two by two, each pair from where the two parted. Pairs that
 * parted at several places are left out: what a use stood for cannot be told there.
 */
export async function judgeHeads(call: MeaningCall, pairs: readonly CleanHeads[]): Promise<readonly MeaningVerdict[]> {
  const asked = pairs.slice(0, MAX_JUDGED);
  const byBase = new Map<string, CleanHeads[]>();
  for (let from = 0; from < asked.length; from += AT_ONCE) {
    const some = asked.slice(from, from + AT_ONCE);
    const bases = await Promise.all(some.map((pair) => partedAt(call, pair)));
    for (const [index, pair] of some.entries()) {
      const base = bases[index];
      if (base !== undefined) byBase.set(base, [...(byBase.get(base) ?? []), pair]);
    }
  }
  const verdicts: MeaningVerdict[] = [];
  for (const [base, group] of byBase) verdicts.push(...(await judgeFrom(call, base, group)));
  return verdicts.map((verdict) =>
    verdict.proved && verdict.draft ? { ...verdict, draft: asRefs(verdict) } : verdict,
  );
}

/** The one commit where two heads parted; undefined where there is none or several, or one holds the other. */
async function partedAt({ git, shadow }: MeaningCall, { left, right }: CleanHeads): Promise<string | undefined> {
  const argv = ["merge-base", "--all", "--end-of-options", left.commit, right.commit];
  const found = await git.run(argv, { gitDir: shadow.gitDir, answers: [1] });
  const bases = found.text.split("\n").filter((line) => line !== "");
  const [base] = bases;
  return bases.length !== 1 || base === left.commit || base === right.commit ? undefined : base;
}

async function judgeFrom(
  { git, shadow, judgeMeaning }: MeaningCall,
  base: string,
  group: readonly CleanHeads[],
): Promise<readonly MeaningVerdict[]> {
  const heads = [...new Set(group.flatMap(({ left, right }) => [left, right]))];
  const comparisons = heads.map(({ commit }) => ({ from: base, to: commit }));
  const changes = await changedPaths({ git, shadow, comparisons });
  const candidates = heads.map((head, index) => ({ ...head, changes: changes[index] ?? [] }));
  const placeOf = new Map(heads.map((head, index) => [head, index]));
  const cleanTrees = new Map<MeetingPair, string>();
  const wholes = [...new Set(group.flatMap(({ tree, whole }) => (whole ? [tree] : [])))];
  const ofOthers = new Map<string, readonly string[]>();
  for (const tree of wholes) {
    const entries = await changedEntries({ git, shadow, from: base, to: tree });
    ofOthers.set(
      tree,
      entries.map(({ path }) => path),
    );
  }
  for (const pair of group) {
    const [left, right] = [pair.left, pair.right].map((head) => candidates[placeOf.get(head) ?? 0] as MergeCandidate);
    if (!left || !right) continue;
    // Every path of both: a renamed file has the other's lines, and stands in the tree where git put it.
    const own = [left, right].flatMap((side) => side.changes.flatMap(({ path, oldPath = path }) => [path, oldPath]));
    const shared = new Set([...own, ...(ofOthers.get(pair.tree) ?? [])]);
    cleanTrees.set({ left, right, shared, lookalikes: [], alike: false }, pair.tree);
  }
  const judged = new Set([...cleanTrees.keys()].map(({ left, right }) => keyOf(left, right)));
  const rivalries = candidates.flatMap((left, index) =>
    candidates.slice(index + 1).flatMap((right) => (judged.has(keyOf(left, right)) ? [] : [{ left, right }])),
  );
  const pairs = [...cleanTrees.keys()];
  const verdicts = await judgeClean({ git, judgeMeaning, base, candidates, pairs, cleanTrees, rivalries });
  const original = (candidate: MergeCandidate): MergeCandidate =>
    heads[candidates.indexOf(candidate)] as MergeCandidate;
  return verdicts.map((verdict) => ({ ...verdict, left: original(verdict.left), right: original(verdict.right) }));
}

function keyOf(left: MergeCandidate, right: MergeCandidate): string {
  return JSON.stringify([left.taskId, right.taskId].toSorted());
}

/** The ways out of branches: there is no run that could take one of them. */
function asRefs({ left, right, draft }: MeaningVerdict): MeaningVerdict["draft"] {
  return draft && { ...draft, resolutionOptions: refOptions([left, right]) };
}
