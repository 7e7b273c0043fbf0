import { binaryHeap, type BinaryHeap } from "../../util/binary-heap.ts";
import { assert } from "../../util/assert.ts";
import { keyedHeap, type KeyedHeap } from "../../util/keyed-heap.ts";
import { floatAt, intAt } from "../../util/typed-at.ts";
import { bottomLevels } from "./critical-path.ts";
import type { Claim, ResourceClaims } from "./resource-claims.ts";
import type { TaskGraph } from "./task-graph.ts";

/** How to schedule: with how many agents, around which resources, in which order. */
export interface ScheduleOptions {
  readonly agents: number;
  readonly claims: ResourceClaims;
  /** Place of each task among those that could start: lower goes first. */
  readonly rank: Int32Array;
  /** Which idle agent takes a task: the lowest number (default), or the one that has worked least. */
  readonly agentChoice?: "lowest" | "least-busy";
}

/** When each task runs and on which agent, by task number. */
export interface TaskSchedule {
  readonly agents: number;
  readonly makespanMinutes: number;
  readonly startMinute: Float64Array;
  readonly endMinute: Float64Array;
  /** 1-based. */
  readonly agentOf: Int32Array;
  /** Minutes of work of each agent; agent 1 first. */
  readonly busyMinutes: Float64Array;
}

/** The order of dispatch: higher priority, then longer chain below (bottom level), then input order. */
export function dispatchRank(graph: TaskGraph): Int32Array {
  const bottom = bottomLevels(graph);
  const priority = Float64Array.from(graph.tasks, (task) => task.priority ?? 0);
  return rankBy(graph.count, (left, right) => {
    return floatAt(priority, right) - floatAt(priority, left) || floatAt(bottom, right) - floatAt(bottom, left);
  });
}

/** Turns a comparison of task numbers into places; equal tasks keep their input order. */
export function rankBy(count: number, compare: (left: number, right: number) => number): Int32Array {
  const sorted = Int32Array.from({ length: count }, (_, task) => task).toSorted(compare);
  const rank = new Int32Array(count);
  sorted.forEach((task, place) => {
    rank[task] = place;
  });
  return rank;
}

const noClaims: readonly Claim[] = [];

interface Dispatch {
  readonly graph: TaskGraph;
  readonly claims: ResourceClaims;
  readonly available: number[];
  readonly ready: KeyedHeap;
  readonly running: KeyedHeap;
  readonly idle: BinaryHeap;
  /** Tasks that found too little of a resource, by resource and by the units they need. */
  readonly parked: Map<number, Map<number, KeyedHeap>>;
  readonly waitsFor: Int32Array;
  readonly schedule: TaskSchedule;
  readonly newHeap: () => KeyedHeap;
}

/**
 * Event-driven list scheduling (Graham 1966; bottom levels after Adam, Chandy and Dickson 1974): at
 * every moment the first tasks in rank whose dependencies are done and whose resources are free
 * start. At most (2 - 1/agents) times the optimum without resources; O(tasks log tasks).
 */
export function listSchedule(graph: TaskGraph, options: ScheduleOptions): TaskSchedule {
  const work = startDispatch(graph, options);
  const { schedule, waitsFor } = work;
  for (let task = 0; task < graph.count; task++) {
    if (waitsFor[task] === 0) work.ready.push(task);
  }
  let now = 0;
  let done = 0;
  while (done < graph.count) {
    startReady(work, now);
    const next = work.running.peek();
    assert(next !== undefined, "a schedule that cannot go on");
    now = floatAt(schedule.endMinute, next);
    done += finishAt(work, now);
  }
  return { ...schedule, makespanMinutes: now };
}

