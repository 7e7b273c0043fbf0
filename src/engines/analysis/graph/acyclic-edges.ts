import { numberAt } from "../../../util/number-at.ts";
import { predecessorsOf, successorsOf } from "./adjacency.ts";
import type { TaskGraph } from "./task-graph.ts";

/** Takes further edges one by one as long as none closes a cycle. */
export interface AcyclicEdges {
  /** Adds `from` before `to`; false, and nothing changes, when `to` is already somewhere before `from`. */
  tryAdd(from: number, to: number): boolean;
}

/**
 * Keeps a topological order up to date while edges are added (Pearce and Kelly 2006): an edge that
 * agrees with the order costs nothing, any other only the part of the order between its ends.
 */
export function acyclicEdges(graph: TaskGraph): AcyclicEdges {
  const placeOf = new Int32Array(graph.count);
  graph.order.forEach((task, place) => {
    placeOf[task] = place;
  });
  const added: Added = { after: new Map(), before: new Map() };
  const tryAdd = (from: number, to: number): boolean => {
    const upper = numberAt(placeOf, from);
    const lower = numberAt(placeOf, to);
    if (from === to) return false;
    if (lower < upper) {
      const forward = reachedWithin(
        to,
        (task) => [...successorsOf(graph, task), ...(added.after.get(task) ?? [])],
        (task) => numberAt(placeOf, task) <= upper,
      );
      if (forward.has(from)) return false;
      const backward = reachedWithin(
        from,
        (task) => [...predecessorsOf(graph, task), ...(added.before.get(task) ?? [])],
        (task) => numberAt(placeOf, task) >= lower,
      );
      reorder(placeOf, backward, forward);
    }
    remember(added.after, from, to);
    remember(added.before, to, from);
    return true;
  };
  return { tryAdd };
}

interface Added {
  readonly after: Map<number, number[]>;
  readonly before: Map<number, number[]>;
}

function remember(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function reachedWithin(
  start: number,
  neighbours: (task: number) => readonly number[],
  inside: (task: number) => boolean,
): Set<number> {
  const reached = new Set([start]);
  // A Set hands out what is added while it is walked, which makes it the queue as well.
  for (const task of reached) {
    for (const next of neighbours(task)) {
      if (inside(next)) reached.add(next);
    }
  }
  return reached;
}

/** Gives the places of both sets out again: all of `first` before all of `second`, each in its old order. */
function reorder(placeOf: Int32Array, first: ReadonlySet<number>, second: ReadonlySet<number>): void {
  const byPlace = (left: number, right: number): number => numberAt(placeOf, left) - numberAt(placeOf, right);
  const tasks = [...[...first].toSorted(byPlace), ...[...second].toSorted(byPlace)];
  const places = tasks.map((task) => numberAt(placeOf, task)).toSorted((left, right) => left - right);
  tasks.forEach((task, index) => {
    placeOf[task] = numberAt(places, index);
  });
}
