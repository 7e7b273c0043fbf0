import { cycleProblem } from "../analysis/graph/cycle-problem.ts";
import { criticalPath } from "../analysis/graph/critical-path.ts";
import { mutexesOf } from "../analysis/file-mutexes.ts";
import { goalSchedule } from "../analysis/goals.ts";
import { taskLevels, tasksByLevel } from "../analysis/graph/levels.ts";
import { listDispatcher } from "../analysis/list-dispatcher.ts";
import { lowerBound } from "../analysis/lower-bound.ts";
import { predecessorsOf } from "../analysis/graph/adjacency.ts";
import { agentCurve, recommendAgents } from "../analysis/recommend-agents.ts";
import { checkCapacities } from "../analysis/resource-claims.ts";
import { buildTaskGraph, type IdEdge, type TaskGraph } from "../analysis/graph/task-graph.ts";
import type { ScheduleOptions } from "../analysis/task-schedule.ts";
import { rankByKey } from "../analysis/makespan.ts";
import { fallbackKind } from "./fallback-task.ts";
import type { PlannedTask } from "../../schema/event.ts";
import type { Problem } from "../../schema/problem.ts";
import type { TaskInput } from "../../schema/task.ts";
import type { Constraints, RunMode } from "../../schema/workflow.ts";
import { numberAt } from "../../util/number-at.ts";
import { orderByKey } from "../../util/order-by-key.ts";
import { failed, ok, type Result } from "../../util/result.ts";
import { roundTo } from "../../util/round-to.ts";

/** What a run is planned from. */
export interface PlanRequest {
  /** Tasks that `checkTasks` has passed. */
  readonly tasks: readonly TaskInput[];
  /** Dependencies besides those that the tasks state: found and applied, or from a caller's graph. */
  readonly edges: readonly IdEdge[];
  /** The caller's own batches, whose order is kept; every task in one of them. Default: the levels. */
  readonly batches?: readonly (readonly string[])[] | undefined;
  /** Default: the recommended number. */
  readonly maxParallelAgents?: number | undefined;
  /** Executor of tasks that name none. */
  readonly executor: string;
  /** The kinds of executors whose agents really do the work, and need real time for it. */
  readonly realExecutors: readonly string[];
  readonly constraints: Constraints;
  /** The most agents this machine is to run, whatever is asked for. */
  readonly maxAgents?: number | undefined;
  /** Name of the argument the tasks came in, for refusals; default `tasks`. */
  readonly field?: string | undefined;
  /** When a task may start: batches with barriers take longer than the graph. Default `dependency`. */
  readonly mode?: RunMode | undefined;
}

/** The part of a run's specification that follows from its tasks. */
export interface TaskPlan {
  readonly tasks: readonly PlannedTask[];
  readonly batches: readonly (readonly string[])[];
  readonly criticalPath: readonly string[];
  readonly recommendedAgents: number;
  /** The agents asked for, else those recommended; never more than the machine is to run. */
  readonly agents: number;
  /** Sequential minutes / makespan with these agents, in the mode of the run. */
  readonly estimatedSpeedup: number;
  readonly makespanMinutes: number;
}

const curveAgents = 20;
const shortestRealTimeoutMinutes = 15;
const minuteMs = 60_000;

/** Plans a run: who needs whom, in which level, for how long at most and how often. Starts nothing. */
export function planRun(request: PlanRequest): Result<TaskPlan, Problem> {
  const capacities = request.constraints.resources;
  const field = request.field ?? "tasks";
  const impossible = checkCapacities(request.tasks, capacities, field);
  if (impossible) return failed(impossible);
  const built = buildTaskGraph(request.tasks, request.edges);
  if (!built.ok) return failed(cycleProblem(built.error.cycles, field));
  const graph = built.value;
  const levels = taskLevels(graph);
  const batches =
    request.batches ?? tasksByLevel(levels).map((level) => level.map((task) => graph.ids[task] as string));
  const misplaced = findMisplacedTask(graph, batches);
  if (misplaced) return failed(misplaced);
  const batchOf = batchNumbers(graph, batches);
  // What waits for a barrier is a level of the run, whatever the graph says.
  const phases = request.mode === "batch" ? batchOf : levels;
  const path = criticalPath(graph);
  const schedule = inMode(goalSchedule(graph, { goal: "minimize-time", forecasts: [], capacities }), {
    mode: request.mode,
    batchOf,
  });
  const curve = agentCurve(graph, {
    ...schedule,
    maxAgents: Math.min(graph.count, Math.max(curveAgents, request.maxParallelAgents ?? 0)),
    floorMinutes: lowerBound(graph, { agents: graph.count, criticalMinutes: path.minutes, claims: schedule.claims }),
  });
  const allowed = Math.min(request.maxParallelAgents ?? curveAgents, request.maxAgents ?? Infinity);
  const recommendedAgents = recommendAgents(curve.slice(0, allowed));
  const agents =
    request.mode === "sequential" ? 1 : request.maxParallelAgents === undefined ? recommendedAgents : allowed;
  const makespan = listDispatcher(graph, schedule).makespan(agents);
  const mutexes = mutexesOf(graph.tasks);
  const sequential = graph.minutes.reduce((sum, minutes) => sum + minutes, 0);
  return ok({
    tasks: graph.tasks.map((task, number) => plannedTask({ request, graph, levels: phases, mutexes }, task, number)),
    batches,
    criticalPath: request.mode === "batch" ? longestOfEach(graph, batches) : path.taskIds,
    recommendedAgents,
    agents,
    estimatedSpeedup: roundTo(sequential / makespan, 4),
    makespanMinutes: roundTo(makespan, 6),
  });
}

