/**
 * The heart: one loop around the pure scheduler.
 *
 *   append(event); [state, commands] = transition(state, event); run the commands; each outcome is the next event
 *
 * K1  An event is in the journal before anything follows from it or anybody is told.
 * K2  A task is started only after `task.started` is in the journal.
 * K3  Commands never run inside `transition`; replay is the same loop without them.
 * K4  `done` settles after every agent has ended and the last event is written.
 *
 * It does not choose what runs next (scheduling), start processes (execution) or merge (merging).
 */
import type { EventSink } from "../../ports/sink.ts";
import type { EventBody, EventOf, PlannedTask, RunEvent, RunSpec } from "../../schema/event.ts";
import { assert, unreachable } from "../../util/assert.ts";
import { deferred } from "../../util/deferred.ts";
import { numberAt } from "../../util/number-at.ts";
import { runMemory, type RunMemory } from "../limits/run-memory.ts";
import { taskInFallback } from "../planning/fallback-task.ts";
import { applyEvent, startView, type RunView } from "../progress/run-view.ts";
import type { Command } from "../scheduling/command.ts";
import { initialState, type RunState } from "../scheduling/run-state.ts";
import { transition } from "../scheduling/transition.ts";
import type { RunWorld } from "./run-world.ts";
import { Attempt } from "./attempts/attempt.ts";
import { EventQueue } from "./event-queue.ts";
import { eventSinks, type EventSinks } from "./event-sinks.ts";
import { liveWatch, type LiveWatch } from "./live-watch.ts";
import { handOver } from "./attempts/hand-over.ts";
import { LiveAttempts } from "./attempts/live-attempts.ts";
import { mergeRun } from "./repository/merge-run.ts";

/** Runs one run's tasks with its agents, from its first event to its last. */
export class SubAgentCoordinator {
  readonly #spec: RunSpec;
  readonly #world: RunWorld;
  readonly #tasks: ReadonlyMap<string, { readonly task: PlannedTask; readonly order: number }>;
  readonly #attempts = new LiveAttempts();
  readonly #sinks: EventSinks;
  readonly #emitBody = (body: EventBody): void => this.#emit(body);
  readonly #events: EventQueue;
  readonly #done = deferred<RunView>();
  readonly #memory: RunMemory | undefined;
  #state: RunState;
  #view: RunView | undefined;
  /** Says why a merge is not gone on with, or a wait to write; each has its own, for what came before it does not end it. */
  #ending = new AbortController();
  #closed = false;
  #cancelRunTimer: () => void = () => undefined;
  #endPace: (() => void) | undefined;
  #live: LiveWatch | undefined;

  constructor(spec: RunSpec, world: RunWorld) {
    this.#spec = spec;
    this.#world = world;
    this.#tasks = new Map(spec.tasks.map((task, order) => [task.id, { task, order }]));
    this.#state = initialState(spec);
    this.#sinks = eventSinks(world.onSinkFailure);
    const { clock, journal, durable } = world;
    const process = (event: RunEvent): void => this.#process(event);
    this.#events = new EventQueue({ clock, journal, durable, process, fail: (cause) => this.#fail(cause) });
    this.#memory = runMemory(spec.constraints.resourceLimits?.maxTotalMemoryMB);
  }

  /** Settles with the final view when the run has ended. */
  get done(): Promise<RunView> {
    return this.#done.promise;
  }

