import type * as z from "zod";
import type { Problem } from "../schema/problem.ts";
import { taskLimits, taskSchema } from "../schema/task.ts";
import { constraintsSchema } from "../schema/workflow.ts";
import { failed, ok, type Result } from "../util/result.ts";
import type { Tool } from "./define-tool.ts";
import { fieldPath, healIssue } from "./heal-issue.ts";

/** The arguments of a call as they arrive. */
export type RawArguments = Readonly<Record<string, unknown>>;

/** What has to be known of a tool, or of a function, to check its arguments. */
export type CheckedCall = Pick<Tool, "name" | "input" | "later" | "example"> & {
  /** Default: as many as a call of a tool may carry. */
  readonly maxTasks?: number;
};

/** Checks a call's arguments against the tool's input: nothing unknown, nothing too much, every shape right. */
export function checkArguments(tool: CheckedCall, args: RawArguments): Result<unknown, Problem> {
  const fault =
    tooDeep(args) ??
    unknownArgument(tool, args) ??
    tooManyTasks(args, tool.maxTasks) ??
    misspelledTaskField(args) ??
    unknownLimit(args);
  if (fault !== undefined) return failed(fault);
  const parsed = tool.input.safeParse(args);
  if (parsed.success) return ok(parsed.data);
  const { args: given, removed } = withoutNulls(args, parsed.error.issues);
  const again = removed ? tool.input.safeParse(given) : parsed;
  if (again.success) return ok(again.data);
  return failed(healIssue(again.error.issues, { args: given, example: tool.example }));
}

/** Many clients write null for what they leave out: where a null is at fault, the field counts as not given. */
function withoutNulls(
  args: RawArguments,
  issues: readonly z.core.$ZodIssue[],
): { readonly args: RawArguments; readonly removed: boolean } {
  const nulls = issues.filter(({ path }) => path.reduce(memberOf, args) === null);
  if (nulls.length === 0) return { args, removed: false };
  const copy = structuredClone(args);
  for (const { path } of nulls) {
    const holder = path.slice(0, -1).reduce(memberOf, copy);
    const name = path.at(-1);
    // What stands in a list keeps its place: nothing can be left out there.
    if (name !== undefined && !Array.isArray(holder)) Reflect.deleteProperty(holder as object, name);
  }
  return { args: copy, removed: true };
}

function memberOf(value: unknown, part: PropertyKey): unknown {
  if (value === null || typeof value !== "object" || !Object.hasOwn(value, part)) return undefined;
  return (value as Record<PropertyKey, unknown>)[part];
}

function unknownArgument(tool: CheckedCall, args: RawArguments): Problem | undefined {
  const expected = Object.keys(tool.input.shape);
  const unknown = Object.keys(args).find((name) => !expected.includes(name));
  if (unknown === undefined) return undefined;
  if (Object.hasOwn(tool.later, unknown)) {
    return {
      code: "NOT_SUPPORTED_YET",
      error: `${tool.name} does not support ${unknown} yet.`,
      field: unknown,
      allowed: expected,
      advice: tool.later[unknown] ?? "Leave it out.",
    };
  }
  const meant = closest(unknown, expected);
  return {
    code: "UNKNOWN_ARGUMENT",
    error: `${tool.name} has no argument ${shownName(unknown)}.`,
    field: unknown.slice(0, 100),
    allowed: expected,
    advice: meant === undefined ? "Leave it out, or use one of those allowed." : `Use ${meant}.`,
  };
}

const deepestLevel = 100;

/** What nests without end cannot be written down again; the check itself must not recurse. */
function tooDeep(args: RawArguments): Problem | undefined {
  let level: unknown[] = [args];
  for (let depth = 0; depth <= deepestLevel; depth++) {
    level = level.flatMap((value) => (value !== null && typeof value === "object" ? Object.values(value) : []));
    if (level.length === 0) return undefined;
  }
  return {
    code: "INVALID_ARGUMENT",
    error: `The arguments nest more than ${deepestLevel} levels deep.`,
    advice: "Give structured data in a flatter form, or as text.",
  };
}