function startDispatch(graph: TaskGraph, options: ScheduleOptions): Dispatch {
  const { agents, claims, rank } = options;
  const busyMinutes = new Float64Array(agents);
  const endMinute = new Float64Array(graph.count);
  const rankKeys = Float64Array.from(rank);
  const newHeap = (): KeyedHeap => keyedHeap(rankKeys);
  const busy = (agent: number): number => (options.agentChoice === "least-busy" ? floatAt(busyMinutes, agent) : 0);
  // What an idle agent has worked does not change, so that its place among the idle does not either.
  const idle = binaryHeap((left, right) => busy(left) < busy(right) || (busy(left) === busy(right) && left < right));
  for (let agent = 0; agent < agents; agent++) idle.push(agent);
  const waitsFor = new Int32Array(graph.count);
  for (const task of graph.successors) waitsFor[task] = intAt(waitsFor, task) + 1;
  return {
    graph,
    claims,
    available: [...claims.capacity],
    ready: newHeap(),
    running: keyedHeap(endMinute),
    idle,
    parked: new Map(),
    waitsFor,
    newHeap,
    schedule: {
      agents,
      makespanMinutes: 0,
      startMinute: new Float64Array(graph.count),
      endMinute,
      agentOf: new Int32Array(graph.count),
      busyMinutes,
    },
  };
}

function startReady(work: Dispatch, now: number): void {
  while (work.idle.size > 0) {
    const task = work.ready.pop();
    if (task === undefined) return;
    const claims = work.claims.ofTask[task] ?? noClaims;
    const missing = claims.find((claim) => (work.available[claim.resource] as number) < claim.units);
    if (missing) park(work, task, missing);
    else start(work, task, now);
    // Whether it took its share or had to step back: the next in line for what is left gets a chance.
    for (const claim of claims) wake(work, claim.resource);
  }
}

function start(work: Dispatch, task: number, now: number): void {
  const { schedule, graph } = work;
  const agent = work.idle.pop() as number;
  const minutes = floatAt(graph.minutes, task);
  schedule.startMinute[task] = now;
  schedule.endMinute[task] = now + minutes;
  schedule.agentOf[task] = agent + 1;
  schedule.busyMinutes[agent] = floatAt(schedule.busyMinutes, agent) + minutes;
  for (const { resource, units } of work.claims.ofTask[task] ?? noClaims) {
    work.available[resource] = (work.available[resource] as number) - units;
  }
  work.running.push(task);
}

function finishAt(work: Dispatch, now: number): number {
  const { schedule } = work;
  let released: Set<number> | undefined;
  let finished = 0;
  for (let task = work.running.peek(); task !== undefined; task = work.running.peek()) {
    if (floatAt(schedule.endMinute, task) > now) break;
    work.running.pop();
    finished += 1;
    work.idle.push(intAt(schedule.agentOf, task) - 1);
    for (const { resource, units } of work.claims.ofTask[task] ?? noClaims) {
      work.available[resource] = (work.available[resource] as number) + units;
      released ??= new Set();
      released.add(resource);
    }
    const { successorStart, successors } = work.graph;
    const lastEdge = intAt(successorStart, task + 1);
    for (let edge = intAt(successorStart, task); edge < lastEdge; edge++) {
      const next = intAt(successors, edge);
      work.waitsFor[next] = intAt(work.waitsFor, next) - 1;
      if (work.waitsFor[next] === 0) work.ready.push(next);
    }
  }
  for (const resource of released ?? []) wake(work, resource);
  return finished;
}

function park(work: Dispatch, task: number, missing: Claim): void {
  const byUnits = work.parked.get(missing.resource) ?? new Map<number, KeyedHeap>();
  work.parked.set(missing.resource, byUnits);
  const waiting = byUnits.get(missing.units) ?? work.newHeap();
  byUnits.set(missing.units, waiting);
  waiting.push(task);
}

/**
 * Lets the first parked task of each need that would now fit try again. One at a time is enough:
 * whoever tries, wakes the next; waking all of them would cost the square of their number.
 */
function wake(work: Dispatch, resource: number): void {
  for (const [units, waiting] of work.parked.get(resource) ?? []) {
    if (units > (work.available[resource] as number)) continue;
    const task = waiting.pop();
    if (task !== undefined) work.ready.push(task);
  }
}
