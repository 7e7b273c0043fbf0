/**
 * One attempt at one task, from its folder to its outcome: workspace, agent, time limit, questions,
 * what it left behind. Everything it learns goes out as events; it decides nothing about the run.
 */
import type { Clock } from "../../ports/clock.ts";
import type { EventBody, PlannedTask } from "../../schema/event.ts";
import type { AgentError, Outcome } from "../../schema/outcome.ts";
import type {
  AgentAssignment,
  AgentEnd,
  AgentReport,
  Executor,
  RunningAgent,
  StopReason,
} from "../execution/executor.ts";
import type { CommandInput } from "../execution/program-command.ts";
import type { OpenWorkspace, RunProgram, RunWorkspaces } from "./workspaces.ts";

/** How long a question waits for a person before its default is taken. */
const questionTimeoutMs = 10 * 60_000;

/** What an attempt needs from the run it belongs to. */
export interface AttemptContext {
  readonly clock: Clock;
  readonly executor: Executor;
  readonly workspaces: RunWorkspaces | undefined;
  readonly runProgram: RunProgram;
  /** Command that prepares the folder before the agent starts. */
  readonly setup: CommandInput | undefined;
  readonly assignment: Omit<AgentAssignment, "folder">;
  /** Commits of the results this task builds on. */
  readonly dependencyCommits: readonly string[];
  emit(event: EventBody): void;
}

/** Why an attempt was stopped from outside. */
type Stop = { readonly reason: StopReason; readonly message: string };

/** An attempt under way. */
export class Attempt {
  readonly #context: AttemptContext;
  readonly #task: PlannedTask;
  readonly #startedAt: number;
  readonly #cancelTimers: (() => void)[] = [];
  readonly #openQuestions = new Map<string, () => void>();
  /** Aborts the program that prepares or judges the folder. */
  readonly #programs = new AbortController();
  #agent: RunningAgent | undefined;
  #stop: Stop | undefined;

  constructor(context: AttemptContext) {
    this.#context = context;
    this.#task = context.assignment.task;
    this.#startedAt = context.clock.now();
  }

  /** Runs the attempt to its end and emits its outcome. Never rejects for anything an agent does. */
  async run(): Promise<void> {
    const release = this.#context.clock.hold();
    try {
      await this.#runHeld(release);
    } finally {
      for (const cancel of this.#cancelTimers) cancel();
      release();
    }
  }

  /** Stops the agent; the attempt ends with what it has done until then. */
  stop(reason: StopReason, message: string): void {
    this.#stop ??= { reason, message };
    this.#agent?.stop(reason);
    this.#programs.abort();
  }

  /** Passes an answer to the agent; false when it does not wait for one. */
  answer(questionId: string, answer: string, by: "person" | "timeout"): boolean {
    const cancelDefault = this.#openQuestions.get(questionId);
    if (!cancelDefault) return false;
    cancelDefault();
    this.#openQuestions.delete(questionId);
    this.#context.emit({ type: "task.answered", taskId: this.#task.id, questionId, answer, by });
    this.#agent?.answer(questionId, answer);
    return true;
  }

  async #runHeld(release: () => void): Promise<void> {
    const { workspaces, dependencyCommits, assignment } = this.#context;
    const place = { taskId: this.#task.id, attempt: assignment.attempt };
    const opened = await workspaces?.open({ ...place, dependencies: dependencyCommits });
    if (opened && !opened.ok) {
      this.#context.emit({ type: "task.skipped", taskId: this.#task.id, reason: opened.error });
      return;
    }
    const workspace = opened?.value;
    const { timeoutMs } = this.#task;
    const tooLate = `the time limit of ${round(timeoutMs / 60_000)} minutes was reached`;
    this.#cancelTimers.push(
      this.#context.clock.setTimer(timeoutMs, () => this.stop("timeout", tooLate), assignment.order),
    );
    const end = await this.#work(workspace?.folder, release);
    const rehold = this.#context.clock.hold();
    try {
      await this.#conclude(end, workspace);
    } finally {
      rehold();
    }
  }

