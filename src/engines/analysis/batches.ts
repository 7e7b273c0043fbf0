import type { Batch } from "../../schema/plan.ts";
import type { TaskInput } from "../../schema/task.ts";
import { assert } from "../../util/assert.ts";
import { numberAt } from "../../util/number-at.ts";
import { roundTo } from "../../util/round-to.ts";
import { predecessorsOf } from "./adjacency.ts";
import { dispatchRank, listSchedule } from "./makespan.ts";
import { resourceClaims } from "./resource-claims.ts";
import { buildTaskGraph, type TaskGraph } from "./task-graph.ts";
import { taskMinutes } from "./task-minutes.ts";

/** What the time and the order of batches are computed with. */
export interface BatchOptions {
  readonly agents: number;
  readonly capacities?: Readonly<Record<string, number>> | undefined;
  /** Groups of tasks that were put into different batches to keep them apart. */
  readonly apart?: readonly (readonly number[])[] | undefined;
}

/**
 * Shows groups of tasks as batches: `batch-1`, `batch-2`, …, each after those that hold what its tasks
 * need. Batches are a view with a barrier between them; schedules do not wait for barriers.
 */
export function toBatches(graph: TaskGraph, groups: readonly (readonly number[])[], options: BatchOptions): Batch[] {
  const needs = batchNeeds(graph, groups, options.apart ?? []);
  return groups.map((group, index) => {
    const tasks = group.map((task) => graph.tasks[task] as TaskInput);
    return {
      id: `batch-${index + 1}`,
      tasks,
      estimatedMinutes: batchMinutes(tasks, options),
      dependsOnBatches: (needs[index] ?? []).map((need) => `batch-${need + 1}`),
    };
  });
}

/** The earlier batches each batch has to wait for, without those that one of them waits for already. */
function batchNeeds(
  graph: TaskGraph,
  groups: readonly (readonly number[])[],
  apart: readonly (readonly number[])[],
): number[][] {
  const batchOf = new Int32Array(graph.count);
  groups.forEach((group, batch) => group.forEach((task) => (batchOf[task] = batch)));
  const direct = groups.map(() => new Set<number>());
  for (const [batch, group] of groups.entries()) {
    for (const task of group) {
      for (const need of predecessorsOf(graph, task)) direct[batch]?.add(numberAt(batchOf, need));
    }
  }
  for (const tasks of apart) {
    const batches = [...new Set(tasks.map((task) => numberAt(batchOf, task)))].toSorted((left, right) => left - right);
    batches.forEach((batch, index) => index > 0 && direct[batch]?.add(batches[index - 1] as number));
  }
  const words = (groups.length >> 5) + 1;
  const ancestors: Uint32Array[] = [];
  return direct.map((found) => {
    const reached = new Uint32Array(words);
    const nearest = [...found]
      .toSorted((left, right) => right - left)
      .filter((need) => {
        if (((numberAt(reached, need >> 5) >>> (need & 31)) & 1) === 1) return false;
        ancestors[need]?.forEach((bits, word) => (reached[word] = numberAt(reached, word) | bits));
        reached[need >> 5] = numberAt(reached, need >> 5) | (1 << (need & 31));
        return true;
      });
    ancestors.push(reached);
    return nearest.toReversed();
  });
}

/** Minutes for tasks of one batch: all could start at once, as far as agents and resources reach. */
function batchMinutes(tasks: readonly TaskInput[], options: BatchOptions): number {
  const unlimited = tasks.length <= options.agents && tasks.every((task) => !task.exclusive && !task.resources);
  if (unlimited) return roundTo(Math.max(...tasks.map(taskMinutes)), 6);
  const built = buildTaskGraph(tasks.map((task) => ({ ...task, dependsOn: [] })));
  assert(built.ok, "tasks without dependencies form a cycle");
  const graph = built.value;
  const claims = resourceClaims(graph.tasks, { capacities: options.capacities });
  const schedule = listSchedule(graph, { agents: options.agents, claims, rank: dispatchRank(graph) });
  return roundTo(schedule.makespanMinutes, 6);
}
