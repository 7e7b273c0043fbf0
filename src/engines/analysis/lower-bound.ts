import { numberAt } from "../../util/number-at.ts";
import type { TaskGraph } from "./graph/task-graph.ts";
import type { Competition } from "./task-schedule.ts";

/** What a bound is computed from. */
export interface BoundOptions extends Competition {
  readonly criticalMinutes: number;
}

/**
 * Minutes that no schedule can beat: the longest of the critical path, the work per agent, and the
 * work each mutex or limited resource has to let through.
 */
export function lowerBound(graph: TaskGraph, options: BoundOptions): number {
  const { claims } = options;
  const load = new Float64Array(claims.capacity.length);
  let total = 0;
  graph.minutes.forEach((minutes, task) => {
    total += minutes;
    for (const { resource, units } of claims.ofTask[task] ?? []) {
      load[resource] = numberAt(load, resource) + minutes * units;
    }
  });
  let bound = Math.max(options.criticalMinutes, total / options.agents);
  load.forEach((work, resource) => {
    bound = Math.max(bound, work / numberAt(claims.capacity, resource));
  });
  return bound;
}