  /** Setup, agent, verify: the first that fails decides. */
  async #work(folder: string | undefined, release: () => void): Promise<AgentEnd> {
    const unprepared = await this.#runProgram(this.#context.setup, folder);
    if (unprepared !== undefined) return failedProgram("SpawnFailed", `the setup command failed: ${unprepared}`);
    const end = await this.#letAgentWork(folder, release);
    if (!end.success) return end;
    const unverified = await this.#runProgram(this.#task.verify, folder);
    if (this.#stop) return { ...end, ...stoppedEnd(this.#stop) };
    return unverified === undefined
      ? end
      : { ...end, ...failedProgram("VerifyFailed", `verify failed: ${unverified}`) };
  }

  async #letAgentWork(folder: string | undefined, release: () => void): Promise<AgentEnd> {
    const { executor, assignment } = this.#context;
    if (this.#stop) return stoppedEnd(this.#stop);
    const agent = executor.start({ ...assignment, folder }, (said) => this.#hear(said));
    this.#agent = agent;
    release();
    const end = await agent.ended;
    for (const cancel of this.#openQuestions.values()) cancel();
    return this.#stop && !end.success ? { ...end, ...stoppedEnd(this.#stop) } : end;
  }

  async #runProgram(command: CommandInput | undefined, folder: string | undefined): Promise<string | undefined> {
    if (command === undefined || folder === undefined || this.#stop) return undefined;
    const { executionId } = this.#context.assignment;
    const { signal } = this.#programs;
    return this.#context.runProgram({ command, folder, executionId, taskId: this.#task.id, signal });
  }

  #hear(said: AgentReport): void {
    const taskId = this.#task.id;
    if (said.type === "progress") {
      const { type: _, files, ...known } = said;
      this.#context.emit({ ...known, type: "task.progressed", taskId, ...(files && { files: [...files] }) });
      return;
    }
    const { questionId, text, options, fallback } = said;
    const cancel = this.#context.clock.setTimer(questionTimeoutMs, () => this.answer(questionId, fallback, "timeout"));
    this.#openQuestions.set(questionId, cancel);
    this.#context.emit({
      type: "task.asked",
      taskId,
      questionId,
      text,
      options: [...options],
      fallback,
      timeoutMs: questionTimeoutMs,
    });
  }

  async #conclude(end: AgentEnd, workspace: OpenWorkspace | undefined): Promise<void> {
    const { workspaces, assignment, clock } = this.#context;
    const durationMs = clock.now() - this.#startedAt;
    const place = { taskId: this.#task.id, attempt: assignment.attempt };
    const collected = workspace && (await workspaces?.collect(workspace, place));
    const outcome: Outcome = {
      success: end.success,
      partial: end.partial,
      durationMs,
      ...(end.error && { error: { ...end.error, options: [...end.error.options] } }),
      ...(end.summary !== undefined && { summary: end.summary }),
      ...(end.usage && { usage: end.usage }),
      ...(end.peakMemoryMB !== undefined && { peakMemoryMB: end.peakMemoryMB }),
      changes: [...(end.claimedChanges ?? [])],
    };
    if (collected?.ok) {
      outcome.commit = collected.value.commit;
      outcome.changes = [...collected.value.changes];
    } else if (collected) {
      outcome.success = false;
      outcome.error ??= lostWork(collected.error);
    }
    // The folder goes only after its content is kept; a folder that could not be read stays.
    if (workspace && collected?.ok) await workspaces?.close(workspace);
    const { agentId, attempt } = assignment;
    this.#context.emit({ type: "task.finished", taskId: this.#task.id, attempt, agentId, outcome });
  }
}

function stoppedEnd(stop: Stop): AgentEnd {
  const name = stop.reason === "timeout" ? "Timeout" : "Cancelled";
  return {
    success: false,
    partial: true,
    error: {
      name,
      message: stop.message,
      retryable: stop.reason === "timeout",
      options: stop.reason === "timeout" ? ["give it more timeoutMinutes", "split the task"] : ["run it again"],
    },
  };
}

function failedProgram(name: "SpawnFailed" | "VerifyFailed", message: string): AgentEnd {
  const options = ["look at the command's output in the message", "correct the command or the task", "retry the task"];
  return { success: false, partial: true, error: { name, message, retryable: name === "VerifyFailed", options } };
}

function lostWork(reason: string): AgentError {
  return {
    name: "AgentError",
    message: `what the agent left behind could not be read: ${reason}`,
    retryable: true,
    options: ["retry the task"],
  };
}

function round(minutes: number): number {
  return Math.round(minutes * 100) / 100;
}