function batchNumbers(graph: TaskGraph, batches: readonly (readonly string[])[]): Int32Array {
  const batchOf = new Int32Array(graph.count);
  batches.forEach((batch, number) => {
    for (const id of batch) batchOf[graph.numberOf.get(id) ?? 0] = number;
  });
  return batchOf;
}

/** Mode `batch` opens one batch at a time, mode `pipeline` the one after it too, which gets the agents that are left. */
function inMode(
  schedule: Omit<ScheduleOptions, "agents">,
  given: { readonly mode: RunMode | undefined; readonly batchOf: Int32Array },
): Omit<ScheduleOptions, "agents"> {
  const { mode, batchOf } = given;
  if (mode !== "batch" && mode !== "pipeline") return schedule;
  const byRank = orderByKey(Float64Array.from(schedule.rank));
  const byBatch = rankByKey(Float64Array.from(byRank, (task) => numberAt(batchOf, task)));
  const rank = new Int32Array(batchOf.length);
  byRank.forEach((task, place) => (rank[task] = numberAt(byBatch, place)));
  return { ...schedule, rank, gates: { batchOf, openAhead: mode === "batch" ? 0 : 1 } };
}

/** With barriers the longest task of every batch counts, whatever needs what. */
function longestOfEach(graph: TaskGraph, batches: readonly (readonly string[])[]): string[] {
  const minutesOf = (id: string): number => numberAt(graph.minutes, graph.numberOf.get(id) ?? 0);
  return batches.flatMap((batch) => {
    const longest = batch.reduce((best, id) => (minutesOf(id) > minutesOf(best) ? id : best), batch[0] ?? "");
    return batch.length === 0 ? [] : [longest];
  });
}

interface Planning {
  readonly request: PlanRequest;
  readonly graph: TaskGraph;
  readonly levels: Int32Array;
  /** What each task holds while it runs, the files included that others declare to write too. */
  readonly mutexes: readonly (readonly string[])[];
}

function plannedTask(planning: Planning, task: TaskInput, number: number): PlannedTask {
  const { request, graph, levels } = planning;
  const { fallback, ...own } = task;
  const exclusive = planning.mutexes[number] ?? [];
  const minutes = numberAt(graph.minutes, number);
  const executorKind = task.executor ?? request.executor;
  const timeoutMs = (kind: string, asked: number | undefined): number => {
    const shortest = request.realExecutors.includes(kind) ? shortestRealTimeoutMinutes : 0;
    return Math.max(1, Math.round((asked ?? Math.max(2 * minutes, shortest)) * minuteMs));
  };
  const planned: PlannedTask = {
    ...own,
    ...(exclusive.length > 0 && { exclusive: [...exclusive] }),
    minutes,
    needs: Array.from(predecessorsOf(graph, number), (need) => graph.ids[need] as string),
    level: numberAt(levels, number),
    executorKind,
    timeoutMs: timeoutMs(executorKind, task.timeoutMinutes),
    maxAttempts: (task.retries ?? request.constraints.maxRetries ?? 0) + 1,
  };
  const otherKind = fallbackKind(task, request.executor);
  if (!fallback || otherKind === undefined) return planned;
  const otherMs = timeoutMs(otherKind, fallback.timeoutMinutes ?? task.timeoutMinutes);
  return { ...planned, fallback: { ...fallback, executorKind: otherKind, timeoutMs: otherMs } };
}

/** A task in an earlier batch than one it depends on: with barriers between batches it could never start. */
function findMisplacedTask(graph: TaskGraph, batches: readonly (readonly string[])[]): Problem | undefined {
  const batchOf = new Map<string, number>();
  batches.forEach((batch, index) => batch.forEach((id) => batchOf.set(id, index)));
  for (const [number, id] of graph.ids.entries()) {
    const own = batchOf.get(id) ?? 0;
    for (const need of predecessorsOf(graph, number)) {
      const needed = graph.ids[need] as string;
      const other = batchOf.get(needed) ?? 0;
      if (other <= own) continue;
      return {
        code: "INVALID_ARGUMENT",
        error: `Task "${id}" in batch ${own + 1} depends on "${needed}" in the later batch ${other + 1}: it could never start`,
        field: `suggestedBatches[${own}]`,
        advice: `Move "${id}" behind batch ${other + 1}, or "${needed}" before batch ${own + 1}.`,
      };
    }
  }
  return undefined;
}
