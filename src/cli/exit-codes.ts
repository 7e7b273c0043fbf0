import type { RunView } from "../engines/progress/run-view.ts";
import type { AgentError } from "../schema/outcome.ts";
import type { Problem, ProblemCode } from "../schema/problem.ts";

/** What an exit code says; scripts depend on the numbers. */
export const exitCodes = {
  ok: 0,
  taskFailed: 1,
  usage: 2,
  needsAnswer: 3,
  conflictsHeld: 4,
  limit: 5,
  environment: 6,
  interrupted: 130,
} as const;

const environmentProblems: ReadonlySet<ProblemCode> = new Set([
  "EXECUTOR_NOT_AVAILABLE",
  "NOT_LOGGED_IN",
  "GIT_NOT_AVAILABLE",
  "WORKSPACE_BUSY",
  "STORAGE_FAILED",
  "INTERNAL",
]);

/** The exit code of a refusal. */
export function exitCodeOfProblem(problem: Problem): number {
  return environmentProblems.has(problem.code) ? exitCodes.environment : exitCodes.usage;
}

const environmentErrors: ReadonlySet<AgentError["name"]> = new Set(["AuthRequired", "SpawnFailed"]);

/** The exit code of a run that has ended. */
export function exitCodeOfRun(view: RunView): number {
  if (view.status === "completed") return exitCodes.ok;
  if (view.status === "cancelled" || view.status === "interrupted") return exitCodes.interrupted;
  const errors = [...view.tasks.values()].flatMap((task) => task.outcome?.error?.name ?? []);
  if (errors.length > 0 && errors.every((name) => environmentErrors.has(name))) return exitCodes.environment;
  if (errors.some((name) => name === "BudgetExceeded") || runTimedOut(view)) return exitCodes.limit;
  const succeeded = [...view.tasks.values()].every((task) => task.state === "succeeded");
  return succeeded && view.status === "partial" ? exitCodes.conflictsHeld : exitCodes.taskFailed;
}

function runTimedOut(view: RunView): boolean {
  return view.failureReason !== undefined && view.failureReason.includes("time limit");
}
