import type { Clock } from "../../../ports/clock.ts";
import type { RunEvent, RunSpec } from "../../../schema/event.ts";
import { refuse } from "../../../schema/problem.ts";
import type { RunRequest } from "../../../schema/run-request.ts";
import type { ExecuteInput } from "../../../schema/workflow.ts";
import { openRunIndex, type RunIndex } from "../../journal/run-index.ts";
import type { RunView } from "../../progress/run-view.ts";
import type { ActiveRun } from "./active-run.ts";
import { capacityGovernor } from "../capacity-governor.ts";
import { applyRun, removeRun, undoRun } from "./finished-run.ts";
import { doesNotReact, hasEnded, hasNotEnded, isNotPaused, obey, serverEnding } from "./control-run.ts";
import { controlTask, type TaskRequest } from "./control-task.ts";
import { meantQuestion } from "./meant-question.ts";
import { openRuns, type LoadedRun, type OpenRuns } from "./open-runs.ts";
import { decideRun } from "../resolution/decide-run.ts";
import type { Decided } from "../resolution/decision.ts";
import { prepareRun } from "../preparation/prepare-run.ts";
import { holdRun, recoverResolution } from "../resolution/recover-resolution.ts";
import { recoverRuns } from "./recover.ts";
import { inRunFolder, type RunPlace } from "./run-folder.ts";
import { runCalls } from "../calls/run-calls.ts";
import { runContainment } from "./run-containment.ts";
import { postRequest, serveRequests } from "./run-requests.ts";
import type { CallOrigin, QuestionAnswer, Runs, StartExtras, WaitFor } from "./runs.ts";
import type { RunsWorld } from "./runs-world.ts";
import { SubAgentCoordinator } from "../sub-agent-coordinator.ts";
import { isSettled, waitForNews } from "./wait-for-news.ts";
import type { WayOutRequest } from "../resolution/way-out.ts";
import type { RunWorkspaces } from "../workspaces.ts";

/** The runs of this process, and those found in the machine's index. */
export function localRuns(world: RunsWorld): Runs {
  const index = openRunIndex(world.files, world.stateFolder);
  return new LocalRuns(world, index);
}

class LocalRuns implements Runs {
  readonly #world: RunsWorld;
  readonly #index: RunIndex;
  readonly #active = new Map<string, ActiveRun>();
  /** Settle when a run's files for people are written and its journal is closed. */
  readonly #over = new Map<string, Promise<void>>();
  readonly #open: OpenRuns;
  #closing = false;

  constructor(world: RunsWorld, index: RunIndex) {
    this.#world = world;
    this.#index = index;
    this.#open = openRuns(world, index);
  }

