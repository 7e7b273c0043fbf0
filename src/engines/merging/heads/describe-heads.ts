import { refOptions } from "../../../schema/resolution-options.ts";
import { changedPaths, type ChangedPath } from "../changed-paths.ts";
import { describeConflict, listFiles, type ConflictDraft, type Side } from "../pairs/describe-conflict.ts";
import type { MergeCandidate } from "../merge-candidate.ts";
import { customDrivers } from "../pairs/merge-drivers.ts";
import type { MergeTreeCall, PairMerge } from "../pairs/merge-tree.ts";

/** Two branches that do not merge, and what git says of them. */
export interface UnmergedPair {
  readonly left: MergeCandidate;
  readonly right: MergeCandidate;
  readonly merge: PairMerge;
}

/** Describes why two branches do not merge, with the ways out that branches have; `withLines` down to the line. */
export async function describeHeads(
  call: MergeTreeCall,
  pair: UnmergedPair,
  withLines: boolean,
  detectionMethod = "git merge",
): Promise<ConflictDraft> {
  const { git, shadow } = call;
  const merge = pair.merge as Exclude<PairMerge, { status: "clean" }>;
  const [left, right] = await Promise.all([sideOf(call, pair.left, pair.right), sideOf(call, pair.right, pair.left)]);
  const draft = await describeConflict({ git, shadow, left, right, merge, withLines, detectionMethod });
  const drivers = merge.status === "conflict" ? await customDrivers(call, merge.paths) : new Map<string, string>();
  const previews = new Map(draft.resolutionOptions.map(({ agentId, preview }) => [agentId, preview]));
  const parties = [left, right].map(({ agentId, taskId }) => ({ agentId, taskId, preview: previews.get(agentId) }));
  return {
    ...draft,
    description: `${draft.description}${driverNote(drivers)}`,
    resolutionOptions: refOptions(parties),
  };
}

/** What is said where a merge program of the repository would decide. */
function driverNote(drivers: ReadonlyMap<string, string>): string {
  if (drivers.size === 0) return "";
  return ` The merge driver '${[...new Set(drivers.values())].join("', '")}' of ${listFiles([...drivers.keys()])} was not run.`;
}

async function sideOf({ git, shadow }: MergeTreeCall, head: MergeCandidate, other: MergeCandidate): Promise<Side> {
  const argv = ["merge-base", "--end-of-options", head.commit, other.commit];
  const found = await git.run(argv, { gitDir: shadow.gitDir, answers: [1] });
  const from = found.text.split("\n")[0] ?? "";
  const [changes = []]: readonly (readonly ChangedPath[])[] =
    from === "" ? [] : await changedPaths({ git, shadow, comparisons: [{ from, to: head.commit }] });
  return { agentId: head.agentId, taskId: head.taskId, commit: head.commit, changes };
}
