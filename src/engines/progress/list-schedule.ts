import { assert } from "../../util/assert.ts";
import { criticalPath } from "../analysis/graph/critical-path.ts";
import { lowerBound } from "../analysis/lower-bound.ts";
import { dispatchRank, listSchedule as scheduleGraph } from "../analysis/makespan.ts";
import { resourceClaims } from "../analysis/resource-claims.ts";
import { buildTaskGraph } from "../analysis/graph/task-graph.ts";

/** A task as the list scheduler sees it. Needs outside the list are taken as met. */
export interface TimedTask {
  readonly id: string;
  readonly needs: readonly string[];
  readonly durationMs: number;
}

/** How long the tasks take with that many agents, and what no schedule can beat. */
export interface ListSchedule {
  readonly makespanMs: number;
  /** max(longest chain, work / agents). */
  readonly boundMs: number;
  /** When each task would end. */
  readonly endMs: ReadonlyMap<string, number>;
}

/**
 * The time the same tasks would take if starting them cost nothing: the analysis's list schedule, with milliseconds
 * in the place of minutes. Mutexes and priorities do not count. Does not search for better orders.
 */
export function listSchedule(tasks: readonly TimedTask[], agents: number): ListSchedule {
  const listed = new Set(tasks.map((task) => task.id));
  const inputs = tasks.map(({ id, needs, durationMs }) => ({
    id,
    description: id,
    dependsOn: needs.filter((need) => listed.has(need)),
    estimatedMinutes: durationMs,
  }));
  const built = buildTaskGraph(inputs);
  assert(built.ok, "the tasks of a run have no cycle");
  const graph = built.value;
  const claims = resourceClaims(inputs);
  const team = Math.max(1, agents);
  const schedule = scheduleGraph(graph, { agents: team, claims, rank: dispatchRank(graph) });
  return {
    makespanMs: schedule.makespanMinutes,
    boundMs: lowerBound(graph, { agents: team, criticalMinutes: criticalPath(graph).minutes, claims }),
    endMs: new Map(graph.ids.map((id, number) => [id, schedule.endMinute[number] as number])),
  };
}
