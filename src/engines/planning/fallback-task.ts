import type { PlannedTask } from "../../schema/event.ts";
import type { TaskInput } from "../../schema/task.ts";
import { assert } from "../../util/assert.ts";

/** The executor of a task that names none: that of its command, else that of the run. */
export function ownKind(task: Pick<TaskInput, "executor" | "command">, executor: string): string {
  return task.executor ?? (task.command === undefined ? executor : "command");
}

/** The executor of a task's fallback: one without a command is for an agent, also where the task itself is a command. */
export function fallbackKind(task: TaskInput, executor: string): string | undefined {
  const { fallback } = task;
  if (!fallback) return undefined;
  if (fallback.executor !== undefined) return fallback.executor;
  if (fallback.command !== undefined) return "command";
  return task.command === undefined ? ownKind(task, executor) : executor;
}

/** The task as its fallback does it. What judges it, keeps it apart from others and limits it stays the task's. */
export function taskInFallback(task: PlannedTask): PlannedTask {
  const { fallback, command: _command, simulate: _script, ...kept } = task;
  assert(fallback, `task ${task.id} has a fallback`);
  const { description = task.description, model = task.model, tools = task.tools, ...own } = fallback;
  return { ...kept, ...own, description, ...(model !== undefined && { model }), ...(tools && { tools }) };
}

/** The task as its present attempt does it, or its last one did. */
export function taskAtWork(view: { readonly task: PlannedTask; readonly fallback?: true }): PlannedTask {
  return view.fallback ? taskInFallback(view.task) : view.task;
}
