import { assert } from "../../util/assert.ts";
import { KeyedHeap } from "../../util/keyed-heap.ts";
import { numberHeap, type NumberHeap } from "../../util/number-heap.ts";
import { numberQueue, type NumberQueue } from "../../util/number-queue.ts";
import { floatAt, intAt } from "../../util/typed-at.ts";
import type { ResourceClaims } from "./resource-claims.ts";
import type { TaskGraph } from "./graph/task-graph.ts";
import type { BatchGates, ScheduleOptions, TaskSchedule } from "./task-schedule.ts";

/** Schedules the same tasks again and again, in memory that is taken once. */
export interface ListDispatcher {
  /** Minutes of the whole with so many agents, where the tasks take `minutes` (default: as estimated). */
  makespan(agents: number, minutes?: Float64Array): number;
  /** The whole schedule with so many agents. */
  schedule(agents: number): TaskSchedule;
}

/** Who takes the tasks; agents are counted from 0. */
interface Agents {
  take(task: number, minutes: number): void;
  release(task: number): void;
}

interface Work {
  readonly graph: TaskGraph;
  readonly claims: Claims | undefined;
  /** Place of each task among those that could start, and the task of each place. */
  readonly rank: Int32Array;
  readonly taskAt: Int32Array;
  /** How many tasks each one needs. */
  readonly needs: Int32Array;
  readonly waitsFor: Int32Array;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Places of tasks whose needs are done. */
  readonly ready: NumberQueue;
  readonly running: KeyedHeap;
  readonly doors: Doors | undefined;
}

/** Which batches are open, and who waits for the others. */
interface Doors extends BatchGates {
  readonly sizes: Int32Array;
  readonly unfinished: Int32Array;
  /** Places of tasks whose batch is not open yet. */
  readonly outside: readonly number[][];
  first: number;
}

/** What the tasks hold, in compressed rows, and who waits for it. */
interface Claims {
  readonly start: Int32Array;
  readonly resource: Int32Array;
  readonly units: Float64Array;
  readonly capacity: Float64Array;
  readonly available: Float64Array;
  /** Places of tasks that found too little of a resource, by resource and by the units they need. */
  readonly parked: readonly Map<number, NumberHeap>[];
  /** Resources that were given back at the present moment. */
  readonly released: Set<number>;
}

/**
 * Event-driven list scheduling (Graham 1966): at every moment the first tasks in rank whose dependencies are done and
 * whose resources are free start. O(dependencies + tasks log tasks) a schedule.
 */
export function listDispatcher(graph: TaskGraph, options: Omit<ScheduleOptions, "agents">): ListDispatcher {
  const { count } = graph;
  const taskAt = new Int32Array(count);
  options.rank.forEach((place, task) => {
    taskAt[place] = task;
  });
  const needs = new Int32Array(count);
  for (let task = 0; task < count; task++) {
    needs[task] = intAt(graph.predecessorStart, task + 1) - intAt(graph.predecessorStart, task);
  }
  const ends = new Float64Array(count);
  const work: Work = {
    graph,
    claims: compactClaims(options.claims, count),
    rank: options.rank,
    taskAt,
    needs,
    waitsFor: new Int32Array(count),
    starts: new Float64Array(count),
    ends,
    ready: numberQueue(count),
    running: new KeyedHeap(ends),
    doors: options.gates && doorsOf(options.gates),
  };
  return {
    makespan: (agents, minutes = graph.minutes) => dispatch(work, agents, minutes),
    schedule: (agents) => wholeSchedule(work, agents, options.agentChoice),
  };
}

function wholeSchedule(work: Work, agents: number, choice: ScheduleOptions["agentChoice"]): TaskSchedule {
  const { graph } = work;
  const agentOf = new Int32Array(graph.count);
  const busyMinutes = new Float64Array(agents);
  // What an idle agent has worked does not change, as a key must not.
  const idle = choice === "least-busy" ? new KeyedHeap(busyMinutes) : numberHeap();
  // Whoever has not worked yet comes after all who have in number, and before them in what they have worked.
  let fresh = 0;
  const nextAgent = (): number => {
    const takeFresh = fresh < agents && (choice === "least-busy" || idle.size === 0);
    return takeFresh ? fresh++ : (idle.pop() as number);
  };
  const makespanMinutes = dispatch(work, agents, graph.minutes, {
    take(task, minutes) {
      const agent = nextAgent();
      agentOf[task] = agent + 1;
      busyMinutes[agent] = floatAt(busyMinutes, agent) + minutes;
    },
    release: (task) => idle.push(intAt(agentOf, task) - 1),
  });
  const [startMinute, endMinute] = [work.starts.slice(), work.ends.slice()];
  return { agents, makespanMinutes, startMinute, endMinute, agentOf, busyMinutes };
}