  /** The run as it stands. */
  get view(): RunView {
    assert(this.#view, "the run has started");
    return this.#view;
  }

  /** Calls back for every further event, after it is written; the returned function ends it. */
  watch(sink: EventSink): () => void {
    return this.#sinks.add(sink);
  }

  /** Starts the run; settles when its first event is written. */
  async start(): Promise<void> {
    const { owner, containment, clock, journal } = this.#world;
    const createdAt = clock.wallTime();
    this.#emit({ type: "run.created", spec: this.#spec, owner, createdAt, containment });
    const { timeoutMinutes } = this.#spec.constraints;
    if (timeoutMinutes !== undefined) {
      this.#cancelRunTimer = clock.setTimer(timeoutMinutes * 60_000, () => this.#emit({ type: "run.timed-out" }));
    }
    const running = (): number => (this.#view ? this.#view.working + this.#view.blocked : 0);
    const heldBack = (): number => this.#world.calls?.heldBack ?? 0;
    const emit = this.#emitBody;
    this.#endPace = this.#world.pace?.({ spec: this.#spec, running, heldBack, memory: this.#memory, emit });
    const watched = { ...this.#world, attempts: this.#attempts.all, view: () => this.view, emit };
    this.#live = liveWatch(this.#spec, { ...watched, onTrouble: this.#world.onBreakdown });
    await journal.flush();
  }

  /** Stops the run: agents end within their grace period, what is done is kept. */
  cancel(reason: string): void {
    if (!this.#closed) this.#emit({ type: "run.cancel-requested", reason });
  }

  /** Nothing new starts and no metered call begins until `resume`. */
  pause(reason: string): void {
    if (this.#view?.paused === undefined) this.#emit({ type: "run.paused", by: "person", reason });
  }

  /** Goes on; a run that its budget had paused gets as much again. */
  resume(): void {
    const { paused } = this.view;
    if (paused) this.#emit({ type: "run.resumed", extendsBudget: paused.by === "budget" });
  }

  /** Answers an agent's question; false when nobody waits for it. */
  answer(taskId: string, questionId: string, answer: string): boolean {
    return this.#attempts.all.get(taskId)?.answer(questionId, answer, "person") ?? false;
  }

  retry(taskId: string): void {
    this.#emit({ type: "task.retry-requested", taskId });
  }

  skip(taskId: string, reason: string): void {
    this.#emit({ type: "task.skip-requested", taskId, reason });
  }

  steer(message: { readonly taskId: string; readonly steerId: string; readonly text: string }): void {
    this.#emit({ type: "task.steer-requested", ...message });
  }

  /** Ends all agents because the process ends, and writes that the run was interrupted; an apply under way ends first. */
  async interrupt(reason: string): Promise<void> {
    if (this.#closed) return;
    if (this.#state.phase === "applying" || this.#state.phase === "finished") {
      this.#ending.abort(reason);
      return void (await this.#done.promise);
    }
    this.#emit({ type: "run.interrupted", reason });
    this.#cease();
    this.#attempts.stopAll(reason);
    await this.#world.journal.flush();
    this.#done.resolve(this.view);
  }

  /** Closes the journal; only after `done`. */
  closeJournal(): Promise<void> {
    return this.#world.journal.close();
  }

  #emit(body: EventBody): void {
    if (!this.#closed) this.#events.push(body);
  }

  #process(event: RunEvent): void {
    if (event.type === "run.created") this.#view = startView(event);
    else applyEvent(this.view, event);
    const [state, commands] = transition(this.#state, event);
    this.#state = state;
    this.#world.calls?.hear(event);
    // What was on its way to the journal when the run was interrupted is told, and nothing follows from it any more.
    if (!this.#closed) {
      for (const command of commands) this.#perform(command);
      if (event.type === "task.started") this.#launch(event);
    }
    if (event.type === "task.steer-requested") this.#emit(handOver(event, this.#attempts.all.get(event.taskId)));
    if (event.type === "run.cancel-requested") this.#ending.abort("the run was cancelled");
    if (event.type === "run.timed-out") this.#ending.abort("the run's time limit was reached");
    this.#sinks.tell(event);
    if (event.type === "run.finished") this.#close();
  }

  #perform(command: Command): void {
    switch (command.type) {
      case "capture-base":
        this.#effect(() => this.#captureBase());
        return;
      case "start-task":
        this.#attempts.expect(command.taskId);
        this.#emit({ ...command, type: "task.started" });
        return;
      case "skip-task":
        this.#emit({ ...command, type: "task.skipped" });
        return;
      case "reopen-task":
        this.#emit({ ...command, type: "task.reopened" });
        return;
      case "stop-task":
        this.#attempts.stop(command.taskId, command.reason);
        return;
      case "delay":
        this.#world.clock.setTimer(command.ms, () => this.#emit({ type: "delay.elapsed" }));
        return;
      case "merge":
        this.#effect(() => this.#merge(command));
        return;
      case "apply":
        this.#effect(() => this.#apply());
        return;
      case "finish":
        this.#emit({ type: "run.finished", status: command.status });
        return;
      default:
        unreachable(command);
    }
  }

  /** Runs an effect to its event; time stands still meanwhile where it is virtual. */
  #effect(work: () => Promise<void>): void {
    const release = this.#world.clock.hold();
    work()
      .catch((reason: unknown) => this.#fail(reason))
      .finally(release);
  }

  async #captureBase(): Promise<void> {
    const base = await this.#world.workspaces?.captureBase();
    assert(base, "a run that captures a base has workspaces");
    this.#emit(base.ok ? { type: "base.captured", commit: base.value } : { type: "base.failed", reason: base.error });
  }

  #launch(event: EventOf<"task.started">): void {
    const { taskId } = event;
    const planned = this.#tasks.get(taskId);
    assert(planned, `unknown task ${taskId}`);
    const attempt = new Attempt({
      world: this.#world,
      spec: this.#spec,
      view: this.view,
      planned: { ...planned, task: event.fallback ? taskInFallback(planned.task) : planned.task },
      event,
      runMemory: this.#memory,
      rank: numberAt(this.#state.index.ranks, planned.order),
      emit: this.#emitBody,
    });
    this.#attempts.add(taskId, attempt);
    this.#live?.wake();
    attempt.run().then(
      () => this.#attempts.remove(taskId, attempt),
      (reason: unknown) => this.#fail(reason),
    );
  }

  async #merge(offer: Command & { type: "merge" }): Promise<void> {
    const { workspaces, runProgram } = this.#world;
    assert(workspaces, "a run that merges has workspaces");
    const { signal } = (this.#ending = new AbortController());
    const merged = await mergeRun({ view: this.view, offer, tasks: this.#tasks, workspaces, runProgram, signal });
    this.#emit({ ...merged, type: "merge.finished" });
  }

  async #apply(): Promise<void> {
    const { workspaces } = this.#world;
    const { merge } = this.view;
    assert(workspaces && merge?.commit && this.#spec.apply !== "none", "there is something to apply");
    const { commit } = merge;
    const onWait = (waitsFor: string): void => this.#emit({ type: "apply.started", commit, waitsFor });
    const { signal } = (this.#ending = new AbortController());
    const wait = { signal, onWait };
    const applied = await workspaces.apply(this.#spec.apply, commit, { wait });
    this.#emit({ ...applied, type: "apply.finished" });
  }

  /** Nothing more happens to the run. */
  #cease(): void {
    this.#closed = true;
    this.#ending.abort("the run has ended");
    this.#cancelRunTimer();
    this.#endPace?.();
    this.#live?.stop();
  }

  #close(): void {
    this.#cease();
    this.#effect(async () => {
      await this.#world.journal.flush();
      const { status, apply } = this.view;
      await this.#world.workspaces?.cleanUp(status !== "completed" || !apply?.applied);
      this.#done.resolve(this.view);
    });
  }

  /** A bug or a broken disk: agents are stopped, the run says that it is interrupted, and whoever waits is told. */
  #fail(cause: unknown): void {
    if (this.#closed && this.#view?.endedAt !== undefined) return;
    this.#cease();
    // Whoever starts it is told; nothing has begun.
    if (this.#view === undefined) return;
    this.#attempts.stopAll("the run broke down");
    const message = cause instanceof Error ? cause.message : String(cause);
    const body = { type: "run.interrupted", reason: `it broke down: ${message}` } as const;
    const event: RunEvent = { ...body, seq: this.view.seq + 1, at: this.#world.clock.now() };
    applyEvent(this.view, event);
    this.#sinks.tell(event);
    this.#world.onBreakdown(cause);
    // The journal may be what broke; then the run reads as interrupted as soon as this process is gone.
    const settle = (): void => this.#done.resolve(this.view);
    void this.#world.journal.append([event]).then(settle, settle);
  }
}
