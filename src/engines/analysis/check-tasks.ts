import type { Problem } from "../../schema/problem.ts";
import { taskLimits, type TaskInput } from "../../schema/task.ts";
import { closestId } from "./closest-id.ts";

const { tasksPerCall, tasksPerProgram, idCharacters, descriptionCharacters, minutes: maxMinutes } = taskLimits;
const mostRetries = 10;
const taskExample = { id: "api", description: "Write the REST endpoints", estimatedMinutes: 20 };

/** Finds the first thing wrong with the tasks of a call; `field` is the argument they came in. Cycles are not its business. */
export function checkTasks(tasks: readonly TaskInput[], field: string, maxTasks?: number): Problem | undefined {
  return checkTaskList(tasks, { field, at: (index) => `${field}[${index}]`, maxTasks });
}

/** Where tasks came from, for the paths in refusals. */
export interface TaskPlaces {
  readonly field: string;
  /** The path of the task with this index. */
  at(index: number): string;
  /** Default: as many as a call may carry. */
  readonly maxTasks?: number | undefined;
}

/** `checkTasks` for tasks that were gathered from several places of the input. */
export function checkTaskList(tasks: readonly TaskInput[], places: TaskPlaces): Problem | undefined {
  const listProblem = checkList(tasks, places);
  if (listProblem) return listProblem;
  const firstIndex = new Map<string, number>();
  for (const [index, task] of tasks.entries()) {
    const problem = checkIdentity(task, () => places.at(index)) ?? checkNumbers(task, () => places.at(index));
    if (problem) return problem;
    const earlier = firstIndex.get(task.id);
    if (earlier !== undefined) return duplicateId(task.id, places.at(index), places.at(earlier));
    firstIndex.set(task.id, index);
  }
  for (const [index, task] of tasks.entries()) {
    const problem = checkRelations(task, () => places.at(index), firstIndex);
    if (problem) return problem;
  }
  return undefined;
}

/** Refuses a missing, empty or overlong text of the whole task. */
export function checkTaskDescription(text: string | undefined): Problem | undefined {
  if (typeof text !== "string" || text.trim() === "") {
    return {
      code: "DESCRIPTION_REQUIRED",
      error: "taskDescription is required: say in a sentence what the whole work is",
      field: "taskDescription",
      example: "Add user accounts to the shop",
      advice: "Call again with taskDescription.",
    };
  }
  return text.length > descriptionCharacters ? tooLong("taskDescription", text.length, "taskDescription") : undefined;
}

/** Refuses a number of agents outside 1-100. */
export function checkAgents(agents: number | undefined): Problem | undefined {
  if (agents === undefined || (Number.isInteger(agents) && agents >= 1 && agents <= taskLimits.agents))
    return undefined;
  const error =
    agents < 1
      ? `maxParallelAgents must be at least 1, not ${agents}`
      : `maxParallelAgents must be a whole number of at most ${taskLimits.agents}, not ${agents}`;
  return {
    code: "AGENTS_OUT_OF_RANGE",
    error,
    field: "maxParallelAgents",
    example: 4,
    advice: `Give a whole number from 1 to ${taskLimits.agents}.`,
  };
}

function checkList(tasks: readonly TaskInput[], places: TaskPlaces): Problem | undefined {
  const { field, maxTasks = tasksPerCall } = places;
  if (!Array.isArray(tasks) || tasks.length === 0) {
    return {
      code: "NO_TASKS",
      error: `tasks array is required: ${field} must hold at least one task`,
      field,
      example: [taskExample],
      advice: "Split the work into tasks with an id and a description each.",
    };
  }
  if (tasks.length <= maxTasks) return undefined;
  return {
    code: "TOO_MANY_TASKS",
    error: `Maximum ${maxTasks} tasks a call: ${field} holds ${tasks.length}`,
    field,
    advice:
      maxTasks < tasksPerProgram
        ? `Group small tasks, or plan the work in several calls; the command line and the library analyse ${tasksPerProgram}.`
        : "Group small tasks, or plan the work in several calls.",
  };
}

function checkIdentity(task: TaskInput, place: () => string): Problem | undefined {
  if (typeof task !== "object" || task === null) {
    return {
      code: "INVALID_ARGUMENT",
      error: `${place()} must be an object with id and description`,
      field: place(),
      example: taskExample,
      advice: "Give every task an id and a description.",
    };
  }
  if (typeof task.id !== "string" || task.id.trim() === "") return missingField(place(), "id");
  if (task.id.length > idCharacters) {
    return {
      code: "TEXT_TOO_LONG",
      error: `The id at ${place()} exceeds maximum length: ${task.id.length} characters, at most ${idCharacters}`,
      field: `${place()}.id`,
      example: taskExample.id,
      advice: "Use a short name as id and put the text in description.",
    };
  }
  if (typeof task.description !== "string" || task.description.trim() === "")
    return missingField(place(), "description", task.id);
  if (task.description.length > descriptionCharacters) {
    return tooLong(`description of task "${task.id}"`, task.description.length, `${place()}.description`);
  }
  const other = task.fallback?.description;
  if (other !== undefined && other.length > descriptionCharacters) {
    return tooLong(`description of the fallback of task "${task.id}"`, other.length, `${place()}.fallback.description`);
  }
  return undefined;
}

