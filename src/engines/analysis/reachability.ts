import { numberAt } from "../../util/number-at.ts";
import { predecessorsOf, successorsOf } from "./adjacency.ts";
import type { TaskGraph } from "./task-graph.ts";

/** Which tasks come before which, as one row of bits a task in each direction (count² / 4 bytes in all). */
export interface Reachability {
  /** 32-bit words a row. */
  readonly width: number;
  /** All tasks that wait for this one, directly or not. */
  readonly after: Uint32Array;
  /** All tasks that this one waits for, directly or not. */
  readonly before: Uint32Array;
}

/** Closes the graph over its paths in O(tasks x dependencies / 32); meant for plans of a few thousand tasks. */
export function reachability(graph: TaskGraph): Reachability {
  const width = Math.ceil(graph.count / 32);
  const after = new Uint32Array(graph.count * width);
  const before = new Uint32Array(graph.count * width);
  for (const task of graph.order) {
    for (const need of predecessorsOf(graph, task)) mergeRow(before, width, task, need);
  }
  for (const task of graph.order.toReversed()) {
    for (const next of successorsOf(graph, task)) mergeRow(after, width, task, next);
  }
  return { width, after, before };
}

/** How many tasks wait for each task, directly or not. */
export function dependentCounts(reach: Reachability, count: number): Int32Array {
  const counts = new Int32Array(count);
  for (let task = 0; task < count; task++) {
    let sum = 0;
    for (let word = 0; word < reach.width; word++) sum += bitCount(numberAt(reach.after, task * reach.width + word));
    counts[task] = sum;
  }
  return counts;
}

/** Whether a task comes before another, directly or not. */
export function isBefore(reach: Reachability, task: number, later: number): boolean {
  return ((numberAt(reach.before, later * reach.width + (task >>> 5)) >>> (task & 31)) & 1) === 1;
}

/** A set of tasks as bits. */
export function bitSet(tasks: Iterable<number>, width: number): Uint32Array {
  const bits = new Uint32Array(width);
  for (const task of tasks) setBit(bits, 0, task);
  return bits;
}

/** Whether some task of the set may run at the same time as `task`. */
export function overlapsSome(reach: Reachability, task: number, set: Uint32Array): boolean {
  const row = task * reach.width;
  for (let word = 0; word < reach.width; word++) {
    const ordered = numberAt(reach.after, row + word) | numberAt(reach.before, row + word);
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

function setBit(bits: Uint32Array, row: number, task: number): void {
  const word = row + (task >>> 5);
  bits[word] = numberAt(bits, word) | (1 << (task & 31));
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
