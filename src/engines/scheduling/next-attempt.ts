import type { AgentError } from "../../schema/outcome.ts";
import { intAt } from "../../util/typed-at.ts";
import type { RunState } from "./run-state.ts";

/** Failures after which other work would fail as well, or is not wanted. The budget of a task is one for all its attempts. */
const finalErrors: ReadonlySet<AgentError["name"] | undefined> = new Set(["Cancelled", "BudgetExceeded"] as const);

/** What follows on a failed attempt: the same again, the task's fallback, or nothing (S14). */
export function nextAttempt(
  state: RunState,
  task: number,
  error: AgentError | undefined,
): "again" | "fallback" | "none" {
  const isStopped = state.stoppedBy !== undefined && !state.retrying.has(task);
  if (state.closedBecause !== undefined || isStopped || state.inFallback[task] === 1) return "none";
  const planned = state.spec.tasks[task];
  const { fallbackOnTimeout } = state.spec.constraints;
  const isTimeout = error?.name === "Timeout";
  const isRefused = finalErrors.has(error?.name) || (isTimeout && fallbackOnTimeout === false);
  const hasFallback = planned?.fallback !== undefined && !isRefused;
  if (hasFallback && isTimeout && fallbackOnTimeout) return "fallback";
  const attemptsLeft = intAt(state.attempts, task) - intAt(state.attemptsBefore, task) < (planned?.maxAttempts ?? 1);
  if (error?.retryable && attemptsLeft) return "again";
  return hasFallback ? "fallback" : "none";
}
