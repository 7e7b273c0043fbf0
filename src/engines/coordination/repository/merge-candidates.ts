import type { PlannedTask } from "../../../schema/event.ts";
import type { RunView } from "../../progress/run-view.ts";
import type { Candidate } from "../workspaces.ts";

/** The results of these tasks that can be merged: those that have left a commit. */
export function mergeCandidates(
  ids: readonly string[],
  tasks: ReadonlyMap<string, { readonly task: PlannedTask; readonly order: number }>,
  view: RunView,
): Candidate[] {
  return ids.flatMap((taskId) => {
    const planned = tasks.get(taskId);
    const seen = view.tasks.get(taskId);
    const commit = seen?.outcome?.commit;
    if (!planned || !seen || commit === undefined) return [];
    const needs = [...new Set([...planned.task.needs, ...(seen.builtOn ?? [])])];
    return [
      {
        order: planned.order,
        task: { ...planned.task, needs },
        agentId: seen.agentId ?? "",
        commit,
        changes: seen.changes,
      },
    ];
  });
}
