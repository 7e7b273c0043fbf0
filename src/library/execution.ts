import type { QuestionAnswer, Runs } from "../engines/coordination/runs/runs.ts";
import type { RunView } from "../engines/progress/run-view.ts";
import type { Clock } from "../ports/clock.ts";
import { hasEnded } from "../report/run-clock.ts";
import { runResult, type RunResult } from "../report/run-result.ts";
import type { RunEvent } from "../schema/event.ts";
import { ProblemError } from "../schema/problem.ts";
import { deferred } from "../util/deferred.ts";
import { checkInput, libraryCalls } from "./check-input.ts";
import { EventBuffer } from "./event-buffer.ts";
import type { ExecuteInput } from "./inputs.ts";

/** How a program wants to run tasks, beside what is run. */
export interface ExecuteOptions {
  /** Cancels the run when it is aborted; aborted before the start, nothing starts. */
  readonly signal?: AbortSignal;
  /** The most events kept for a slow reader, from 10; default 10,000. Beyond it, reports of progress are left out first. */
  readonly eventBuffer?: number;
  /** The tasks' commands come from this program itself, so that no configured pattern has to allow them; default false. */
  readonly allowCommands?: boolean;
}

/**
 * A run that was started. Iterating over it gives every event from the first to the last; nobody has to, and leaving
 * the loop early does not stop the run. `cancel` does.
 */
export interface Execution extends AsyncIterable<RunEvent> {
  /** The run's id, as soon as its first event is written. Rejects with a `ProblemError` when the input is refused. */
  readonly executionId: Promise<string>;
  /**
   * All that the run came to, when it has ended: a failed, cancelled or interrupted run is a result too, see `status`
   * and `success`. Rejects with a `ProblemError` when the input is refused; then nothing has changed.
   */
  readonly result: Promise<RunResult>;
  /** Stops the run: agents end within their grace period, what is done is kept. Does nothing when it has ended. */
  cancel(reason?: string): Promise<void>;
  /** Answers a question (event `task.asked`); the text alone is enough while one question is open. */
  answer(answer: string | QuestionAnswer): Promise<void>;
}

/** What an execution is made with. */
interface ExecutionWorld {
  readonly runs: Runs;
  readonly clock: Clock;
  /** Settles when runs may be started. */
  readonly ready: () => Promise<void>;
}

const usualBuffer = 10_000;
const smallestBuffer = 10;
/** How long one look at a run of another process waits, and the pause before the next, in milliseconds. */
const lookMs = 60_000;
const pauseMs = 500;

/** Starts a run and hands it over before it has begun. */
export function startExecution(world: ExecutionWorld, input: ExecuteInput, options: ExecuteOptions = {}): Execution {
  return new StartedExecution(world, input, options);
}

class StartedExecution implements Execution {
  readonly executionId: Promise<string>;
  readonly result: Promise<RunResult>;
  readonly #world: ExecutionWorld;
  readonly #events: EventBuffer;
  /** Settles at the last event of a run that this execution started. */
  readonly #lastEvent = deferred<void>();
  #isOurs = false;
  #isOver = false;

  constructor(world: ExecutionWorld, input: ExecuteInput, options: ExecuteOptions) {
    this.#world = world;
    this.#events = new EventBuffer(Math.max(smallestBuffer, options.eventBuffer ?? usualBuffer));
    this.executionId = this.#start(input, options);
    this.result = this.executionId.then((executionId) => this.#finish(executionId));
    this.result
      .then(
        () => this.#events.end(),
        (error: unknown) => this.#events.end({ error }),
      )
      .finally(() => {
        this.#isOver = true;
      })
      // Who only iterates learns of a refusal there; a promise nobody looks at must not end the process.
      .catch(() => undefined);
    this.#obey(options.signal);
  }

  [Symbol.asyncIterator](): AsyncIterator<RunEvent, undefined> {
    return this.#events[Symbol.asyncIterator]();
  }

  async cancel(reason = "cancelled by the program that started it"): Promise<void> {
    const executionId = await this.executionId.catch(() => undefined);
    if (executionId === undefined || this.#isOver) return;
    try {
      await this.#world.runs.cancel(executionId, reason);
    } catch (error) {
      const view = await this.#world.runs.view(executionId);
      if (error instanceof ProblemError && error.problem.code === "RUN_NOT_ACTIVE" && hasEnded(view)) return;
      throw error;
    }
  }

  async answer(answer: string | QuestionAnswer): Promise<void> {
    await this.#world.runs.answer(await this.executionId, typeof answer === "string" ? { answer } : answer);
  }

  async #start(input: ExecuteInput, options: ExecuteOptions): Promise<string> {
    const checked = checkInput(libraryCalls.execute, input);
    options.signal?.throwIfAborted();
    await this.#world.ready();
    const onEvent = (event: RunEvent): void => this.#take(event);
    return this.#world.runs.start(checked, {}, { onEvent, commandsApproved: options.allowCommands ?? false });
  }

  #take(event: RunEvent): void {
    this.#isOurs = true;
    this.#events.push(event);
    if (event.type === "run.finished" || event.type === "run.interrupted") this.#lastEvent.resolve();
  }

  async #finish(executionId: string): Promise<RunResult> {
    const { runs, clock } = this.#world;
    if (this.#isOurs) await this.#lastEvent.promise;
    // An idempotency key may have led to a run that was started before, here or by another process.
    else await this.#awaitOther(executionId);
    const view = await runs.wait(executionId, { waitMs: 0 });
    return runResult(view, { detail: "full", nowMs: clock.now() });
  }

  async #awaitOther(executionId: string): Promise<RunView> {
    const { runs, clock } = this.#world;
    let view = await runs.view(executionId);
    while (!hasEnded(view)) {
      view = await runs.wait(executionId, { waitMs: lookMs, sinceSeq: view.seq });
      if (!hasEnded(view)) await new Promise<void>((resolve) => void clock.setTimer(pauseMs, resolve));
    }
    return view;
  }

  #obey(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const onAbort = (): void => {
      this.cancel("the signal of the program that started it was aborted").catch(() => undefined);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    const forget = (): void => signal.removeEventListener("abort", onAbort);
    this.result.then(forget, forget);
  }
}
