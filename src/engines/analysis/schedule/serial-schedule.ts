import { floatAt, intAt } from "../../../util/typed-at.ts";
import type { ScheduleProblem } from "./schedule-problem.ts";

/** Puts tasks one by one, in a given order, at their earliest possible time; owns the memory that takes. */
export interface SerialScheduler {
  /**
   * Fills `starts` for the tasks in the order of `list`, in which no task may come before one it needs; gives the
   * makespan.
   */
  schedule(list: Int32Array, starts: Float64Array): number;
}

/** Free units of one resource over time: from `times[k]` on there are `free[k]`, and the last segment has no end. */
interface Timeline {
  readonly times: Float64Array;
  readonly free: Float64Array;
  size: number;
}

/** Serial schedule generation (Kelley 1963) over one step function per resource. */
export function serialScheduler(problem: ScheduleProblem): SerialScheduler {
  const timelines = emptyTimelines(problem);
  const { duration, predecessorStart, predecessors, claimStart } = problem;
  const schedule = (list: Int32Array, starts: Float64Array): number => {
    timelines.forEach((timeline, resource) => {
      timeline.size = 1;
      timeline.free[0] = floatAt(problem.capacity, resource);
    });
    let makespan = 0;
    for (let index = 0; index < list.length; index++) {
      const task = intAt(list, index);
      let earliest = 0;
      const lastNeed = intAt(predecessorStart, task + 1);
      for (let edge = intAt(predecessorStart, task); edge < lastNeed; edge++) {
        const need = intAt(predecessors, edge);
        const end = floatAt(starts, need) + floatAt(duration, need);
        if (end > earliest) earliest = end;
      }
      const length = floatAt(duration, task);
      const start = length > 0 ? firstFit(problem, timelines, task, earliest) : earliest;
      starts[task] = start;
      if (length > 0) {
        const lastClaim = intAt(claimStart, task + 1);
        for (let claim = intAt(claimStart, task); claim < lastClaim; claim++) {
          const timeline = timelines[intAt(problem.claimResource, claim)] as Timeline;
          occupy(timeline, start, start + length, floatAt(problem.claimUnits, claim));
        }
      }
      if (start + length > makespan) makespan = start + length;
    }
    return makespan;
  };
  return { schedule };
}

function emptyTimelines(problem: ScheduleProblem): Timeline[] {
  const users = new Int32Array(problem.capacity.length);
  const claims = intAt(problem.claimStart, problem.count);
  for (let claim = 0; claim < claims; claim++) {
    const resource = intAt(problem.claimResource, claim);
    users[resource] = intAt(users, resource) + 1;
  }
  return Array.from(users, (count) => ({
    times: new Float64Array(2 * count + 2),
    free: new Float64Array(2 * count + 2),
    size: 1,
  }));
}

function firstFit(problem: ScheduleProblem, timelines: readonly Timeline[], task: number, earliest: number): number {
  const first = intAt(problem.claimStart, task);
  const count = intAt(problem.claimStart, task + 1) - first;
  const length = floatAt(problem.duration, task);
  let start = earliest;
  let agreed = 0;
  for (let turn = 0; agreed < count; turn = turn + 1 === count ? 0 : turn + 1) {
    const timeline = timelines[intAt(problem.claimResource, first + turn)] as Timeline;
    const fit = fitsFrom(timeline, start, length, floatAt(problem.claimUnits, first + turn));
    agreed = fit === start ? agreed + 1 : 1;
    start = fit;
  }
  return start;
}

function fitsFrom(timeline: Timeline, from: number, length: number, units: number): number {
  const { times, free, size } = timeline;
  let start = from;
  let segment = segmentAt(timeline, start);
  while (segment < size && floatAt(times, segment) < start + length) {
    segment += 1;
    if (floatAt(free, segment - 1) < units) start = floatAt(times, segment);
  }
  return start;
}

/** The segment that a moment lies in. */
function segmentAt(timeline: Timeline, moment: number): number {
  const { times } = timeline;
  let low = 0;
  let high = timeline.size - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (floatAt(times, middle) <= moment) low = middle;
    else high = middle - 1;
  }
  return low;
}

function occupy(timeline: Timeline, start: number, end: number, units: number): void {
  const first = splitAt(timeline, start, segmentAt(timeline, start));
  let segment = first;
  while (segment < timeline.size && floatAt(timeline.times, segment) < end) segment += 1;
  const last = splitAt(timeline, end, segment - 1);
  for (let each = first; each < last; each++) timeline.free[each] = floatAt(timeline.free, each) - units;
}

/** Makes a segment begin at the moment, which lies in the given segment. */
function splitAt(timeline: Timeline, moment: number, segment: number): number {
  const { times, free } = timeline;
  if (floatAt(times, segment) === moment) return segment;
  const next = segment + 1;
  if (next < timeline.size && floatAt(times, next) === moment) return next;
  for (let each = timeline.size; each > next; each--) {
    times[each] = floatAt(times, each - 1);
    free[each] = floatAt(free, each - 1);
  }
  times[next] = moment;
  free[next] = floatAt(free, segment);
  timeline.size += 1;
  return next;
}
