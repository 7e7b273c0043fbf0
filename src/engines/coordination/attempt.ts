/**
 * One attempt at one task, from its folder to its outcome: workspace, agent, time limit, questions,
 * what it left behind. Everything it learns goes out as events; it decides nothing about the run.
 */
import type { ChildProcess } from "../../ports/processes.ts";
import type { EventBody, PlannedTask } from "../../schema/event.ts";
import type { AgentError, Outcome } from "../../schema/outcome.ts";
import type { Result } from "../../util/result.ts";
import type { AgentEnd, AgentReport, RunningAgent, StopReason } from "../execution/executor.ts";
import type { CommandInput } from "../execution/program-command.ts";
import type { RunMemory } from "../limits/run-memory.ts";
import { agentAssignment, type AttemptStart } from "./agent-assignment.ts";
import type { AgentCalls } from "./agent-calls.ts";
import { AgentLimits } from "./agent-limits.ts";
import { failedProgram, lostWork, stoppedEnd, type Stop } from "./attempt-ends.ts";
import { commitsOf, dependencyCommits, formerWriters } from "./dependency-results.ts";
import type { RunWorld } from "./run-world.ts";
import type { Collected, OpenWorkspace, RunWorkspaces } from "./workspaces.ts";

/** How long a question waits for a person before its default is taken. */
const questionTimeoutMs = 10 * 60_000;

/** What an attempt needs from the run it belongs to. */
export interface AttemptContext extends AttemptStart {
  readonly world: RunWorld;
  /** What the run's agents use together; absent without a limit on that. */
  readonly runMemory: RunMemory | undefined;
  /** Place in the order of urgency; lower goes first. */
  readonly rank: number;
  /** Takes over the event. */
  emit(event: EventBody): void;
}

const nothing = (): void => undefined;

/**
 * An attempt under way. Of tasks that take no time a run has a hundred thousand: what an attempt may never need, such
 * as the account of its limits, is made when it is needed.
 */
export class Attempt {
  readonly #context: AttemptContext;
  readonly #task: PlannedTask;
  readonly #startedAt: number;
  #cancelTimeLimit = nothing;
  /** Lets a virtual clock go on. */
  #release = nothing;
  #openQuestions: Map<string, () => void> | undefined;
  /** Aborts the program that prepares or judges the folder. */
  #programs: AbortController | undefined;
  #limits: AgentLimits | undefined;
  #agent: RunningAgent | undefined;
  #atWorkIn: OpenWorkspace | undefined;
  #calls: AgentCalls | undefined;
  #stop: Stop | undefined;
  /** The tasks whose results are in its folder because they have had the same file before it. */
  #onTopOf: readonly string[] = [];

  constructor(context: AttemptContext) {
    this.#context = context;
    this.#task = context.planned.task;
    this.#startedAt = context.world.clock.now();
  }

  /** Runs the attempt to its end and emits its outcome. Never rejects for anything an agent does. */
  async run(): Promise<void> {
    const { workspaces } = this.#context.world;
    this.#hold();
    try {
      const opened = workspaces && (await this.#open(workspaces));
      if (opened && !opened.ok) {
        this.#context.emit({ type: "task.skipped", taskId: this.#task.id, reason: opened.error });
        return;
      }
      const workspace = opened?.value;
      this.#limitTime(this.#task.timeoutMs, 0);
      this.#atWorkIn = workspace;
      const end = await this.#work(workspace?.folder);
      this.#atWorkIn = undefined;
      this.#hold();
      const durationMs = this.#context.world.clock.now() - this.#startedAt;
      const collected = workspaces && workspace && (await this.#collect(workspaces, workspace));
      this.#report(end, durationMs, collected);
    } finally {
      this.#cancelTimeLimit();
      this.#release();
    }
  }

  /** Who is at work where; undefined before the agent has a folder and after it has ended. */
  get watched(): { readonly taskId: string; readonly agentId: string; readonly workspace: OpenWorkspace } | undefined {
    const { agentId } = this.#context.event;
    return this.#atWorkIn && { taskId: this.#task.id, agentId, workspace: this.#atWorkIn };
  }

  /** Stops the agent; the attempt ends with what it has done until then. */
  stop(reason: StopReason, message: string): void {
    this.#end({ reason, message });
  }

  /** A limit of its own ends it: what it has done until then is kept. */
  #endAtLimit(error: () => AgentError): void {
    this.#end({ reason: "limit", error });
  }

  #end(stop: Stop): void {
    this.#stop ??= stop;
    this.#agent?.stop(stop.reason === "limit" ? "cancelled" : stop.reason);
    this.#calls?.giveUp();
    this.#programs?.abort();
  }

