import { taskLimits, type TaskInput } from "../../schema/task.ts";

/**
 * How long a task is expected to take: the mean of its three-point estimate (PERT, Malcolm et al.
 * 1959), else its single estimate, else ten minutes.
 */
export function taskMinutes(task: TaskInput): number {
  if (task.estimate) {
    const { optimistic, likely, pessimistic } = task.estimate;
    return (optimistic + 4 * likely + pessimistic) / 6;
  }
  return task.estimatedMinutes ?? taskLimits.defaultMinutes;
}

/** Whether somebody has said how long a task takes. */
export function hasEstimate(task: TaskInput): boolean {
  return task.estimate !== undefined || task.estimatedMinutes !== undefined;
}
