import { floatAt, intAt } from "../../../util/typed-at.ts";
import { bottomLevels } from "../graph/critical-path.ts";
import type { TaskGraph } from "../graph/task-graph.ts";
import type { Competition } from "../task-schedule.ts";

/**
 * Tasks that compete for agents, mutexes and resources, as one resource-constrained project (RCPSP): everything that
 * is limited is a resource with a capacity, agents too. What can never be short is left out.
 */
export interface ScheduleProblem {
  readonly count: number;
  /** In units; see `unitMinutes`. */
  readonly duration: Float64Array;
  readonly unitMinutes: number;
  /** Whether every duration is a whole number of units, so that a bound may be rounded up. */
  readonly whole: boolean;
  /** Place of each task in a topological order, and the order itself. */
  readonly order: Int32Array;
  readonly place: Int32Array;
  readonly successorStart: Int32Array;
  readonly successors: Int32Array;
  readonly predecessorStart: Int32Array;
  readonly predecessors: Int32Array;
  readonly capacity: Float64Array;
  /** The claims of each task in compressed rows. */
  readonly claimStart: Int32Array;
  readonly claimResource: Int32Array;
  readonly claimUnits: Float64Array;
}

/** Denominators under which real estimates become whole numbers; six comes from three-point estimates. */
const denominators = [1, 2, 6, 60, 1_000, 6_000];
const mostUnits = 2 ** 40;

/** Puts the tasks of a graph into the form that bounds and searches work on. */
export function scheduleProblem(graph: TaskGraph, options: Competition): ScheduleProblem {
  const { count, order } = graph;
  const scale = findScale(graph.minutes);
  const place = new Int32Array(count);
  order.forEach((task, index) => {
    place[task] = index;
  });
  const { successorStart, successors, predecessorStart, predecessors } = graph;
  const edges = { successorStart, successors, predecessorStart, predecessors };
  return { count, ...scale, order, place, ...edges, ...limits(graph, options) };
}

/** The project with time running backwards: what was last is first. */
export function reversedProblem(problem: ScheduleProblem): ScheduleProblem {
  return {
    ...problem,
    order: problem.order.toReversed(),
    place: problem.place.map((index) => problem.count - 1 - index),
    successorStart: problem.predecessorStart,
    successors: problem.predecessors,
    predecessorStart: problem.successorStart,
    predecessors: problem.successors,
  };
}

/** The longest chain that begins with each task, its own duration included. */
export function chainsBelow(problem: ScheduleProblem): Float64Array {
  return bottomLevels({ ...problem, minutes: problem.duration });
}

/** The earliest start of each task if nothing were limited. */
export function headsOf(problem: ScheduleProblem): Float64Array {
  const heads = new Float64Array(problem.count);
  for (const task of problem.order) {
    let start = 0;
    const end = intAt(problem.predecessorStart, task + 1);
    for (let edge = intAt(problem.predecessorStart, task); edge < end; edge++) {
      const need = intAt(problem.predecessors, edge);
      start = Math.max(start, floatAt(heads, need) + floatAt(problem.duration, need));
    }
    heads[task] = start;
  }
  return heads;
}

function findScale(minutes: Float64Array): Pick<ScheduleProblem, "duration" | "unitMinutes" | "whole"> {
  for (const denominator of denominators) {
    const scaled = minutes.map((value) => Math.round(value * denominator));
    const exact = scaled.every((value, task) => {
      const error = Math.abs(value - floatAt(minutes, task) * denominator);
      return error <= 1e-9 * Math.max(1, value) && value <= mostUnits;
    });
    if (!exact) continue;
    const common = Math.max(1, scaled.reduce(greatestCommonDivisor, 0));
    const duration = scaled.map((value) => value / common);
    return { duration, unitMinutes: common / denominator, whole: true };
  }
  return { duration: minutes.slice(), unitMinutes: 1, whole: false };
}

function greatestCommonDivisor(left: number, right: number): number {
  let [larger, smaller] = [left, right];
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

type Limits = Pick<ScheduleProblem, "capacity" | "claimStart" | "claimResource" | "claimUnits">;

function limits(graph: TaskGraph, options: Competition): Limits {
  const { claims, agents } = options;
  const total = new Float64Array(claims.capacity.length);
  let claimCount = 0;
  for (const list of claims.ofTask) {
    claimCount += list.length;
    for (const { resource, units } of list) total[resource] = floatAt(total, resource) + units;
  }
  const numberOf = new Int32Array(claims.capacity.length).fill(-1);
  const capacity: number[] = agents < graph.count ? [agents] : [];
  const withAgents = capacity.length > 0;
  claims.capacity.forEach((units, resource) => {
    if (floatAt(total, resource) > units) numberOf[resource] = capacity.push(units) - 1;
  });
  const claimStart = new Int32Array(graph.count + 1);
  const claimResource = new Int32Array(claimCount + graph.count);
  const claimUnits = new Float64Array(claimCount + graph.count);
  let next = 0;
  const add = (resource: number, units: number): void => {
    claimResource[next] = resource;
    claimUnits[next] = units;
    next += 1;
  };
  for (let task = 0; task < graph.count; task++) {
    if (withAgents) add(0, 1);
    for (const { resource, units } of claims.ofTask[task] ?? []) {
      const number = intAt(numberOf, resource);
      if (number >= 0) add(number, units);
    }
    claimStart[task + 1] = next;
  }
  return { capacity: Float64Array.from(capacity), claimStart, claimResource, claimUnits };
}
