import type { Git } from "../../../ports/git.ts";
import type { ConflictDraft } from "./describe-conflict.ts";
import { MAX_PAIRS, mayMeet, type MeetingPair } from "./meeting-pairs.ts";
import { areRelated, type MergeCandidate } from "../merge-candidate.ts";
import type { OwnResult } from "../own-changes.ts";
import type { JoinedTexts } from "./prove-clean.ts";

/** How two results look put together: the tree git made, and the paths of it that are not simply one side's. */
export interface CleanMerge {
  readonly tree: string;
  readonly shared: readonly string[];
}

/** How two results look put together whose merge is proven and was not made: the texts that both changed. */
export interface ProvenMerge {
  readonly joined: JoinedTexts;
}

/** Results that merge as text, and how. */
export interface MeaningRequest {
  /** Reads the trees of the merges, wherever they lie. */
  readonly git: Git;
  readonly base: string;
  readonly results: readonly MergeCandidate[];
  /** `apart`: no path is both's. Undefined for results that are not to be judged together. */
  merged(left: number, right: number): CleanMerge | ProvenMerge | "apart" | undefined;
}

/** What two results mean for each other; `key` is equal for the same finding between other versions of them. */
export interface MeaningAnswer {
  readonly left: number;
  readonly right: number;
  /** The two break together; else it is a remark. */
  readonly proved: boolean;
  readonly key: string;
  readonly draft: ConflictDraft;
}

/** Judges the meaning of changes; given from outside, because the merge itself knows of text only. */
export interface JudgeMeaning {
  /** Judges results that stand beside one another, two by two. */
  (request: MeaningRequest): Promise<readonly MeaningAnswer[]>;
  /** Judges results against those they were built on. */
  builtOn(request: BuiltOnRequest): Promise<readonly BuiltOnAnswer[]>;
}

/** Results of which some were built on others, and all of them put together. */
export interface BuiltOnRequest {
  readonly base: string;
  readonly results: readonly OwnResult[];
  readonly merged: CleanMerge;
}

/** What a result breaks, as is proved, against one it was built on; by their places among the results. */
export interface BuiltOnAnswer {
  readonly descendant: number;
  readonly ancestor: number;
  readonly draft: ConflictDraft;
}

/** A pair that merges as text, and what is to be said of it; without a draft it only repeats what is said of others. */
export interface MeaningVerdict {
  readonly left: MergeCandidate;
  readonly right: MergeCandidate;
  readonly proved: boolean;
  readonly draft: ConflictDraft | undefined;
}

/** Has the pairs judged that are no rivals already and of which neither was built on the other. */
export async function judgeClean(request: {
  readonly git: Git;
  readonly judgeMeaning: JudgeMeaning;
  readonly base: string;
  readonly candidates: readonly MergeCandidate[];
  readonly pairs: readonly MeetingPair[];
  readonly cleanTrees: ReadonlyMap<MeetingPair, string>;
  /** Pairs that were not merged because it is known that they merge. */
  readonly proven?: ReadonlyMap<MeetingPair, JoinedTexts>;
  readonly rivalries: readonly Pick<MeaningVerdict, "left" | "right">[];
}): Promise<readonly MeaningVerdict[]> {
  const { candidates, pairs, cleanTrees } = request;
  const rivals = new Set(request.rivalries.map(({ left, right }) => keyOf(left, right)));
  const met = new Map(pairs.map((pair) => [keyOf(pair.left, pair.right), pair]));
  const merged = (left: number, right: number): ReturnType<MeaningRequest["merged"]> => {
    const [one, other] = [candidates[left], candidates[right]];
    if (!one || !other || areRelated(one, other) || rivals.has(keyOf(one, other))) return undefined;
    const pair = met.get(keyOf(one, other));
    const joined = pair && request.proven?.get(pair);
    if (joined) return { joined };
    const tree = pair && cleanTrees.get(pair);
    if (pair && tree !== undefined) return { tree, shared: [...pair.shared] };
    // Of more pairs than are looked at, some share a path and are not known.
    return !pair && pairs.length >= MAX_PAIRS && mayMeet(one, other) ? undefined : "apart";
  };
  const answers = await request.judgeMeaning({ git: request.git, base: request.base, results: candidates, merged });
  return answers.map((answer) => {
    const [left, right] = [candidates[answer.left] as MergeCandidate, candidates[answer.right] as MergeCandidate];
    const inherited = answers.some((other) => isInherited(answer, other, candidates));
    return { left, right, proved: answer.proved, draft: inherited ? undefined : answer.draft };
  });
}

function keyOf(left: MergeCandidate, right: MergeCandidate): string {
  return JSON.stringify([left.taskId, right.taskId].toSorted());
}

/** Whether the same is found between results that these two were built on. */
function isInherited(answer: MeaningAnswer, other: MeaningAnswer, candidates: readonly MergeCandidate[]): boolean {
  if (other === answer || other.key !== answer.key) return false;
  const isPart = (part: number, whole: number): boolean =>
    part === whole || candidates[whole]?.ancestors.has(candidates[part]?.taskId ?? "") === true;
  if (other.left === answer.left && other.right === answer.right) return false;
  return (
    (isPart(other.left, answer.left) && isPart(other.right, answer.right)) ||
    (isPart(other.left, answer.right) && isPart(other.right, answer.left))
  );
}
