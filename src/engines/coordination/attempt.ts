/**
 * One attempt at one task, from its folder to its outcome: workspace, agent, time limit, questions,
 * what it left behind. Everything it learns goes out as events; it decides nothing about the run.
 */
import type { Clock } from "../../ports/clock.ts";
import type { ChildProcess } from "../../ports/processes.ts";
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
import type { ResourceWatch } from "../limits/resource-watch.ts";
import type { AgentCalls } from "./agent-calls.ts";
import { AgentLimits } from "./agent-limits.ts";
import type { RunCalls } from "./run-calls.ts";
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
  /** Watches what real agents use; absent where there are none. */
  readonly resources: ResourceWatch | undefined;
  /** The run's account of calls to models; absent when no limit on them is set. */
  readonly calls: RunCalls | undefined;
  /** Place in the order of urgency; lower goes first. */
  readonly rank: number;
  /** Commits of the results this task builds on. */
  readonly dependencyCommits: readonly string[];
  emit(event: EventBody): void;
}

/** Why an attempt was stopped from outside. */
type Stop = { readonly reason: StopReason | "memory"; readonly message: string };

/** An attempt under way. */
export class Attempt {
  readonly #context: AttemptContext;
  readonly #task: PlannedTask;
  readonly #startedAt: number;
  readonly #cancelTimers: (() => void)[] = [];
  readonly #openQuestions = new Map<string, () => void>();
  /** Aborts the program that prepares or judges the folder. */
  #programs: AbortController | undefined;
  readonly #limits: AgentLimits;
  #agent: RunningAgent | undefined;
  #calls: AgentCalls | undefined;
  #stop: Stop | undefined;

  constructor(context: AttemptContext) {
    this.#context = context;
    this.#task = context.assignment.task;
    this.#startedAt = context.clock.now();
    this.#limits = new AgentLimits({
      taskId: this.#task.id,
      kind: this.#task.executorKind,
      limits: context.assignment.limits ?? {},
      watch: context.resources,
      now: () => context.clock.now(),
      emit: context.emit,
      overMemory: () => this.#end("memory", "cancelled", "the memory limit was exceeded"),
      // An agent whose limits nobody watches any more must not go on.
      fault: (error) => this.stop("cancelled", `its limits cannot be held: ${String(error)}`),
    });
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
    this.#end(reason, reason, message);
  }

  #end(reason: Stop["reason"], asked: StopReason, message: string): void {
    this.#stop ??= { reason, message };
    this.#agent?.stop(asked);
    this.#calls?.giveUp();
    this.#programs?.abort();
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
    this.#limitTime(this.#task.timeoutMs, 0);
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
    const { setup } = this.#context;
    const { verify } = this.#task;
    const unprepared = setup && (await this.#runProgram(setup, folder));
    if (this.#stop) return this.#stoppedEnd(this.#stop);
    if (unprepared !== undefined) return failedProgram("SpawnFailed", `the setup command failed: ${unprepared}`);
    const end = await this.#letAgentWork(folder, release);
    if (!end.success) return end;
    const unverified = verify && (await this.#runProgram(verify, folder));
    if (this.#stop) return { ...end, ...this.#stoppedEnd(this.#stop) };
    return unverified === undefined
      ? end
      : { ...end, ...failedProgram("VerifyFailed", `verify failed: ${unverified}`) };
  }

  async #letAgentWork(folder: string | undefined, release: () => void): Promise<AgentEnd> {
    const { executor, assignment, calls, rank, emit } = this.#context;
    if (this.#stop) return this.#stoppedEnd(this.#stop);
    if (calls) {
      // Where time is virtual it goes on while the run has to wait.
      release();
      this.#calls = calls.account({ task: this.#task, agentId: assignment.agentId, rank, emit });
      await this.#calls.begin();
      if (this.#stop) {
        this.#calls.close(undefined);
        return this.#stoppedEnd(this.#stop);
      }
    }
    const models = this.#calls?.access;
    const onProcess = (child: ChildProcess): void => this.#limits.follow(child);
    const agent = executor.start({ ...assignment, folder, onProcess, ...(models && { models }) }, (said) =>
      this.#hear(said),
    );
    this.#agent = agent;
    release();
    const end = await agent.ended;
    await this.#limits.settle();
    for (const cancel of this.#openQuestions.values()) cancel();
    this.#calls?.close(end.usage);
    return this.#stop && !end.success ? { ...end, ...this.#stoppedEnd(this.#stop) } : end;
  }

  async #runProgram(command: CommandInput, folder: string | undefined): Promise<string | undefined> {
    if (folder === undefined || this.#stop) return undefined;
    const { executionId } = this.#context.assignment;
    const { signal } = (this.#programs ??= new AbortController());
    const onProcess = (child: ChildProcess): void => this.#limits.follow(child);
    return this.#context.runProgram({ command, folder, executionId, taskId: this.#task.id, signal, onProcess });
  }

  /** Starts the time limit; time for which the agent was held back to a limit is not its own and comes on top. */
  #limitTime(ms: number, alreadyAdded: number): void {
    const { clock, assignment } = this.#context;
    const expire = (): void => {
      const heldMs = (this.#limits.used.throttledMs ?? 0) + (this.#calls?.heldMs ?? 0);
      if (heldMs > alreadyAdded) return this.#limitTime(heldMs - alreadyAdded, heldMs);
      this.stop("timeout", `the time limit of ${round(this.#task.timeoutMs / 60_000)} minutes was reached`);
    };
    this.#cancelTimers.push(clock.setTimer(ms, expire, assignment.order));
  }

  #stoppedEnd(stop: Stop): AgentEnd {
    if (stop.reason !== "memory") return stoppedEnd(stop);
    return { success: false, partial: true, error: this.#limits.memoryError() };
  }

  #hear(said: AgentReport): void {
    const taskId = this.#task.id;
    if (said.type === "progress") {
      const { type: _, files, usage: own, ...known } = said;
      const usage = own && (this.#calls?.usage(own) ?? own);
      const told = { ...known, ...(usage && { usage }), ...(files && { files: [...files] }) };
      this.#context.emit({ ...told, type: "task.progressed", taskId });
      return;
    }
    if (said.type === "resources") return this.#limits.hear(said);
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
    const usage = this.#calls?.usage(end.usage) ?? end.usage;
    const outcome: Outcome = {
      success: end.success,
      partial: end.partial,
      durationMs,
      ...(end.error && { error: { ...end.error, options: [...end.error.options] } }),
      ...(end.summary !== undefined && { summary: end.summary }),
      ...(usage && { usage }),
      ...this.#limits.used,
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
