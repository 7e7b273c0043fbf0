import { numberAt } from "../../util/number-at.ts";

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

/** Edges as two parallel lists of node numbers. */
export interface NumberedEdges {
  readonly from: readonly number[];
  readonly to: readonly number[];
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
  const end = numberAt(graph.successorStart, node + 1);
  for (let place = numberAt(graph.successorStart, node); place < end; place++) visit(numberAt(graph.successors, place));
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
  return numberAt(graph.predecessorStart, node + 1) - numberAt(graph.predecessorStart, node);
}

interface Rows {
  readonly start: Int32Array;
  readonly items: Int32Array;
}

function compactRows(count: number, rows: readonly number[], values: readonly number[]): Rows {
  const start = new Int32Array(count + 1);
  for (const row of rows) start[row + 1] = numberAt(start, row + 1) + 1;
  for (let row = 0; row < count; row++) start[row + 1] = numberAt(start, row + 1) + numberAt(start, row);
  const items = new Int32Array(rows.length);
  const next = start.slice();
  rows.forEach((row, edge) => {
    const place = numberAt(next, row);
    items[place] = numberAt(values, edge);
    next[row] = place + 1;
  });
  return withoutRepeats(count, { start, items });
}

function withoutRepeats(count: number, rows: Rows): Rows {
  const start = new Int32Array(count + 1);
  const seenInRow = new Int32Array(count).fill(-1);
  let kept = 0;
  for (let row = 0; row < count; row++) {
    const end = numberAt(rows.start, row + 1);
    for (let place = numberAt(rows.start, row); place < end; place++) {
      const value = numberAt(rows.items, place);
      if (seenInRow[value] === row) continue;
      seenInRow[value] = row;
      rows.items[kept] = value;
      kept += 1;
    }
    start[row + 1] = kept;
  }
  return { start, items: rows.items.slice(0, kept) };
}
