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
/** What texts state is kept far longer, because the plan would break it otherwise; so many are some 50 MB. */
const mostStated = 200_000;

/**
 * The best evidence for each pair of tasks that is not stated already; at most 200,000 pairs that texts state, and
 * 20,000 others.
 */
export class DependencyCandidates {
  readonly #graph: TaskGraph;
  readonly #best = new Map<number, Candidate>();
  #statedPairs = 0;
  #leftOut = false;

  constructor(graph: TaskGraph) {
    this.#graph = graph;
  }

  add(candidate: Candidate): void {
    const { from, to } = candidate;
    if (from === to) return;
    const key = from * this.#graph.count + to;
    const known = this.#best.get(key);
    const nowStated = candidate.stated === true && known?.stated !== true;
    if (nowStated ? this.isFullOfStated() : !known && this.isFull()) return this.leaveOut();
    if (predecessorsOf(this.#graph, to).includes(from)) return;
    if (nowStated) this.#statedPairs += 1;
    const better = known && known.confidence >= candidate.confidence ? known : candidate;
    // That a text states it stays true whatever else speaks for it more clearly.
    const stated = known?.stated === true || candidate.stated === true;
    this.#best.set(key, { ...better, stated });
  }

  /** Whether words of order in a text speak for this order, however sure they are. */
  states(from: number, to: number): boolean {
    return this.#best.get(from * this.#graph.count + to)?.stated === true;
  }

  /** Whether no further pair is kept that no text states. */
  isFull(): boolean {
    return this.#best.size - this.#statedPairs >= mostCandidates;
  }

  /** Whether no further pair is kept that a text states. */
  isFullOfStated(): boolean {
    return this.#statedPairs >= mostStated;
  }

  /** Notes that something was found, or not looked for, that did not fit in. */
  leaveOut(): void {
    this.#leftOut = true;
  }

  /** Whether dependencies are missing here that the tasks suggest. */
  get leftOut(): boolean {
    return this.#leftOut;
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
