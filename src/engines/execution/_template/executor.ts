/**
 * A whole executor in one file, to copy: its agents write their task's description into a note, `<task>.md`, and ask
 * when there is one already. CONTRIBUTING.md says what else a new executor needs; `test/rig/executor-contract.ts` is
 * what it has to keep. What an agent did is looked up in its folder, never believed, so nothing here says what changed.
 */
import type { Clock } from "../../../ports/clock.ts";
import type { Files } from "../../../ports/files.ts";
import type { AgentError } from "../../../schema/outcome.ts";
import { deferred } from "../../../util/deferred.ts";
import { encodeId } from "../../../util/encode-id.ts";
import type { AgentAssignment, AgentEnd, AgentReport, Executor, RunningAgent, StopReason } from "../executor.ts";

/** What the executor works with. The world is reached through ports only, so that tests can play it. */
export interface NoteOptions {
  readonly clock: Clock;
  readonly files: Pick<Files, "readText" | "writeAtomic">;
  /** Milliseconds that writing a note takes. */
  readonly writingMs: number;
}

/** Agents that write notes. */
export function noteExecutor(options: NoteOptions): Executor {
  return {
    kind: "note",
    real: true,
    // Left out by executors whose agents read nothing after their task; their agents then have no `steer` either.
    takesMessages: true,
    // Looks whether agents can be started here, and starts none: a refusal must come before anything has changed.
    probe: () => Promise.resolve({ available: true, version: "1" }),
    start: (assignment, report) => new NoteAgent(options, assignment, report),
  };
}

const questionId = "replace";
const options = ["replace it", "keep it"] as const;

class NoteAgent implements RunningAgent {
  readonly #options: NoteOptions;
  readonly #assignment: AgentAssignment;
  readonly #report: (said: AgentReport) => void;
  readonly #end = deferred<AgentEnd>();
  #over = false;
  #asks = false;
  #told = "";
  #cancelTimer: () => void = () => undefined;

  constructor(options: NoteOptions, assignment: AgentAssignment, report: (said: AgentReport) => void) {
    this.#options = options;
    this.#assignment = assignment;
    this.#report = report;
    this.#work(() => this.#look());
  }

  get ended(): Promise<AgentEnd> {
    return this.#end.promise;
  }

  answer(id: string, answer: string): void {
    // Answers may come late, twice, or for a question of an earlier attempt.
    if (!this.#asks || id !== questionId) return;
    this.#asks = false;
    if (answer === options[1]) this.#finish({ success: true, partial: false, summary: "kept the note that was there" });
    else this.#startWriting();
  }

  steer(text: string): boolean {
    // Once it is over nobody reads it, and whoever has said it is told so.
    if (this.#over) return false;
    this.#told += `\n${text}\n`;
    return true;
  }

  stop(reason: StopReason): void {
    // There is nothing to end by force here; an agent with a process ends it and all it has started before `ended`.
    this.#finish(failed(stopError(reason)));
  }

  async #look(): Promise<void> {
    const { folder } = this.#assignment;
    if (folder === undefined) {
      this.#finish({ ...failed(noFolder), partial: false });
      return;
    }
    if ((await this.#options.files.readText(await this.#path(folder))) === undefined) this.#startWriting();
    else this.#ask();
  }

  #ask(): void {
    if (this.#over) return;
    this.#asks = true;
    this.#report({ type: "question", questionId, text: "There is a note already.", options, fallback: options[1] });
  }

  #startWriting(): void {
    if (this.#over) return;
    this.#report({ type: "progress", percent: 10, source: "plan", operation: "writing the note" });
    this.#cancelTimer = this.#options.clock.setTimer(this.#options.writingMs, () => this.#work(() => this.#write()));
  }

  async #write(): Promise<void> {
    const { folder, task } = this.#assignment;
    if (this.#over || folder === undefined) return;
    await this.#options.files.writeAtomic(
      await this.#path(folder),
      `# ${task.id}\n\n${task.description}\n${this.#told}`,
    );
    this.#finish({ success: true, partial: false, summary: "wrote the note" });
  }

  /** Ids are the caller's words: only their encoded form is a file name. */
  async #path(folder: string): Promise<string> {
    return `${folder}/${await encodeId(this.#assignment.task.id)}.md`;
  }

  /** Nothing an agent runs into may be thrown at whoever started it. Virtual time stands still while the disk is busy. */
  #work(step: () => Promise<void>): void {
    const release = this.#options.clock.hold();
    step()
      .catch((error: unknown) => this.#finish(failed(brokenError(error))))
      .finally(release);
  }

  #finish(end: AgentEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#asks = false;
    this.#cancelTimer();
    this.#end.resolve(end);
  }
}

function failed(error: AgentError): AgentEnd {
  return { success: false, partial: true, error };
}

const noFolder: AgentError = {
  name: "SpawnFailed",
  message: "A note needs a folder to lie in.",
  retryable: false,
  options: ["Name a workspace for the run"],
};

function stopError(reason: StopReason): AgentError {
  return reason === "timeout"
    ? { name: "Timeout", message: "The time limit was reached.", retryable: true, options: ["Give the task more time"] }
    : { name: "Cancelled", message: `The agent was stopped: ${reason}.`, retryable: false, options: ["Run it again"] };
}

function brokenError(error: unknown): AgentError {
  const message = error instanceof Error ? error.message : String(error);
  return { name: "AgentError", message, retryable: true, options: ["Look whether the folder can be written"] };
}
