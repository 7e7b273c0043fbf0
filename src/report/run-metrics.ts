import { listSchedule } from "../engines/progress/list-schedule.ts";
import type { RunView, TaskView } from "../engines/progress/run-view.ts";
import { runNow, startOf } from "./run-clock.ts";

/** The figures of a run; all finite. Times are virtual milliseconds when it was simulated. */
export interface RunMetrics {
  readonly totalTasks: number;
  /** Tasks in levels of more than one task. */
  readonly parallelTasks: number;
  readonly sequentialTasks: number;
  /** First start to last end. */
  readonly totalDuration: number;
  /** Sum of the tasks' own durations. */
  readonly sequentialDuration: number;
  readonly actualSpeedup: number;
  readonly agentCount: number;
  /** Conflicts of medium severity and above. */
  readonly conflictCount: number;
  readonly failureCount: number;
  /** Attempts at the tasks' own work beyond the first of each; a fallback is no retry. */
  readonly retryCount: number;
  readonly estimatedSpeedup: number;
  /** No schedule of these durations with these agents can be shorter. */
  readonly boundMs: number;
  /** 100 x (total - the schedule of the same durations with no overhead) / total. */
  readonly coordinationOverheadPercent: number;
  /** (tasks - levels) / (tasks - 1), 0-1. */
  readonly parallelEfficiency: number;
  /** Succeeded tasks / all tasks, 0-1. */
  readonly successRate: number;
  readonly timeSavedMs: number;
  readonly efficiencyGainPercent: number;
  /** Levels of the dependency graph. */
  readonly phases: number;
  readonly maxParallel: number;
  readonly apiCalls: number;
  /** Time for which agents were held back to a limit, of all of them together. */
  readonly throttledMs: number;
}

/** Measures a run as it stands at a moment of its own clock. */
export function runMetrics(view: RunView, nowMs: number = view.at): RunMetrics {
  const now = runNow(view, nowMs);
  const tasks = [...view.tasks.values()];
  const worked = tasks.filter((task) => task.firstStartedAt !== undefined);
  const durations = worked.map((task) => ownDuration(task, now));
  const sequential = durations.reduce((sum, duration) => sum + duration, 0);
  const total = worked.length === 0 ? 0 : Math.max(0, lastEnd(worked, now) - startOf(view) - idleMs(view, worked, now));
  const ideal = listSchedule(
    worked.map((task, index) => ({ id: task.id, needs: task.task.needs, durationMs: durations[index] ?? 0 })),
    view.spec.maxParallelAgents,
  );
  const saved = sequential - total;
  return {
    ...taskShape(tasks),
    totalDuration: total,
    sequentialDuration: sequential,
    actualSpeedup: total > 0 ? round(sequential / total, 3) : 1,
    agentCount: new Set(worked.map((task) => task.agentId)).size,
    conflictCount: countConflicts(view),
    failureCount: tasks.filter((task) => task.state === "failed").length,
    retryCount: tasks.reduce((sum, task) => sum + Math.max(0, task.attempts - (task.fallbackAttempts ?? 0) - 1), 0),
    estimatedSpeedup: Number.isFinite(view.spec.estimatedSpeedup) ? view.spec.estimatedSpeedup : 1,
    boundMs: Math.round(ideal.boundMs),
    coordinationOverheadPercent: total > 0 ? round(Math.max(0, (100 * (total - ideal.makespanMs)) / total), 2) : 0,
    successRate: round(share(tasks.filter((task) => task.state === "succeeded").length, tasks.length), 4),
    timeSavedMs: saved,
    efficiencyGainPercent: round(100 * share(saved, sequential), 1),
    maxParallel: view.maxParallel,
    apiCalls: tasks.reduce((sum, task) => sum + (task.usage?.apiCalls ?? 0), 0),
    throttledMs: tasks.reduce((sum, task) => sum + (task.outcome?.throttledMs ?? 0) + (task.usage?.waitedMs ?? 0), 0),
  };
}

/** Conflicts that count: medium severity and above. */
function countConflicts(view: RunView): number {
  return view.conflicts.filter((conflict) => conflict.severity !== "low").length;
}

/** Milliseconds a task's attempts have worked, the present one included. */
export function ownDuration(task: TaskView, now: number): number {
  const finished = task.workedMs ?? 0;
  const atWork = task.state === "running" || task.state === "blocked";
  return atWork ? finished + Math.max(0, now - (task.startedAt ?? now)) : finished;
}

function taskShape(
  tasks: readonly TaskView[],
): Pick<RunMetrics, "totalTasks" | "parallelTasks" | "sequentialTasks" | "phases" | "parallelEfficiency"> {
  const sizes = new Map<number, number>();
  for (const { task } of tasks) sizes.set(task.level, (sizes.get(task.level) ?? 0) + 1);
  let parallel = 0;
  for (const size of sizes.values()) if (size > 1) parallel += size;
  return {
    totalTasks: tasks.length,
    parallelTasks: parallel,
    sequentialTasks: tasks.length - parallel,
    phases: sizes.size,
    parallelEfficiency: round(share(tasks.length - sizes.size, tasks.length - 1), 4),
  };
}

function lastEnd(worked: readonly TaskView[], now: number): number {
  return worked.reduce((last, task) => {
    const atWork = task.state === "running" || task.state === "blocked";
    return Math.max(last, atWork ? now : (task.endedAt ?? now));
  }, 0);
}

/** Time for which nobody worked because the run had ended; it is not the run's. */
function idleMs(view: RunView, worked: readonly TaskView[], now: number): number {
  const end = lastEnd(worked, now);
  return view.gaps.filter(({ to }) => to <= end).reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

function round(number: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(number * factor) / factor;
}
