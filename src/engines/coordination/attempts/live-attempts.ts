import type { Command } from "../../scheduling/command.ts";
import type { Attempt } from "./attempt.ts";

type StopReason = (Command & { type: "stop-task" })["reason"];

const whyStopped: Readonly<Record<StopReason, string>> = {
  cancelled: "the run was cancelled",
  timeout: "the run's time limit was reached",
  skipped: "the task was skipped",
};

/**
 * The attempts under way, one per task. A task counts as running from the moment it is its turn, its attempt begins a
 * little later: a stop that comes between the two is kept for it.
 */
export class LiveAttempts {
  readonly #attempts = new Map<string, Attempt>();
  readonly #stops = new Map<string, StopReason>();

  /** It is the task's turn: what is said to it from now on is meant for the attempt to come. */
  expect(taskId: string): void {
    this.#attempts.delete(taskId);
    this.#stops.delete(taskId);
  }

  /** The attempt begins, and ends at once where it was stopped before. */
  add(taskId: string, attempt: Attempt): void {
    this.#attempts.set(taskId, attempt);
    const stop = this.#stops.get(taskId);
    if (stop !== undefined) this.stop(taskId, stop);
  }

  /** The attempt has ended; another one of the same task stays. */
  remove(taskId: string, attempt: Attempt): void {
    if (this.#attempts.get(taskId) === attempt) this.#attempts.delete(taskId);
  }

  /** Those that have begun, by task. */
  get all(): ReadonlyMap<string, Attempt> {
    return this.#attempts;
  }

  /** Ends the task's attempt, or the one that is about to begin. */
  stop(taskId: string, reason: StopReason): void {
    const attempt = this.#attempts.get(taskId);
    if (attempt) attempt.stop(reason === "timeout" ? "timeout" : "cancelled", whyStopped[reason]);
    else this.#stops.set(taskId, reason);
  }

  /** Ends all of them because nobody is left to look after them. */
  stopAll(why: string): void {
    for (const attempt of this.#attempts.values()) attempt.stop("shutdown", why);
  }
}
