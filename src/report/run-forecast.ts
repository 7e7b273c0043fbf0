import { listSchedule } from "../engines/progress/list-schedule.ts";
import type { RunView, TaskView } from "../engines/progress/run-view.ts";
import { ownDuration } from "./run-metrics.ts";
import { hasEnded } from "./run-clock.ts";

/** What is left of a run, in milliseconds of its own clock. */
export interface Remaining {
  readonly p50Ms: number;
  readonly p90Ms: number;
  /** Milliseconds left of each task that has not ended. */
  readonly perTask: ReadonlyMap<string, number>;
  /** What the estimate rests on. */
  readonly basis: string;
}

const minuteMs = 60_000;
/** Spread taken for estimates: one task in ten takes half as long again (no history is at hand). */
const pessimism = 1.5;

/**
 * Estimates what is left: the estimates, corrected by how far the finished tasks were off, less
 * what has been worked, scheduled on the agents there are. 0 when the run has ended.
 */
export function remaining(view: RunView, now: number): Remaining {
  const finished = [...view.tasks.values()].filter((task) => task.state === "succeeded");
  const actual = finished.reduce((sum, task) => sum + (task.workedMs ?? 0), 0);
  const planned = finished.reduce((sum, task) => sum + task.task.minutes * minuteMs, 0);
  const calibration = planned > 0 ? Math.min(10, Math.max(0.1, actual / planned)) : 1;
  const basis =
    finished.length > 0
      ? `estimates corrected by ${finished.length} finished tasks (x${calibration.toFixed(2)})`
      : "estimates only";
  if (hasEnded(view)) return { p50Ms: 0, p90Ms: 0, perTask: new Map(), basis };
  const left = [...view.tasks.values()].filter((task) => isOpen(task));
  const perTask = new Map(left.map((task) => [task.id, taskRemaining(task, now, calibration)]));
  const schedule = listSchedule(
    left.map((task) => ({ id: task.id, needs: task.task.needs, durationMs: perTask.get(task.id) ?? 0 })),
    view.spec.maxParallelAgents,
  );
  const p50Ms = Math.round(schedule.makespanMs);
  return { p50Ms, p90Ms: Math.round(p50Ms * pessimism), perTask, basis };
}

/** How far a run is, 0-100, weighted by the tasks' minutes; 100 only when every task has succeeded and it has ended. */
export function overallProgress(view: RunView, now: number): number {
  return weigh(view, (task) => (task.state === "succeeded" ? 1 : isAtWork(task) ? shareDone(task, now) : 0));
}

/** How far a run is towards its end, 0-100, whatever became of its tasks. */
export function settledProgress(view: RunView, now: number): number {
  if (hasEnded(view)) return 100;
  return weigh(view, (task) => (isAtWork(task) ? shareDone(task, now) : task.state === "waiting" ? 0 : 1));
}

/** The share of a task that is done, 0-0.99: what its agent says, else the share of its estimate that is over. */
export function shareDone(task: TaskView, now: number): number {
  const timed = Math.min(0.95, ownDuration(task, now) / Math.max(1, task.task.minutes * minuteMs));
  return task.percent === undefined ? timed : Math.min(0.99, task.percent / 100);
}

function weigh(view: RunView, share: (task: TaskView) => number): number {
  let whole = 0;
  let done = 0;
  for (const task of view.tasks.values()) {
    whole += task.task.minutes;
    done += task.task.minutes * share(task);
  }
  const percent = whole > 0 ? Math.round((1_000 * done) / whole) / 10 : 0;
  return view.status === "completed" ? 100 : Math.min(99, percent);
}

function isAtWork(task: TaskView): boolean {
  return task.state === "running" || task.state === "blocked";
}

function isOpen(task: TaskView): boolean {
  return isAtWork(task) || task.state === "waiting";
}

function taskRemaining(task: TaskView, now: number, calibration: number): number {
  const expected = task.task.minutes * minuteMs * calibration;
  if (!isAtWork(task)) return expected;
  const worked = Math.max(0, now - (task.startedAt ?? now));
  const { percent } = task;
  if (percent !== undefined && percent >= 10 && worked > 0) return (worked * (100 - percent)) / percent;
  // A task over its estimate is taken to need a tenth of it once more, never nothing.
  return Math.max(expected - worked, expected * 0.1);
}
