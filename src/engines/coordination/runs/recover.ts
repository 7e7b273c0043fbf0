import type { EventOf, RunSpec } from "../../../schema/event.ts";
import { ProblemError } from "../../../schema/problem.ts";
import type { RunEntry } from "../../../schema/run-entry.ts";
import { runMark } from "../../execution/agent-environment.ts";
import { openJournal, readJournal } from "../../journal/journal.ts";
import type { RunIndex } from "../../journal/run-index.ts";
import { viewRun, type RunView } from "../../progress/run-view.ts";
import { holdRun, recoverResolution } from "../resolution/recover-resolution.ts";
import type { RunsWorld } from "./runs-world.ts";

/** How many of the newest runs are looked at; older ones were looked at before. */
const window = 50;

/**
 * Puts right what dead processes left: ends their agents, restores a half-written apply, and writes
 * into each journal that its run was interrupted. Two processes may do this at once; one writes. Then what runs of long
 * ago keep is forgotten.
 */
export async function recoverRuns(world: RunsWorld, index: RunIndex): Promise<void> {
  for (const sentence of await world.recoverWorkspaces()) world.log(sentence);
  for (const entry of await index.newest(window)) {
    const { executionId, folder } = entry;
    const events = await readJournal({ files: world.files, folder });
    const view = events.ok ? viewRun(events.value) : undefined;
    if (!view || view.endedAt !== undefined || world.machine.isAlive(view.owner)) continue;
    if (view.resolving) {
      await recoverDecision(world, entry);
      continue;
    }
    const first = await world.files.createExclusive(`${folder}/interrupted`, `${world.clock.wallTime()}\n`);
    if (!first) continue;
    if (view.spec.executor !== "simulated") await world.processes.sweep(runMark, executionId);
    const written = await unreportedApply(world, view);
    const journal = await openJournal({ files: world.files, folder, durable: true });
    const reason = `the process that ran it (pid ${view.owner.pid}) is gone`;
    const bodies = [...written, { type: "run.interrupted", reason } as const];
    await journal.append(bodies.map((body, number) => ({ ...body, seq: view.seq + 1 + number, at: view.at })));
    await journal.close();
    if (view.spec.isolated) await keepUnfinishedWork(world, view.spec);
  }
  await world.pruneResults(index);
}

/** Ends a decision that was under way, unless another process is at it or its workspace is gone. */
async function recoverDecision(world: RunsWorld, entry: RunEntry): Promise<void> {
  try {
    const release = await holdRun(world, entry);
    try {
      await recoverResolution(world, entry);
    } finally {
      await release();
    }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    world.log(`the decision on ${entry.executionId} stays unfinished: ${error.message}`);
  }
}

/** Keeps what agents left in their folders as snapshots, and removes the folders. */
async function keepUnfinishedWork(world: RunsWorld, spec: RunSpec): Promise<void> {
  try {
    await (await world.openWorkspaces(spec)).cleanUp(true);
  } catch (error) {
    // The workspace may be gone for good; the folders then stay where they are.
    if (!(error instanceof ProblemError)) throw error;
    world.log(`the folders of ${spec.executionId} stay: ${error.message}`);
  }
}

/** What the process did not get to write down: that the user's files had been written, so that it can be taken back. */
async function unreportedApply(world: RunsWorld, view: RunView): Promise<readonly EventOf<"apply.finished">[]> {
  const { spec, merge, apply } = view;
  if (spec.apply !== "merge" || apply !== undefined || merge?.commit === undefined) return [];
  try {
    const files = await (await world.openWorkspaces(spec)).writtenBy(merge.commit);
    if (!files) return [];
    return [{ type: "apply.finished", applied: true, files: [...files], undo: spec.executionId, conflicts: [] }];
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    world.log(`whether ${spec.executionId} had been applied cannot be told: ${error.message}`);
    return [];
  }
}
