import { floatAt, intAt } from "../../../util/typed-at.ts";
import { chainsBelow, headsOf, type ScheduleProblem } from "./schedule-problem.ts";

const mostTasks = 1_000;
/** Of more tasks only the intervals that begin with an earliest start are looked at. */
const mostTasksInFull = 150;
const intervalsBetweenLooks = 16;
const slightly = 1e-9;

/** Units that no schedule can beat, by the longest chain and by the work each resource has to let through. */
export function simpleBound(problem: ScheduleProblem): number {
  const chains = chainsBelow(problem);
  const work = new Float64Array(problem.capacity.length);
  for (let task = 0; task < problem.count; task++) {
    for (let claim = intAt(problem.claimStart, task); claim < intAt(problem.claimStart, task + 1); claim++) {
      const resource = intAt(problem.claimResource, claim);
      work[resource] = floatAt(work, resource) + floatAt(problem.claimUnits, claim) * floatAt(problem.duration, task);
    }
  }
  let bound = 0;
  for (const chain of chains) bound = Math.max(bound, chain);
  work.forEach((units, resource) => {
    bound = Math.max(bound, units / floatAt(problem.capacity, resource));
  });
  return roundedUp(problem, bound);
}

/** A bound rounded up to the next length that a schedule can have. */
function roundedUp(problem: ScheduleProblem, bound: number): number {
  return problem.whole ? Math.ceil(bound - slightly * Math.max(1, bound)) : bound;
}

/**
 * Units that no schedule can beat, by energetic reasoning (Fernandez and Bussell 1973; for several resources after
 * Baptiste, Le Pape and Nuijten 1999): if the work that has to fall into an interval exceeds what its resource lets
 * through, the whole must be longer by that much. O(tasks² log tasks) per resource and round; at most 1,000 tasks.
 */
export function energeticBound(problem: ScheduleProblem, shouldStop: () => boolean): number {
  let bound = simpleBound(problem);
  if (problem.count > mostTasks) return bound;
  const heads = headsOf(problem);
  const chains = chainsBelow(problem);
  const users = usersOfResources(problem);
  for (let raised = true; raised;) {
    raised = false;
    for (const [resource, tasks] of users.entries()) {
      if (shouldStop()) return bound;
      const excess = largestExcess(problem, { resource, tasks, heads, chains, bound, shouldStop });
      const needed = roundedUp(problem, bound + excess / floatAt(problem.capacity, resource));
      if (needed <= bound * (1 + slightly)) continue;
      bound = needed;
      raised = true;
    }
  }
  return bound;
}

function usersOfResources(problem: ScheduleProblem): { readonly task: number; readonly units: number }[][] {
  const users = Array.from(problem.capacity, (): { task: number; units: number }[] => []);
  for (let task = 0; task < problem.count; task++) {
    if (problem.duration[task] === 0) continue;
    for (let claim = intAt(problem.claimStart, task); claim < intAt(problem.claimStart, task + 1); claim++) {
      users[intAt(problem.claimResource, claim)]?.push({ task, units: floatAt(problem.claimUnits, claim) });
    }
  }
  return users;
}

interface Interval {
  readonly resource: number;
  readonly tasks: readonly { readonly task: number; readonly units: number }[];
  readonly heads: Float64Array;
  readonly chains: Float64Array;
  readonly bound: number;
  readonly shouldStop: () => boolean;
}

/** The most by which the work bound to an interval exceeds what the resource can do in it. */
function largestExcess(problem: ScheduleProblem, interval: Interval): number {
  const { tasks, heads, chains, bound } = interval;
  const capacity = floatAt(problem.capacity, interval.resource);
  const begins = new Set<number>([0]);
  for (const { task } of tasks) {
    begins.add(floatAt(heads, task));
    if (tasks.length > mostTasksInFull) continue;
    begins.add(bound - floatAt(chains, task));
    begins.add(bound - floatAt(chains, task) + floatAt(problem.duration, task));
  }
  const sweep = newSweep(tasks.length);
  let largest = 0;
  let looked = 0;
  for (const begin of begins) {
    looked += 1;
    // What was found until then holds all the same.
    if (looked % intervalsBetweenLooks === 0 && interval.shouldStop()) break;
    tasks.forEach(({ task, units }, index) => {
      const length = floatAt(problem.duration, task);
      const latest = Math.max(begin, bound - floatAt(chains, task));
      const inside = Math.max(0, Math.min(length, floatAt(heads, task) + length - begin));
      sweep.at[2 * index] = latest;
      sweep.at[2 * index + 1] = latest + inside;
      sweep.slope[2 * index] = inside > 0 ? units : 0;
      sweep.slope[2 * index + 1] = inside > 0 ? -units : 0;
    });
    largest = Math.max(largest, sweepExcess(sweep, begin, capacity));
  }
  return largest;
}

interface Sweep {
  /** Where the work bound to the interval begins and ceases to grow with the interval's end, two events a task. */
  readonly at: Float64Array;
  readonly slope: Float64Array;
  /** The events in order of time; nearly sorted from the sweep before. */
  readonly order: Int32Array;
}

function newSweep(tasks: number): Sweep {
  return {
    at: new Float64Array(2 * tasks),
    slope: new Float64Array(2 * tasks),
    order: Int32Array.from({ length: 2 * tasks }, (_, event) => event),
  };
}

function sweepExcess({ at, slope, order }: Sweep, begin: number, capacity: number): number {
  for (let index = 1; index < order.length; index++) {
    const event = intAt(order, index);
    const moment = floatAt(at, event);
    let hole = index;
    while (hole > 0 && floatAt(at, intAt(order, hole - 1)) > moment) {
      order[hole] = intAt(order, hole - 1);
      hole -= 1;
    }
    order[hole] = event;
  }
  let largest = 0;
  let work = 0;
  let rate = 0;
  let now = begin;
  for (let index = 0; index < order.length; index++) {
    const event = intAt(order, index);
    const moment = floatAt(at, event);
    work += rate * (moment - now);
    now = moment;
    rate += floatAt(slope, event);
    const excess = work - capacity * (now - begin);
    if (excess > largest) largest = excess;
  }
  return largest;
}
