import { checkTaskList, checkTasks } from "../analysis/check-tasks.ts";
import { completeGraph } from "../analysis/create-graph.ts";
import { cycleProblem } from "../analysis/graph/cycle-problem.ts";
import { readGraphEdges, readGraphNodes, type ReadableGraph } from "../analysis/graph/read-graph.ts";
import type { WireEdge } from "../../schema/graph.ts";
import type { Problem } from "../../schema/problem.ts";
import type { TaskInput } from "../../schema/task.ts";
import { failed, ok, type Result } from "../../util/result.ts";

/** An analysis result: fresh, kept, or as callers send it back. */
export interface AnalysisResultInput {
  readonly suggestedBatches: readonly { readonly tasks: readonly TaskInput[] }[];
  readonly dependencyGraph?: ReadableGraph | undefined;
  readonly hasCycles?: unknown;
  readonly taskDescription?: unknown;
}

/** What is to be executed, and the argument it came in. */
export type AcceptRequest =
  | { readonly analysis: AnalysisResultInput; readonly field: string }
  | { readonly tasks: readonly TaskInput[]; readonly field: string };

/** What a call says is to be done. */
export interface AcceptedAnalysis {
  /** The tasks, checked, in the order of the batches. */
  readonly tasks: readonly TaskInput[];
  /** Dependencies that the tasks themselves do not state. */
  readonly edges: readonly WireEdge[];
  /** Task ids, batch by batch; absent when the call had no batches. */
  readonly batches?: readonly (readonly string[])[];
  /** What the whole work is, where the analysis says so. */
  readonly title?: string;
}

/**
 * Reads what is to be executed. Bare tasks get the dependencies that an analysis would apply. Of an
 * analysis result, whatever became of its nodes on the way, the batches say what is to be done, the
 * tasks and the graph's edges together in which order: edges between tasks that are in no batch
 * are left out; an edge to a task that nobody knows, or a dependency on a task that is in no batch,
 * is refused.
 */
export function acceptAnalysis(request: AcceptRequest): Result<AcceptedAnalysis, Problem> {
  return "tasks" in request
    ? acceptTasks(request.tasks, request.field)
    : acceptBatches(request.analysis, request.field);
}

/**
 * Whether the order of the batches is the only order there is: several batches, and not one dependency between tasks.
 * Whoever sends that means the batches to run one after the other.
 */
export function isOrderedByBatches({ tasks, edges, batches = [] }: AcceptedAnalysis): boolean {
  return batches.length > 1 && edges.length === 0 && tasks.every((task) => (task.dependsOn ?? []).length === 0);
}

function acceptTasks(tasks: readonly TaskInput[], field: string): Result<AcceptedAnalysis, Problem> {
  const problem = checkTasks(tasks, field);
  if (problem) return failed(problem);
  const complete = completeGraph({ tasks });
  if (!complete.ok) return failed(cycleProblem(complete.error.cycles, field));
  return ok({ tasks, edges: complete.value.found });
}

function acceptBatches(analysis: AnalysisResultInput, argument: string): Result<AcceptedAnalysis, Problem> {
  const field = `${argument}.suggestedBatches`;
  const tasks: TaskInput[] = [];
  const places: string[] = [];
  for (const [batchIndex, batch] of analysis.suggestedBatches.entries()) {
    for (const [index, task] of batch.tasks.entries()) {
      tasks.push(task);
      places.push(`${field}[${batchIndex}].tasks[${index}]`);
    }
  }
  if (tasks.length === 0) return failed(nothingToRun(analysis, field));
  const problem = checkTaskList(tasks, { field, at: (index) => places[index] ?? field });
  if (problem) return failed(problem);
  const edges = acceptEdges(analysis, { tasks, field: `${argument}.dependencyGraph` });
  if (!edges.ok) return edges;
  const batches = analysis.suggestedBatches.map((batch) => batch.tasks.map((task) => task.id));
  const title = analysis.taskDescription;
  return ok({ tasks, edges: edges.value, batches, ...(typeof title === "string" && title !== "" ? { title } : {}) });
}

function acceptEdges(
  analysis: AnalysisResultInput,
  batched: { readonly tasks: readonly TaskInput[]; readonly field: string },
): Result<readonly WireEdge[], Problem> {
  const { tasks, field } = batched;
  const needs = new Map(tasks.map((task) => [task.id, new Set(task.dependsOn)]));
  const nodes = readGraphNodes(analysis.dependencyGraph);
  const known = new Set([...needs.keys(), ...nodes.ids]);
  const read = readGraphEdges(analysis.dependencyGraph, { field, known });
  if (!read.ok) return read;
  const edges: WireEdge[] = [];
  for (const edge of read.value) {
    const stated = needs.get(edge.to);
    if (!stated || stated.has(edge.from)) continue;
    if (!needs.has(edge.from)) return failed(inNoBatch(edge, field));
    edges.push(edge);
  }
  return ok(edges);
}

function inNoBatch(edge: WireEdge, field: string): Problem {
  return {
    code: "UNKNOWN_DEPENDENCY",
    error: `Task "${edge.to}" depends on "${edge.from}", which is in none of the suggestedBatches`,
    field: `${field}.edges`,
    advice: `Put "${edge.from}" into a batch, or remove the edge if it is done already.`,
  };
}

function nothingToRun(analysis: AnalysisResultInput, field: string): Problem {
  const cyclic = analysis.hasCycles === true;
  return {
    code: "NO_TASKS",
    error: `There are no tasks to run: ${field} is empty${cyclic ? ", because the tasks wait for one another" : ""}`,
    field,
    advice: cyclic
      ? "Remove one dependency of each cycle and analyse again."
      : "Call analyze_task_parallelizability with subtasks first, or give tasks instead of analysisResult.",
  };
}
