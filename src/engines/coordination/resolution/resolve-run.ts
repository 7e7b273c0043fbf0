/** Finds out what a decision about a conflict would do, or has it carried out, in a run that has ended. */
import type { Clock } from "../../../ports/clock.ts";
import type { RunEvent } from "../../../schema/event.ts";
import { refuse } from "../../../schema/problem.ts";
import { openJournal, readJournal } from "../../journal/journal.ts";
import { abandonResolution } from "../../progress/resolution-view.ts";
import { viewRun, type RunView } from "../../progress/run-view.ts";
import type { ResolutionPreview } from "./decision.ts";
import { mergeDecided, unmetBy } from "./decided-merge.ts";
import { presentSpec } from "./present-spec.ts";
import { planDelivery, writesOnItsOwn } from "../repository/delivery.ts";
import type { LoadedRun } from "../runs/open-runs.ts";
import { refuseForgotten } from "../runs/prune-results.ts";
import { recoverResolution } from "./recover-resolution.ts";
import { editNote, redoNotes, remadeNotes } from "./preview-options.ts";
import { missingBelow } from "./redone-task.ts";
import { decisionOf, Resolution } from "./resolution.ts";
import { runCalls } from "../calls/run-calls.ts";
import type { RunsWorld } from "../runs/runs-world.ts";
import { findWayOut, type WayOut, type WayOutRequest } from "./way-out.ts";
import type { RunWorkspaces } from "../workspaces.ts";

/** A decision as it was asked for, ready to be looked at or carried out. */
export interface OpenDecision {
  readonly run: LoadedRun;
  readonly events: readonly RunEvent[];
  readonly way: WayOut;
  /** The folder a person has edited for it. */
  readonly folder: string | undefined;
}

/** Reads the run again and finds what is meant; what a dead process left of another decision is put right first. */
export async function openDecision(world: RunsWorld, run: LoadedRun, request: WayOutRequest): Promise<OpenDecision> {
  if (request.preview !== true) await recoverResolution(world, run.entry);
  const read = await readJournal({ files: world.files, folder: run.entry.folder });
  if (!read.ok) return refuse(read.error);
  const view = viewRun(read.value) ?? run.view;
  if (view.resolving && !world.machine.isAlive(view.owner)) abandonResolution(view);
  if (view.endedAt === undefined) return refuse(isAtWork(view));
  const way = findWayOut(view, request);
  if (!isSettled(view, way)) await refuseForgotten(world.files, run.entry);
  const former = view.resolutions.find(({ conflictId }) => conflictId === way.conflict.id);
  const folder = former?.strategy === "manual" && way.strategy === "manual" ? former.folder : undefined;
  if (request.proceed === true && folder === undefined) refuse(nothingToContinue(way));
  const [task] = way.strategy === "sequential-retry" || way.strategy === "manual" ? [way.taskId] : [];
  const below = task === undefined ? undefined : missingBelow(view, task);
  if (task !== undefined && below !== undefined && !isSettled(view, way)) refuse(heldBelow(task, below));
  return { run: { ...run, view }, events: read.value, way, folder };
}

/** Whether just this was decided, and carried out, before. */
export function isSettled(view: RunView, { conflict, strategy, taskId }: WayOut): boolean {
  return view.resolutions.some(
    (each) =>
      each.conflictId === conflict.id &&
      each.strategy === strategy &&
      each.taskId === taskId &&
      each.folder === undefined,
  );
}

/** Says what a decision would do. Writes nothing but objects that nothing refers to. */
export async function previewDecision(world: RunsWorld, open: OpenDecision): Promise<ResolutionPreview> {
  const { run, events, way } = open;
  const { view } = run;
  const { conflict, strategy, taskId } = way;
  const told = { conflictId: conflict.id, strategy, ...(taskId !== undefined && { taskId }) };
  const now = { merged: view.merge?.merged ?? [], held: view.merge?.held ?? [] };
  const plain = (possible: boolean, ...notes: string[]): ResolutionPreview => ({
    ...told,
    possible,
    notes,
    files: [],
    ...now,
  });
  if (isSettled(view, way)) return plain(true, "It was decided so already; nothing would change.");
  if (strategy === "merge") return plain(true, "It is merged as it stands; nothing would change.");
  if (conflict.tasks.every((id) => !view.tasks.has(id))) {
    return plain(true, "Your files stay as they are; the merged results stay available.");
  }
  if (strategy === "sequential-retry") return plain(true, ...redoNotes(view, taskId ?? ""));
  if (strategy === "manual") return plain(true, editNote(conflict, taskId ?? ""));
  const workspaces = await world.openWorkspaces(await presentSpec(world, view.spec));
  const decision = decisionOf(way);
  const merged = await mergeDecided({ view, events, workspaces, decision, preview: true });
  const unmet = unmetBy(merged, decision);
  const outcome = { merged: merged.merged, held: merged.held };
  if (unmet !== undefined) return { ...told, possible: false, notes: [unmet], files: [], ...outcome };
  const written = await writtenBy(workspaces, view, merged.commit);
  return { ...told, ...outcome, ...written, notes: [...remadeNotes(merged), ...written.notes] };
}

