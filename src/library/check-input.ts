import type * as z from "zod";
import { refuse } from "../schema/problem.ts";
import { taskLimits } from "../schema/task.ts";
import { checkArguments } from "../tools/check-arguments.ts";
import {
  aggregateCallSchema,
  analyzeCallSchema,
  analyzeProjectCallSchema,
  detectCallSchema,
  executeCallSchema,
  planCallSchema,
} from "./inputs.ts";

/** A function of the library as data: its name in refusals, what it takes, and arguments that work. */
interface LibraryCall<Input extends z.ZodObject> {
  readonly name: string;
  readonly input: Input;
  /** Arguments that are refused by name, with what works instead. */
  readonly later: Readonly<Record<string, string>>;
  readonly example: Readonly<Record<string, unknown>>;
  /** Default: as many as a call of a tool may carry. */
  readonly maxTasks?: number;
}

const taskList = [{ id: "api", description: "Write the login API" }];
const leftTasks = "Start a new run with the tasks that are left.";

const inAnalysis = { workflow: "Give the tasks as subtasks." };
const inExecution = {
  workflow: "Pass the tasks themselves as tasks.",
  inputs: "Write the inputs into the tasks' descriptions.",
  resume: leftTasks,
  from: leftTasks,
  only: leftTasks,
  invalidate: leftTasks,
};

/** The functions whose input is checked. */
export const libraryCalls = {
  analyze: {
    name: "analyze",
    input: analyzeCallSchema,
    later: { ...inAnalysis, workspace: "Call createCoordinator().analyze, which reads it." },
    maxTasks: taskLimits.tasksPerProgram,
    example: { taskDescription: "Add login", subtasks: taskList },
  },
  analyzeProject: {
    name: "analyze",
    input: analyzeProjectCallSchema,
    later: inAnalysis,
    maxTasks: taskLimits.tasksPerProgram,
    example: { taskDescription: "Add login", subtasks: taskList, workspace: "/home/me/shop" },
  },
  plan: { name: "plan", input: planCallSchema, later: {}, example: { tasks: taskList } },
  execute: { name: "execute", input: executeCallSchema, later: inExecution, example: { tasks: taskList } },
  detectConflicts: {
    name: "detectConflicts",
    input: detectCallSchema,
    later: {},
    example: { agentResults: [{ agentId: "a1", taskId: "api", success: true, filesModified: ["src/a.ts"] }] },
  },
  aggregateProgress: {
    name: "aggregateProgress",
    input: aggregateCallSchema,
    later: {},
    example: { agentProgresses: [{ agentId: "a1", currentTask: "api", percentComplete: 40, status: "working" }] },
  },
} as const;

/** Checks what a function was given as the tools check their arguments; refuses with a ProblemError. */
export function checkInput<Input extends z.ZodObject>(call: LibraryCall<Input>, given: unknown): z.output<Input> {
  if (given === null || typeof given !== "object" || Array.isArray(given)) {
    refuse({
      code: "INVALID_ARGUMENT",
      error: `${call.name} takes one object with its arguments.`,
      allowed: Object.keys(call.input.shape),
      example: call.example,
      advice: "Call it with an object.",
    });
  }
  const checked = checkArguments(call, given as Readonly<Record<string, unknown>>);
  // Only what `input` has accepted comes through.
  return checked.ok ? (checked.value as z.output<Input>) : refuse(checked.error);
}
