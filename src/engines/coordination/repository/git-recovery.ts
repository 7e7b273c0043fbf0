import { recoverApplies } from "../../merging/apply/recover-applies.ts";
import type { GitWorld } from "./git-workspaces.ts";

/** Restores what a dead process was writing into users' files, and says what it could and could not. */
export async function recoverWorkspaces(world: GitWorld): Promise<readonly string[]> {
  const recovered = await recoverApplies(world);
  return recovered.map(({ executionId, workTree, restored, left }) => {
    const spared = left.length === 0 ? "" : `; left alone because they changed since: ${left.join(", ")}`;
    return `the unfinished apply of ${executionId} in ${workTree} was taken back (${restored.length} files)${spared}`;
  });
}
