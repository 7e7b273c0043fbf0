import type { EventBody, RunEvent } from "../../../schema/event.ts";
import { refuse } from "../../../schema/problem.ts";
import type { RunEntry } from "../../../schema/run-entry.ts";
import { runMark } from "../../execution/agent-environment.ts";
import { openJournal, readJournal } from "../../journal/journal.ts";
import { applyEvent, viewRun, type RunView } from "../../progress/run-view.ts";
import { planDelivery, writesOnItsOwn } from "../repository/delivery.ts";
import { statusAfter } from "./resolution.ts";
import type { RunsWorld } from "../runs/runs-world.ts";

/**
 * Ends a decision whose process is gone: it is finished where the user's files had been written already, and
 * otherwise the run stands as before. Does nothing where there is none; the caller sees to it that no other
 * process does the same.
 */
export async function recoverResolution(world: RunsWorld, { folder, executionId }: RunEntry): Promise<void> {
  const read = await readJournal({ files: world.files, folder });
  const view = read.ok ? viewRun(read.value) : undefined;
  if (!view?.resolving || view.endedAt !== undefined || world.machine.isAlive(view.owner)) return;
  if (view.spec.executor !== "simulated") await world.processes.sweep(runMark, executionId);
  for (const sentence of await world.recoverWorkspaces()) world.log(sentence);
  const journal = await openJournal({ files: world.files, folder, durable: true });
  const record = async (body: EventBody): Promise<void> => {
    const event: RunEvent = { ...body, seq: view.seq + 1, at: view.at };
    applyEvent(view, event);
    await journal.append([event]);
  };
  try {
    await endDecision(world, view, record);
  } finally {
    await journal.close();
  }
}

async function endDecision(world: RunsWorld, view: RunView, record: (body: EventBody) => Promise<void>): Promise<void> {
  const { resolving, spec, owner } = view;
  const workspaces = await world.openWorkspaces(spec);
  const commit = resolving?.applying;
  const files = commit === undefined ? undefined : await workspaces.writtenBy(commit);
  if (commit !== undefined && files) {
    const written = { applied: true, files: [...files], undo: spec.executionId, conflicts: [], commit };
    await record({ type: "apply.finished", ...written });
  }
  const done = isWhole(view);
  const former = resolving?.before.merge?.commit;
  if (!done && former !== undefined) await workspaces.keepMerged(former);
  const reason = `the process that carried it out (pid ${owner.pid}) is gone; choose again`;
  const status = done ? statusAfter(view) : (resolving?.before.status ?? view.status);
  await record({ type: "resolution.finished", done, ...(done ? {} : { reason }), status });
  // What agents left is kept; folders that a person edits lie elsewhere.
  await workspaces.cleanUp(true);
}

/** Whether everything had been done, and only the last word was missing. */
function isWhole(view: RunView): boolean {
  const { resolving, spec, merge } = view;
  if (!resolving) return false;
  if (view.apply !== resolving.before.apply) return true;
  const isToBeWritten = writesOnItsOwn(view) && planDelivery(view, merge?.commit) !== undefined;
  return merge !== resolving.before.merge && spec.apply !== "branch" && !isToBeWritten;
}

/** How long somebody may take who changes the run at this moment, and how often it is looked whether he still does. */
const patienceMs = 10_000;
const lookMs = 50;

/** Takes the sole right to change a run that has ended; refuses when another process keeps it. */
export async function holdRun(world: RunsWorld, { folder, executionId }: RunEntry): Promise<() => Promise<void>> {
  const { locks, clock } = world;
  const deadline = clock.now() + patienceMs;
  for (;;) {
    const held = await locks.acquire(`${folder}/control`, { onLost: () => undefined });
    if (held.ok) return held.value;
    if (clock.now() >= deadline) return refuse(busy(executionId, held.error));
    await new Promise<void>((resolve) => void clock.setTimer(lookMs, resolve));
  }
}

function busy(executionId: string, who: string): Parameters<typeof refuse>[0] {
  return {
    code: "WORKSPACE_BUSY",
    error: `${who} is changing run '${executionId}' right now.`,
    field: "executionId",
    advice: "Wait until that is over and call again.",
  };
}