  async start(input: ExecuteInput, origin: CallOrigin, extras: StartExtras = {}): Promise<string> {
    const { idempotencyKey } = input;
    const former = idempotencyKey === undefined ? undefined : await this.#index.holderOf(idempotencyKey);
    if (former !== undefined) return former;
    const { commandsApproved = false, approvedCommands = [] } = extras;
    const spec = await prepareRun(this.#world, input, { origin, commandsApproved, approvedCommands });
    if (this.#closing) refuse(serverEnding);
    if (idempotencyKey !== undefined) return this.#launchOnce(spec, idempotencyKey, extras.onEvent);
    await this.#launch(spec, extras.onEvent);
    return spec.executionId;
  }

  /** Of several calls with one key, also of other processes, one starts the run. */
  async #launchOnce(spec: RunSpec, idempotencyKey: string, onEvent: StartExtras["onEvent"]): Promise<string> {
    const holder = await this.#index.claimKey(idempotencyKey, spec.executionId);
    if (holder !== spec.executionId) return holder;
    try {
      await this.#launch(spec, onEvent);
    } catch (error) {
      await this.#index.releaseKey(idempotencyKey);
      throw error;
    }
    return spec.executionId;
  }

  async #launch(prepared: RunSpec, onEvent: StartExtras["onEvent"]): Promise<void> {
    const { files, processes, stateFolder } = this.#world;
    // What can be refused comes before anything of the user's is written.
    const workspaces = prepared.isolated ? await this.#world.openWorkspaces(prepared) : undefined;
    const { spec, containment } = await runContainment(prepared, { processes, workspaces });
    await inRunFolder({ files, spec, stateFolder, index: this.#index }, ({ folder, journal, durable }) =>
      this.#begin(spec, { onEvent, workspaces, containment, folder, journal, durable }),
    );
  }

  async #begin(spec: RunSpec, start: Beginning): Promise<void> {
    const { onEvent, workspaces, containment, folder, journal, durable } = start;
    const { machine, clock, resources } = this.#world;
    const { executionId } = spec;
    const settings = spec.simulation ?? {};
    const runClock: Clock = spec.executor === "simulated" ? this.#world.simulatedClock(settings.realTime ?? 0) : clock;
    const coordinator = new SubAgentCoordinator(spec, {
      clock: runClock,
      journal,
      durable,
      executorFor: (kind) => this.#world.executor(kind, { clock: runClock, settings }),
      workspaces,
      runProgram: this.#world.runProgram,
      resources,
      calls: runCalls({ spec, clock: runClock, world: this.#world.calls }),
      pace: spec.executor === "simulated" ? undefined : capacityGovernor({ clock, machine, watch: resources }),
      owner: machine.self(),
      containment,
      onBreakdown: (error) => this.#world.log(`run ${executionId} broke down: ${describeError(error)}`),
      onSinkFailure: (error) =>
        this.#world.log(`a listener of run ${executionId} failed, the run goes on: ${describeError(error)}`),
    });
    if (onEvent) coordinator.watch(onEvent);
    coordinator.watch((event) => this.#world.log(`${executionId} ${event.seq} ${event.type}`, "debug"));
    const { workspace, idempotencyKey } = spec;
    await this.#index.add({
      executionId,
      folder,
      createdAt: clock.wallTime(),
      ...(workspace !== undefined && { workspace }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });
    await coordinator.start();
    if (this.#closing) await coordinator.interrupt("the server that ran it ended");
    this.#lead(executionId, folder, coordinator);
  }

  /** Serves requests of other processes until the run is over. */
  #lead(executionId: string, folder: string, active: ActiveRun, release?: () => Promise<void>): void {
    this.#active.set(executionId, active);
    const endRequests = serveRequests(this.#world, folder, (request) => void obey(active, request));
    this.#over.set(executionId, this.#follow(executionId, folder, { active, release }).finally(endRequests));
  }

  /** Waits for a run's end and leaves its files for people. */
  async #follow(
    executionId: string,
    folder: string,
    run: { readonly active: ActiveRun; readonly release?: (() => Promise<void>) | undefined },
  ): Promise<void> {
    const { active, release } = run;
    this.#world.log(`run ${executionId} is at work`, "info");
    const view = await active.done;
    this.#world.log(`run ${executionId} has ended: ${view.status}`, "info");
    try {
      await this.#open.writeArtifacts(folder, view);
    } catch (error) {
      // The journal has everything; a report that cannot be written is no reason to lose the run.
      this.#world.log(`the report of ${executionId} could not be written: ${describeError(error)}`);
    }
    try {
      await active.closeJournal();
      this.#active.delete(executionId);
    } catch (error) {
      // What the journal lacks is known to this process alone, which goes on telling it.
      this.#world.log(`the journal of ${executionId} could not be completed: ${describeError(error)}`);
    }
    await release?.();
    this.#over.delete(executionId);
  }

  async view(executionId: string): Promise<RunView> {
    return this.#active.get(executionId)?.view ?? (await this.#open.load(executionId)).view;
  }

  async recent(limit: number): Promise<readonly RunView[]> {
    const entries = await this.#index.newest(limit);
    const views: RunView[] = [];
    for (const { executionId } of entries) {
      const view = this.#active.get(executionId)?.view ?? (await this.#open.tryLoad(executionId));
      if (view) views.push(view);
    }
    return views;
  }

  async wait(executionId: string, until: WaitFor): Promise<RunView> {
    const coordinator = this.#active.get(executionId);
    if (!coordinator) return this.#open.waitForOther(executionId, until);
    const { view } = coordinator;
    const hasNews = until.sinceSeq !== undefined && view.seq > until.sinceSeq;
    if (until.waitMs <= 0 || hasNews || isSettled(view)) return this.#settled(executionId, coordinator);
    await waitForNews(coordinator, this.#world.clock, until);
    return this.#settled(executionId, coordinator);
  }

  /** A run that has written its last event is over only when its folders are gone and its report is there. */
  async #settled(executionId: string, coordinator: ActiveRun): Promise<RunView> {
    if (coordinator.view.endedAt === undefined) return coordinator.view;
    await this.#over.get(executionId);
    return coordinator.view;
  }

  watch(executionId: string, sink: (event: RunEvent) => void): () => void {
    return this.#active.get(executionId)?.watch(sink) ?? (() => undefined);
  }

  async cancel(executionId: string, reason: string): Promise<void> {
    await this.#control(executionId, () => ({ type: "cancel", reason }));
  }

  async pause(executionId: string, reason: string): Promise<void> {
    await this.#control(executionId, () => ({ type: "pause", reason }));
  }

  async resume(executionId: string): Promise<void> {
    await this.#control(executionId, (view) => (view.paused ? { type: "resume" } : refuse(isNotPaused(view))));
  }

  async answer(executionId: string, answer: QuestionAnswer): Promise<void> {
    await this.#control(executionId, (view) => {
      const { taskId, questionId } = meantQuestion(view, answer);
      return { type: "answer", taskId, questionId, answer: answer.answer };
    });
  }

