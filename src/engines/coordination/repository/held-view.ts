import type { Shadow } from "../../../ports/git.ts";
import type { FileView, Processes } from "../../../ports/processes.ts";
import type { Isolation } from "../../isolation/isolation.ts";

/** What the agents of a run may see of the machine's files, tried out; undefined where that cannot be held. */
export async function heldView(run: {
  readonly isolation: Isolation;
  readonly processes?: Pick<Processes, "holdsView">;
  readonly shadow: Shadow;
  readonly executionId: string;
}): Promise<FileView | undefined> {
  const { isolation, processes, shadow, executionId } = run;
  if (!processes) return undefined;
  const view = await isolation.agentsView({ shadow, executionId });
  return (await processes.holdsView(view)) ? view : undefined;
}
