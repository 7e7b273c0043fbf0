/** What can be done with a run after it has ended: apply, undo, delete. Each is one more event of its journal. */
import type { EventBody } from "../../../schema/event.ts";
import { refuse } from "../../../schema/problem.ts";
import { openJournal } from "../../journal/journal.ts";
import type { RunIndex } from "../../journal/run-index.ts";
import { deliver, planDelivery } from "../repository/delivery.ts";
import type { LoadedRun } from "./open-runs.ts";
import { refuseForgotten } from "./prune-results.ts";
import type { RunsWorld } from "./runs-world.ts";

/** Writes what the run has merged into the user's files. */
export async function applyRun(world: RunsWorld, run: LoadedRun): Promise<void> {
  const { merge, apply, undone, delivered, spec } = run.view;
  const plan = planDelivery(run.view, merge?.commit);
  if (!plan && (delivered.length > 0 || (apply?.applied && !undone))) {
    nothing(`Run '${spec.executionId}' is applied already.`);
  }
  if (!plan) return nothing(`Run '${spec.executionId}' has no merged result.`);
  await refuseForgotten(world.files, run.entry);
  const workspaces = await world.openWorkspaces(spec);
  const applied = await deliver({ workspaces, plan, begin: () => Promise.resolve() });
  await append(world, run, { ...applied, type: "apply.finished" });
}

/** Puts the user's files back as they were before the run was applied. */
export async function undoRun(world: RunsWorld, run: LoadedRun): Promise<void> {
  const { delivered, spec } = run.view;
  if (delivered.length === 0) {
    nothing(`Run '${spec.executionId}' has not changed your files, so there is nothing to undo.`);
  }
  const workspaces = await world.openWorkspaces(spec);
  const files = await workspaces.undo();
  if (!files.ok) {
    refuse({
      code: "NOTHING_TO_APPLY",
      error: files.error,
      field: "executionId",
      advice: "Nothing was changed. Put those files aside first, or restore them by hand from the backup.",
    });
  }
  await append(world, run, { type: "undo.finished", files: [...files.value] });
}

/** Forgets a finished run: kept results, folder and index entry. The user's files are not touched. */
export async function removeRun(request: {
  readonly world: RunsWorld;
  readonly index: RunIndex;
  readonly run: LoadedRun;
}): Promise<void> {
  const { world, index, run } = request;
  if (run.view.spec.isolated) await (await world.openWorkspaces(run.view.spec)).forget();
  await world.files.removeTree(run.entry.folder);
  await index.remove(run.entry.executionId);
}

async function append(world: RunsWorld, run: LoadedRun, body: EventBody): Promise<void> {
  const journal = await openJournal({ files: world.files, folder: run.entry.folder, durable: true });
  await journal.append([{ ...body, seq: run.view.seq + 1, at: run.view.at }]);
  await journal.close();
}

function nothing(error: string): never {
  refuse({
    code: "NOTHING_TO_APPLY",
    error,
    field: "executionId",
    advice: "Call aggregate_progress with the executionId to see what became of the run.",
  });
}
