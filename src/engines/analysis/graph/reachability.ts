import { intAt } from "../../../util/typed-at.ts";
import { numberAt } from "../../../util/number-at.ts";
import { predecessorsOf, successorsOf } from "./adjacency.ts";
import type { TaskGraph } from "./task-graph.ts";

/** Which tasks come before which, as one row of bits a task in each direction. */
export interface Reachability {
  /** 32-bit words a row. */
  readonly width: number;
  /** All tasks that wait for this one, directly or not. */
  after(task: number): Uint32Array;
  /** All tasks that this one waits for, directly or not. */
  before(task: number): Uint32Array;
}

/** The rows of larger graphs, which together grow with the square of the tasks, are found one by one when asked for. */
export const mostTasksClosed = 4_096;
const mostRowsKept = 256;
const mostSteps = 20_000_000;

/**
 * Closes the graph over its paths in O(tasks x dependencies / 32). Of more than 4,096 tasks only what is asked for is
 * looked up, at most twenty million steps in all; whatever is asked after that counts as ordered with nothing.
 */
export function reachability(graph: TaskGraph): Reachability {
  const width = Math.ceil(graph.count / 32);
  if (graph.count > mostTasksClosed) {
    const budget = { stepsLeft: mostSteps };
    const after = walkedRows(graph, { width, budget, start: graph.successorStart, items: graph.successors });
    const before = walkedRows(graph, { width, budget, start: graph.predecessorStart, items: graph.predecessors });
    return { width, after, before };
  }
  const after = new Uint32Array(graph.count * width);
  const before = new Uint32Array(graph.count * width);
  for (const task of graph.order) {
    for (const need of predecessorsOf(graph, task)) mergeRow(before, width, task, need);
  }
  for (const task of graph.order.toReversed()) {
    for (const next of successorsOf(graph, task)) mergeRow(after, width, task, next);
  }
  const rowOf = (bits: Uint32Array, task: number): Uint32Array => bits.subarray(task * width, (task + 1) * width);
  return { width, after: (task) => rowOf(after, task), before: (task) => rowOf(before, task) };
}

interface Walk {
  readonly width: number;
  readonly budget: { stepsLeft: number };
  readonly start: Int32Array;
  readonly items: Int32Array;
}

/** Rows found by walking from a task, the latest of them kept. */
function walkedRows({ count }: TaskGraph, { width, budget, start, items }: Walk): (task: number) => Uint32Array {
  const kept = new Map<number, Uint32Array>();
  const queue = new Int32Array(count);
  const walk = (task: number): Uint32Array => {
    const row = new Uint32Array(width);
    let found = 0;
    for (let current = task, done = 0; budget.stepsLeft > 0; current = intAt(queue, done++)) {
      const lastEdge = intAt(start, current + 1);
      budget.stepsLeft -= 1 + lastEdge - intAt(start, current);
      for (let edge = intAt(start, current); edge < lastEdge; edge++) {
        const next = intAt(items, edge);
        if (hasBit(row, next)) continue;
        setBit(row, 0, next);
        queue[found++] = next;
      }
      if (done === found) break;
    }
    return row;
  };
  return (task) => {
    const known = kept.get(task);
    if (known) return known;
    const row = walk(task);
    if (kept.size >= mostRowsKept) kept.delete(kept.keys().next().value ?? task);
    kept.set(task, row);
    return row;
  };
}

/** How many tasks wait for each of the tasks asked about (default: all), directly or not; 0 for the others. */
export function dependentCounts(reach: Reachability, count: number, asked?: Iterable<number>): Int32Array {
  const counts = new Int32Array(count);
  for (const task of asked ?? counts.keys()) {
    const row = reach.after(task);
    let sum = 0;
    for (let word = 0; word < reach.width; word++) sum += bitCount(numberAt(row, word));
    counts[task] = sum;
  }
  return counts;
}

/** Whether a task comes before another, directly or not. */
export function isBefore(reach: Reachability, task: number, later: number): boolean {
  return hasBit(reach.before(later), task);
}

/** A set of tasks as bits. */
export function bitSet(tasks: Iterable<number>, width: number): Uint32Array {
  const bits = new Uint32Array(width);
  for (const task of tasks) setBit(bits, 0, task);
  return bits;
}

/** Whether some task of the set may run at the same time as `task`. */
export function overlapsSome(reach: Reachability, task: number, set: Uint32Array): boolean {
  const after = reach.after(task);
  const before = reach.before(task);
  for (let word = 0; word < reach.width; word++) {
    const ordered = numberAt(after, word) | numberAt(before, word);
    const own = task >>> 5 === word ? 1 << (task & 31) : 0;
    if ((numberAt(set, word) & ~ordered & ~own) !== 0) return true;
  }
  return false;
}

function mergeRow(bits: Uint32Array, width: number, task: number, other: number): void {
  const row = task * width;
  const otherRow = other * width;
  for (let word = 0; word < width; word++) {
    bits[row + word] = numberAt(bits, row + word) | numberAt(bits, otherRow + word);
  }
  setBit(bits, row, other);
}

function hasBit(bits: Uint32Array, task: number): boolean {
  return ((numberAt(bits, task >>> 5) >>> (task & 31)) & 1) === 1;
}

function setBit(bits: Uint32Array, row: number, task: number): void {
  const word = row + (task >>> 5);
  bits[word] = numberAt(bits, word) | (1 << (task & 31));
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
