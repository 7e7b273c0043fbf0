import { successorsOf } from "../graph/adjacency.ts";
import type { TaskGraph } from "../graph/task-graph.ts";
import type { Candidate } from "./candidates.ts";

/**
 * Those of the applied usual orders that say nothing new, because a way through other dependencies
 * leads from the one task to the other. What a task's own text says is never among them.
 */
export function withoutRepeatedWays(graph: TaskGraph, applied: readonly Candidate[]): ReadonlySet<Candidate> {
  const needless = new Set<Candidate>();
  const next = new Map<number, Candidate[]>();
  for (const candidate of applied) {
    const list = next.get(candidate.from);
    if (list) list.push(candidate);
    else next.set(candidate.from, [candidate]);
  }
  for (const candidate of applied) {
    if (candidate.usual && leadsThere(candidate)) needless.add(candidate);
  }
  return needless;

  function leadsThere(candidate: Candidate): boolean {
    const reached = new Set([candidate.from]);
    // A Set hands out what is added while it is walked, which makes it the queue as well.
    for (const task of reached) {
      for (const other of successorsOf(graph, task)) reached.add(other);
      for (const other of next.get(task) ?? []) {
        if (other !== candidate && !needless.has(other)) reached.add(other.to);
      }
      if (reached.has(candidate.to)) return true;
    }
    return false;
  }
}
