import type { Analysis, Schedule } from "../../schema/plan.ts";
import type { Problem } from "../../schema/problem.ts";
import type { TaskInput } from "../../schema/task.ts";
import type { Constraints } from "../../schema/workflow.ts";
import { numberAt } from "../../util/number-at.ts";
import { failed, ok, type Result } from "../../util/result.ts";
import { roundTo } from "../../util/round-to.ts";
import { toBatches } from "./batches.ts";
import { findBottlenecks } from "./bottlenecks.ts";
import { checkAgents, checkTaskDescription, checkTasks } from "./check-tasks.ts";
import { completeGraph, type CompleteGraph } from "./create-graph.ts";
import { criticalPath } from "./critical-path.ts";
import { answerWithCycles, answerWithoutTasks } from "./early-answers.ts";
import { goalGroups, goalSchedule, type OptimizationGoal } from "./goals.ts";
import { lowerBound } from "./lower-bound.ts";
import { listSchedule, type TaskSchedule } from "./makespan.ts";
import { predictConflicts } from "./predicted-conflicts.ts";
import { reachability } from "./reachability.ts";
import { agentCurve, recommendAgents } from "./recommend-agents.ts";
import { checkCapacities } from "./resource-claims.ts";
import { planRisks } from "./risks.ts";
import type { TaskGraph } from "./task-graph.ts";
import { judge } from "./verdict.ts";

/** What is analysed, and within which limits. */
export interface AnalyzeRequest {
  /** The whole work in a sentence or two. */
  readonly taskDescription: string;
  readonly subtasks?: readonly TaskInput[] | undefined;
  /** 1-100; default: as many as help. */
  readonly maxParallelAgents?: number | undefined;
  /** Default `minimize-time`. */
  readonly optimizationGoal?: OptimizationGoal | undefined;
  /** Whether to look for dependencies that nobody stated; default true. */
  readonly detectImplicit?: boolean | undefined;
  /** Only `resources` has a say in the analysis. */
  readonly constraints?: Constraints | undefined;
}

const curveAgents = 20;

/**
 * Front door: says whether the tasks can run in parallel, what that would gain, and what may go
 * wrong. Missing tasks and cycles are answers; only input that makes no sense is refused. Reads no
 * files, runs nothing, and knows nothing of the overhead of agents.
 */
export function analyze(request: AnalyzeRequest): Result<Analysis, Problem> {
  const { subtasks = [], constraints } = request;
  const wrongCall = checkTaskDescription(request.taskDescription) ?? checkAgents(request.maxParallelAgents);
  if (wrongCall) return failed(wrongCall);
  if (subtasks.length === 0) return ok(answerWithoutTasks());
  const wrongTasks = checkTasks(subtasks, "subtasks") ?? checkCapacities(subtasks, constraints?.resources, "subtasks");
  if (wrongTasks) return failed(wrongTasks);
  const complete = completeGraph({ tasks: subtasks, detectImplicit: request.detectImplicit });
  if (!complete.ok) return ok(answerWithCycles(subtasks, complete.error.cycles));
  return ok(analyzeGraph(complete.value, request));
}

function analyzeGraph(complete: CompleteGraph, request: AnalyzeRequest): Analysis {
  const { graph, implicit, wire } = complete;
  const { maxParallelAgents } = request;
  const goal = request.optimizationGoal ?? "minimize-time";
  const capacities = request.constraints?.resources;
  const path = criticalPath(graph);
  const reach = reachability(graph);
  const forecasts = predictConflicts(graph, reach);
  const pursued = { goal, forecasts, capacities };
  const plan = planAgents(graph, {
    schedule: goalSchedule(graph, pursued),
    criticalMinutes: path.minutes,
    maxParallelAgents,
  });
  const bottlenecks = findBottlenecks(graph, path, reach);
  const { sequentialMinutes, recommended, unbounded, chosen } = plan;
  const atRisk = goal === "minimize-conflicts" ? [] : forecasts.filter((forecast) => !forecast.serialised);
  const verdict = judge({
    graph,
    sequentialMinutes,
    makespanMinutes: recommended.makespanMinutes,
    unboundedMinutes: unbounded.makespanMinutes,
    criticalMinutes: path.minutes,
    criticalPath: path.taskIds,
    recommendedAgents: plan.recommendedAgents,
    maxParallelAgents,
    forecasts: atRisk,
    implicit,
  });
  const levels = goalGroups(graph, { ...pursued, goal: "minimize-time" }).length;
  return {
    taskDescription: request.taskDescription,
    ...(graph.count === 1 ? singleTaskVerdict : verdict),
    dependencyGraph: wire,
    suggestedBatches: toBatches(graph, goalGroups(graph, pursued), { agents: plan.agents, capacities }),
    estimatedSpeedup: speedup(sequentialMinutes, maxParallelAgents === undefined ? unbounded : chosen),
    risks: planRisks({ graph, bottlenecks, implicit, forecasts, sequentialMinutes }),
    hasCycles: false,
    cycles: [],
    criticalPath: path.taskIds,
    bottlenecks,
    implicitDependencies: implicit,
    predictedConflicts: forecasts.map(({ tasks, resource, probability, reason }) => ({
      tasks,
      resource,
      probability,
      reason,
    })),
    schedule: plan.wire,
    speedupByAgents: plan.curve.map((schedule, index) => ({
      agents: index + 1,
      speedup: speedup(sequentialMinutes, schedule),
    })),
    recommendedAgents: plan.recommendedAgents,
    sequentialMinutes: roundTo(sequentialMinutes, 6),
    parallelEfficiency: graph.count === 1 ? 0 : (graph.count - levels) / (graph.count - 1),
  };
}

