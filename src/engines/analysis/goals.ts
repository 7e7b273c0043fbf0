import type { optimizationGoals } from "../../schema/tool-inputs.ts";
import { numberAt } from "../../util/number-at.ts";
import { taskLevels, tasksByLevel } from "./graph/levels.ts";
import { dispatchRank, rankBy } from "./makespan.ts";
import type { ScheduleOptions } from "./task-schedule.ts";
import type { ConflictForecast } from "./predicted-conflicts.ts";
import { resourceClaims } from "./resource-claims.ts";
import type { TaskGraph } from "./graph/task-graph.ts";

/** What a plan is made for. */
export type OptimizationGoal = (typeof optimizationGoals)[number];

/** What a goal is pursued with. */
export interface GoalRequest {
  readonly goal: OptimizationGoal;
  readonly forecasts: readonly ConflictForecast[];
  readonly capacities?: Readonly<Record<string, number>> | undefined;
}

/**
 * How the scheduler pursues a goal: `minimize-time` by bottom levels; `balance-load` longest task
 * first within each level, onto the agent that has worked least; `minimize-conflicts` by bottom
 * levels, with tasks that will probably touch the same thing never at the same time.
 */
export function goalSchedule(graph: TaskGraph, request: GoalRequest): Omit<ScheduleOptions, "agents"> {
  const { goal, capacities, forecasts } = request;
  const apart = goal === "minimize-conflicts" ? forecasts.filter((forecast) => !forecast.serialised) : [];
  const neverTogether = apart.map((forecast) => forecast.taskNumbers);
  const claims = resourceClaims(graph.tasks, { capacities, neverTogether });
  if (goal !== "balance-load") return { claims, rank: dispatchRank(graph) };
  const levels = taskLevels(graph);
  const priority = (task: number): number => graph.tasks[task]?.priority ?? 0;
  const rank = rankBy(
    graph.count,
    (left, right) =>
      numberAt(levels, left) - numberAt(levels, right) ||
      priority(right) - priority(left) ||
      numberAt(graph.minutes, right) - numberAt(graph.minutes, left),
  );
  return { claims, rank, agentChoice: "least-busy" };
}

/** The batches of a goal as task numbers: the levels, split where conflicting tasks are to be apart. */
export function goalGroups(graph: TaskGraph, request: GoalRequest): number[][] {
  const levels = tasksByLevel(taskLevels(graph));
  if (request.goal !== "minimize-conflicts" || request.forecasts.length === 0) return levels;
  const conflictsOf = new Map<number, number[]>();
  request.forecasts.forEach((forecast, conflict) => {
    for (const task of forecast.taskNumbers) {
      const known = conflictsOf.get(task);
      if (known) known.push(conflict);
      else conflictsOf.set(task, [conflict]);
    }
  });
  return levels.flatMap((level) => splitLevel(level, conflictsOf));
}

/** First-fit colouring: each task joins the first group that holds none of its conflicts. */
function splitLevel(level: readonly number[], conflictsOf: ReadonlyMap<number, readonly number[]>): number[][] {
  const groups: { readonly tasks: number[]; readonly conflicts: Set<number> }[] = [];
  for (const task of level) {
    const conflicts = conflictsOf.get(task) ?? [];
    let group = groups.find((candidate) => conflicts.every((conflict) => !candidate.conflicts.has(conflict)));
    if (!group) {
      group = { tasks: [], conflicts: new Set() };
      groups.push(group);
    }
    group.tasks.push(task);
    for (const conflict of conflicts) group.conflicts.add(conflict);
  }
  return groups.map((group) => group.tasks);
}
