import { predecessorsOf } from "../graph/adjacency.ts";
import type { TaskGraph } from "../graph/task-graph.ts";

/** A dependency that something suggests. */
export interface Candidate {
  readonly from: number;
  readonly to: number;
  /** 0-1. */
  readonly confidence: number;
  readonly reasoning: string;
  readonly evidence: string;
  /** Rests on what is usual and not on what the tasks say; needless where other dependencies imply it. */
  readonly usual?: boolean;
  /** Rests on words of order in a task's text. */
  readonly stated?: boolean;
}

const mostCandidates = 20_000;

/** The best evidence for each pair of tasks that is not stated already; at most 20,000 pairs. */
export class DependencyCandidates {
  readonly #graph: TaskGraph;
  readonly #best = new Map<number, Candidate>();

  constructor(graph: TaskGraph) {
    this.#graph = graph;
  }

  add(candidate: Candidate): void {
    const { from, to } = candidate;
    if (from === to) return;
    const key = from * this.#graph.count + to;
    const known = this.#best.get(key);
    if (!known && this.isFull()) return;
    if (predecessorsOf(this.#graph, to).includes(from)) return;
    const better = known && known.confidence >= candidate.confidence ? known : candidate;
    // That a text states it stays true whatever else speaks for it more clearly.
    const stated = known?.stated === true || candidate.stated === true;
    this.#best.set(key, { ...better, stated });
  }

  /** Whether words of order in a text speak for this order, however sure they are. */
  states(from: number, to: number): boolean {
    return this.#best.get(from * this.#graph.count + to)?.stated === true;
  }

  isFull(): boolean {
    return this.#best.size >= mostCandidates;
  }

  /** All of them, what the tasks say before what is usual where they are equally sure. */
  surestFirst(): Candidate[] {
    return [...this.#best.values()].toSorted(
      (left, right) =>
        right.confidence - left.confidence ||
        Number(left.usual ?? false) - Number(right.usual ?? false) ||
        left.to - right.to ||
        left.from - right.from,
    );
  }
}
