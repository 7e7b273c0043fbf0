/** What a call says of fallbacks, checked before anything is looked at or changed. */
import { refuse, type Problem } from "../../../schema/problem.ts";
import type { TaskInput } from "../../../schema/task.ts";
import type { Constraints, UnenforcedLimit } from "../../../schema/workflow.ts";
import { fallbackKind, ownKind } from "../../planning/fallback-task.ts";
import { checkExecutor } from "./check-request.ts";

/** How many tasks a sentence names. */
const namedTasks = 5;

/** Refuses fallbacks that say nothing, that nobody could carry out, and rehearsed ones for real work. */
export function checkFallbacks(tasks: readonly TaskInput[], executor: string): void {
  tasks.forEach((task, index) => checkFallback(task, `tasks[${index}].fallback`, executor));
}

function checkFallback(task: TaskInput, field: string, executor: string): void {
  const { fallback } = task;
  const kind = fallbackKind(task, executor);
  if (!fallback || kind === undefined) return;
  const { command, description, executor: named, model } = fallback;
  if ([command, description, named, model].every((given) => given === undefined)) refuse(sayingNothing(task, field));
  if (named !== undefined) checkExecutor(named, `${field}.executor`);
  if ((kind === "command") !== (command !== undefined)) refuse(withoutCommand(task, { field, kind }));
  const isReal = ownKind(task, executor) !== "simulated";
  if (isReal !== (kind !== "simulated")) refuse(halfRehearsed(task, { field, isReal }));
}

function sayingNothing(task: TaskInput, field: string): Problem {
  return {
    code: "INVALID_ARGUMENT",
    error: `The fallback of task '${task.id}' is the same as the task: it must name a command, a description, an executor or a model.`,
    field,
    example: { command: ["npm", "run", "generate"] },
    advice: "Say what is to be done instead, or give the task retries.",
  };
}

function withoutCommand(task: TaskInput, { field, kind }: { field: string; kind: string }): Problem {
  return {
    code: "INVALID_ARGUMENT",
    error:
      kind === "command"
        ? `The fallback of task '${task.id}' has no command to run; the executor 'command' needs one.`
        : `The fallback of task '${task.id}' has a command, which the executor '${kind}' does not run.`,
    field: `${field}.command`,
    example: ["npm", "run", "generate"],
    advice: kind === "command" ? "Give the fallback a command, or another executor." : "Leave out one of the two.",
  };
}

/** A rehearsed fallback would turn the failure of real work into a success for which nothing was done. */
function halfRehearsed(task: TaskInput, { field, isReal }: { field: string; isReal: boolean }): Problem {
  return {
    code: "INVALID_ARGUMENT",
    error: isReal
      ? `Task '${task.id}' is really done, and its fallback would only be simulated.`
      : `Task '${task.id}' is only simulated, and its fallback would really be done.`,
    field: `${field}.executor`,
    example: isReal ? "claude-code" : "simulated",
    advice: "Give task and fallback executors that are both real, or both 'simulated'.",
  };
}

/** What `fallbackOnTimeout` does nothing for: tasks that have no fallback. */
export function missingFallbacks(
  constraints: Constraints,
  tasks: readonly Pick<TaskInput, "id" | "fallback">[],
): UnenforcedLimit[] {
  if (constraints.fallbackOnTimeout !== true) return [];
  const without = tasks.filter(({ fallback }) => fallback === undefined).map(({ id }) => `'${id}'`);
  if (without.length === 0) return [];
  const more = without.length > namedTasks ? ` and ${without.length - namedTasks} more` : "";
  const names = `${without.slice(0, namedTasks).join(", ")}${more}`;
  const reason = `no fallback is given for ${names}: after a time-out they are repeated as often as their retries allow, then they have failed`;
  return [{ limit: "fallbackOnTimeout", reason }];
}
