import type { Batch } from "../../schema/plan.ts";
import type { TaskInput } from "../../schema/task.ts";
import { assert } from "../../util/assert.ts";
import { roundTo } from "../../util/round-to.ts";
import { dispatchRank, listSchedule } from "./makespan.ts";
import { resourceClaims } from "./resource-claims.ts";
import { buildTaskGraph, type TaskGraph } from "./task-graph.ts";

/** What the time of a batch is computed with. */
export interface BatchOptions {
  readonly agents: number;
  readonly capacities?: Readonly<Record<string, number>> | undefined;
}

/**
 * Shows groups of tasks as batches: `batch-1`, `batch-2`, …, each after the one before it. Batches
 * are a view with a barrier between them; schedules do not wait for barriers.
 */
export function toBatches(graph: TaskGraph, groups: readonly (readonly number[])[], options: BatchOptions): Batch[] {
  return groups.map((group, index) => {
    const tasks = group.map((task) => graph.tasks[task] as TaskInput);
    return {
      id: `batch-${index + 1}`,
      tasks,
      estimatedMinutes: batchMinutes(tasks, options),
      dependsOnBatches: index === 0 ? [] : [`batch-${index}`],
    };
  });
}

/** Minutes for tasks of one batch: all could start at once, as far as agents and resources reach. */
function batchMinutes(tasks: readonly TaskInput[], options: BatchOptions): number {
  const built = buildTaskGraph(tasks.map((task) => ({ ...task, dependsOn: [] })));
  assert(built.ok, "tasks without dependencies form a cycle");
  const graph = built.value;
  const claims = resourceClaims(graph.tasks, { capacities: options.capacities });
  const schedule = listSchedule(graph, { agents: options.agents, claims, rank: dispatchRank(graph) });
  return roundTo(schedule.makespanMinutes, 6);
}