const singleTaskVerdict = {
  parallelizable: false,
  confidence: 100,
  reasoning: "Only one subtask - parallelization not beneficial",
} as const;

interface AgentPlanRequest {
  readonly schedule: ReturnType<typeof goalSchedule>;
  readonly criticalMinutes: number;
  readonly maxParallelAgents: number | undefined;
}

interface AgentPlan {
  readonly sequentialMinutes: number;
  /** For 1 to at most 20 agents. */
  readonly curve: readonly TaskSchedule[];
  readonly recommendedAgents: number;
  readonly recommended: TaskSchedule;
  /** With as many agents as tasks. */
  readonly unbounded: TaskSchedule;
  /** The agents the plan is shown for: those allowed, else those recommended. */
  readonly agents: number;
  readonly chosen: TaskSchedule;
  readonly wire: Schedule;
}

/** Schedules the tasks for every sensible number of agents and picks one. */
function planAgents(graph: TaskGraph, request: AgentPlanRequest): AgentPlan {
  const { schedule, criticalMinutes, maxParallelAgents } = request;
  const bound = (agents: number): number => lowerBound(graph, { agents, criticalMinutes, claims: schedule.claims });
  const useful = Math.min(graph.count, Math.max(curveAgents, maxParallelAgents ?? 0));
  const curve = agentCurve(graph, { ...schedule, maxAgents: useful, floorMinutes: bound(graph.count) });
  const allowed = curve.slice(0, maxParallelAgents ?? curveAgents);
  const recommendedAgents = recommendAgents(allowed);
  const agents = maxParallelAgents ?? recommendedAgents;
  const last = curve.at(-1) as TaskSchedule;
  const widest = listSchedule(graph, { ...schedule, agents: graph.count });
  const chosen = curve[Math.min(agents, curve.length) - 1] as TaskSchedule;
  return {
    sequentialMinutes: graph.minutes.reduce((sum, minutes) => sum + minutes, 0),
    curve: curve.slice(0, curveAgents),
    recommendedAgents,
    recommended: curve[recommendedAgents - 1] as TaskSchedule,
    unbounded: widest.makespanMinutes < last.makespanMinutes ? widest : last,
    agents,
    chosen,
    wire: toWireSchedule(graph, chosen, { agents, boundMinutes: bound(agents) }),
  };
}

function toWireSchedule(
  graph: TaskGraph,
  schedule: TaskSchedule,
  given: { readonly agents: number; readonly boundMinutes: number },
): Schedule {
  const makespan = schedule.makespanMinutes;
  const gap = Math.max(0, (100 * (makespan - given.boundMinutes)) / given.boundMinutes);
  const slots = graph.ids.map((taskId, task) => ({
    taskId,
    agent: numberAt(schedule.agentOf, task),
    startMinute: roundTo(numberAt(schedule.startMinute, task), 6),
    endMinute: roundTo(numberAt(schedule.endMinute, task), 6),
  }));
  return {
    agents: given.agents,
    makespanMinutes: roundTo(makespan, 6),
    lowerBoundMinutes: roundTo(Math.min(given.boundMinutes, makespan), 6),
    provenOptimal: gap < 1e-7,
    gapPercent: roundTo(gap, 2),
    slots: slots.toSorted((left, right) => left.startMinute - right.startMinute || left.agent - right.agent),
  };
}

function speedup(sequentialMinutes: number, schedule: TaskSchedule): number {
  return roundTo(sequentialMinutes / schedule.makespanMinutes, 4);
}
