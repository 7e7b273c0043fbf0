import type { Analysis, Batch } from "../../schema/plan.ts";
import type { Problem } from "../../schema/problem.ts";
import type { RepositoryIndex } from "../../schema/repository-index.ts";
import type { TaskInput } from "../../schema/task.ts";
import type { Constraints } from "../../schema/workflow.ts";
import { failed, ok, type Result } from "../../util/result.ts";
import { roundTo } from "../../util/round-to.ts";
import { planAgents, toWireSchedule } from "./agent-plan.ts";
import { withPredictedMutexes } from "./apart-batches.ts";
import { toBatches } from "./batches.ts";
import { findBottlenecks } from "./bottlenecks.ts";
import { checkAgents, checkTaskDescription, checkTasks } from "./check-tasks.ts";
import { completeGraph, type CompleteGraph } from "./create-graph.ts";
import { criticalPath } from "./graph/critical-path.ts";
import { answerWithCycles, answerWithoutTasks } from "./early-answers.ts";
import { toldDependencies } from "./implicit-dependencies.ts";
import { goalGroups, goalSchedule, type GoalRequest, type OptimizationGoal } from "./goals.ts";
import { hasPriorities } from "./makespan.ts";
import { findImprovements } from "./improvements.ts";
import { makespanQuantiles } from "./makespan-quantiles.ts";
import { predictConflicts, toPredictedConflict } from "./predicted-conflicts.ts";
import { reachability } from "./graph/reachability.ts";
import { checkCapacities } from "./resource-claims.ts";
import { openOrder } from "./stated/open-order.ts";
import { planRisks } from "./risks.ts";
import type { TaskGraph } from "./graph/task-graph.ts";
import { judge } from "./verdict.ts";
import { acyclicWireGraph } from "./graph/wire-graph.ts";

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
  /** Effort of the search for a shorter schedule, in milliseconds of an ordinary machine; 0 for none, default 50. */
  readonly planningBudgetMs?: number | undefined;
  /** Says when the time for planning is used up, for callers that have a clock. */
  readonly shouldStop?: (() => boolean) | undefined;
  /** Tasks that are not refused for their number; default: as many as a call of the tool may carry. */
  readonly maxTasks?: number | undefined;
  /** Only `resources` has a say in the analysis. */
  readonly constraints?: Constraints | undefined;
  /** What is known of the repository that the tasks are about; tells files that tasks will probably change. */
  readonly repository?: RepositoryIndex | undefined;
}

/** How long the search for a shorter schedule takes at most unless a caller says otherwise. */
const defaultPlanningBudgetMs = 50;

/** Says when a search has had its time, by the clock given; the time begins with the first question. */
export function planningTime(now: () => number, budgetMs = defaultPlanningBudgetMs): () => boolean {
  let deadline: number | undefined;
  return () => now() >= (deadline ??= now() + budgetMs);
}

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
  const wrongTasks =
    checkTasks(subtasks, "subtasks", request.maxTasks) ?? checkCapacities(subtasks, constraints?.resources, "subtasks");
  if (wrongTasks) return failed(wrongTasks);
  const complete = completeGraph({
    tasks: subtasks,
    detectImplicit: request.detectImplicit,
    goal: request.taskDescription,
    repository: request.repository,
  });
  if (!complete.ok) return ok(answerWithCycles(subtasks, complete.error.cycles));
  return ok(analyzeGraph(complete.value, request));
}