  /** Passes an answer to the agent; false when it does not wait for one. */
  answer(questionId: string, answer: string, by: "person" | "timeout"): boolean {
    const cancelDefault = this.#openQuestions?.get(questionId);
    if (!cancelDefault) return false;
    cancelDefault();
    this.#openQuestions?.delete(questionId);
    this.#context.emit({ type: "task.answered", taskId: this.#task.id, questionId, answer, by });
    this.#agent?.answer(questionId, answer);
    return true;
  }

  /** Where time is virtual, it stands still from here until `#release`. */
  #hold(): void {
    this.#release();
    this.#release = this.#context.world.clock.hold();
  }

  get #place(): { readonly taskId: string; readonly attempt: number } {
    return { taskId: this.#task.id, attempt: this.#context.event.attempt };
  }

  async #open(workspaces: RunWorkspaces): Promise<Result<OpenWorkspace, string>> {
    const { view, again } = this.#context;
    const dependencies = again?.start === undefined ? dependencyCommits(view, this.#task) : [again.start];
    const onTopOf = again ? [] : formerWriters(view, this.#task);
    if (onTopOf.length > 0) {
      const together = [...dependencies, ...commitsOf(view, onTopOf)];
      const opened = await workspaces.open({ ...this.#place, dependencies: together });
      if (opened.ok) this.#onTopOf = onTopOf;
      if (opened.ok) return opened;
    }
    // Results that do not go together keep nobody from working who needs none of them.
    return workspaces.open({ ...this.#place, dependencies });
  }

  #work(folder: string | undefined): Promise<AgentEnd> {
    const hasPrograms = this.#context.spec.setup !== undefined || this.#task.verify !== undefined;
    return hasPrograms ? this.#workBetweenPrograms(folder) : this.#letAgentWork(folder);
  }

  /** Setup, agent, verify: the first that fails decides. */
  async #workBetweenPrograms(folder: string | undefined): Promise<AgentEnd> {
    const { setup } = this.#context.spec;
    const { verify } = this.#task;
    const unprepared = setup && (await this.#runProgram(setup, folder));
    if (this.#stop) return stoppedEnd(this.#stop);
    if (unprepared !== undefined) return failedProgram("SpawnFailed", `the setup command failed: ${unprepared}`);
    const end = await this.#letAgentWork(folder);
    if (!end.success) return end;
    const unverified = verify && (await this.#runProgram(verify, folder));
    if (this.#stop) return { ...end, ...stoppedEnd(this.#stop) };
    return unverified === undefined
      ? end
      : { ...end, ...failedProgram("VerifyFailed", `verify failed: ${unverified}`) };
  }

  async #letAgentWork(folder: string | undefined): Promise<AgentEnd> {
    const { world, rank, event, emit } = this.#context;
    if (this.#stop) return stoppedEnd(this.#stop);
    if (world.calls) {
      // Where time is virtual it goes on while the run has to wait.
      this.#release();
      const overBudget = (error: () => AgentError): void => this.#endAtLimit(error);
      this.#calls = world.calls.account({ task: this.#task, agentId: event.agentId, rank, emit, overBudget });
      await this.#calls.begin();
      if (this.#stop) {
        this.#calls.close(undefined);
        return stoppedEnd(this.#stop);
      }
    }
    const onProcess = (child: ChildProcess): void => this.#account().follow(child);
    const assignment = agentAssignment(this.#context, {
      folder,
      onProcess,
      models: this.#calls?.access,
      onTopOf: this.#onTopOf,
    });
    this.#agent = world.executorFor(this.#task.executorKind).start(assignment, (said) => this.#hear(said));
    this.#release();
    const end = await this.#agent.ended;
    if (this.#limits) await this.#limits.settle();
    for (const cancel of this.#openQuestions?.values() ?? []) cancel();
    this.#calls?.close(end.usage);
    return this.#stop && !end.success ? { ...end, ...stoppedEnd(this.#stop) } : end;
  }

  /** The account of what its programs use. */
  #account(): AgentLimits {
    const { world, spec, emit } = this.#context;
    this.#limits ??= new AgentLimits({
      taskId: this.#task.id,
      kind: this.#task.executorKind,
      limits: spec.constraints.resourceLimits ?? {},
      watch: world.resources,
      runMemory: this.#context.runMemory,
      now: () => world.clock.now(),
      emit,
      overMemory: () => this.#endAtLimit(() => this.#account().memoryError()),
      // An agent whose limits nobody watches any more must not go on.
      fault: (error) => this.stop("cancelled", `its limits cannot be held: ${String(error)}`),
    });
    return this.#limits;
  }

  async #runProgram(command: CommandInput, folder: string | undefined): Promise<string | undefined> {
    if (folder === undefined || this.#stop) return undefined;
    const { world, spec } = this.#context;
    const { executionId } = spec;
    const { signal } = (this.#programs ??= new AbortController());
    const onProcess = (child: ChildProcess): void => this.#account().follow(child);
    return world.runProgram({ command, folder, executionId, taskId: this.#task.id, signal, onProcess });
  }

  /** Starts the time limit; time for which the agent was held back to a limit is not its own and comes on top. */
  #limitTime(ms: number, alreadyAdded: number): void {
    const { world, planned } = this.#context;
    const expire = (): void => {
      const heldMs = (this.#limits?.used.throttledMs ?? 0) + (this.#calls?.heldMs ?? 0);
      if (heldMs > alreadyAdded) return this.#limitTime(heldMs - alreadyAdded, heldMs);
      this.stop("timeout", `the time limit of ${round(this.#task.timeoutMs / 60_000)} minutes was reached`);
    };
    this.#cancelTimeLimit = world.clock.setTimer(ms, expire, planned.order);
  }

  #hear(said: AgentReport): void {
    const taskId = this.#task.id;
    if (said.type === "progress") {
      const { type: _, files, usage: own, ...known } = said;
      const usage = own && (this.#calls?.usage(own) ?? own);
      if (own) this.#calls?.replied(own);
      const told = { ...known, ...(usage && { usage }), ...(files && { files: [...files] }) };
      this.#context.emit({ ...told, type: "task.progressed", taskId });
      return;
    }
    if (said.type === "resources") return this.#account().hear(said);
    if (said.type === "refused") return this.#calls?.refused(said.retryAfterMs);
    const { questionId, text, options, fallback } = said;
    const answerForNobody = (): void => void this.answer(questionId, fallback, "timeout");
    const cancel = this.#context.world.clock.setTimer(questionTimeoutMs, answerForNobody);
    this.#openQuestions ??= new Map();
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

  /** Keeps what the attempt left behind. The folder goes only after that; one that could not be read stays. */
  async #collect(workspaces: RunWorkspaces, workspace: OpenWorkspace): Promise<Result<Collected, string>> {
    const collected = await workspaces.collect(workspace, this.#place);
    if (collected.ok) await workspaces.close(workspace);
    return collected;
  }

  #report(end: AgentEnd, durationMs: number, collected: Result<Collected, string> | undefined): void {
    const { agentId, attempt } = this.#context.event;
    const outcome: Outcome = { success: end.success, partial: end.partial, durationMs, changes: [] };
    const usage = this.#calls?.usage(end.usage) ?? end.usage;
    if (end.error) outcome.error = { ...end.error, options: [...end.error.options] };
    if (end.summary !== undefined) outcome.summary = end.summary;
    if (usage) outcome.usage = usage;
    if (this.#limits) Object.assign(outcome, this.#limits.used);
    if (end.peakMemoryMB !== undefined) outcome.peakMemoryMB = end.peakMemoryMB;
    if (this.#onTopOf.length > 0) outcome.builtOn = [...this.#onTopOf];
    if (end.claimedChanges) outcome.changes = [...end.claimedChanges];
    if (collected?.ok) {
      outcome.commit = collected.value.commit;
      outcome.changes = [...collected.value.changes];
    } else if (collected) {
      outcome.success = false;
      outcome.error ??= lostWork(collected.error);
    }
    const taskId = this.#task.id;
    const findings = collected?.ok ? [...(collected.value.tampering ?? [])] : [];
    if (findings.length > 0) this.#context.emit({ type: "workspace.tampered", taskId, findings });
    this.#context.emit({ type: "task.finished", taskId, attempt, agentId, outcome });
  }
}

function round(minutes: number): number {
  return Math.round(minutes * 100) / 100;
}
