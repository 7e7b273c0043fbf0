/**
 * One attempt at one task, from its folder to its outcome: workspace, agent, time limit, questions,
 * what it left behind. Everything it learns goes out as events; it decides nothing about the run.
 */
import type { ChildProcess } from "../../../ports/processes.ts";
import type { PlannedTask } from "../../../schema/event.ts";
import type { AgentError } from "../../../schema/outcome.ts";
import type { Result } from "../../../util/result.ts";
import { roundTo } from "../../../util/round-to.ts";
import type { AgentEnd, AgentReport, RunningAgent, StopReason } from "../../execution/executor.ts";
import type { CommandInput } from "../../execution/program-command.ts";
import { agentAssignment } from "./agent-assignment.ts";
import type { AgentCalls } from "../calls/agent-calls.ts";
import { AgentLimits } from "./agent-limits.ts";
import type { AttemptContext } from "./attempt-context.ts";
import { attemptOutcome } from "./attempt-outcome.ts";
import { failedProgram, stoppedEnd, type Stop } from "./attempt-ends.ts";
import { FolderGuard } from "./folder-guard.ts";
import { OpenQuestions } from "./open-questions.ts";
import { commitsOf, dependencyCommits, formerWriters } from "./dependency-results.ts";
import type { Collected, OpenWorkspace, RunWorkspaces } from "../workspaces.ts";

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
  #questions: OpenQuestions | undefined;
  /** Aborts the program that prepares or judges the folder. */
  #programs: AbortController | undefined;
  #limits: AgentLimits | undefined;
  /** Its agent, from its start on. */
  agent: RunningAgent | undefined;
  #atWorkIn: OpenWorkspace | undefined;
  #calls: AgentCalls | undefined;
  #stop: Stop | undefined;
  #workspace: OpenWorkspace | undefined;
  #guard: FolderGuard | undefined;
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
      this.#workspace = opened?.value;
      this.#limitTime(this.#task.timeoutMs, 0);
      this.#atWorkIn = this.#workspace;
      const end = await this.#work();
      this.#atWorkIn = undefined;
      this.#hold();
      const durationMs = this.#context.world.clock.now() - this.#startedAt;
      const workspace = this.#workspace;
      const collected = workspace && (await workspaces?.collect(workspace, this.#place));
      // The folder goes only when it is kept; one that could not be read stays.
      if (workspace && collected?.ok) await workspaces?.close(workspace);
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
    this.agent?.stop(stop.reason === "limit" ? "cancelled" : stop.reason);
    this.#calls?.giveUp();
    (this.#programs ??= new AbortController()).abort(stop.reason === "limit" ? "it has reached a limit" : stop.message);
  }

  /** Passes an answer to the agent; false when it does not wait for one. */
  answer(questionId: string, answer: string, by: "person" | "timeout"): boolean {
    return this.#questions?.answer(questionId, answer, by) ?? false;
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
    const place = { ...this.#place, signal: (this.#programs ??= new AbortController()).signal };
    const dependencies = again?.start === undefined ? dependencyCommits(view, this.#task) : [again.start];
    const onTopOf = again ? [] : formerWriters(view, this.#task);
    if (onTopOf.length > 0) {
      const together = [...dependencies, ...commitsOf(view, onTopOf)];
      const opened = await workspaces.open({ ...place, dependencies: together });
      if (opened.ok) this.#onTopOf = onTopOf;
      if (opened.ok) return opened;
    }
    // Results that do not go together keep nobody from working who needs none of them.
    return workspaces.open({ ...place, dependencies });
  }

  #work(): Promise<AgentEnd> {
    const hasPrograms = this.#context.spec.setup !== undefined || this.#task.verify !== undefined;
    return hasPrograms ? this.#workBetweenPrograms() : this.#letAgentWork();
  }

  /** Setup, agent, verify: the first that fails decides. */
  async #workBetweenPrograms(): Promise<AgentEnd> {
    const { verify } = this.#task;
    const unprepared = await this.#prepare();
    if (unprepared) return unprepared;
    const end = await this.#letAgentWork();
    if (!end.success) return end;
    const unverified = verify && (await this.#runProgram(verify, this.#workspace?.view));
    if (this.#stop) return { ...end, ...stoppedEnd(this.#stop) };
    return unverified === undefined
      ? end
      : { ...end, ...failedProgram("VerifyFailed", `verify failed: ${unverified}`) };
  }

  /** Runs the setup in the folder; gives the end of the attempt where that fails. */
  async #prepare(): Promise<AgentEnd | undefined> {
    const { setup } = this.#context.spec;
    const unprepared = setup && (await this.#runProgram(setup));
    if (this.#stop) return stoppedEnd(this.#stop);
    if (unprepared !== undefined) return failedProgram("SpawnFailed", `the setup command failed: ${unprepared}`);
    if (setup !== undefined && this.#workspace) await this.#guarded()?.prepared(this.#workspace);
    return undefined;
  }

  async #letAgentWork(): Promise<AgentEnd> {
    const { world, rank, event, emit } = this.#context;
    if (this.#stop) return stoppedEnd(this.#stop);
    if (world.calls) {
      // Where time is virtual it goes on while the run has to wait.
      this.#release();
      const overBudget = (error: () => AgentError): void => this.#endAtLimit(error);
      this.#calls = world.calls.account({ task: this.#task, agentId: event.agentId, rank, emit, overBudget });
      await this.#calls.begin();
    }
    const unready = !this.#stop && this.#guarded() ? await this.#leaveTouchedFolder() : undefined;
    const notBegun = unready ?? (this.#stop && stoppedEnd(this.#stop));
    if (notBegun) {
      this.#calls?.close(undefined);
      return notBegun;
    }
    const workspace = this.#workspace;
    const onProcess = (child: ChildProcess): void => this.#account().follow(child);
    const assignment = agentAssignment(this.#context, {
      folder: workspace?.folder,
      view: workspace?.view,
      onProcess,
      models: this.#calls?.access,
      onTopOf: this.#onTopOf,
    });
    this.agent = world.executorFor(this.#task.executorKind).start(assignment, (said) => this.#hear(said));
    this.#release();
    const end = await this.agent.ended;
    if (this.#limits) await this.#limits.settle();
    await this.#guard?.settle();
    this.#questions?.close();
    this.#calls?.close(end.usage);
    return this.#stop && !end.success ? { ...end, ...stoppedEnd(this.#stop) } : end;
  }

  /** Its agent begins in a new folder where somebody has written into this one, which is kept as it is. */
  async #leaveTouchedFolder(): Promise<AgentEnd | undefined> {
    const touched = this.#workspace;
    const { workspaces } = this.#context.world;
    if (!workspaces || !touched || !(await this.#guarded()?.isTouched(touched))) return undefined;
    const opened = await this.#open(workspaces);
    if (!opened.ok) return failedProgram("SpawnFailed", opened.error);
    await workspaces.close(touched);
    this.#workspace = this.#atWorkIn = opened.value;
    return this.#prepare();
  }

  /** Looks after its folder, where its agent is a program that could leave it. */
  #guarded(): FolderGuard | undefined {
    const { world, view, emit } = this.#context;
    if (!world.workspaces || this.#task.executorKind === "simulated") return undefined;
    this.#guard ??= new FolderGuard({ workspaces: world.workspaces, view, taskId: this.#task.id, emit });
    return this.#guard;
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

  /** The user's own setup sees everything; what runs an agent's code sees what the agent does. */
  async #runProgram(command: CommandInput, view?: OpenWorkspace["view"]): Promise<string | undefined> {
    const folder = this.#workspace?.folder;
    if (folder === undefined || this.#stop) return undefined;
    const { world, spec } = this.#context;
    const { executionId } = spec;
    const { signal } = (this.#programs ??= new AbortController());
    const onProcess = (child: ChildProcess): void => this.#account().follow(child);
    return world.runProgram({ command, folder, view, executionId, taskId: this.#task.id, signal, onProcess });
  }

  /** Starts the time limit; time for which the agent was held back to a limit is not its own and comes on top. */
  #limitTime(ms: number, alreadyAdded: number): void {
    const { world, planned } = this.#context;
    const expire = (): void => {
      const heldMs = (this.#limits?.used.throttledMs ?? 0) + (this.#calls?.heldMs ?? 0);
      if (heldMs > alreadyAdded) return this.#limitTime(heldMs - alreadyAdded, heldMs);
      this.stop("timeout", `the time limit of ${roundTo(this.#task.timeoutMs / 60_000, 2)} minutes was reached`);
    };
    this.#cancelTimeLimit = world.clock.setTimer(ms, expire, planned.order);
  }

  #hear(said: AgentReport): void {
    const taskId = this.#task.id;
    if (said.type === "progress") {
      const { type: _, files, usage: own, outside, ...known } = said;
      if (outside) this.#guarded()?.hear(outside);
      const usage = own && (this.#calls?.usage(own) ?? own);
      if (own) this.#calls?.replied(own);
      const told = { ...known, ...(usage && { usage }), ...(files && { files: [...files] }) };
      this.#context.emit({ ...told, type: "task.progressed", taskId });
      return;
    }
    if (said.type === "resources") return this.#account().hear(said);
    if (said.type === "refused") return this.#calls?.refused(said.retryAfterMs);
    const { clock } = this.#context.world;
    const deliver = (questionId: string, answer: string): void => this.agent?.answer(questionId, answer);
    this.#questions ??= new OpenQuestions({ taskId, clock, emit: this.#context.emit, deliver });
    this.#questions.ask(said);
  }

  #report(end: AgentEnd, durationMs: number, collected: Result<Collected, string> | undefined): void {
    const { agentId, attempt } = this.#context.event;
    const usage = this.#calls?.usage(end.usage) ?? end.usage;
    const used = this.#limits?.used;
    const outcome = attemptOutcome({ end, durationMs, collected, usage, used, onTopOf: this.#onTopOf });
    const taskId = this.#task.id;
    const findings = collected?.ok ? [...(collected.value.tampering ?? [])] : [];
    if (findings.length > 0) this.#context.emit({ type: "workspace.tampered", taskId, findings });
    this.#context.emit({ type: "task.finished", taskId, attempt, agentId, outcome });
  }
}
