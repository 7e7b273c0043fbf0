import type { Batch } from "../../schema/plan.ts";
import type { TaskInput } from "../../schema/task.ts";
import { assert } from "../../util/assert.ts";
import { numberAt } from "../../util/number-at.ts";
import { KeyedHeap } from "../../util/keyed-heap.ts";
import { orderByKey } from "../../util/order-by-key.ts";
import { roundTo } from "../../util/round-to.ts";
import { floatAt, intAt } from "../../util/typed-at.ts";
import { listDispatcher } from "./list-dispatcher.ts";
import { dispatchRank } from "./makespan.ts";
import { resourceClaims } from "./resource-claims.ts";
import { buildTaskGraph, type TaskGraph } from "./graph/task-graph.ts";
import { taskMinutes } from "./task-minutes.ts";

/** Of more batches each names all it needs directly, also what follows from the others: telling costs their square. */
const mostBatchesCompared = 5_000;

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
    const needs = direct[batch] as Set<number>;
    for (const task of group) {
      const lastEdge = intAt(graph.predecessorStart, task + 1);
      for (let edge = intAt(graph.predecessorStart, task); edge < lastEdge; edge++) {
        needs.add(intAt(batchOf, intAt(graph.predecessors, edge)));
      }
    }
  }
  for (const tasks of apart) {
    const batches = [...new Set(tasks.map((task) => intAt(batchOf, task)))].toSorted((left, right) => left - right);
    batches.forEach((batch, index) => index > 0 && direct[batch]?.add(batches[index - 1] as number));
  }
  return withoutImplied(direct);
}

/** Of the earlier batches each one needs those that no other of them waits for already. */
function withoutImplied(direct: readonly ReadonlySet<number>[]): number[][] {
  const words = (direct.length >> 5) + 1;
  const ancestors: Uint32Array[] = [];
  // Batches that wait for every one before them, as levels do.
  let inLine = 0;
  return direct.map((found, batch) => {
    if (inLine === batch && (batch === 0 || found.has(batch - 1))) {
      inLine += 1;
      return batch === 0 ? [] : [batch - 1];
    }
    if (direct.length > mostBatchesCompared) return [...found].toSorted((left, right) => left - right);
    const reached = new Uint32Array(words);
    const nearest = [...found]
      .toSorted((left, right) => right - left)
      .filter((need) => {
        if (((numberAt(reached, need >> 5) >>> (need & 31)) & 1) === 1) return false;
        ancestors[need]?.forEach((bits, word) => (reached[word] = numberAt(reached, word) | bits));
        for (let each = need < inLine ? 0 : need; each <= need; each++) {
          reached[each >> 5] = numberAt(reached, each >> 5) | (1 << (each & 31));
        }
        return true;
      });
    ancestors[batch] = reached;
    return nearest.toReversed();
  });
}

/** Minutes for tasks of one batch: all could start at once, as far as agents and resources reach. */
function batchMinutes(tasks: readonly TaskInput[], options: BatchOptions): number {
  const unlimited = tasks.every((task) => !task.exclusive && !task.resources && !task.writes);
  if (unlimited && tasks.length <= options.agents) {
    return roundTo(
      tasks.reduce((most, task) => Math.max(most, taskMinutes(task)), 0),
      6,
    );
  }
  if (unlimited && !tasks.some((task) => task.priority)) return roundTo(packedMinutes(tasks, options.agents), 6);
  const built = buildTaskGraph(tasks.map(({ dependsOn: _dependsOn, ...task }) => task));
  assert(built.ok, "tasks without dependencies form a cycle");
  const graph = built.value;
  const claims = resourceClaims(graph.tasks, { capacities: options.capacities });
  return roundTo(listDispatcher(graph, { claims, rank: dispatchRank(graph) }).makespan(options.agents), 6);
}

/** Tasks that compete for agents alone: the longest goes first, to whoever is free first (Graham 1969). */
function packedMinutes(tasks: readonly TaskInput[], agents: number): number {
  const minutes = Float64Array.from(tasks, taskMinutes);
  const free = new Float64Array(agents);
  const team = new KeyedHeap(free);
  for (let agent = 0; agent < agents; agent++) team.push(agent);
  let latest = 0;
  for (const task of orderByKey(minutes.map((value) => -value))) {
    const agent = team.pop() ?? 0;
    free[agent] = floatAt(free, agent) + floatAt(minutes, task);
    latest = Math.max(latest, floatAt(free, agent));
    team.push(agent);
  }
  return latest;
}
