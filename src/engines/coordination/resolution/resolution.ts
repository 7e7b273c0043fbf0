/**
 * One decision about a conflict of a run that has ended, carried out to its end.
 *
 * R1  The decision is in the journal before anything follows from it.
 * R2  It is carried out whole, or the run stands as before; what it has cost stays spent.
 * R3  What is merged anew holds what was decided and passes the run's verification before it counts.
 * R4  The user's files are led from what was written before to what is merged now; whatever else is in them is theirs.
 *
 * It does not choose a way out, and asks nobody: that is settled before it begins.
 */
import type { EventSink } from "../../../ports/sink.ts";
import type { EventBody, EventOf, Owner, PlannedTask, RunEvent } from "../../../schema/event.ts";
import type { RunStatus } from "../../../schema/workflow.ts";
import { assert } from "../../../util/assert.ts";
import { deferred } from "../../../util/deferred.ts";
import type { StopReason } from "../../execution/executor.ts";
import { taskInFallback } from "../../planning/fallback-task.ts";
import { runMemory } from "../../limits/run-memory.ts";
import { abandonResolution } from "../../progress/resolution-view.ts";
import { applyEvent, type ResolutionView, type RunView } from "../../progress/run-view.ts";
import type { TurnWait } from "../../merging/apply/apply-fence.ts";
import type { ActiveRun } from "../runs/active-run.ts";
import { Attempt } from "../attempts/attempt.ts";
import { mergeDecided, proveDecided } from "./decided-merge.ts";
import { deliver, planDelivery, writesOnItsOwn } from "../repository/delivery.ts";
import { againOf, tasksToRedo } from "./redone-task.ts";
import { eventSinks, type EventSinks } from "../event-sinks.ts";
import type { RunWorld } from "../run-world.ts";
import type { WayOut } from "./way-out.ts";
import type { RunWorkspaces } from "../workspaces.ts";

/** How a decision ended. */
type Ending = Omit<EventOf<"resolution.finished">, "type" | "status">;

/** What a decision is carried out with. */
export type ResolutionWorld = RunWorld & {
  readonly workspaces: RunWorkspaces;
  /** The time of the run at which the decision is taken, and from then on. */
  readonly now: () => number;
};

/** A decision under way. */
export class Resolution implements ActiveRun {
  readonly view: RunView;
  readonly #events: readonly RunEvent[];
  readonly #way: WayOut;
  readonly #edited: string | undefined;
  readonly #world: ResolutionWorld;
  readonly #sinks: EventSinks;
  readonly #done = deferred<RunView>();
  #attempt: { readonly taskId: string; readonly running: Attempt } | undefined;
  #stopped: string | undefined;
  readonly #ending = new AbortController();

  constructor(given: {
    readonly view: RunView;
    readonly events: readonly RunEvent[];
    readonly way: WayOut;
    /** The folder a person has edited, if the decision is to take that over. */
    readonly edited: string | undefined;
    readonly world: ResolutionWorld;
  }) {
    this.view = given.view;
    this.#events = given.events;
    this.#way = given.way;
    this.#edited = given.edited;
    this.#world = given.world;
    this.#sinks = eventSinks(given.world.onSinkFailure);
  }

  get done(): Promise<RunView> {
    return this.#done.promise;
  }

  watch(sink: EventSink): () => void {
    return this.#sinks.add(sink);
  }

  /** Writes the decision down, and begins; settles when it is written. */
  async start(owner: Owner): Promise<void> {
    const { conflict, strategy, taskId } = this.#way;
    const decision = { conflictId: conflict.id, strategy, ...(taskId !== undefined && { taskId }) };
    await this.#record({ type: "resolution.decided", ...decision, owner });
    void this.#run();
  }

  cancel(reason: string): void {
    this.#stop("cancelled", reason);
  }

  /** A decision is carried out or cancelled; there is nothing to pause. */
  pause(): void {}

  resume(): void {}

  /** What it does again, it does as decided. */
  retry(): void {}

  skip(): void {}

  steer(): void {}

