import type { Files } from "../../../ports/files.ts";
import type { Git, Shadow } from "../../../ports/git.ts";
import { attributeFolder } from "../attribute-folder.ts";
import { changedPaths, type ChangedPath } from "../changed-paths.ts";
import { compatibleSubset } from "../compatible-subset.ts";
import { describeHeads } from "./describe-heads.ts";
import { gatherHeads, type Gathering } from "./heads-together.ts";
import { headAncestry } from "./head-ancestry.ts";
import { HoldBook, type HeldTask } from "../hold-book.ts";
import { judgeHeads } from "./heads-meaning.ts";
import type { JudgeMeaning, MeaningVerdict } from "../pairs/judge-meaning.ts";
import { listMergedFiles, type CleanPair } from "../pairs/list-merged-files.ts";
import type { MergeCandidate } from "../merge-candidate.ts";
import { meetingPairs } from "../pairs/meeting-pairs.ts";
import { mergePairs, type MergeTreeCall, type PairMerge } from "../pairs/merge-tree.ts";
import type { Conflict } from "../../../schema/conflict.ts";

/** A commit under a name, and whose it is. */
export interface Head {
  readonly agentId: string;
  readonly ref: string;
  readonly commit: string;
}

/** Which heads shall go into which one, and where their objects lie. */
export interface HeadsRequest {
  readonly git: Git;
  readonly files: Files;
  /** A temporary repository that borrows the objects; everything that merging makes is written there. */
  readonly shadow: Shadow;
  /** What the others are merged into. */
  readonly target: Head;
  readonly heads: readonly Head[];
  /** How git merges in the repository they come from, `key=value` each. */
  readonly mergeSettings: readonly string[];
  /** Judges what heads that merge as text mean for each other; without it, only their text counts. */
  readonly judgeMeaning?: JudgeMeaning | undefined;
}

/** How heads go together. Heads are named by their refs. */
export interface HeadsVerdict {
  readonly conflicts: readonly Conflict[];
  /** The heads that go into the target, all of them together, in an order in which they do. */
  readonly mergeOrder: readonly string[];
  /** What comes of putting together all that go two by two, in this order. */
  readonly together: {
    readonly tried: readonly string[];
    /** The first that goes with each of the others and not with all of them; absent where all go in. */
    readonly stopsAt?: { readonly ref: string; readonly over: "text" | "meaning"; readonly conflictId: string };
  };
  /** Heads whose commits the target has already. */
  readonly contained: readonly string[];
  readonly held: readonly HeldTask[];
}

/** Conflicts that are described down to the line; beyond it the files are named. */
const MAX_DESCRIBED = 300;

type Candidate = MergeCandidate & { readonly attributes: string };

interface JudgedPair {
  readonly left: Candidate;
  readonly right: Candidate;
  readonly merge: PairMerge;
}

/**
 * Says which heads conflict with the target or with one another, as git itself would say where the
 * left one is checked out, and in which order the others go in. Merge programs that attributes name
 * are never run; where one would decide, the conflict says so.
 */
export async function compareHeads(request: HeadsRequest): Promise<HeadsVerdict> {
  const { git, shadow, mergeSettings: settings } = request;
  const { target, heads, contained } = await readHeads(request);
  const call = { git, shadow, attributeFolder: target.attributes, settings, fleeting: true };
  const judged = await judge(call, [target, ...heads]);
  const book = new HoldBook([]);
  const meant = await meaningOf(request, judged);
  const rivals = await rivalsAmong(call, judged, meant, book);
  const chosen = choose(target, heads, rivals);
  for (const head of heads.filter((each) => !chosen.includes(each))) {
    for (const { left, right, id } of rivals.filter((pair) => pair.left === head || pair.right === head)) {
      book.hold(head.taskId, `in conflict with '${(left === head ? right : left).taskId}'`, id);
    }
  }
  const { fold, tried, stops } = await gatherHeads({
    call,
    target,
    chosen,
    judgeWhole: wholeJudge(request),
    describe: (rest, { candidate, merge }) =>
      describeHeads(call, { left: rest, right: candidate, merge }, true, "git merge of all"),
  });
  const met = stops.map(({ candidate, over, reason, draft }) => {
    const conflictId = book.add(draft);
    book.hold(candidate.taskId, reason, conflictId);
    return { ref: candidate.taskId, over, conflictId };
  });
  for (const draft of await listMergedFiles({ ...call, pairs: cleanPairs([target, ...heads], judged) }))
    book.add(draft);
  for (const { proved, draft } of meant) if (!proved && draft) book.add(draft);
  const order = heads.map(({ taskId, agentId, commit, order: place }) => ({
    taskId,
    agentId,
    commit,
    order: place,
    needs: [],
    priority: 0,
  }));
  return {
    conflicts: book.conflicts,
    mergeOrder: fold.merged.map(({ taskId }) => taskId),
    together: { tried: tried.map(({ taskId }) => taskId), ...(met[0] && { stopsAt: met[0] }) },
    contained,
    held: book.held(order),
  };
}

