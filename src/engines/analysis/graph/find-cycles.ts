import { numberAt } from "../../../util/number-at.ts";
import { successorsOf, type Adjacency } from "./adjacency.ts";

/** Which strongly connected component each node belongs to; numbers run from the sinks to the sources. */
export interface Components {
  readonly count: number;
  readonly componentOf: Int32Array;
}

const reportedCycles = 20;
const searchSteps = 2_000_000;

/** Tarjan's strongly connected components (1972) with its own stack: deep graphs cannot overflow the machine's. */
export function stronglyConnected(graph: Adjacency): Components {
  const index = new Int32Array(graph.count).fill(-1);
  const low = new Int32Array(graph.count);
  const componentOf = new Int32Array(graph.count).fill(-1);
  const nextEdge = graph.successorStart.slice();
  const open: number[] = [];
  const path: number[] = [];
  let visited = 0;
  let count = 0;
  const enter = (node: number): void => {
    index[node] = visited;
    low[node] = visited;
    visited += 1;
    open.push(node);
    path.push(node);
  };
  const lower = (node: number, to: number): void => {
    if (to < numberAt(low, node)) low[node] = to;
  };
  const close = (root: number): void => {
    let node: number;
    do {
      node = open.pop() as number;
      componentOf[node] = count;
    } while (node !== root);
    count += 1;
  };
  const step = (node: number): void => {
    const edge = numberAt(nextEdge, node);
    if (edge < numberAt(graph.successorStart, node + 1)) {
      nextEdge[node] = edge + 1;
      const next = numberAt(graph.successors, edge);
      if (index[next] === -1) enter(next);
      else if (componentOf[next] === -1) lower(node, numberAt(index, next));
      return;
    }
    path.pop();
    const parent = path.at(-1);
    if (parent !== undefined) lower(parent, numberAt(low, node));
    if (low[node] === index[node]) close(node);
  };
  for (let root = 0; root < graph.count; root++) {
    if (index[root] !== -1) continue;
    enter(root);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) step(node);
  }
  return { count, componentOf };
}

/**
 * Finds one cycle per strongly connected component as a closed path (first node repeated at the
 * end), in the order of the input and at most twenty. Each is the shortest of its component; in
 * components too large to search within two million steps it is the shortest of those tried.
 */
export function findCycles(graph: Adjacency): number[][] {
  const { componentOf, count } = stronglyConnected(graph);
  const members: number[][] = Array.from({ length: count }, () => []);
  for (let node = 0; node < graph.count; node++) members[numberAt(componentOf, node)]?.push(node);
  const cyclic = members
    .filter((nodes) => nodes.length > 1 || isOwnSuccessor(graph, nodes))
    .toSorted((left, right) => numberAt(left, 0) - numberAt(right, 0));
  return cyclic.slice(0, reportedCycles).map((nodes) => shortestCycle(graph, componentOf, nodes));
}

function isOwnSuccessor(graph: Adjacency, nodes: readonly number[]): boolean {
  return nodes.some((node) => successorsOf(graph, node).includes(node));
}

function shortestCycle(graph: Adjacency, componentOf: Int32Array, nodes: readonly number[]): number[] {
  const search: CycleSearch = {
    graph,
    componentOf,
    parent: new Int32Array(graph.count),
    seenFrom: new Int32Array(graph.count).fill(-1),
    stepsLeft: searchSteps,
  };
  let best: number[] = [];
  for (const start of nodes) {
    const limit = best.length === 0 ? graph.count : best.length - 2;
    const found = cycleThrough(search, start, limit);
    if (found) best = found;
    if (best.length > 0 && (best.length <= 3 || search.stepsLeft <= 0)) break;
  }
  return best;
}

interface CycleSearch {
  readonly graph: Adjacency;
  readonly componentOf: Int32Array;
  readonly parent: Int32Array;
  readonly seenFrom: Int32Array;
  stepsLeft: number;
}

/** Breadth-first from `start` back to itself, over at most `limit` edges. */
function cycleThrough(search: CycleSearch, start: number, limit: number): number[] | undefined {
  const { graph, componentOf, parent, seenFrom } = search;
  let frontier = [start];
  seenFrom[start] = start;
  for (let depth = 1; depth <= limit && frontier.length > 0; depth++) {
    const reached: number[] = [];
    for (const node of frontier) {
      for (const next of successorsOf(graph, node)) {
        search.stepsLeft -= 1;
        if (next === start) return closedPath(parent, start, node);
        if (seenFrom[next] === start || componentOf[next] !== componentOf[start]) continue;
        seenFrom[next] = start;
        parent[next] = node;
        reached.push(next);
      }
    }
    frontier = reached;
  }
  return undefined;
}

function closedPath(parent: Int32Array, start: number, last: number): number[] {
  const path = [start];
  for (let node = last; node !== start; node = numberAt(parent, node)) path.push(node);
  path.push(start);
  return path.toReversed();
}
