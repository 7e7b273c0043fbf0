import type { Conflict } from "../../../schema/conflict.ts";
import { choiceOptions, mergeOptions } from "../../../schema/resolution-options.ts";
import { toWorkspacePath } from "../../../util/workspace-path.ts";
import { contestedHunks, plainStart, type Contest } from "./contested-hunks.ts";
import { describeConflict, type ConflictDraft } from "./describe-conflict.ts";
import { judgeClean, type JudgeMeaning } from "./judge-meaning.ts";
import type { MergeCandidate } from "../merge-candidate.ts";
import { MAX_PAIRS, meetingPairs, type MeetingPair } from "./meeting-pairs.ts";
import { mergePairsByKind } from "../by-kind/merge-by-kind.ts";
import type { MergeTreeCall, PairMerge } from "./merge-tree.ts";
import { proveClean } from "./prove-clean.ts";

/** A pair of results that cannot both be merged. */
export interface Rivalry {
  readonly left: MergeCandidate;
  readonly right: MergeCandidate;
  /** Undefined where it only repeats a conflict of results that these two were built on. */
  readonly draft: ConflictDraft | undefined;
}

/** Conflicts that are described down to the line; beyond it the files are named. */
const MAX_DESCRIBED = 300;
/** With more conflicts, those that only repeat another one are listed too. */
const MAX_COMPARED = 2_000;

/** Judges every pair of results that could be in each other's way and says which of them cannot stand together. */
export async function judgePairs(
  call: MergeTreeCall & {
    readonly base: string;
    readonly candidates: readonly MergeCandidate[];
    readonly judgeMeaning?: JudgeMeaning | undefined;
  },
): Promise<{
  readonly rivalries: readonly Rivalry[];
  readonly merging: readonly MeetingPair[];
  readonly listed: readonly ConflictDraft[];
  /** Paths that the rule of their kind merged in some pair. */
  readonly settled: ReadonlySet<string>;
  /** Whether there may be pairs that were not judged, because there are too many. */
  readonly partial: boolean;
}> {
  const { git, shadow, candidates } = call;
  const pairs = meetingPairs(candidates);
  const open = pairs.filter((pair) => !pair.alike);
  const { proven, hunks } = await proveClean({ ...call, pairs: open });
  const start = { ...plainStart(call.base, candidates), hunks };
  const asked = open.filter((pair) => !proven.has(pair));
  const merges = await mergePairsByKind({
    ...call,
    start,
    pairs: asked.map(({ left, right }) => [left.commit, right.commit]),
  });
  const inConflict = new Map<MeetingPair, Exclude<PairMerge, { status: "clean" }>>();
  const cleanTrees = new Map<MeetingPair, string>();
  const merged = asked.map((pair, index) => ({ pair, merge: merges[index] as PairMerge }));
  for (const { pair, merge } of merged) {
    if (merge.status === "clean") cleanTrees.set(pair, merge.tree);
    else inConflict.set(pair, merge);
  }
  const rivalries: Rivalry[] = [];
  const contested = contestedHunks(call, start, contestsOf(inConflict));
  for (const [pair, merge] of inConflict) {
    const { left, right } = pair;
    const withLines = rivalries.length < MAX_DESCRIBED;
    const draft = isInherited(pair, merge, inConflict)
      ? undefined
      : await describeConflict({ git, shadow, left, right, merge, withLines, detectionMethod: "git merge", contested });
    rivalries.push({ left, right, draft });
  }
  const merging = pairs.filter((pair) => !inConflict.has(pair));
  const ignoresCase = await fileSystemIgnoresCase(call);
  const listed: ConflictDraft[] = [];
  for (const pair of merging.filter(({ lookalikes }) => lookalikes.length > 0)) {
    const draft = describeLookalikes(pair, shadow.prefix, ignoresCase);
    if (ignoresCase) rivalries.push({ left: pair.left, right: pair.right, draft });
    else listed.push(draft);
  }
  const { judgeMeaning, base } = call;
  const verdicts = judgeMeaning
    ? await judgeClean({ git, judgeMeaning, base, candidates, pairs, cleanTrees, proven, rivalries })
    : [];
  const provisional = provisionalFiles(merged, shadow.prefix);
  for (const { left, right, proved, draft } of verdicts) {
    // What a program is still to make says nothing yet: it is judged once it is made.
    const unmade = provisional.get(left)?.get(right);
    if (draft?.affectedResources.some((file) => unmade?.has(file))) continue;
    if (proved) rivalries.push({ left, right, draft });
    else if (draft) listed.push(draft);
  }
  const settled = new Set(merged.flatMap(({ merge }) => (merge.status === "clean" ? (merge.settled ?? []) : [])));
  return { rivalries, merging, listed, settled, partial: pairs.length >= MAX_PAIRS };
}