function dispatch(work: Work, agents: number, minutes: Float64Array, team?: Agents): number {
  const { graph, waitsFor, ready, running, claims } = work;
  begin(work);
  let idle = agents;
  let now = 0;
  for (let done = 0; done < graph.count;) {
    while (idle > 0) {
      const place = ready.takeLowest();
      if (place < 0) break;
      const task = intAt(work.taskAt, place);
      if (claims && !claim(claims, work, task)) continue;
      idle -= 1;
      const length = floatAt(minutes, task);
      work.starts[task] = now;
      work.ends[task] = now + length;
      team?.take(task, length);
      running.push(task);
    }
    const next = running.peek();
    assert(next !== undefined, "a schedule that cannot go on");
    now = floatAt(work.ends, next);
    for (let task: number | undefined = next; task !== undefined && floatAt(work.ends, task) <= now;) {
      running.pop();
      idle += 1;
      done += 1;
      team?.release(task);
      if (claims) release(claims, task);
      if (work.doors) leaveBatch(work.doors, task, ready);
      const lastEdge = intAt(graph.successorStart, task + 1);
      for (let edge = intAt(graph.successorStart, task); edge < lastEdge; edge++) {
        const successor = intAt(graph.successors, edge);
        const left = intAt(waitsFor, successor) - 1;
        waitsFor[successor] = left;
        if (left === 0) becomeReady(work, successor);
      }
      task = running.peek();
    }
    if (claims) wakeAll(claims, ready);
  }
  return now;
}

function begin(work: Work): void {
  const { graph, waitsFor, needs, ready, claims, doors } = work;
  waitsFor.set(needs);
  ready.clear();
  doors?.unfinished.set(doors.sizes);
  if (doors) doors.first = 0;
  for (let task = 0; task < graph.count; task++) {
    if (waitsFor[task] === 0) becomeReady(work, task);
  }
  claims?.available.set(claims.capacity);
}

function becomeReady({ doors, ready, rank }: Work, task: number): void {
  const batch = doors ? intAt(doors.batchOf, task) : 0;
  if (doors && batch > doors.first + doors.openAhead) doors.outside[batch]?.push(intAt(rank, task));
  else ready.add(intAt(rank, task));
}

function doorsOf(gates: BatchGates): Doors {
  const count = gates.batchOf.reduce((most, batch) => Math.max(most, batch + 1), 0);
  const sizes = new Int32Array(count);
  for (const batch of gates.batchOf) sizes[batch] = intAt(sizes, batch) + 1;
  return {
    ...gates,
    sizes,
    unfinished: new Int32Array(count),
    outside: Array.from(sizes, (): number[] => []),
    first: 0,
  };
}

function leaveBatch(doors: Doors, task: number, ready: NumberQueue): void {
  const { unfinished, outside } = doors;
  const batch = intAt(doors.batchOf, task);
  unfinished[batch] = intAt(unfinished, batch) - 1;
  while (doors.first < unfinished.length && unfinished[doors.first] === 0) {
    doors.first += 1;
    for (const place of outside[doors.first + doors.openAhead]?.splice(0) ?? []) ready.add(place);
  }
}

/** Takes what the task needs, or parks it where too little is left; then the next in line gets a chance. */
function claim(claims: Claims, { rank, ready }: Work, task: number): boolean {
  const { start, resource, units, available } = claims;
  const first = intAt(start, task);
  const last = intAt(start, task + 1);
  let fits = true;
  for (let each = first; each < last && fits; each++) {
    const held = intAt(resource, each);
    if (floatAt(available, held) >= floatAt(units, each)) continue;
    fits = false;
    park(claims, { resource: held, units: floatAt(units, each), place: intAt(rank, task) });
  }
  if (fits) {
    for (let each = first; each < last; each++) {
      const held = intAt(resource, each);
      available[held] = floatAt(available, held) - floatAt(units, each);
    }
  }
  // Whether it took its share or had to step back: the next in line for what is left gets a chance.
  for (let each = first; each < last; each++) wake(claims, intAt(resource, each), ready);
  return fits;
}

function park(claims: Claims, waiting: { readonly resource: number; readonly units: number; place: number }): void {
  const lines = claims.parked[waiting.resource] as Map<number, NumberHeap>;
  const line = lines.get(waiting.units) ?? numberHeap();
  lines.set(waiting.units, line);
  line.push(waiting.place);
}

function release(claims: Claims, task: number): void {
  const last = intAt(claims.start, task + 1);
  for (let each = intAt(claims.start, task); each < last; each++) {
    const held = intAt(claims.resource, each);
    claims.available[held] = floatAt(claims.available, held) + floatAt(claims.units, each);
    claims.released.add(held);
  }
}

function wakeAll(claims: Claims, ready: NumberQueue): void {
  for (const resource of claims.released) wake(claims, resource, ready);
  claims.released.clear();
}

/**
 * Lets the first parked task of each need that would now fit try again. One at a time is enough:
 * whoever tries, wakes the next; waking all of them would cost the square of their number.
 */
function wake({ parked, available }: Claims, resource: number, ready: NumberQueue): void {
  for (const [units, line] of parked[resource] as Map<number, NumberHeap>) {
    if (units > floatAt(available, resource)) continue;
    const place = line.pop();
    if (place !== undefined) ready.add(place);
  }
}

/** Undefined where no task holds anything. */
function compactClaims({ ofTask, capacity }: ResourceClaims, count: number): Claims | undefined {
  const held = ofTask.reduce((sum, list) => sum + list.length, 0);
  if (held === 0) return undefined;
  const start = new Int32Array(count + 1);
  const resource = new Int32Array(held);
  const units = new Float64Array(held);
  let next = 0;
  for (let task = 0; task < count; task++) {
    for (const each of ofTask[task] ?? []) {
      resource[next] = each.resource;
      units[next] = each.units;
      next += 1;
    }
    start[task + 1] = next;
  }
  return {
    start,
    resource,
    units,
    capacity: Float64Array.from(capacity),
    available: new Float64Array(capacity.length),
    parked: capacity.map(() => new Map<number, NumberHeap>()),
    released: new Set(),
  };
}
