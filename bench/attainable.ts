/** What the best schedule of a workflow would take, as far as a search can tell. */
import { bottomLevels, criticalPath } from "../src/engines/analysis/graph/critical-path.ts";
import { lowerBound } from "../src/engines/analysis/lower-bound.ts";
import { dispatchRank, listSchedule, rankBy } from "../src/engines/analysis/makespan.ts";
import { buildTaskGraph, type TaskGraph } from "../src/engines/analysis/graph/task-graph.ts";
import { numberAt } from "../src/util/number-at.ts";
import { seededRandom } from "../src/util/seeded-random.ts";
import type { Workflow } from "./workflow-shapes.ts";

/** No schedule is shorter than `bound`; the shortest one found takes `best`. In the unit of the workflow's times. */
export interface Makespans {
  readonly bound: number;
  readonly best: number;
}

const draws = 3_000;
const spread = 0.25;
const noClaims = { names: [], capacity: [], ofTask: [] };

/** Bounds the makespan, and searches among list schedules whose order is the longest chain below, disturbed by chance. */
export function searchMakespan(workflow: Workflow): Makespans {
  const graph = graphOf(workflow);
  const { agents } = workflow;
  const take = (rank: Int32Array): number => listSchedule(graph, { agents, claims: noClaims, rank }).makespanMinutes;
  const bound = lowerBound(graph, { agents, criticalMinutes: criticalPath(graph).minutes, claims: noClaims });
  let best = take(dispatchRank(graph));
  const random = seededRandom(1);
  const bottom = bottomLevels(graph);
  for (let draw = 0; draw < draws && best > bound * 1.0001; draw++) {
    const disturbed = bottom.map((level) => level * (1 + spread * random.normal()));
    const rank = rankBy(graph.count, (left, right) => numberAt(disturbed, right) - numberAt(disturbed, left));
    best = Math.min(best, take(rank));
  }
  return { bound, best };
}

/** The bound for times that were measured: the longest chain, or the work of all agents. */
export function measuredBound(workflow: Workflow, times: readonly number[]): number {
  const graph = graphOf({ ...workflow, times });
  return lowerBound(graph, {
    agents: workflow.agents,
    criticalMinutes: criticalPath(graph).minutes,
    claims: noClaims,
  });
}

function graphOf({ needs, times }: Workflow): TaskGraph {
  const graph = buildTaskGraph(
    needs.map((list, task) => ({
      id: `t${task}`,
      description: "a task",
      estimatedMinutes: times[task] ?? 0,
      dependsOn: list.map((need) => `t${need}`),
    })),
  );
  if (!graph.ok) throw new Error("a workflow has no cycle");
  return graph.value;
}