/** What the heads that merge as text mean for each other. */
async function meaningOf(
  { git, shadow, judgeMeaning }: HeadsRequest,
  judged: readonly JudgedPair[],
): Promise<readonly MeaningVerdict[]> {
  if (!judgeMeaning) return [];
  const clean = judged.flatMap(({ left, right, merge }) =>
    merge.status === "clean" ? [{ left, right, tree: merge.tree }] : [],
  );
  return judgeHeads({ git, shadow, judgeMeaning }, clean);
}

/** Judges what heads mean for each other where all of them are put together. */
function wholeJudge({ git, shadow, judgeMeaning }: HeadsRequest): Gathering["judgeWhole"] {
  if (!judgeMeaning) return undefined;
  return (pairs) =>
    judgeHeads(
      { git, shadow, judgeMeaning },
      pairs.map((pair) => ({ ...pair, whole: true })),
    );
}

interface Rivals {
  readonly left: MergeCandidate;
  readonly right: MergeCandidate;
  /** Undefined where it only repeats what is said of heads that these two hold. */
  readonly id: string | undefined;
}

/** Who cannot go in together, for its text or its meaning; every conflict is written down. */
async function rivalsAmong(
  call: MergeTreeCall,
  judged: readonly JudgedPair[],
  meant: readonly MeaningVerdict[],
  book: HoldBook,
): Promise<readonly Rivals[]> {
  const rivals: Rivals[] = [];
  for (const pair of judged.filter(({ merge }) => merge.status !== "clean")) {
    const draft = await describeHeads(call, pair, rivals.length < MAX_DESCRIBED);
    rivals.push({ left: pair.left, right: pair.right, id: book.add(draft) });
  }
  for (const { left, right, draft } of meant.filter(({ proved }) => proved))
    rivals.push({ left, right, id: draft && book.add(draft) });
  return rivals;
}

/** The files that two that merge have both changed: those whose lines were joined, else those changed alike. */
function cleanPairs(all: readonly Candidate[], judged: readonly JudgedPair[]): readonly CleanPair[] {
  const meetings = new Map(meetingPairs(all).map((pair) => [`${pair.left.taskId}\0${pair.right.taskId}`, pair]));
  return judged.flatMap(({ left, right, merge }): CleanPair[] => {
    if (merge.status !== "clean") return [];
    const meeting = meetings.get(`${left.taskId}\0${right.taskId}`);
    const paths = merge.joined.length > 0 ? merge.joined : [...(meeting?.shared ?? [])];
    return [{ left, right, paths, lookalikes: meeting?.lookalikes ?? [] }];
  });
}

