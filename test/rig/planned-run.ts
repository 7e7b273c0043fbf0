import type { PlannedTask, RunSpec } from "../../src/schema/event.ts";

/** A planned task with everything a scheduler test does not care about filled in. */
export function plannedTask(task: Partial<PlannedTask> & { readonly id: string }): PlannedTask {
  return {
    description: `do ${task.id}`,
    minutes: 1,
    needs: [],
    level: 0,
    executorKind: "simulated",
    timeoutMs: 60 * 60_000,
    maxAttempts: 1,
    ...task,
  };
}

/** A run over given tasks, in dependency mode, with everything else filled in; levels and batches are computed. */
export function plannedRun(
  tasks: readonly (Partial<PlannedTask> & { readonly id: string })[],
  changes: Partial<RunSpec> = {},
): RunSpec {
  const levels = new Map<string, number>();
  const planned = tasks.map((task) => {
    const level = Math.max(-1, ...(task.needs ?? []).map((need) => levels.get(need) ?? 0)) + 1;
    levels.set(task.id, level);
    return plannedTask({ ...task, level });
  });
  const batches: string[][] = [];
  for (const task of planned) (batches[task.level] ??= []).push(task.id);
  return {
    executionId: "run-test",
    title: "a test",
    tasks: planned,
    batches,
    mode: "dependency",
    strategy: "conservative",
    maxParallelAgents: 3,
    executor: "simulated",
    apply: "none",
    constraints: {},
    unenforced: [],
    estimatedSpeedup: 1,
    recommendedAgents: 1,
    criticalPath: [],
    isolated: false,
    ...changes,
  };
}
