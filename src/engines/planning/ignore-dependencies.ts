import type { TaskInput } from "../../schema/task.ts";
import type { UnenforcedLimit } from "../../schema/workflow.ts";
import type { AcceptedAnalysis } from "./accept-analysis.ts";

/** Tasks of which none waits for another, and what the caller is to be told about it. */
export interface FreedTasks {
  readonly accepted: AcceptedAnalysis;
  /** One entry when there was anything to ignore. */
  readonly warnings: readonly UnenforcedLimit[];
}

/**
 * Mode `parallel`: every task may start at once, as far as agents and resources reach. Dependencies, stated or found,
 * and batches are left out of the plan; mutexes and resources hold as ever.
 */
export function ignoreDependencies(given: AcceptedAnalysis): FreedTasks {
  const pairs = new Set(given.edges.map(({ from, to }) => JSON.stringify([from, to])));
  for (const task of given.tasks) {
    for (const need of task.dependsOn ?? []) pairs.add(JSON.stringify([need, task.id]));
  }
  const { batches: _batches, ...rest } = given;
  const accepted = { ...rest, tasks: given.tasks.map(withoutNeeds), edges: [] };
  if (pairs.size === 0) return { accepted, warnings: [] };
  const count = pairs.size === 1 ? "one dependency is" : `${pairs.size} dependencies are`;
  return {
    accepted,
    warnings: [{ limit: "dependsOn", reason: `mode 'parallel' starts everything at once: ${count} ignored` }],
  };
}

function withoutNeeds(task: TaskInput): TaskInput {
  const { dependsOn: _dependsOn, ...rest } = task;
  return rest;
}
