import type { Files } from "../../ports/files.ts";
import type { Git, Shadow } from "../../ports/git.ts";
import type { Conflict } from "../../schema/conflict.ts";
import { choiceOptions } from "../../schema/resolution-options.ts";
import { encodeId } from "../../util/encode-id.ts";
import { toWorkspacePath } from "../../util/workspace-path.ts";
import { attributeFolder } from "./attribute-folder.ts";
import { compatibleSubset } from "./compatible-subset.ts";
import { lostWork } from "./containment.ts";
import { describeConflict, listFiles, type ConflictDraft } from "./pairs/describe-conflict.ts";
import type { Fold } from "./fold-results.ts";
import { kindOf } from "./by-kind/file-kinds.ts";
import { HoldBook, type HeldTask } from "./hold-book.ts";
import { breaksBuiltOn, breaksTogether } from "./break-in-fold.ts";
import type { JudgeMeaning } from "./pairs/judge-meaning.ts";
import { judgePairs, type Rivalry } from "./pairs/judge-pairs.ts";
import { inDependencyOrder, readCandidates, type MergeCandidate, type MergeInput } from "./merge-candidate.ts";
import { foldAndRegenerate, type Regenerator } from "./by-kind/regenerate-files.ts";
import { namedByRules } from "./by-kind/regeneration-rules.ts";
import { describeSharedFiles } from "./pairs/shared-files.ts";
import type { MergeTreeCall } from "./pairs/merge-tree.ts";
import { withTrialObjects } from "./trial-objects.ts";

/** What became of the results of a run. */
export interface MergeOutcome {
  /** Tasks whose results are in the commit, in the order they were put together. */
  readonly merged: readonly string[];
  readonly held: readonly HeldTask[];
  /** All conflicts found, also those that merged by themselves. */
  readonly conflicts: readonly Conflict[];
  /** Absent when nothing was merged. */
  readonly commit?: string;
  readonly tree?: string;
}

/** The results of a run, and where they lie. */
export interface MergeRequest {
  readonly git: Git;
  readonly files: Files;
  readonly shadow: Shadow;
  readonly executionId: string;
  readonly base: string;
  readonly results: readonly MergeInput[];
  /** Tasks that are not to be merged for a reason known before; nothing that builds on them is merged either. */
  readonly heldBefore: readonly { readonly taskId: string; readonly reason: string }[];
  /** Judges what results that merge as text mean for each other; without it, only their text counts. */
  readonly judgeMeaning?: JudgeMeaning | undefined;
  /** Tasks whose results somebody has chosen: whatever cannot stand beside them gives way. */
  readonly preferred?: readonly string[];
  /** Makes files anew that a program makes, where only they keep results from being merged. */
  readonly regenerator?: Regenerator | undefined;
  /** Only finds out: no ref is moved. */
  readonly rehearse?: boolean;
}

/** Points the ref of the shadow that holds what a run has merged to a commit. */
export async function keepMerged(kept: {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly executionId: string;
  readonly commit: string;
}): Promise<void> {
  const { git, shadow, executionId, commit } = kept;
  const ref = `refs/runs/${await encodeId(executionId)}/merged`;
  await git.run(["update-ref", "--end-of-options", ref, commit], { gitDir: shadow.gitDir });
}

/**
 * Merges as many results as go together, and proves that nothing is lost: the largest set of
 * results without a conflict between them that contains what they build on, put together one by
 * one, every added line looked for in the outcome. Works in the shadow's object database only;
 * writes no file of the user's, runs no tests, and knows of what the code means only what it is told. Throws
 * `NotRegenerated` where files were to be made anew and were not.
 */
