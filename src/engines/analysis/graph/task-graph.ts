import type { TaskInput } from "../../../schema/task.ts";
import { assert } from "../../../util/assert.ts";
import { numberAt } from "../../../util/number-at.ts";
import { failed, ok, type Result } from "../../../util/result.ts";
import { buildAdjacency, eachSuccessor, type Adjacency } from "./adjacency.ts";
import { findCycles } from "./find-cycles.ts";
import { taskMinutes } from "../task-minutes.ts";

declare const provenAcyclic: unique symbol;

/** Checked tasks with their dependencies, proven free of cycles; only `buildTaskGraph` and `withEdges` make one. */
export interface TaskGraph extends Adjacency {
  readonly [provenAcyclic]: true;
  readonly tasks: readonly TaskInput[];
  readonly ids: readonly string[];
  readonly numberOf: ReadonlyMap<string, number>;
  /** Expected minutes of each task. */
  readonly minutes: Float64Array;
  /** Every task after all it depends on; otherwise in input order. */
  readonly order: Int32Array;
}

/** A dependency between two ids: `to` needs `from`. */
export interface IdEdge {
  readonly from: string;
  readonly to: string;
}

/** Why there is no graph: closed paths of ids, the first repeated at the end. */
export interface CyclicTasks {
  readonly cycles: readonly (readonly string[])[];
}

/** Numbers the ids and collects what the tasks state and `extraEdges` add; ids must be known. */
export function taskAdjacency(
  tasks: readonly TaskInput[],
  extraEdges: readonly IdEdge[],
): { readonly adjacency: Adjacency; readonly numberOf: ReadonlyMap<string, number> } {
  const numberOf = new Map<string, number>();
  tasks.forEach((task, number) => numberOf.set(task.id, number));
  const edgeCount = tasks.reduce((sum, task) => sum + (task.dependsOn?.length ?? 0), extraEdges.length);
  const from = new Int32Array(edgeCount);
  const to = new Int32Array(edgeCount);
  let edges = 0;
  const add = (need: number, task: number): void => {
    from[edges] = need;
    to[edges] = task;
    edges += 1;
  };
  tasks.forEach((task, number) => {
    for (const need of task.dependsOn ?? []) add(numberIn(numberOf, need), number);
  });
  for (const edge of extraEdges) add(numberIn(numberOf, edge.from), numberIn(numberOf, edge.to));
  return { adjacency: buildAdjacency(tasks.length, { from, to }), numberOf };
}

/**
 * Makes the graph of tasks that `checkTasks` has passed, or gives the cycles that forbid it.
 * Iterative: chains of any depth are fine. O(tasks + dependencies).
 */
export function buildTaskGraph(
  tasks: readonly TaskInput[],
  extraEdges: readonly IdEdge[] = [],
): Result<TaskGraph, CyclicTasks> {
  const { adjacency, numberOf } = taskAdjacency(tasks, extraEdges);
  const ids = tasks.map((task) => task.id);
  const order = topologicalOrder(adjacency);
  if (!order) return failed(cyclesOf(adjacency, ids));
  const minutes = Float64Array.from(tasks, taskMinutes);
  return ok({ ...adjacency, tasks, ids, numberOf, minutes, order } as unknown as TaskGraph);
}

/** The graph with further dependencies; O(tasks + dependencies), without reading the tasks again. */
export function withEdges(graph: TaskGraph, extraEdges: readonly IdEdge[]): Result<TaskGraph, CyclicTasks> {
  const known = graph.predecessors.length;
  const from = new Int32Array(known + extraEdges.length);
  const to = new Int32Array(known + extraEdges.length);
  from.set(graph.predecessors);
  for (let task = 0; task < graph.count; task++) {
    to.fill(task, graph.predecessorStart[task], graph.predecessorStart[task + 1]);
  }
  extraEdges.forEach((edge, index) => {
    from[known + index] = numberIn(graph.numberOf, edge.from);
    to[known + index] = numberIn(graph.numberOf, edge.to);
  });
  const adjacency = buildAdjacency(graph.count, { from, to });
  const order = topologicalOrder(adjacency);
  return order ? ok({ ...graph, ...adjacency, order }) : failed(cyclesOf(adjacency, graph.ids));
}

function numberIn(numberOf: ReadonlyMap<string, number>, id: string): number {
  const number = numberOf.get(id);
  assert(number !== undefined, "every dependency is known");
  return number;
}

function cyclesOf(graph: Adjacency, ids: readonly string[]): CyclicTasks {
  return { cycles: findCycles(graph).map((path) => path.map((node) => ids[node] as string)) };
}

/** Kahn's order (1962), first come first served; undefined when a cycle makes one impossible. */
function topologicalOrder(graph: Adjacency): Int32Array | undefined {
  const waitsFor = new Int32Array(graph.count);
  for (const node of graph.successors) waitsFor[node] = numberAt(waitsFor, node) + 1;
  const order = new Int32Array(graph.count);
  let found = 0;
  for (let node = 0; node < graph.count; node++) {
    if (waitsFor[node] === 0) order[found++] = node;
  }
  for (let place = 0; place < found; place++) {
    eachSuccessor(graph, numberAt(order, place), (next) => {
      waitsFor[next] = numberAt(waitsFor, next) - 1;
      if (waitsFor[next] === 0) order[found++] = next;
    });
  }
  return found === graph.count ? order : undefined;
}