  answer(taskId: string, questionId: string, answer: string): boolean {
    if (this.#attempt?.taskId !== taskId) return false;
    return this.#attempt.running.answer(questionId, answer, "person");
  }

  async interrupt(reason: string): Promise<void> {
    this.#stop("shutdown", reason);
    if (this.#attempt) await this.done;
    else await this.#world.journal.flush();
  }

  closeJournal(): Promise<void> {
    return this.#world.journal.close();
  }

  #stop(reason: StopReason, message: string): void {
    this.#stopped ??= message;
    this.#ending.abort(message);
    this.#attempt?.running.stop(reason, message);
  }

  async #run(): Promise<void> {
    try {
      const ending = await this.#carryOut();
      const status = ending.done ? statusAfter(this.view) : (this.view.resolving?.before.status ?? this.view.status);
      await this.#record({ type: "resolution.finished", ...ending, status });
      if (ending.done && this.#edited !== undefined) await this.#world.workspaces.closeEdit(this.#edited);
    } catch (error) {
      // A bug or a broken disk: nothing more is written, and the next process that looks finds the decision unfinished.
      this.#world.onBreakdown(error);
      abandonResolution(this.view);
    }
    this.#done.resolve(this.view);
  }

  async #carryOut(): Promise<Ending> {
    const { conflict, strategy } = this.#way;
    const isOwnChange = conflict.tasks.every((id) => !this.view.tasks.has(id));
    if (strategy === "merge" || isOwnChange) return { done: true };
    if (strategy === "manual" && this.#edited === undefined) return this.#layOut();
    const failure = strategy === "sequential-retry" ? await this.#redo() : await this.#takeEdit();
    return failure === undefined ? this.#mergeAnew() : { done: false, reason: failure };
  }

  async #layOut(): Promise<Ending> {
    const opened = await this.#world.workspaces.openEdit(this.#edit());
    return opened.ok ? { done: true, folder: opened.value.folder } : { done: false, reason: opened.error };
  }

  /** Takes over what a person has edited, as the result of the task that was held; gives why it cannot. */
  async #takeEdit(): Promise<string | undefined> {
    if (this.#edited === undefined) return undefined;
    const edit = this.#edit();
    const taken = await this.#world.workspaces.takeEdit({ ...edit, folder: this.#edited });
    if (!taken.ok) return taken.error;
    const { taskId } = edit;
    const attempt = this.#nextAttempt(taskId);
    const who = { taskId, attempt, agentId: "you" };
    const outcome = { success: true, partial: false, durationMs: 0, ...taken.value, changes: [...taken.value.changes] };
    await this.#record({ type: "task.started", ...who, onTopOf: [...(this.view.merge?.merged ?? [])] });
    await this.#record({ type: "task.finished", ...who, outcome });
    return undefined;
  }

