import { floatAt } from "../../../util/typed-at.ts";
import type { PartialSchedule } from "./partial-schedule.ts";
import { keyOf, tasksOf } from "./task-set.ts";

/** A state that a search has been in, small enough to be kept. */
export interface VisitedState {
  readonly key: number;
  /** The moment, then each running task and its end. */
  readonly times: Float64Array;
}

/** Remembers what a search has seen the end of. */
export interface VisitedStates {
  /** Whether a state with the same tasks started, no later and with none ending later, was searched to its end. */
  isDominated(state: PartialSchedule): boolean;
  /** Remembers states of which every continuation has been looked at. */
  remember(states: readonly VisitedState[]): void;
}

const mostStates = 300_000;

/** The cutset rule (Demeulemeester and Herroelen 1992): of two partial schedules of the same tasks the earlier one is enough. */
export function visitedStates(): VisitedStates {
  const known = new Map<number, Float64Array[]>();
  let size = 0;
  const isDominated = (state: PartialSchedule): boolean =>
    known.get(keyOf(state.started))?.some((times) => dominates(times, state)) ?? false;
  const remember = (states: readonly VisitedState[]): void => {
    for (const { key, times } of states) {
      if (size >= mostStates) return;
      size += 1;
      const others = known.get(key);
      if (others) others.push(times);
      else known.set(key, [times]);
    }
  };
  return { isDominated, remember };
}

/** What is kept of a state. */
export function visitedState(state: PartialSchedule): VisitedState {
  const running = tasksOf(state.running);
  const times = new Float64Array(1 + 2 * running.length);
  times[0] = state.now;
  running.forEach((task, index) => {
    times[1 + 2 * index] = task;
    times[2 + 2 * index] = floatAt(state.finish, task);
  });
  return { key: keyOf(state.started), times };
}

function dominates(entry: Float64Array, state: PartialSchedule): boolean {
  if (floatAt(entry, 0) > state.now) return false;
  for (let index = 1; index < entry.length; index += 2) {
    const end = floatAt(state.finish, floatAt(entry, index));
    if (floatAt(entry, index + 1) > Math.max(state.now, end)) return false;
  }
  return true;
}
