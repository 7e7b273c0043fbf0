import { binaryHeap } from "../../util/binary-heap.ts";

/** A task as the list scheduler sees it. Needs outside the list are taken as met. */
export interface TimedTask {
  readonly id: string;
  readonly needs: readonly string[];
  readonly durationMs: number;
}

/** How long the tasks take with that many agents, and what no schedule can beat. */
export interface ListSchedule {
  readonly makespanMs: number;
  /** max(longest chain, work / agents). */
  readonly boundMs: number;
  /** When each task would end. */
  readonly endMs: ReadonlyMap<string, number>;
}

/**
 * Graham's list scheduling by bottom level (longest chain of durations below a task first): the
 * time the same tasks would take if starting them cost nothing. Does not search for better orders.
 */
export function listSchedule(tasks: readonly TimedTask[], agents: number): ListSchedule {
  const graph = indexTasks(tasks);
  const bottom = bottomLevels(tasks, graph);
  const work = tasks.reduce((sum, task) => sum + task.durationMs, 0);
  const bound = Math.max(0, work / Math.max(1, agents), ...maximum(bottom));
  const endMs = new Map<string, number>();
  let makespan = 0;
  dispatch({ tasks, graph, bottom, agents: Math.max(1, agents) }, (index, end) => {
    endMs.set((tasks[index] as TimedTask).id, end);
    makespan = Math.max(makespan, end);
  });
  return { makespanMs: makespan, boundMs: bound, endMs };
}

interface Graph {
  readonly needs: readonly (readonly number[])[];
  readonly unlocks: readonly (readonly number[])[];
}

function indexTasks(tasks: readonly TimedTask[]): Graph {
  const index = new Map(tasks.map((task, position) => [task.id, position]));
  const unlocks: number[][] = tasks.map(() => []);
  const needs = tasks.map((task, position) => {
    const known = [...new Set(task.needs)].flatMap((id) => index.get(id) ?? []);
    for (const need of known) unlocks[need]?.push(position);
    return known;
  });
  return { needs, unlocks };
}

function bottomLevels(tasks: readonly TimedTask[], graph: Graph): number[] {
  const levels = tasks.map((task) => task.durationMs);
  const open = graph.unlocks.map((dependents) => dependents.length);
  const ready = open.flatMap((count, index) => (count === 0 ? [index] : []));
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    for (const need of graph.needs[next] ?? []) {
      const own = tasks[need]?.durationMs ?? 0;
      levels[need] = Math.max(levels[need] ?? 0, own + (levels[next] ?? 0));
      open[need] = (open[need] ?? 0) - 1;
      if (open[need] === 0) ready.push(need);
    }
  }
  return levels;
}

interface Dispatch {
  readonly tasks: readonly TimedTask[];
  readonly graph: Graph;
  readonly bottom: readonly number[];
  readonly agents: number;
}

function dispatch(work: Dispatch, ended: (index: number, endMs: number) => void): void {
  const { tasks, graph, bottom } = work;
  const ends = tasks.map(() => 0);
  const level = (index: number): number => bottom[index] ?? 0;
  const waiting = graph.needs.map((needs) => needs.length);
  const ready = binaryHeap((a, b) => level(a) > level(b) || (level(a) === level(b) && a < b));
  const running = binaryHeap((a, b) => (ends[a] ?? 0) < (ends[b] ?? 0));
  waiting.forEach((count, index) => {
    if (count === 0) ready.push(index);
  });
  let now = 0;
  while (ready.size > 0 || running.size > 0) {
    while (ready.size > 0 && running.size < work.agents) {
      const index = ready.pop() as number;
      ends[index] = now + (tasks[index]?.durationMs ?? 0);
      ended(index, ends[index]);
      running.push(index);
    }
    const done = running.pop() as number;
    now = ends[done] ?? now;
    for (const next of graph.unlocks[done] ?? []) {
      waiting[next] = (waiting[next] ?? 0) - 1;
      if (waiting[next] === 0) ready.push(next);
    }
  }
}

/** The largest number, as a list of at most one: spreading 2,000 numbers would be slow. */
function maximum(numbers: readonly number[]): number[] {
  return numbers.length === 0 ? [] : [numbers.reduce((most, number) => Math.max(most, number))];
}