  #edit(): Parameters<RunWorkspaces["openEdit"]>[0] {
    const { conflict, taskId } = this.#way;
    const held = taskId === undefined ? undefined : this.view.tasks.get(taskId)?.outcome?.commit;
    assert(taskId !== undefined && held !== undefined, "somebody's result is held");
    return { conflictId: conflict.id, taskId, held, merged: this.view.merge?.commit };
  }

  /** Does the task again, and what was built on it, each on top of the one before; gives why one could not. */
  async #redo(): Promise<string | undefined> {
    const { taskId } = this.#way;
    assert(taskId !== undefined, "a task is done again");
    const onTopOf = [...(this.view.merge?.merged ?? [])];
    let start = this.view.merge?.commit;
    for (const task of tasksToRedo(this.view, taskId)) {
      if (this.#stopped !== undefined) return this.#stopped;
      await this.#attemptAgain(task, { start, onTopOf: [...onTopOf] });
      const { state, outcome, skippedReason } = this.view.tasks.get(task.id) ?? {};
      if (state !== "succeeded")
        return `'${task.id}' was done again and ${outcome?.error?.message ?? skippedReason ?? "failed"}`;
      start = outcome?.commit;
      onTopOf.push(task.id);
    }
    return undefined;
  }

  async #attemptAgain(
    task: PlannedTask,
    place: { readonly start: string | undefined; readonly onTopOf: string[] },
  ): Promise<void> {
    const { conflict } = this.#way;
    const { spec } = this.view;
    const { start, onTopOf } = place;
    const again = againOf({ view: this.view, task, conflict, start });
    // What succeeded by its fallback is done again that way.
    const { agentId = "agent-1", fallback } = this.view.tasks.get(task.id) ?? {};
    const attempt = this.#nextAttempt(task.id);
    const turn = { taskId: task.id, attempt, agentId, ...(fallback && { fallback }) };
    const event = { type: "task.started" as const, ...turn, onTopOf };
    await this.#record(event);
    const running = new Attempt({
      world: this.#world,
      spec,
      view: this.view,
      planned: { task: fallback ? taskInFallback(task) : task, order: spec.tasks.indexOf(task) },
      event,
      again,
      rank: 0,
      runMemory: runMemory(spec.constraints.resourceLimits?.maxTotalMemoryMB),
      emit: (body) => this.#emit(body),
    });
    this.#attempt = { taskId: task.id, running };
    if (this.#stopped !== undefined) running.stop("cancelled", this.#stopped);
    await running.run();
    this.#attempt = undefined;
    await this.#world.journal.flush();
  }

  #nextAttempt(taskId: string): number {
    return (this.view.tasks.get(taskId)?.attempts ?? 0) + 1;
  }

  async #mergeAnew(): Promise<Ending> {
    const { workspaces, runProgram } = this.#world;
    const { signal } = this.#ending;
    const decision = decisionOf(this.#way);
    const merged = await mergeDecided({ view: this.view, events: this.#events, workspaces, decision, signal });
    const reason = await proveDecided({ view: this.view, decision, merged, workspaces, runProgram, signal });
    if (this.#stopped !== undefined) return { done: false, reason: this.#stopped };
    if (reason !== undefined) return { done: false, reason };
    const { commit } = merged;
    if (commit !== undefined) await workspaces.keepMerged(commit);
    await this.#record({ type: "merge.finished", ...merged });
    await this.#deliver();
    return { done: true };
  }

  async #deliver(): Promise<void> {
    const { workspaces } = this.#world;
    const { merge, spec } = this.view;
    if (spec.apply === "branch" && merge?.commit !== undefined) {
      const { applied, ...rest } = await workspaces.apply("branch", merge.commit);
      await this.#record({ type: "apply.finished", applied, ...rest });
      return;
    }
    const plan = writesOnItsOwn(this.view) ? planDelivery(this.view, merge?.commit) : undefined;
    if (!plan) return;
    const begin = (commit: string): Promise<void> => this.#record({ type: "apply.started", commit });
    const wait = (commit: string): TurnWait => ({
      signal: this.#ending.signal,
      onWait: (waitsFor) => this.#emit({ type: "apply.started", commit, waitsFor }),
    });
    await this.#record({ type: "apply.finished", ...(await deliver({ workspaces, plan, begin, wait })) });
  }

  /** Writes an event; settles when it is on disk. */
  async #record(body: EventBody): Promise<void> {
    const event: RunEvent = { ...body, seq: this.view.seq + 1, at: Math.max(this.view.at, this.#world.now()) };
    applyEvent(this.view, event);
    await this.#world.journal.append([event]);
    this.#sinks.tell(event);
  }

  /** Writes what an agent says; what must be on disk before the next step is waited for there. */
  #emit(body: EventBody): void {
    this.#record(body).catch((error: unknown) => this.#world.onBreakdown(error));
  }
}

/** A way out as it is remembered. */
export function decisionOf({ conflict, strategy, taskId }: WayOut): ResolutionView {
  return { conflictId: conflict.id, strategy, ...(taskId !== undefined && { taskId }) };
}

/** What the run as a whole has come to with the decision. */
export function statusAfter(view: RunView): RunStatus {
  const before = view.resolving?.before.status ?? view.status;
  const whole = [...view.tasks.values()].every(({ state }) => state === "succeeded");
  const clean = (view.merge?.held.length ?? 0) === 0 && view.apply?.applied !== false;
  if (whole && clean) return "completed";
  return before === "completed" ? "partial" : before;
}
