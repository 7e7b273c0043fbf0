/** What a call to execute can ask for, checked before anything is looked at or changed. */
import { refuse, type Problem } from "../../../schema/problem.ts";
import { taskLimits, type TaskInput } from "../../../schema/task.ts";
import {
  constraintRanges,
  type Constraints,
  type ExecuteInput,
  type UnenforcedLimit,
} from "../../../schema/workflow.ts";
import { ownKind } from "../../planning/fallback-task.ts";

/** Executors that exist, whether or not they can run here. */
export const executorKinds = ["simulated", "claude-code", "command"] as const;

/** Executors whose agents really do the work. */
export const realExecutors: readonly string[] = ["claude-code", "command"];

const sources = ["analysisResult", "planId", "tasks", "phases"] as const;

const optionsToCome = ["workflow", "inputs", "resume", "from", "only", "invalidate"] as const;

/** Refuses what cannot be done, by name; otherwise returns without a word. */
export function checkRequest(input: ExecuteInput): void {
  for (const option of optionsToCome) {
    if (input[option] !== undefined) notYet({ field: option, instead: insteadOf[option] });
  }
  const named = sources.filter((source) => input[source] !== undefined);
  // Phases may name tasks that are given beside them.
  const given = input.phases === undefined ? named : named.filter((source) => source !== "tasks");
  if (given.length !== 1) {
    refuse({
      code: "NO_TASKS",
      error:
        given.length === 0
          ? "There is nothing to execute: one of analysisResult, planId, tasks or phases is required."
          : `Only one of analysisResult, planId, tasks and phases can be given, not ${given.join(" and ")}.`,
      field: given[1] ?? "analysisResult",
      allowed: sources,
      example: { tasks: [{ id: "api", description: "Add the /health endpoint" }] },
      advice:
        given.length === 0
          ? "Call analyze_task_parallelizability first and pass its result as analysisResult."
          : "Keep one of them and leave the others out.",
    });
  }
  checkAgents(input.maxParallelAgents);
  checkConstraints(input.constraints ?? {});
}

const insteadOf: Record<(typeof optionsToCome)[number], string> = {
  workflow: "Pass the tasks themselves as tasks.",
  inputs: "Write the inputs into the tasks' descriptions.",
  resume: "Start a new run with the tasks that are left.",
  from: "Start a new run with the tasks that are left.",
  only: "Start a new run with just those tasks.",
  invalidate: "Start a new run with just those tasks.",
};

/** Refuses task options that are not there yet, and executors that do not exist. */
export function checkTaskOptions(tasks: readonly TaskInput[], executor: string): void {
  tasks.forEach((task, index) => {
    if (task.when !== undefined) notYet({ field: `tasks[${index}].when`, instead: "Leave it out." });
    checkTaskBudget(task, index);
    if (task.executor !== undefined) checkExecutor(task.executor, `tasks[${index}].executor`);
    checkCommandGiven(task, index, executor);
  });
}

/** The same bounds as for the budget of a run. */
function checkTaskBudget({ budget }: TaskInput, index: number): void {
  for (const name of ["maxUsd", "maxTokens"] as const) {
    const [, low = 0, high = 0] = constraintRanges.find(([path]) => path === `budget.${name}`) ?? [];
    const value = budget?.[name];
    if (value === undefined || (value >= low && value <= high)) continue;
    refuse(outOfRange({ name, value, low, high, field: `tasks[${index}].budget.${name}` }));
  }
}

function outOfRange(number: {
  readonly name: string;
  readonly value: unknown;
  readonly low: number;
  readonly high: number;
  readonly field: string;
}): Problem {
  const { name, value, low, high, field } = number;
  return {
    code: "INVALID_ARGUMENT",
    error: `${name} must be between ${low} and ${high}, not ${JSON.stringify(value)}.`,
    field,
    example: low,
    advice: "Correct the number, or leave the limit out.",
  };
}

/** A task of the command executor is its command; another executor would not know what to do with one. */
function checkCommandGiven(task: TaskInput, index: number, executor: string): void {
  const kind = ownKind(task, executor);
  if ((kind === "command") === (task.command !== undefined)) return;
  refuse({
    code: "INVALID_ARGUMENT",
    error:
      kind === "command"
        ? `Task '${task.id}' has no command to run; the executor 'command' needs one.`
        : `Task '${task.id}' has a command, which the executor '${kind}' does not run.`,
    field: `tasks[${index}].command`,
    example: ["npm", "run", "build"],
    advice: kind === "command" ? "Give the task a command." : "Leave out the command, or the executor.",
  });
}

/** Refuses an executor that does not exist or is not there yet. */
export function checkExecutor(kind: string, field: string): void {
  if ((executorKinds as readonly string[]).includes(kind)) return;
  if (kind.startsWith("acp:")) {
    notYet({
      field,
      value: kind,
      allowed: executorKinds,
      instead: "Use 'claude-code' for real work or 'simulated' for a rehearsal.",
    });
  }
  refuse({
    code: "UNKNOWN_EXECUTOR",
    error: `There is no executor '${kind}'; it must be one of ${executorKinds.join(", ")}.`,
    field,
    allowed: executorKinds,
    example: "claude-code",
    advice: "Choose 'claude-code' for real work or 'simulated' for a rehearsal that changes nothing.",
  });
}

function notYet(option: { field: string; value?: string; allowed?: readonly string[]; instead: string }): never {
  const { field, value, allowed, instead } = option;
  refuse({
    code: "NOT_SUPPORTED_YET",
    error: `${value === undefined ? `The option '${field}'` : `'${value}' for '${field}'`} is not supported yet.`,
    field,
    ...(allowed && { allowed }),
    advice: instead,
  });
}

function checkAgents(agents: number | undefined): void {
  if (agents === undefined || (agents >= 1 && agents <= taskLimits.agents)) return;
  refuse({
    code: "AGENTS_OUT_OF_RANGE",
    error:
      agents < 1
        ? `maxParallelAgents must be at least 1, not ${agents}.`
        : `maxParallelAgents must be at most ${taskLimits.agents}, not ${agents}.`,
    field: "maxParallelAgents",
    example: 3,
    advice: "Leave it out to use the recommended number.",
  });
}

function checkConstraints(constraints: Constraints): void {
  for (const [path, low, high] of constraintRanges) {
    const value = path
      .split(".")
      .reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], constraints);
    if (value === undefined || (typeof value === "number" && value >= low && value <= high)) continue;
    const name = path.split(".").at(-1) ?? path;
    refuse(outOfRange({ name, value, low, high, field: `constraints.${path}` }));
  }
}

/** The limits asked for that nothing here holds yet: a run says so instead of pretending. */
export function unenforcedLimits(
  constraints: Constraints,
  held: { readonly resources: boolean } = { resources: true },
): UnenforcedLimit[] {
  const limits: UnenforcedLimit[] = [];
  const add = (limit: string, reason: string): void => void limits.push({ limit, reason });
  const { resourceLimits } = constraints;
  const unseen = "neither memory nor CPU of programs can be seen on this system";
  if (resourceLimits?.maxMemoryMB !== undefined && !held.resources) add("resourceLimits.maxMemoryMB", unseen);
  if (resourceLimits?.maxTotalMemoryMB !== undefined && !held.resources) add("resourceLimits.maxTotalMemoryMB", unseen);
  if (resourceLimits?.maxCPUPercent !== undefined && !held.resources) add("resourceLimits.maxCPUPercent", unseen);
  return limits;
}
