import type { Files } from "../../../ports/files.ts";
import type { Git, Shadow } from "../../../ports/git.ts";
import type { Snapshot } from "../../../ports/snapshots.ts";
import type { Conflict } from "../../../schema/conflict.ts";
import { failed, ok, type Result } from "../../../util/result.ts";
import { toWorkspacePath } from "../../../util/workspace-path.ts";
import { attributeFolder } from "../attribute-folder.ts";
import { changedPaths } from "../changed-paths.ts";
import { lostWork } from "../containment.ts";
import { describeConflict, listFiles } from "../pairs/describe-conflict.ts";
import { mergeCommit } from "../fold-results.ts";
import { mergeTwo } from "../pairs/merge-tree.ts";

/** Why the results cannot be joined with what the user has done meanwhile. */
export interface UserConflict {
  readonly reason: string;
  readonly conflicts: readonly Conflict[];
}

/** Who the user is in a conflict with results. */
const USER = { agentId: "you", taskId: "your own changes" };

/** The tree that holds the results and everything the user has done since the base; never one at the cost of the other. */
export async function mergeWithUser(request: {
  readonly git: Git;
  readonly files: Files;
  readonly shadow: Shadow;
  readonly base: string;
  readonly user: Snapshot;
  readonly commit: string;
}): Promise<Result<string, UserConflict>> {
  const { git, shadow, base, user, commit } = request;
  const treeOf = async (name: string): Promise<string> =>
    (
      await git.run(["rev-parse", "--verify", "--end-of-options", `${name}^{tree}`], { gitDir: shadow.gitDir })
    ).text.trim();
  if ((await treeOf(base)) === user.tree) return ok(await treeOf(commit));
  const call = { git, shadow, attributeFolder: await attributeFolder(request) };
  const comparisons = [user.commit, commit].map((to) => ({ from: base, to }));
  const [ours = [], theirs = []] = await changedPaths({ git, shadow, comparisons });
  const merge = await mergeTwo(call, user.commit, commit);
  if (merge.status !== "clean") {
    const left = { ...USER, commit: user.commit, changes: ours };
    const right = { agentId: "merged results", taskId: "the merged results", commit, changes: theirs };
    const draft = await describeConflict({ git, shadow, left, right, merge, detectionMethod: "git merge" });
    const resolutionOptions: Conflict["resolutionOptions"] = [
      {
        strategy: "manual",
        description: "Move or finish your own change, then apply again",
        automatic: false,
        risk: "low",
      },
      {
        strategy: "rollback",
        description: "Keep your files as they are; the merged results stay available",
        automatic: false,
        risk: "low",
      },
    ];
    const reason =
      merge.status === "unreadable"
        ? `your files could not be merged with the results: ${merge.reason}`
        : `you have changed ${listFiles(draft.affectedResources)} at the same place meanwhile`;
    return failed({ reason, conflicts: [{ id: "a1", ...draft, resolutionOptions }] });
  }
  const joined = await mergeCommit(call, {
    tree: merge.tree,
    parents: [user.commit, commit],
    message: "Join with the user's files",
  });
  const contributions = [
    { commit: user.commit, changes: ours, superseded: new Set<string>() },
    { commit, changes: theirs, superseded: new Set<string>() },
  ];
  const lost = (await lostWork({ git, shadow, base, merged: joined, contributions })).flat();
  if (lost.length === 0) return ok(merge.tree);
  const named = listFiles(lost.map((path) => toWorkspacePath(path, shadow.prefix)));
  return failed({ reason: `joining your changes with the results would lose lines of ${named}`, conflicts: [] });
}
