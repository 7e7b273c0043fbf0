import { orderByKey } from "../../util/order-by-key.ts";
import { intAt } from "../../util/typed-at.ts";
import { bottomLevels } from "./graph/critical-path.ts";
import { listDispatcher } from "./list-dispatcher.ts";
import type { TaskGraph } from "./graph/task-graph.ts";
import type { ScheduleOptions, TaskSchedule } from "./task-schedule.ts";

/** The order of dispatch: higher priority, then longer chain below (bottom level), then input order. */
export function dispatchRank(graph: TaskGraph): Int32Array {
  const byChain = orderByKey(bottomLevels(graph).map((minutes) => -minutes));
  if (!hasPriorities(graph)) return ranksOf(byChain);
  const urgency = Float64Array.from(byChain, (task) => -(graph.tasks[task]?.priority ?? 0));
  return ranksOf(orderByKey(urgency).map((place) => intAt(byChain, place)));
}

/** Whether a caller says of some tasks that they go before others. */
export function hasPriorities(graph: TaskGraph): boolean {
  const first = graph.tasks[0]?.priority ?? 0;
  return graph.tasks.some((task) => (task.priority ?? 0) !== first);
}

/** The place of each task by a key, lowest first; equal tasks keep their input order. */
export function rankByKey(keys: Float64Array): Int32Array {
  return ranksOf(orderByKey(keys));
}

/** Turns a comparison of task numbers into places; equal tasks keep their input order. */
export function rankBy(count: number, compare: (left: number, right: number) => number): Int32Array {
  return ranksOf(Int32Array.from({ length: count }, (_, task) => task).toSorted(compare));
}

function ranksOf(order: Int32Array): Int32Array {
  const rank = new Int32Array(order.length);
  order.forEach((task, place) => {
    rank[task] = place;
  });
  return rank;
}

/**
 * Event-driven list scheduling (Graham 1966; bottom levels after Adam, Chandy and Dickson 1974): at
 * every moment the first tasks in rank whose dependencies are done and whose resources are free
 * start. At most (2 - 1/agents) times the optimum without resources; O(tasks log tasks).
 */
export function listSchedule(graph: TaskGraph, options: ScheduleOptions): TaskSchedule {
  return listDispatcher(graph, options).schedule(options.agents);
}
