/** How the agents of a run are held on this machine, and what of it is not. */
import type { Processes } from "../../../ports/processes.ts";
import type { RunSpec } from "../../../schema/event.ts";
import { executorKindsOf } from "../../../schema/fallback.ts";
import type { RunWorkspaces } from "../workspaces.ts";

/** Name under which a run lists that its agents are not kept apart by the system. */
const isolationLimit = "isolation";

const APART =
  "Agents see no workspace but their own, and can only read the user's workspace, but for folders that git ignores, and its repository.";
const TOGETHER =
  "agents here could write into each other's folders and into your files if they tried: what one writes into the folder of another at work cannot be told from that one's own work";

/** A sentence for people, and the specification with what cannot be held. */
export async function runContainment(
  spec: RunSpec,
  world: { readonly processes: Processes; readonly workspaces: RunWorkspaces | undefined },
): Promise<{ readonly containment: string; readonly spec: RunSpec }> {
  if (!spec.tasks.flatMap(executorKindsOf).some((kind) => kind !== "simulated")) {
    return { containment: "none needed", spec };
  }
  const { driver, guarantee, limits } = await world.processes.containment();
  const isApart = (await world.workspaces?.keepsApart()) ?? true;
  const sentences = [`${driver}.`, guarantee, ...(isApart && world.workspaces ? [APART] : []), limits];
  const containment = sentences.join(" ");
  if (isApart) return { containment, spec };
  const unenforced = [...spec.unenforced, { limit: isolationLimit, reason: TOGETHER }];
  return { containment, spec: { ...spec, unenforced } };
}

/** Whether the system keeps a run's agents from the user's files. */
export function isKeptApart(spec: RunSpec): boolean {
  return spec.isolated && !spec.unenforced.some(({ limit }) => limit === isolationLimit);
}