  controlTask(executionId: string, wanted: TaskRequest): Promise<string> {
    const view = (): Promise<RunView> => this.view(executionId);
    const pass = (request: RunRequest): Promise<void> => this.#control(executionId, () => request);
    return controlTask({ ...this.#world, view, pass }, wanted);
  }

  /** Does what is asked with a run of this process, or asks the process that runs it to. */
  async #control(executionId: string, request: (view: RunView) => RunRequest): Promise<void> {
    const coordinator = this.#active.get(executionId);
    const view = await this.view(executionId);
    if (view.endedAt !== undefined || view.status === "interrupted") refuse(hasEnded(view));
    const wanted = request(view);
    if (coordinator) await obey(coordinator, wanted);
    else if (!(await postRequest(this.#world, (await this.#open.load(executionId)).entry.folder, wanted))) {
      refuse(doesNotReact(view));
    }
  }

  apply(executionId: string): Promise<void> {
    return this.#change(executionId, applyRun);
  }

  undo(executionId: string): Promise<void> {
    return this.#change(executionId, undoRun);
  }

  /** Changes a run that has ended, while no other process does. */
  async #change(executionId: string, act: (world: RunsWorld, run: LoadedRun) => Promise<void>): Promise<void> {
    await this.#mustBeFinished(executionId);
    const { entry } = await this.#open.load(executionId);
    const release = await holdRun(this.#world, entry);
    try {
      await recoverResolution(this.#world, entry);
      await act(this.#world, await this.#open.load(executionId));
    } finally {
      await release();
    }
  }

  async resolve(executionId: string, request: WayOutRequest, waitMs: number): Promise<Decided> {
    await this.#mustBeFinished(executionId);
    if (this.#closing) refuse(serverEnding);
    const run = await this.#open.load(executionId);
    const adopt = (active: ActiveRun, release: () => Promise<void>): void =>
      this.#lead(executionId, run.entry.folder, active, release);
    const decided = await decideRun({ world: this.#world, waitMs, adopt }, run, request);
    if (decided.done !== undefined) await this.#over.get(executionId);
    return decided;
  }

  async remove(executionId: string): Promise<void> {
    await this.#mustBeFinished(executionId);
    await removeRun({ world: this.#world, index: this.#index, run: await this.#open.load(executionId) });
    this.#active.delete(executionId);
  }

  recover(): Promise<void> {
    return recoverRuns(this.#world, this.#index);
  }

  async shutdown(): Promise<void> {
    this.#closing = true;
    const reason = "the server that ran it ended";
    await Promise.all([...this.#active.values()].map((coordinator) => coordinator.interrupt(reason)));
    await Promise.all(this.#over.values());
  }

  async #mustBeFinished(executionId: string): Promise<void> {
    const view = await this.view(executionId);
    if (view.endedAt === undefined && view.status !== "interrupted") refuse(hasNotEnded(view));
    await this.#over.get(executionId);
  }
}

/** What a run begins with. */
interface Beginning extends RunPlace {
  readonly onEvent: StartExtras["onEvent"];
  readonly workspaces: RunWorkspaces | undefined;
  readonly containment: string;
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
