import { orderByKey } from "../../../util/order-by-key.ts";
import { floatAt, intAt } from "../../../util/typed-at.ts";
import { reversedProblem, type ScheduleProblem } from "./schedule-problem.ts";
import { serialScheduler } from "./serial-schedule.ts";

/** Makes schedules from lists, and makes them better by pushing everything right and left again. */
export interface Justifier {
  /** Schedules the list as early as it can; writes `starts` and gives the makespan. */
  build(list: Int32Array, starts: Float64Array): number;
  /**
   * Forward-backward improvement (Li and Willis 1992): everything as late as it can, then as early as it can. Never
   * longer than before; `list` and `starts` become those of the result.
   */
  improve(list: Int32Array, starts: Float64Array): number;
  /** Brings the list into the order of the starts. */
  sortByStart(list: Int32Array, starts: Float64Array): void;
}

/** Prepares both directions of a problem. */
export function justifier(problem: ScheduleProblem): Justifier {
  const { count, duration, place } = problem;
  const forward = serialScheduler(problem);
  const backward = serialScheduler(reversedProblem(problem));
  const late = new Float64Array(count);
  const keys = new Float64Array(count);
  const sortByStart = (list: Int32Array, starts: Float64Array): void => {
    sortByKey(list, starts, place);
  };
  const improve = (list: Int32Array, starts: Float64Array): number => {
    for (let task = 0; task < count; task++) keys[task] = -(floatAt(starts, task) + floatAt(duration, task));
    sortByKey(list, keys, place, -1);
    const length = backward.schedule(list, late);
    for (let task = 0; task < count; task++) {
      keys[task] = length - floatAt(late, task) - floatAt(duration, task);
    }
    sortByKey(list, keys, place);
    return forward.schedule(list, starts);
  };
  return { build: (list, starts) => forward.schedule(list, starts), improve, sortByStart };
}

const sortedByInsertion = 80;

/** Sorts a list of all tasks by key, and by topological place (or its reverse) where keys are equal. */
function sortByKey(list: Int32Array, keys: Float64Array, place: Int32Array, direction = 1): void {
  if (list.length > sortedByInsertion) {
    sortLongList(list, keys, place, direction);
    return;
  }
  for (let index = 1; index < list.length; index++) {
    const task = intAt(list, index);
    const key = floatAt(keys, task);
    const own = direction * intAt(place, task);
    let hole = index;
    for (; hole > 0; hole--) {
      const other = intAt(list, hole - 1);
      const otherKey = floatAt(keys, other);
      if (otherKey < key || (otherKey === key && direction * intAt(place, other) <= own)) break;
      list[hole] = other;
    }
    list[hole] = task;
  }
}

function sortLongList(list: Int32Array, keys: Float64Array, place: Int32Array, direction: number): void {
  const last = list.length - 1;
  const taskAt = new Int32Array(list.length);
  const keyAt = new Float64Array(list.length);
  for (let task = 0; task < list.length; task++) {
    const index = direction === 1 ? intAt(place, task) : last - intAt(place, task);
    taskAt[index] = task;
    keyAt[index] = floatAt(keys, task);
  }
  orderByKey(keyAt).forEach((index, at) => {
    list[at] = intAt(taskAt, index);
  });
}
