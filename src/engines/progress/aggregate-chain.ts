import { predecessorsOf, successorsOf, type Adjacency } from "../analysis/graph/adjacency.ts";
import { cycleProblem } from "../analysis/graph/cycle-problem.ts";
import { readGraphNodes, type ReadableGraph } from "../analysis/graph/read-graph.ts";
import { buildTaskGraph } from "../analysis/graph/task-graph.ts";
import { taskMinutes } from "../analysis/task-minutes.ts";
import type { Problem } from "../../schema/problem.ts";
import type { AgentProgress } from "../../schema/progress.ts";
import type { TaskInput } from "../../schema/task.ts";
import { numberAt } from "../../util/number-at.ts";
import { failed, ok, type Result } from "../../util/result.ts";
import { percentOf } from "./aggregate-bottlenecks.ts";

/** The chain of tasks that will take longest from now. */
export interface RemainingChain {
  readonly taskIds: readonly string[];
  readonly remainingMinutes: number;
  /** Share of the chain's work that is done, 0-100. */
  readonly percent: number;
  /** Tasks that agents report and the graph does not know. */
  readonly strangers: readonly string[];
  /** Tasks that others wait for. */
  readonly hasDependents: ReadonlySet<string>;
}

/** Minutes of work in a task: what is done and what is left. */
interface TaskWork {
  readonly done: number;
  readonly left: number;
}

/**
 * Finds the longest remaining chain of the graph from what the agents report. A task without an
 * agent is done if a task that depends on it has begun, else it has not begun.
 */
export function remainingChain(
  graph: ReadableGraph,
  agents: readonly AgentProgress[],
): Result<RemainingChain, Problem> {
  const { tasks, edges } = tasksOfGraph(graph, agents);
  const built = buildTaskGraph(tasks, edges);
  if (!built.ok) return failed(cycleProblem(built.error.cycles, "dependencyGraph"));
  const { ids, order, numberOf, ...rest } = built.value;
  const adjacency: Adjacency = rest;
  const reports = new Map<number, AgentProgress>();
  for (const agent of agents) {
    const task = numberOf.get(agent.currentTask) as number;
    const other = reports.get(task);
    // Of two agents at one task, the one that is less far counts.
    if (!other || percentOf(agent) < percentOf(other)) reports.set(task, agent);
  }
  const begun = begunBefore(adjacency, order, reports);
  const work = tasks.map((task, number) => workOf(taskMinutes(task), reports.get(number), begun[number] === 1));
  const chain = heaviestChain(adjacency, order, work);
  const known = readGraphNodes(graph).ids;
  const named = new Set([...known, ...edges.flatMap((edge) => [edge.from, edge.to])]);
  const left = chain.reduce((sum, number) => sum + (work[number]?.left ?? 0), 0);
  const done = chain.reduce((sum, number) => sum + (work[number]?.done ?? 0), 0);
  return ok({
    taskIds: chain.map((number) => ids[number] as string),
    remainingMinutes: left,
    percent: done + left > 0 ? (100 * done) / (done + left) : 100,
    strangers: agents.map((agent) => agent.currentTask).filter((id) => !named.has(id)),
    hasDependents: new Set(edges.map((edge) => edge.from)),
  });
}

interface GraphParts {
  readonly tasks: readonly TaskInput[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** Every task that the nodes, the edges or the agents name; those without a node get the default minutes. */
function tasksOfGraph(graph: ReadableGraph, agents: readonly AgentProgress[]): GraphParts {
  const nodes = readGraphNodes(graph);
  const edges = (graph.edges ?? []).map(({ from, to }) => ({ from, to }));
  for (const [id, task] of nodes.tasks) {
    for (const need of task.dependsOn ?? []) edges.push({ from: need, to: id });
  }
  const ids = new Set([
    ...nodes.ids,
    ...edges.flatMap((edge) => [edge.from, edge.to]),
    ...agents.map((agent) => agent.currentTask),
  ]);
  const tasks = [...ids].map((id) => sensibleTask(id, nodes.tasks.get(id)));
  return { tasks, edges };
}

/** Only identity and duration matter here, and a duration that cannot be is replaced by the default. */
function sensibleTask(id: string, task: TaskInput | undefined): TaskInput {
  const minutes = task ? taskMinutes(task) : Number.NaN;
  return minutes > 0 && Number.isFinite(minutes)
    ? { id, description: id, estimatedMinutes: minutes }
    : { id, description: id };
}

function begunBefore(graph: Adjacency, order: Int32Array, reports: ReadonlyMap<number, AgentProgress>): Uint8Array {
  const doneByDependents = new Uint8Array(graph.count);
  for (const task of order.toReversed()) {
    for (const next of successorsOf(graph, task)) {
      const report = reports.get(next);
      const hasBegun = report !== undefined && (report.status === "complete" || report.percentComplete > 0);
      if (hasBegun || doneByDependents[next] === 1) doneByDependents[task] = 1;
    }
  }
  return doneByDependents;
}

function workOf(minutes: number, report: AgentProgress | undefined, begunAfter: boolean): TaskWork {
  if (!report) return begunAfter ? { done: minutes, left: 0 } : { done: 0, left: minutes };
  if (report.status === "complete") return { done: minutes, left: 0 };
  // A failed attempt has to be repeated from the start.
  if (report.status === "failed") return { done: 0, left: minutes };
  const share = report.percentComplete / 100;
  return { done: minutes * share, left: report.estimatedTimeRemaining ?? minutes * (1 - share) };
}

/** The path with the most work left; among equals the one with the most work in all. */
function heaviestChain(graph: Adjacency, order: Int32Array, work: readonly TaskWork[]): number[] {
  const left = new Float64Array(graph.count);
  const total = new Float64Array(graph.count);
  const before = new Int32Array(graph.count).fill(-1);
  const heavier = (task: number, than: number): boolean => {
    if (than === -1) return true;
    const gain = numberAt(left, task) - numberAt(left, than);
    return gain > 0 || (gain === 0 && numberAt(total, task) > numberAt(total, than));
  };
  let last = -1;
  for (const task of order) {
    let best = -1;
    for (const need of predecessorsOf(graph, task)) if (heavier(need, best)) best = need;
    const own = work[task] ?? { done: 0, left: 0 };
    before[task] = best;
    left[task] = own.left + (best === -1 ? 0 : numberAt(left, best));
    total[task] = own.left + own.done + (best === -1 ? 0 : numberAt(total, best));
    if (heavier(task, last)) last = task;
  }
  const chain: number[] = [];
  for (let task = last; task !== -1; task = numberAt(before, task)) chain.push(task);
  return chain.toReversed();
}

/** Whether a graph says anything. */
export function hasContent(graph: ReadableGraph | undefined): graph is ReadableGraph {
  return graph !== undefined && ((graph.edges ?? []).length > 0 || readGraphNodes(graph).ids.size > 0);
}
