import type { TaskInput } from "../../../schema/task.ts";
import { floatAt, intAt } from "../../../util/typed-at.ts";
import { buildAdjacency, predecessorsOf, successorsOf } from "./adjacency.ts";
import type { TaskGraph } from "./task-graph.ts";

/**
 * The graph with one task in two halves that nothing orders: the second is the last task, and has the needs and the
 * dependents of the first. O(tasks + dependencies).
 */
export function withHalves(graph: TaskGraph, task: number): TaskGraph {
  const { count } = graph;
  const half = floatAt(graph.minutes, task) / 2;
  const minutes = new Float64Array(count + 1);
  minutes.set(graph.minutes);
  minutes[task] = half;
  minutes[count] = half;
  let id = "second half";
  while (graph.numberOf.has(id)) id += " ";
  return {
    ...graph,
    ...buildAdjacency(count + 1, edgesWithCopy(graph, task)),
    tasks: [...graph.tasks, graph.tasks[task] as TaskInput],
    ids: [...graph.ids, id],
    numberOf: new Map([...graph.numberOf, [id, count]]),
    minutes,
    order: orderWithCopy(graph.order, task),
  };
}

function edgesWithCopy(graph: TaskGraph, task: number): { readonly from: Int32Array; readonly to: Int32Array } {
  const needs = predecessorsOf(graph, task);
  const dependents = successorsOf(graph, task);
  const known = graph.predecessors.length;
  const from = new Int32Array(known + needs.length + dependents.length);
  const to = new Int32Array(from.length);
  from.set(graph.predecessors);
  for (let each = 0; each < graph.count; each++) {
    to.fill(each, intAt(graph.predecessorStart, each), intAt(graph.predecessorStart, each + 1));
  }
  from.set(needs, known);
  to.fill(graph.count, known, known + needs.length);
  from.fill(graph.count, known + needs.length);
  to.set(dependents, known + needs.length);
  return { from, to };
}

function orderWithCopy(order: Int32Array, task: number): Int32Array {
  const place = order.indexOf(task) + 1;
  const longer = new Int32Array(order.length + 1);
  longer.set(order.subarray(0, place));
  longer[place] = order.length;
  longer.set(order.subarray(place), place + 1);
  return longer;
}