const minuteFields: readonly { readonly name: string; readonly read: (task: TaskInput) => number | undefined }[] = [
  { name: "estimatedMinutes", read: (task) => task.estimatedMinutes },
  { name: "estimate.optimistic", read: (task) => task.estimate?.optimistic },
  { name: "estimate.likely", read: (task) => task.estimate?.likely },
  { name: "estimate.pessimistic", read: (task) => task.estimate?.pessimistic },
  { name: "timeoutMinutes", read: (task) => task.timeoutMinutes },
  { name: "fallback.timeoutMinutes", read: (task) => task.fallback?.timeoutMinutes },
];

function checkNumbers(task: TaskInput, place: () => string): Problem | undefined {
  const { estimate } = task;
  for (const { name, read } of minuteFields) {
    const value = read(task);
    if (value !== undefined && !(value > 0 && value <= maxMinutes))
      return minutesOutOfRange(task.id, name, { place: place(), value });
  }
  if (estimate && !(estimate.optimistic <= estimate.likely && estimate.likely <= estimate.pessimistic)) {
    return {
      code: "INVALID_ARGUMENT",
      error: `The estimate of task "${task.id}" must be in order: optimistic <= likely <= pessimistic`,
      field: `${place()}.estimate`,
      example: { optimistic: 5, likely: 10, pessimistic: 30 },
      advice: "Order the three numbers.",
    };
  }
  if (task.priority !== undefined && !Number.isFinite(task.priority)) {
    return badNumber(task.id, `${place()}.priority`, { rule: "priority must be a finite number", example: 1 });
  }
  const { retries } = task;
  if (retries !== undefined && !(Number.isInteger(retries) && retries >= 0 && retries <= mostRetries)) {
    const rule = `retries must be a whole number from 0 to ${mostRetries}`;
    return badNumber(task.id, `${place()}.retries`, { rule, example: 1 });
  }
  for (const [name, units] of task.resources ? Object.entries(task.resources) : []) {
    if (Number.isFinite(units) && units >= 0) continue;
    const rule = `the units of resource "${name}" must be a finite number of at least 0`;
    return badNumber(task.id, `${place()}.resources.${name}`, { rule, example: 1 });
  }
  return undefined;
}

function checkRelations(task: TaskInput, place: () => string, known: ReadonlyMap<string, number>): Problem | undefined {
  const wrong = task.dependsOn?.findIndex((need) => need === task.id || !known.has(need)) ?? -1;
  if (wrong < 0) return undefined;
  const need = task.dependsOn?.[wrong] ?? "";
  const field = `${place()}.dependsOn[${wrong}]`;
  if (need !== task.id) return unknownDependency(task.id, need, { field, known });
  return {
    code: "SELF_DEPENDENCY",
    error: `Task "${task.id}" cannot depend on itself`,
    field,
    advice: "Remove this entry of dependsOn.",
  };
}

function unknownDependency(
  id: string,
  need: string,
  where: { readonly field: string; readonly known: ReadonlyMap<string, number> },
): Problem {
  const others = [...where.known.keys()].filter((other) => other !== id);
  const meant = closestId(need, others);
  return {
    code: "UNKNOWN_DEPENDENCY",
    error: `Task "${id}" depends on non-existent task "${need}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
    field: where.field,
    ...(others.length <= 20 ? { allowed: others } : {}),
    ...(meant === undefined ? {} : { example: meant }),
    advice:
      meant === undefined ? "Add that task or remove the dependency." : `Write "${meant}", or add a task "${need}".`,
  };
}

function duplicateId(id: string, place: string, earlier: string): Problem {
  return {
    code: "DUPLICATE_TASK_ID",
    error: `Duplicate task ID "${id}": ${place} repeats the id of ${earlier}`,
    field: `${place}.id`,
    example: `${id.slice(0, idCharacters - 2)}-2`,
    advice: "Give every task an id of its own.",
  };
}

function missingField(place: string, name: "id" | "description", id?: string): Problem {
  return {
    code: "INVALID_ARGUMENT",
    error: `${id === undefined ? `The task at ${place}` : `Task "${id}"`} is missing required field: ${name}`,
    field: `${place}.${name}`,
    example: taskExample[name],
    advice: `Give the task a non-empty ${name}.`,
  };
}

function minutesOutOfRange(id: string, name: string, at: { readonly place: string; readonly value: number }): Problem {
  return {
    code: "MINUTES_OUT_OF_RANGE",
    error: `${name} must be between 0 (exclusive) and ${maxMinutes} minutes; task "${id}" has ${at.value}`,
    field: `${at.place}.${name}`,
    example: taskLimits.defaultMinutes,
    advice: "Give minutes, leave the field out, or split a task that takes longer than a day.",
  };
}

function badNumber(id: string, field: string, expected: { readonly rule: string; readonly example: number }): Problem {
  return {
    code: "INVALID_ARGUMENT",
    error: `Task "${id}": ${expected.rule}`,
    field,
    example: expected.example,
    advice: "Correct the number or leave the field out.",
  };
}

function tooLong(what: string, length: number, field: string): Problem {
  return {
    code: "TEXT_TOO_LONG",
    error: `The ${what} exceeds maximum length: ${length} characters, at most ${descriptionCharacters}`,
    field,
    advice: "Shorten the text, or put details into a file that the agent reads.",
  };
}
