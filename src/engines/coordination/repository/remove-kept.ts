import type { Shadow } from "../../../ports/git.ts";
import type { Isolation } from "../../isolation/isolation.ts";
import { editsOf } from "./git-edits.ts";
import { removeRegenerations } from "./git-regeneration.ts";

/** Removes the folders of a run's attempts; without `keepResults` also what was captured of them and what was edited. */
export async function removeKept(run: {
  readonly isolation: Isolation;
  readonly shadow: Shadow;
  readonly executionId: string;
  readonly keepResults: boolean;
}): Promise<void> {
  const { isolation, shadow, executionId, keepResults } = run;
  await isolation.removeRunWorkspaces({ shadow, executionId, forget: !keepResults });
  await removeRegenerations(run);
  if (keepResults) return;
  await isolation.dropRunRefs({ shadow, executionId });
  const edits = { shadow, executionId: editsOf(executionId) };
  await isolation.removeRunWorkspaces({ ...edits, forget: true });
  await isolation.dropRunRefs(edits);
}
