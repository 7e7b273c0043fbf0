import { floatAt, intAt } from "../../../util/typed-at.ts";
import { predecessorCount, successorsOf } from "./adjacency.ts";
import type { TaskGraph } from "./task-graph.ts";

/** The longest chain of work, and how much each task may be late (critical path method, Kelley and Walker 1959). */
export interface CriticalPath {
  /** Length of the chain: no number of agents is faster. */
  readonly minutes: number;
  readonly taskIds: readonly string[];
  readonly earliestStart: Float64Array;
  readonly latestStart: Float64Array;
  /** Minutes each task may be late without delaying the end. */
  readonly slack: Float64Array;
}

/** The minutes from the start of each task to the end of the longest chain that begins with it. */
export function bottomLevels(
  graph: Pick<TaskGraph, "count" | "order" | "minutes" | "successorStart" | "successors">,
): Float64Array {
  const bottom = new Float64Array(graph.count);
  for (let place = graph.count - 1; place >= 0; place--) {
    const task = intAt(graph.order, place);
    let below = 0;
    const lastEdge = intAt(graph.successorStart, task + 1);
    for (let edge = intAt(graph.successorStart, task); edge < lastEdge; edge++) {
      below = Math.max(below, floatAt(bottom, intAt(graph.successors, edge)));
    }
    bottom[task] = below + floatAt(graph.minutes, task);
  }
  return bottom;
}

/** Finds the critical path and every task's slack with any number of agents. */
export function criticalPath(graph: TaskGraph): CriticalPath {
  const bottom = bottomLevels(graph);
  const earliestStart = new Float64Array(graph.count);
  for (const task of graph.order) {
    let start = 0;
    const lastEdge = intAt(graph.predecessorStart, task + 1);
    for (let edge = intAt(graph.predecessorStart, task); edge < lastEdge; edge++) {
      const need = intAt(graph.predecessors, edge);
      start = Math.max(start, floatAt(earliestStart, need) + floatAt(graph.minutes, need));
    }
    earliestStart[task] = start;
  }
  const minutes = bottom.reduce((most, value) => Math.max(most, value), 0);
  const latestStart = bottom.map((value) => minutes - value);
  const slack = latestStart.map((latest, task) => Math.max(0, latest - floatAt(earliestStart, task)));
  return { minutes, taskIds: longestChain(graph, bottom), earliestStart, latestStart, slack };
}

function longestChain(graph: TaskGraph, bottom: Float64Array): string[] {
  const sources: number[] = [];
  for (let task = 0; task < graph.count; task++) {
    if (predecessorCount(graph, task) === 0) sources.push(task);
  }
  const chain: string[] = [];
  let task = deepest(sources, bottom);
  while (task !== undefined) {
    chain.push(graph.ids[task] as string);
    task = deepest(successorsOf(graph, task), bottom);
  }
  return chain;
}

/** The candidate with the longest chain; the first in input order among equals. */
function deepest(candidates: Iterable<number>, bottom: Float64Array): number | undefined {
  let best: number | undefined;
  for (const task of candidates) {
    if (best === undefined) best = task;
    const gain = floatAt(bottom, task) - floatAt(bottom, best);
    if (gain > 0 || (gain === 0 && task < best)) best = task;
  }
  return best;
}