async function readHeads(request: HeadsRequest): Promise<{
  readonly target: Candidate;
  readonly heads: readonly Candidate[];
  readonly contained: readonly string[];
}> {
  const { git, files, shadow, target } = request;
  const attributesOf = (base: string): Promise<string> => attributeFolder({ git, files, shadow, base });
  const common = await attributesOf(target.commit);
  const differing = await changedPaths({
    git,
    shadow,
    comparisons: request.heads.map(({ commit }) => ({ from: target.commit, to: commit })),
  });
  const own = await ownChanges(request);
  const ancestry = await headAncestry(
    request,
    target.commit,
    request.heads.map(({ commit }) => commit),
  );
  const contained: string[] = [];
  const heads: Candidate[] = [];
  for (const [index, head] of request.heads.entries()) {
    const inside = ancestry.contained[index];
    if (inside === undefined) {
      contained.push(head.ref);
      continue;
    }
    const ownRules = (differing[index] ?? []).some(({ path, oldPath }) => isRules(path) || isRules(oldPath ?? ""));
    const candidate = candidateOf(head, index + 1, ownRules ? await attributesOf(head.commit) : common);
    // Of two names for one commit the first comes first.
    const earlier = [...inside].filter((place) => request.heads[place]?.commit !== head.commit || place < index);
    heads.push({
      ...candidate,
      changes: own[index + 1] ?? [],
      ancestors: new Set(earlier.map((place) => request.heads[place]?.ref ?? "")),
    });
  }
  const sorted = heads.toSorted(
    (left, right) => left.ancestors.size - right.ancestors.size || left.order - right.order,
  );
  return { target: { ...candidateOf(target, 0, common), changes: own[0] ?? [] }, heads: sorted, contained };
}

/** What the target and each head changed since they parted; for the target, since it parted from the first one. */
async function ownChanges({ git, shadow, target, heads }: HeadsRequest): Promise<readonly (readonly ChangedPath[])[]> {
  const comparisons: { from: string; to: string }[] = [];
  for (const { commit } of heads) {
    const argv = ["merge-base", "--end-of-options", target.commit, commit];
    const found = (await git.run(argv, { gitDir: shadow.gitDir, answers: [1] })).text.split("\n")[0];
    // Without a common commit nothing is said to be changed.
    const from = found === undefined || found === "" ? commit : found;
    if (comparisons.length === 0) comparisons.push({ from: from === commit ? target.commit : from, to: target.commit });
    comparisons.push({ from, to: commit });
  }
  return changedPaths({ git, shadow, comparisons });
}

function isRules(path: string): boolean {
  return /(^|\/)\.gitattributes$/.test(path);
}

function candidateOf({ agentId, ref, commit }: Head, order: number, attributes: string): Candidate {
  return { agentId, taskId: ref, commit, order, attributes, needs: [], priority: 0, changes: [], ancestors: new Set() };
}

/** Merges every two that are not built on one another. */
async function judge(call: MergeTreeCall, all: readonly Candidate[]): Promise<readonly JudgedPair[]> {
  const byRules = new Map<string, (readonly [Candidate, Candidate])[]>();
  for (const [index, left] of all.entries()) {
    for (const right of all.slice(index + 1)) {
      if (left.ancestors.has(right.taskId) || right.ancestors.has(left.taskId)) continue;
      const pairs = byRules.get(left.attributes) ?? [];
      pairs.push([left, right]);
      byRules.set(left.attributes, pairs);
    }
  }
  const judged: JudgedPair[] = [];
  for (const [folder, pairs] of byRules) {
    const commits = pairs.map(([left, right]) => [left.commit, right.commit] as const);
    const merges = await mergePairs({ ...call, attributeFolder: folder, pairs: commits });
    for (const [index, [left, right]] of pairs.entries())
      judged.push({ left, right, merge: merges[index] as PairMerge });
  }
  return judged;
}

/** As many heads as go into the target together. */
function choose(target: Candidate, heads: readonly Candidate[], inConflict: readonly Rivals[]): readonly Candidate[] {
  const rivals = new Map<MergeCandidate, Set<MergeCandidate>>();
  for (const { left, right } of inConflict) {
    rivals.set(left, (rivals.get(left) ?? new Set()).add(right));
    rivals.set(right, (rivals.get(right) ?? new Set()).add(left));
  }
  const open = heads.filter((head) => !rivals.get(head)?.has(target));
  const numberOf = new Map<MergeCandidate, number>(open.map((head, index) => [head, index]));
  const items = open.map((head) => ({
    needs: [],
    conflicts: [...(rivals.get(head) ?? [])].flatMap((rival) => numberOf.get(rival) ?? []),
    priority: 0,
  }));
  const flags = compatibleSubset(items);
  return open.filter((_, index) => flags[index]);
}
