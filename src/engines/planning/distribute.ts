import { withPredictedMutexes } from "../analysis/apart-batches.ts";
import { toBatches } from "../analysis/batches.ts";
import { checkAgents, checkTasks } from "../analysis/check-tasks.ts";
import { cycleProblem } from "../analysis/graph/cycle-problem.ts";
import { goalGroups, goalSchedule, type OptimizationGoal } from "../analysis/goals.ts";
import { listSchedule } from "../analysis/makespan.ts";
import type { TaskSchedule } from "../analysis/task-schedule.ts";
import { predictConflicts } from "../analysis/predicted-conflicts.ts";
import { reachability } from "../analysis/graph/reachability.ts";
import { readGraphEdges, type ReadableGraph } from "../analysis/graph/read-graph.ts";
import { buildTaskGraph, type TaskGraph } from "../analysis/graph/task-graph.ts";
import type { WireEdge, WireGraph } from "../../schema/graph.ts";
import type { Batch } from "../../schema/plan.ts";
import type { Problem } from "../../schema/problem.ts";
import type { TaskInput } from "../../schema/task.ts";
import { failed, ok, type Result } from "../../util/result.ts";
import { roundTo } from "../../util/round-to.ts";

/** What is spread over batches, and for what. */
export interface DistributeRequest {
  readonly tasks: readonly TaskInput[];
  /** Its edges are added to the dependencies that the tasks state. */
  readonly dependencyGraph?: ReadableGraph | undefined;
  /** 1-100, default 3. */
  readonly maxParallelAgents?: number | undefined;
  /** Default `minimize-time`. */
  readonly optimizationGoal?: OptimizationGoal | undefined;
}

/** Batches for a number of agents, and what they cost. */
export interface Distribution {
  readonly batches: readonly Batch[];
  /** Minutes of the schedule with that many agents, without barriers between the batches. */
  readonly estimatedTotalTime: number;
  /** 100 x mean / maximum of the minutes each agent works. */
  readonly loadBalance: number;
  readonly reasoning: string;
  /** The edges of the graph given that the tasks do not state; absent when there are none. The nodes are the batches' tasks. */
  readonly dependencyGraph?: WireGraph;
}

const defaultAgents = 3;

/**
 * Front door: spreads tasks over batches for a number of agents. Batches are levels of the graph,
 * for `minimize-conflicts` split further. Does not decide whether several agents are worth it.
 */
export function distribute(request: DistributeRequest): Result<Distribution, Problem> {
  const agents = request.maxParallelAgents ?? defaultAgents;
  const goal = request.optimizationGoal ?? "minimize-time";
  const problem = checkAgents(agents) ?? checkTasks(request.tasks, "tasks");
  if (problem) return failed(problem);
  const known = new Set(request.tasks.map((task) => task.id));
  const edges = readGraphEdges(request.dependencyGraph, { field: "dependencyGraph", known });
  if (!edges.ok) return edges;
  const built = buildTaskGraph(request.tasks, edges.value);
  if (!built.ok) return failed(cycleProblem(built.error.cycles, "tasks"));
  const graph = built.value;
  const forecasts = goal === "minimize-conflicts" ? predictConflicts(graph, reachability(graph)) : [];
  const schedule = shortestSchedule(graph, { goal, forecasts, agents });
  const apart = forecasts.map(({ taskNumbers }) => taskNumbers);
  const groups = toBatches(graph, goalGroups(graph, { goal, forecasts }), { agents, apart });
  const batches = withPredictedMutexes(groups, forecasts);
  const estimatedTotalTime = roundTo(schedule.makespanMinutes, 6);
  const loadBalance = balanceOf(schedule, Math.min(agents, graph.count));
  const unstated = unstatedEdges(request.tasks, edges.value);
  const shown = { graph, agents, estimatedTotalTime, loadBalance, conflicts: forecasts.length };
  return ok({
    batches,
    estimatedTotalTime,
    loadBalance,
    reasoning: `${goalReason(goal, shown)} ${barrierReason(batches, estimatedTotalTime)}`,
    ...(unstated.length > 0 ? { dependencyGraph: { nodes: {}, edges: unstated } } : {}),
  });
}

/** What only the graph says about the order must not be lost on the way to the run. */
function unstatedEdges(tasks: readonly TaskInput[], edges: readonly WireEdge[]): WireEdge[] {
  const needs = new Map(tasks.map((task) => [task.id, new Set(task.dependsOn)]));
  return edges.filter((edge) => needs.get(edge.to)?.has(edge.from) !== true);
}

interface GoalAgents {
  readonly goal: OptimizationGoal;
  readonly forecasts: ReturnType<typeof predictConflicts>;
  readonly agents: number;
}

/** More agents than useful can make a list schedule longer; then the extra ones stay idle. */
function shortestSchedule(graph: TaskGraph, request: GoalAgents): TaskSchedule {
  const options = { ...goalSchedule(graph, request), agentChoice: "least-busy" as const };
  let best = listSchedule(graph, { ...options, agents: Math.min(request.agents, graph.count) });
  if (request.goal === "balance-load") return best;
  for (let agents = Math.min(request.agents, graph.count) - 1; agents >= 1; agents--) {
    const fewer = listSchedule(graph, { ...options, agents });
    if (fewer.makespanMinutes < best.makespanMinutes) best = fewer;
  }
  return best;
}

function balanceOf(schedule: TaskSchedule, agents: number): number {
  const busiest = schedule.busyMinutes.reduce((most, minutes) => Math.max(most, minutes), 0);
  const total = schedule.busyMinutes.reduce((sum, minutes) => sum + minutes, 0);
  return Math.min(100, roundTo((100 * total) / agents / busiest, 2));
}

interface Shown {
  readonly graph: TaskGraph;
  readonly agents: number;
  readonly estimatedTotalTime: number;
  readonly loadBalance: number;
  readonly conflicts: number;
}

function goalReason(goal: OptimizationGoal, shown: Shown): string {
  const { graph, agents, estimatedTotalTime, loadBalance, conflicts } = shown;
  const tasks = `${graph.count} ${graph.count === 1 ? "task" : "tasks"} on ${agents} ${agents === 1 ? "agent" : "agents"}`;
  const time = `${estimatedTotalTime} minutes`;
  switch (goal) {
    case "minimize-time":
      return `${tasks} take ${time} when the task with the longest chain behind it goes first.`;
    case "balance-load":
      return `${tasks} take ${time} when the longest task of each level goes to the agent that has worked least; load balance ${loadBalance} of 100.`;
    case "minimize-conflicts":
      return conflicts === 0
        ? `${tasks} take ${time}; no conflicts are predicted, so the batches are the levels.`
        : `${tasks} take ${time} with the tasks of ${conflicts} predicted ${conflicts === 1 ? "conflict" : "conflicts"} in different batches.`;
  }
}

function barrierReason(batches: readonly Batch[], estimatedTotalTime: number): string {
  const withBarriers = roundTo(
    batches.reduce((sum, batch) => sum + batch.estimatedMinutes, 0),
    6,
  );
  if (batches.length === 1 || withBarriers <= estimatedTotalTime) return "Waiting for each batch to end costs nothing.";
  return `Waiting for each batch to end would make it ${withBarriers} minutes.`;
}