export async function mergeResults(request: MergeRequest): Promise<MergeOutcome> {
  const { git, shadow, base, regenerator } = request;
  const book = new HoldBook(request.heldBefore);
  const { candidates, unreadable } = await readCandidates(request);
  for (const { taskId } of unreadable) book.hold(taskId, "its kept result cannot be read");
  const eligible = candidates.filter((candidate) => book.admits(candidate));
  const remakes = namedByRules(regenerator?.rules ?? [], shadow.prefix);
  const call = { git, shadow, attributeFolder: await attributeFolder(request), remakes };
  const { judgeMeaning } = request;
  const { rivalries, merging, listed, settled, partial } = await withTrialObjects(request, (trial) =>
    judgePairs({ ...call, git: trial, base, candidates: eligible, judgeMeaning }),
  );

  const yielding = givingWay(eligible, rivalries, new Set(request.preferred));
  const chosen = chooseResults(
    eligible.filter((candidate) => !yielding.has(candidate.taskId)),
    rivalries,
  );
  recordRivalries(rivalries, chosen, book);
  const shared = await describeSharedFiles({ git, shadow, base, candidates, pairs: merging, settled });
  for (const draft of [...listed, ...shared]) book.add(draft);
  for (const candidate of eligible) {
    if (!chosen.has(candidate) && book.admits(candidate))
      book.hold(candidate.taskId, "in conflict with another result");
  }

  const fold = await foldProven({ ...call, ...request, chosen: [...chosen], book, partial });
  const merged = fold.merged.map(({ taskId }) => taskId);
  const outcome = { merged, held: book.held(request.results), conflicts: book.conflicts };
  if (merged.length === 0) return outcome;
  const { gitDir } = shadow;
  if (request.rehearse !== true) await keepMerged({ ...request, commit: fold.commit });
  const tree = (
    await git.run(["rev-parse", "--verify", "--end-of-options", `${fold.commit}^{tree}`], { gitDir })
  ).text.trim();
  return { ...outcome, commit: fold.commit, tree };
}

/** Numbers the conflicts and holds who was not chosen; a rival that was chosen is the reason first named. */
function recordRivalries(rivalries: readonly Rivalry[], chosen: ReadonlySet<MergeCandidate>, book: HoldBook): void {
  const holds: { taskId: string; reason: string; id: string; decided: boolean }[] = [];
  for (const { left, right, draft } of rivalries) {
    if (!draft) continue;
    const heldSide = [left, right].findLast((side) => !chosen.has(side));
    const id = book.add(heldSide ? namingHeld(draft, heldSide.taskId) : draft);
    for (const [side, other] of [
      [left, right],
      [right, left],
    ] as const) {
      if (chosen.has(side)) continue;
      const reason = `in conflict with '${other.taskId}' over ${listFiles(draft.affectedResources)}`;
      holds.push({ taskId: side.taskId, reason, id, decided: chosen.has(other) });
    }
  }
  holds.sort((left, right) => Number(right.decided) - Number(left.decided));
  for (const { taskId, reason, id } of holds) book.hold(taskId, reason, id);
}

/** Says in the ways out which of the two would be done again: the one that is held. */
function namingHeld(draft: ConflictDraft, taskId: string): ConflictDraft {
  const description = `Run '${taskId}' again on top of the merged results`;
  return {
    ...draft,
    resolutionOptions: draft.resolutionOptions.map((option) =>
      option.strategy === "sequential-retry" ? { ...option, description, taskId } : option,
    ),
  };
}

/** Results that cannot stand beside one that was preferred, and those built on them. */
function givingWay(
  candidates: readonly MergeCandidate[],
  rivalries: readonly Rivalry[],
  preferred: ReadonlySet<string>,
): ReadonlySet<string> {
  const wanted = new Set(
    candidates.filter(({ taskId }) => preferred.has(taskId)).flatMap(({ taskId, ancestors }) => [taskId, ...ancestors]),
  );
  const yielding = new Set<string>();
  for (const { left, right } of rivalries) {
    if (wanted.has(left.taskId) && !wanted.has(right.taskId)) yielding.add(right.taskId);
    if (wanted.has(right.taskId) && !wanted.has(left.taskId)) yielding.add(left.taskId);
  }
  for (const { taskId, ancestors } of candidates)
    if ([...ancestors].some((id) => yielding.has(id))) yielding.add(taskId);
  return yielding;
}

function chooseResults(candidates: readonly MergeCandidate[], rivalries: readonly Rivalry[]): Set<MergeCandidate> {
  const byOrder = candidates.toSorted((left, right) => left.order - right.order);
  const numberOf = new Map(byOrder.map((candidate, index) => [candidate.taskId, index]));
  const conflicts = byOrder.map((): number[] => []);
  for (const { left, right } of rivalries) {
    const [one, other] = [numberOf.get(left.taskId), numberOf.get(right.taskId)];
    if (one !== undefined && other !== undefined) conflicts[one]?.push(other);
  }
  const items = byOrder.map((candidate, index) => ({
    needs: [...candidate.ancestors].flatMap((id) => numberOf.get(id) ?? []),
    conflicts: conflicts[index] ?? [],
    priority: candidate.priority,
  }));
  const flags = compatibleSubset(items);
  return new Set(byOrder.filter((_, index) => flags[index]));
}

type ProvenFold = MergeTreeCall & {
  readonly base: string;
  readonly chosen: readonly MergeCandidate[];
  readonly book: HoldBook;
  readonly partial: boolean;
  readonly judgeMeaning?: JudgeMeaning | undefined;
  readonly regenerator?: Regenerator | undefined;
};

