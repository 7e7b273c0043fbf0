import type { PlannedTask } from "../../schema/event.ts";
import { assert } from "../../util/assert.ts";
import type { DependencyResult } from "../execution/executor.ts";
import type { RunView } from "../progress/run-view.ts";

/** The commits of the results a task builds on. */
export function dependencyCommits(view: RunView, task: PlannedTask): readonly string[] {
  return task.needs.flatMap((need) => view.tasks.get(need)?.outcome?.commit ?? []);
}

/** What a task's agent is told of the results it builds on. */
export function dependencyResults(view: RunView, task: PlannedTask): readonly DependencyResult[] {
  return task.needs.map((taskId) => {
    const dependency = view.tasks.get(taskId);
    assert(dependency?.outcome, `dependency ${taskId} has ended`);
    const { description } = dependency.task;
    return { taskId, description, summary: dependency.outcome.summary ?? "", files: dependency.files };
  });
}