/** Arguments that hold tasks. */
const taskArguments = ["tasks", "subtasks"] as const;

function tooManyTasks(args: RawArguments, maxTasks: number = taskLimits.tasksPerCall): Problem | undefined {
  for (const name of taskArguments) {
    const tasks = args[name];
    if (!Array.isArray(tasks) || tasks.length <= maxTasks) continue;
    return {
      code: "TOO_MANY_TASKS",
      error: `${name} holds ${tasks.length} tasks, and a call may carry at most ${maxTasks}.`,
      field: name,
      advice: "Group small tasks, or split the work into several calls.",
    };
  }
  return undefined;
}

const taskFields = Object.keys(taskSchema.shape);

/** What others call the fields of a task; a task that means one of them must not silently lose it. */
const taskSynonyms: Readonly<Record<string, string>> = {
  dependencies: "dependsOn",
  depends: "dependsOn",
  deps: "dependsOn",
  after: "dependsOn",
  needs: "dependsOn",
  minutes: "estimatedMinutes",
  estimate_minutes: "estimatedMinutes",
  estimatedTime: "estimatedMinutes",
  duration: "estimatedMinutes",
  timeout: "timeoutMinutes",
};

function misspelledTaskField(args: RawArguments): Problem | undefined {
  for (const name of taskArguments) {
    const tasks = args[name];
    if (!Array.isArray(tasks)) continue;
    for (const [index, task] of tasks.entries()) {
      const fault = misspelledIn(task, [name, index]);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}

/** Further fields of the caller's own are let through, those that are meant for us under another name are not. */
function misspelledIn(task: unknown, path: readonly PropertyKey[]): Problem | undefined {
  if (task === null || typeof task !== "object" || Array.isArray(task)) return undefined;
  for (const field of Object.keys(task)) {
    if (taskFields.includes(field)) continue;
    const meant = Object.hasOwn(taskSynonyms, field) ? taskSynonyms[field] : closest(field, taskFields);
    if (meant === undefined) continue;
    return {
      code: "UNKNOWN_ARGUMENT",
      error: `${fieldPath(path)} has a field ${shownName(field)}, which a task does not have; ${meant} is probably meant.`,
      field: fieldPath([...path, field.slice(0, 100)]),
      allowed: taskFields,
      advice: `Use ${meant}.`,
    };
  }
  return undefined;
}

/** A limit under a wrong name would not be held, and nobody would know. */
function unknownLimit(args: RawArguments): Problem | undefined {
  const given = args["constraints"];
  return given !== null && typeof given === "object" ? unknownIn(given, ["constraints"]) : undefined;
}

const limits = constraintsSchema.shape;
const limitFields: Readonly<Record<string, readonly string[]>> = {
  constraints: Object.keys(limits),
  apiRateLimit: Object.keys(limits.apiRateLimit.unwrap().shape),
  resourceLimits: Object.keys(limits.resourceLimits.unwrap().shape),
  budget: Object.keys(limits.budget.unwrap().shape),
};

function unknownIn(given: object, path: readonly string[]): Problem | undefined {
  const allowed = limitFields[path.at(-1) ?? ""];
  if (allowed === undefined) return undefined;
  for (const [name, value] of Object.entries(given)) {
    if (!allowed.includes(name)) {
      return {
        code: "UNKNOWN_ARGUMENT",
        error: `${fieldPath(path)} has no limit ${shownName(name)}.`,
        field: fieldPath([...path, name.slice(0, 100)]),
        allowed,
        advice: `Use ${closest(name, allowed) ?? "one of those allowed"}, or leave it out.`,
      };
    }
    const fault = value !== null && typeof value === "object" ? unknownIn(value, [...path, name]) : undefined;
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The name that differs only in case, dashes and underscores. */
function closest(name: string, names: readonly string[]): string | undefined {
  const plain = (text: string): string => text.replaceAll(/[-_\s]/g, "").toLowerCase();
  return names.find((each) => plain(each) === plain(name));
}

function shownName(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
}