function analyzeGraph(complete: CompleteGraph, request: AnalyzeRequest): Analysis {
  const { graph, implicit, found, leftOut } = complete;
  const { maxParallelAgents } = request;
  const goal = request.optimizationGoal ?? "minimize-time";
  const capacities = request.constraints?.resources;
  const path = criticalPath(graph);
  const reach = reachability(graph);
  const forecasts = predictConflicts(graph, reach, request.repository);
  const pursued = { goal, forecasts, capacities };
  const schedule = goalSchedule(graph, pursued);
  const { claims } = schedule;
  const planningBudgetMs = request.planningBudgetMs ?? defaultPlanningBudgetMs;
  const plan = planAgents(graph, {
    schedule,
    criticalMinutes: path.minutes,
    maxParallelAgents,
    dispatchedSo: goal === "minimize-time",
    // Where a caller says which task goes first, no search may say otherwise.
    searchable: goal !== "balance-load" && !hasPriorities(graph),
    planningBudgetMs,
    shouldStop: request.shouldStop ?? (() => false),
  });
  const bottlenecks = findBottlenecks(graph, path, reach);
  const { sequentialMinutes, unboundedMinutes, chosen } = plan;
  const atRisk = goal === "minimize-conflicts" ? [] : forecasts.filter((forecast) => !forecast.serialised);
  const open = openOrder({ complete, pursued, plan });
  const verdict = judge({
    graph,
    sequentialMinutes,
    makespanMinutes: plan.recommendedMinutes,
    unboundedMinutes,
    criticalMinutes: path.minutes,
    criticalPath: path.taskIds,
    recommendedAgents: plan.recommendedAgents,
    maxParallelAgents,
    forecasts: atRisk,
    open,
    leftOut,
  });
  const { suggestedBatches, levels } = groupTasks(graph, pursued, plan.agents);
  const agents = Math.min(plan.agents, graph.count);
  const { makespanMinutes } = chosen.schedule;
  const planned = planningBudgetMs > 0 && graph.count > 1;
  const quantiles = planned ? makespanQuantiles(graph, { ...schedule, agents }) : undefined;
  return {
    taskDescription: request.taskDescription,
    ...(graph.count === 1 ? singleTaskVerdict : verdict),
    dependencyGraph: acyclicWireGraph(graph, found),
    suggestedBatches,
    barrier: barrierOf(suggestedBatches, makespanMinutes),
    estimatedSpeedup: speedup(sequentialMinutes, maxParallelAgents === undefined ? unboundedMinutes : makespanMinutes),
    risks: planRisks({ graph, bottlenecks, implicit, forecasts, sequentialMinutes, open, leftOut }),
    hasCycles: false,
    cycles: [],
    criticalPath: path.taskIds,
    bottlenecks,
    implicitDependencies: toldDependencies(implicit),
    predictedConflicts: forecasts.map(toPredictedConflict),
    ...(request.repository && { repository: repositoryFacts(request.repository) }),
    schedule: { ...toWireSchedule(graph, plan), ...(quantiles && { quantiles }) },
    ...(planned && { improvements: findImprovements({ graph, agents, claims, path, reach, makespanMinutes }) }),
    speedupByAgents: plan.curve.map((minutes, index) => ({
      agents: index + 1,
      speedup: speedup(sequentialMinutes, minutes),
    })),
    recommendedAgents: plan.recommendedAgents,
    sequentialMinutes: roundTo(sequentialMinutes, 6),
    parallelEfficiency: graph.count === 1 ? 0 : (graph.count - levels) / (graph.count - 1),
  };
}

/** How much of the repository the analysis rests on. */
function repositoryFacts({ paths, commits, limits }: RepositoryIndex): NonNullable<Analysis["repository"]> {
  return { files: paths.length, commits, limits };
}

const singleTaskVerdict = {
  parallelizable: false,
  confidence: 100,
  reasoning: "Only one subtask - parallelization not beneficial",
} as const;

/** The batches of the goal, and how many levels the graph has whatever the goal. */
function groupTasks(
  graph: TaskGraph,
  pursued: GoalRequest,
  agents: number,
): { readonly suggestedBatches: Batch[]; readonly levels: number } {
  const groups = goalGroups(graph, pursued);
  const { capacities, forecasts } = pursued;
  if (pursued.goal !== "minimize-conflicts") {
    return { suggestedBatches: toBatches(graph, groups, { agents, capacities }), levels: groups.length };
  }
  const apart = forecasts.map(({ taskNumbers }) => taskNumbers);
  const levels = goalGroups(graph, { ...pursued, goal: "minimize-time" }).length;
  const batches = toBatches(graph, groups, { agents, capacities, apart });
  return { suggestedBatches: withPredictedMutexes(batches, forecasts), levels };
}

/** What it would cost if every batch waited for the whole of the one before it. */
function barrierOf(batches: readonly Batch[], makespanMinutes: number): NonNullable<Analysis["barrier"]> {
  const minutes = batches.reduce((sum, batch) => sum + batch.estimatedMinutes, 0);
  return { minutes: roundTo(minutes, 6), costMinutes: roundTo(Math.max(0, minutes - makespanMinutes), 6) };
}

function speedup(sequentialMinutes: number, minutes: number): number {
  return roundTo(sequentialMinutes / minutes, 4);
}
