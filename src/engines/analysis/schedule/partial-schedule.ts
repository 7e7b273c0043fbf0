import type { TaskSet } from "./task-set.ts";

/** A partial schedule at a moment: who has started, who still runs, and from when to when each runs. */
export interface PartialSchedule {
  now: number;
  started: TaskSet;
  running: TaskSet;
  readonly start: Float64Array;
  readonly finish: Float64Array;
}
