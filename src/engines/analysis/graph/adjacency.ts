import { intAt } from "../../../util/typed-at.ts";

/**
 * A directed graph over nodes 0..count-1 in compressed sparse rows: one array of neighbours and one
 * of row starts per direction. Parallel edges are merged; cycles and self-loops are allowed.
 */
export interface Adjacency {
  readonly count: number;
  readonly successorStart: Int32Array;
  readonly successors: Int32Array;
  readonly predecessorStart: Int32Array;
  readonly predecessors: Int32Array;
}

/** Edges as two parallel rows of node numbers. */
export interface NumberedEdges {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** Builds both directions of the compact graph in O(nodes + edges). */
export function buildAdjacency(count: number, edges: NumberedEdges): Adjacency {
  const forward = compactRows(count, edges.from, edges.to);
  const backward = compactRows(count, edges.to, edges.from);
  return {
    count,
    successorStart: forward.start,
    successors: forward.items,
    predecessorStart: backward.start,
    predecessors: backward.items,
  };
}

/** Calls back for every node that depends on `node`; unlike a view it costs nothing, which counts in inner loops. */
export function eachSuccessor(graph: Adjacency, node: number, visit: (successor: number) => void): void {
  const end = intAt(graph.successorStart, node + 1);
  for (let place = intAt(graph.successorStart, node); place < end; place++) visit(intAt(graph.successors, place));
}

/** The nodes that depend on `node`, as a view without copying. */
export function successorsOf(graph: Adjacency, node: number): Int32Array {
  return graph.successors.subarray(graph.successorStart[node], graph.successorStart[node + 1]);
}

/** The nodes that `node` depends on, as a view without copying. */
export function predecessorsOf(graph: Adjacency, node: number): Int32Array {
  return graph.predecessors.subarray(graph.predecessorStart[node], graph.predecessorStart[node + 1]);
}

/** How many nodes `node` depends on. */
export function predecessorCount(graph: Adjacency, node: number): number {
  return intAt(graph.predecessorStart, node + 1) - intAt(graph.predecessorStart, node);
}

interface Rows {
  readonly start: Int32Array;
  readonly items: Int32Array;
}

function compactRows(count: number, rows: Int32Array, values: Int32Array): Rows {
  const start = new Int32Array(count + 1);
  for (let edge = 0; edge < rows.length; edge++) {
    const row = intAt(rows, edge);
    start[row + 1] = intAt(start, row + 1) + 1;
  }
  for (let row = 0; row < count; row++) start[row + 1] = intAt(start, row + 1) + intAt(start, row);
  const items = new Int32Array(rows.length);
  const next = start.slice();
  for (let edge = 0; edge < rows.length; edge++) {
    const row = intAt(rows, edge);
    const place = intAt(next, row);
    items[place] = intAt(values, edge);
    next[row] = place + 1;
  }
  return withoutRepeats(count, { start, items });
}

function withoutRepeats(count: number, rows: Rows): Rows {
  const start = new Int32Array(count + 1);
  const seenInRow = new Int32Array(count).fill(-1);
  let kept = 0;
  for (let row = 0; row < count; row++) {
    const end = intAt(rows.start, row + 1);
    for (let place = intAt(rows.start, row); place < end; place++) {
      const value = intAt(rows.items, place);
      if (seenInRow[value] === row) continue;
      seenInRow[value] = row;
      rows.items[kept] = value;
      kept += 1;
    }
    start[row + 1] = kept;
  }
  return { start, items: rows.items.slice(0, kept) };
}
