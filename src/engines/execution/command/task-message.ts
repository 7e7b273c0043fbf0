import type { AgentAssignment } from "../executor.ts";
import { cappedText } from "../plain-text.ts";

const DESCRIPTION_CHARACTERS = 5_000;

/** The task as a program reads it from its standard input: one line of JSON. */
export function taskMessage(assignment: AgentAssignment): string {
  const { task, attempt, strategy, dependencies } = assignment;
  const { id: taskId, description } = task;
  // Null and not left out: a program finds every name.
  const context = task.context ?? null;
  const previousError = assignment.previousError ?? null;
  const fallback = assignment.insteadOf !== undefined;
  const told = { taskId, description, context, attempt, fallback, strategy, dependencies, previousError };
  return `${JSON.stringify(told)}\n`;
}

/** The task as a program finds it in its environment: for scripts that read no JSON. */
export function taskVariables({ task, attempt }: AgentAssignment): Readonly<Record<string, string>> {
  return {
    PARALLELIZATION_TASK_ID: task.id,
    PARALLELIZATION_ATTEMPT: String(attempt),
    // Without characters that no environment can hold.
    PARALLELIZATION_DESCRIPTION: cappedText(task.description, DESCRIPTION_CHARACTERS),
  };
}
