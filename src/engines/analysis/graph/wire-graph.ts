import { Graph } from "graphlib";
import type { WireEdge, WireGraph, WireNode } from "../../../schema/graph.ts";
import type { TaskInput } from "../../../schema/task.ts";
import { assert } from "../../../util/assert.ts";
import { numberAt } from "../../../util/number-at.ts";
import { intAt } from "../../../util/typed-at.ts";
import { taskLevels } from "./levels.ts";
import type { TaskGraph } from "./task-graph.ts";

/** What the graph on the wire is made of. */
export interface WireGraphSource {
  readonly tasks: readonly TaskInput[];
  readonly levels: Int32Array;
  /** Dependencies besides those that the tasks state. */
  readonly extraEdges: readonly WireEdge[];
}

/**
 * Writes the graph as callers receive it, each pair once: what a task states is explicit, whatever
 * else says the same. Nodes have no prototype, so that an id such as `__proto__` is an id like any other.
 */
export function toWireGraph(source: WireGraphSource): WireGraph {
  const graph = graphOf(source);
  const nodes = Object.create(null) as Record<string, WireNode>;
  for (const name of graph.nodes()) {
    const node = graph.node(name);
    nodes[node.id] = node;
  }
  return { nodes, edges: graph.edges().map((edge) => graph.edge(edge)) };
}

/** The same for tasks that are proven free of cycles and name each need once, of which there may be very many. */
export function acyclicWireGraph(graph: TaskGraph, extraEdges: readonly WireEdge[]): WireGraph {
  const levels = taskLevels(graph);
  const nodes = Object.create(null) as Record<string, WireNode>;
  const edges: WireEdge[] = [];
  graph.tasks.forEach((task, number) => {
    nodes[task.id] = { id: task.id, task, level: intAt(levels, number) };
    for (const need of task.dependsOn ?? []) edges.push({ from: need, to: task.id, type: "explicit" });
  });
  for (const edge of extraEdges) {
    const stated = graph.tasks[graph.numberOf.get(edge.to) ?? -1]?.dependsOn?.includes(edge.from) === true;
    if (!stated) edges.push(edge);
  }
  return { nodes, edges };
}

/** graphlib keeps names as keys of plain objects, which some ids would break: it gets the tasks' numbers. */
function graphOf(source: WireGraphSource): Graph<string, WireNode, WireEdge> {
  const graph = new Graph<string, WireNode, WireEdge>({ directed: true });
  const names = new Map<string, string>();
  source.tasks.forEach((task, number) => {
    names.set(task.id, String(number));
    graph.setNode(String(number), { id: task.id, task, level: numberAt(source.levels, number) });
  });
  const addEdge = (edge: WireEdge): void => {
    const from = names.get(edge.from);
    const to = names.get(edge.to);
    assert(from !== undefined && to !== undefined, `edge between unknown tasks ${edge.from} and ${edge.to}`);
    if (!graph.hasEdge(from, to)) graph.setEdge(from, to, edge);
  };
  for (const task of source.tasks) {
    for (const need of task.dependsOn ?? []) addEdge({ from: need, to: task.id, type: "explicit" });
  }
  for (const edge of source.extraEdges) addEdge(edge);
  return graph;
}