/** Files of pairs, as callers see them, that hold one side's version until a program has made them anew. */
function provisionalFiles(
  merged: readonly { readonly pair: MeetingPair; readonly merge: PairMerge }[],
  prefix: string,
): ReadonlyMap<MergeCandidate, ReadonlyMap<MergeCandidate, ReadonlySet<string>>> {
  const found = new Map<MergeCandidate, Map<MergeCandidate, ReadonlySet<string>>>();
  for (const { pair, merge } of merged) {
    if (merge.status !== "clean" || merge.remade === undefined) continue;
    const { left, right } = pair;
    const files = new Set(merge.remade.map((path) => toWorkspacePath(path, prefix)));
    for (const [one, other] of [
      [left, right],
      [right, left],
    ] as const)
      found.set(one, (found.get(one) ?? new Map<MergeCandidate, ReadonlySet<string>>()).set(other, files));
  }
  return found;
}

function contestsOf(inConflict: ReadonlyMap<MeetingPair, PairMerge>): Contest[] {
  return [...inConflict].flatMap(([{ left, right }, merge]) =>
    merge.status === "conflict" ? [{ commits: [left.commit, right.commit] as const, paths: merge.paths }] : [],
  );
}

/** Whether the same paths are in conflict between results that these two were built on. */
function isInherited(pair: MeetingPair, merge: PairMerge, inConflict: ReadonlyMap<MeetingPair, PairMerge>): boolean {
  if (merge.status !== "conflict" || pair.left.ancestors.size + pair.right.ancestors.size === 0) return false;
  if (inConflict.size > MAX_COMPARED) return false;
  const isPart = (candidate: MergeCandidate, of: MergeCandidate): boolean =>
    candidate === of || of.ancestors.has(candidate.taskId);
  const known = new Set<string>();
  for (const [other, found] of inConflict) {
    if (other === pair || found.status !== "conflict") continue;
    const straight = isPart(other.left, pair.left) && isPart(other.right, pair.right);
    const crossed = isPart(other.left, pair.right) && isPart(other.right, pair.left);
    if (straight || crossed) for (const path of found.paths) known.add(path);
  }
  return merge.paths.length > 0 && merge.paths.every((path) => known.has(path));
}

async function fileSystemIgnoresCase({ git, shadow }: MergeTreeCall): Promise<boolean> {
  const argv = ["config", "--type=bool", "--get", "core.ignorecase"];
  return (await git.run(argv, { gitDir: shadow.gitDir, answers: [1] })).text.trim() === "true";
}

function describeLookalikes({ left, right, lookalikes }: MeetingPair, prefix: string, clash: boolean): ConflictDraft {
  const names = lookalikes.flatMap((pair) => pair.map((path) => toWorkspacePath(path, prefix)));
  const agents = [left.agentId, right.agentId];
  const locations: Conflict["locations"] = names.map((file, index) => ({
    file,
    startLine: 0,
    endLine: 0,
    agentId: agents[index % 2] as string,
  }));
  return {
    type: "file-level",
    severity: clash ? "medium" : "low",
    agents: [...new Set(agents)],
    tasks: [left.taskId, right.taskId],
    description: `'${left.taskId}' and '${right.taskId}' use names that are one file where case is ignored: ${names.slice(0, 2).join(" and ")}.`,
    affectedResources: names,
    detectionMethod: "file names",
    locations,
    confidence: 1,
    resolutionOptions: clash
      ? choiceOptions([left, right].map(({ agentId, taskId }) => ({ agentId, taskId })))
      : mergeOptions("Keep both files; this file system tells their names apart"),
  };
}