async function writtenBy(
  workspaces: RunWorkspaces,
  view: RunView,
  commit: string | undefined,
): Promise<Pick<ResolutionPreview, "possible" | "notes" | "files">> {
  const verify = view.spec.verify === undefined ? [] : ["The run's verify command has to pass first."];
  const plan = writesOnItsOwn(view) ? planDelivery(view, commit) : undefined;
  if (!plan) {
    const files = await workspaces.changes(view.merge?.commit, commit);
    return { possible: true, notes: [...verify, "Your files are not written; apply does that."], files };
  }
  const seen = await workspaces.previewWrite(plan);
  if (!seen.ok)
    return { possible: false, notes: [...verify, `Your files could not be written: ${seen.error}.`], files: [] };
  return { possible: true, notes: verify, files: seen.value };
}

/** Starts to carry a decision out; gives it, written down. The caller holds the run's lock and gives it back in the end. */
export async function beginDecision(
  world: RunsWorld,
  open: OpenDecision,
  edited: string | undefined,
): Promise<Resolution> {
  const { run, events, way } = open;
  const { view, entry } = run;
  const { spec } = view;
  const { clock, machine, resources } = world;
  const isVirtual = spec.executor === "simulated";
  const settings = spec.simulation ?? {};
  const runClock: Clock = isVirtual ? world.simulatedClock(settings.realTime ?? 0) : clock;
  const workspaces = await world.openWorkspaces(await presentSpec(world, spec));
  const calls = runCalls({ spec, clock: runClock, world: world.calls });
  for (const task of view.tasks.values()) {
    const { tokens, costUsd } = task.usage ?? {};
    calls?.budget.correct(task.id, {
      ...(tokens !== undefined && { tokens }),
      ...(costUsd !== undefined && { usd: costUsd }),
    });
  }
  const startedAt = isVirtual ? view.at : 0;
  const resolution = new Resolution({
    view,
    events,
    way,
    edited,
    world: {
      clock: runClock,
      journal: await openJournal({ files: world.files, folder: entry.folder, durable: true }),
      durable: true,
      executorFor: (kind) => world.executor(kind, { clock: runClock, settings }),
      workspaces,
      runProgram: world.runProgram,
      resources: isVirtual ? undefined : resources,
      calls,
      owner: machine.self(),
      containment: view.containment,
      onBreakdown: (error) => world.log(`the decision on ${spec.executionId} broke down: ${String(error)}`),
      onSinkFailure: (error) => world.log(`somebody who listens to ${spec.executionId} failed: ${String(error)}`),
      now: () => startedAt + runClock.now(),
    },
  });
  await resolution.start(machine.self());
  return resolution;
}

function isAtWork({ spec }: RunView): Parameters<typeof refuse>[0] {
  return {
    code: "RUN_NOT_FINISHED",
    error: `Run '${spec.executionId}' is still at work.`,
    field: "executionId",
    advice: "Wait for it with aggregate_progress, or cancel it first.",
  };
}

function nothingToContinue({ conflict }: WayOut): Parameters<typeof refuse>[0] {
  return {
    code: "INVALID_ARGUMENT",
    error: `No files of ${conflict.id} are being edited, so there is nothing to continue.`,
    field: "text",
    advice: "Use option manual alone first; it makes the folder to edit.",
  };
}

function heldBelow(taskId: string, below: string): Parameters<typeof refuse>[0] {
  return {
    code: "NOT_RESOLVED",
    error: `'${taskId}' builds on '${below}', which is held itself.`,
    field: "conflictId",
    advice: `Resolve the conflict of '${below}' first.`,
  };
}
