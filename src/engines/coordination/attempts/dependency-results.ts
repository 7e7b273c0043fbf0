import type { PlannedTask } from "../../../schema/event.ts";
import { assert } from "../../../util/assert.ts";
import { isFileMutex } from "../../analysis/file-mutexes.ts";
import type { DependencyResult } from "../../execution/executor.ts";
import { taskAtWork } from "../../planning/fallback-task.ts";
import type { RunView } from "../../progress/run-view.ts";
import { ancestorsOf } from "../resolution/standing-decisions.ts";

/** The commits of the results a task builds on. */
export function dependencyCommits(view: RunView, task: PlannedTask): readonly string[] {
  return commitsOf(view, task.needs);
}

/**
 * The tasks that have had a file before this one, which has no order with them: it goes on from what they made of it,
 * and what both change in it is no conflict. Of those built on one another only the last; none that it needs anyway.
 */
export function formerWriters(view: RunView, task: PlannedTask): readonly string[] {
  const files = new Set(task.exclusive?.filter(isFileMutex));
  if (files.size === 0) return [];
  const before = [...view.tasks.values()].filter(
    ({ id, outcome, task: other }) =>
      id !== task.id &&
      outcome?.success === true &&
      outcome.commit !== undefined &&
      other.exclusive?.some((name) => files.has(name)) === true,
  );
  const known = new Set([...task.needs, ...before.map(({ id }) => id)].flatMap((id) => ancestorsOf(view, id)));
  return before.map(({ id }) => id).filter((id) => !known.has(id) && !task.needs.includes(id));
}

/** The commits of results that are in a task's folder besides those it depends on. */
export function commitsOf(view: RunView, taskIds: readonly string[]): readonly string[] {
  return taskIds.flatMap((id) => view.tasks.get(id)?.outcome?.commit ?? []);
}

/** What a task's agent is told of the results it builds on. */
export function dependencyResults(view: RunView, taskIds: readonly string[]): readonly DependencyResult[] {
  return taskIds.map((taskId) => {
    const dependency = view.tasks.get(taskId);
    assert(dependency?.outcome, `dependency ${taskId} has ended`);
    const { description } = taskAtWork(dependency);
    return { taskId, description, summary: dependency.outcome.summary ?? "", files: dependency.files };
  });
}
