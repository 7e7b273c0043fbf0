import type * as z from "zod";
import { deepestIssue } from "../schema/deepest-issue.ts";
import type { Problem } from "../schema/problem.ts";

type Path = readonly PropertyKey[];

/** What the fields that nobody can do without are called when they are missing, in the words callers match on. */
const missingArguments: Readonly<Record<string, Pick<Problem, "code" | "error">>> = {
  taskDescription: {
    code: "DESCRIPTION_REQUIRED",
    error: "taskDescription is required: say in a sentence or two what is to be done.",
  },
  tasks: { code: "NO_TASKS", error: "tasks array is required: give the tasks as [{id, description, dependsOn}]." },
  agentProgresses: {
    code: "INVALID_ARGUMENT",
    error: "agentProgresses array is required: give one entry for each agent.",
  },
  agentResults: { code: "INVALID_ARGUMENT", error: "agentResults array is required: give one entry for each result." },
};

/** What numbers must be, in the words callers match on. */
const numberRules: Readonly<Record<string, string>> = {
  percentComplete: "percentComplete must be between 0 and 100",
  taskWeight: "taskWeight must be between 0 and 100",
  duration: "duration must be non-negative",
  estimatedTimeRemaining: "estimatedTimeRemaining must be non-negative",
};

/** Turns what a schema found wrong first into a refusal that names the place and a value that would be right. */
export function healIssue(
  issues: readonly z.core.$ZodIssue[],
  call: { readonly args: Readonly<Record<string, unknown>>; readonly example: Readonly<Record<string, unknown>> },
): Problem {
  const issue = deepestIssue(mostTelling(issues));
  const value = valueAt(call.args, issue.path);
  const field = fieldPath(issue.path);
  const top = issue.path[0];
  const example = issue.path.length === 1 && typeof top === "string" ? call.example[top] : undefined;
  const allowed = issue.code === "invalid_value" ? issue.values.map(String) : undefined;
  const others = issues.length - 1;
  return {
    ...named(issue, { value, field }),
    field,
    ...(allowed === undefined ? {} : { allowed }),
    ...(example === undefined ? {} : { example }),
    advice: `Correct ${field} and call again; nothing was changed.${others > 0 ? ` ${others} more of the arguments need correcting.` : ""}`,
  };
}

/** `subtasks[2].dependsOn[0]`. */
export function fieldPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}

/** A missing field explains more than a wrong one; else the first counts. */
function mostTelling(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  const first = issues[0];
  if (first === undefined) throw new Error("Internal error: a schema refused and said nothing");
  return issues.find((issue) => issue.path.length === 1 && String(issue.path[0]) in missingArguments) ?? first;
}

function named(
  issue: z.core.$ZodIssue,
  { value, field }: { readonly value: unknown; readonly field: string },
): Pick<Problem, "code" | "error"> {
  const missing = value === undefined || value === null;
  const known = issue.path.length === 1 ? missingArguments[String(issue.path[0])] : undefined;
  if (known !== undefined && (missing || issue.code === "invalid_type")) return known;
  const name = String(issue.path.at(-1));
  if ((missing || value === "") && issue.path.length > 1) {
    const parent = fieldPath(issue.path.slice(0, -1));
    return { code: "INVALID_ARGUMENT", error: `${parent} is missing required field: ${name}.` };
  }
  const rule = typeof value === "number" && Object.hasOwn(numberRules, name) ? numberRules[name] : undefined;
  if (rule !== undefined) return { code: "INVALID_ARGUMENT", error: `${rule}: ${field} is ${shown(value)}.` };
  if (missing) return { code: "INVALID_ARGUMENT", error: `${field} is required.` };
  if (issue.code === "unrecognized_keys" && field !== "")
    return { code: "INVALID_ARGUMENT", error: `${field} has no field ${shown(issue.keys[0])}.` };
  return { code: codeOf(issue), error: `${field} ${faultOf(issue)}, but it is ${shown(value)}.` };
}

function codeOf(issue: z.core.$ZodIssue): Problem["code"] {
  const name = issue.path.at(-1);
  if (name === "maxParallelAgents") return "AGENTS_OUT_OF_RANGE";
  if (issue.code === "too_big" && issue.origin === "string") return "TEXT_TOO_LONG";
  return "INVALID_ARGUMENT";
}

function faultOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${article(issue.expected)}`;
    case "invalid_value":
      return `must be one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      if (issue.origin === "array") return `must contain at least ${issue.minimum}`;
      return `must be ${issue.inclusive === false ? "above" : "at least"} ${issue.minimum}${unitOf(issue.origin)}`;
    case "too_big":
      return `exceeds maximum ${issue.origin === "string" ? "length" : "value"}: at most ${issue.maximum}${unitOf(issue.origin)}`;
    case "invalid_union":
      if (issue.message !== "Invalid input") return `is not understood (${issue.message})`;
      return "has none of the forms that are accepted";
    default:
      return `is not valid (${issue.message})`;
  }
}

function unitOf(origin: string): string {
  if (origin === "string") return " characters long";
  return origin === "array" ? " items" : "";
}

function article(expected: string): string {
  if (expected === "int") return "a whole number";
  const word = expected === "record" ? "object" : expected;
  return /^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`;
}

function valueAt(args: unknown, path: Path): unknown {
  let value = args;
  for (const part of path) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "empty" : "an array";
  if (typeof value === "object") return "an object";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