/**
 * Folds until everything that was merged is proven to be there, and to break nothing that is there; who loses a line,
 * or breaks something, is held, and it starts again. It relies on no verdict about two of them: git merges the texts, and
 * the outcome is judged as a whole, so that pairs of which there were too many to be judged are held here as well.
 */
async function foldProven(request: ProvenFold): Promise<Fold> {
  const { book } = request;
  let remaining = inDependencyOrder(request.chosen);
  for (;;) {
    const fold = await foldAndRegenerate({ ...request, candidates: remaining });
    await holdRefused(request, fold);
    const held = (await holdLosers(request, fold)) || (await holdBreakers(request, fold));
    const kept = fold.merged.filter((candidate) => book.admits(candidate));
    for (const candidate of remaining) book.admits(candidate);
    if (!held) return fold;
    remaining = kept;
  }
}

async function holdRefused({ git, shadow, book }: ProvenFold, fold: Fold): Promise<void> {
  for (const { candidate, merge } of fold.refused) {
    const rival = rivalIn(fold.merged, candidate, merge.status === "conflict" ? merge.paths : []);
    const draft = await describeConflict({
      git,
      shadow,
      left: rival ?? candidate,
      right: candidate,
      merge,
      detectionMethod: "git merge of all",
    });
    book.hold(candidate.taskId, "in conflict with the other results taken together", book.add(draft));
  }
}

/** Holds results whose lines are not all in the outcome; says whether there are any. */
async function holdLosers({ git, shadow, base, book }: ProvenFold, fold: Fold): Promise<boolean> {
  const contributions = fold.merged.map((candidate) => ({
    ...candidate,
    superseded: new Set([...supersededIn(fold.merged, candidate), ...fold.remade]),
  }));
  const byKey = [...fold.settled].filter((path) => kindOf(path) === "manifest");
  const lost = await lostWork({ git, shadow, base, merged: fold.commit, contributions, byKey: new Set(byKey) });
  const losers = fold.merged.filter((_, index) => (lost[index]?.length ?? 0) > 0);
  for (const loser of losers) {
    const paths = (lost[fold.merged.indexOf(loser)] ?? []).map((path) => toWorkspacePath(path, shadow.prefix));
    book.hold(loser.taskId, `merging would lose lines of ${listFiles(paths)}`, book.add(describeLoss(loser, paths)));
  }
  return losers.length > 0;
}

/** Holds results that break what others do once all are together, or what they were built on; says whether there are any. */
async function holdBreakers(request: ProvenFold, fold: Fold): Promise<boolean> {
  const judgement = { ...request, fold };
  const broken = [...(await breaksTogether(judgement)), ...(await breaksBuiltOn(judgement))];
  for (const { giving, reason, draft } of broken) request.book.hold(giving.taskId, reason, request.book.add(draft));
  return broken.length > 0;
}

function rivalIn(
  merged: readonly MergeCandidate[],
  candidate: MergeCandidate,
  paths: readonly string[],
): MergeCandidate | undefined {
  const others = merged.filter((each) => !candidate.ancestors.has(each.taskId));
  return others.find((each) =>
    each.changes.some(({ path, oldPath }) => paths.includes(path) || paths.includes(oldPath ?? path)),
  );
}

/** Paths of a result that another one changed further on top of it. */
function supersededIn(merged: readonly MergeCandidate[], candidate: MergeCandidate): ReadonlySet<string> {
  const superseded = new Set<string>();
  for (const later of merged.filter((each) => each.ancestors.has(candidate.taskId))) {
    const theirs = new Map(later.changes.map((change) => [change.path, change]));
    for (const { path, newId, newMode } of candidate.changes) {
      const now = theirs.get(path);
      if (now?.newId !== newId || now.newMode !== newMode) superseded.add(path);
    }
  }
  return superseded;
}

function describeLoss({ agentId, taskId }: MergeCandidate, files: readonly string[]): ConflictDraft {
  return {
    type: "file-level",
    severity: "high",
    agents: [agentId],
    tasks: [taskId],
    description: `Merging '${taskId}' with the others would lose some of its lines in ${listFiles(files)}.`,
    affectedResources: [...files],
    detectionMethod: "proof of containment",
    locations: files.slice(0, 50).map((file) => ({ file, startLine: 0, endLine: 0, agentId })),
    confidence: 1,
    resolutionOptions: choiceOptions([{ agentId, taskId }]),
  };
}
