import { ProblemError, refuse } from "../../../schema/problem.ts";
import type { RunEntry } from "../../../schema/run-entry.ts";
import { readJournal } from "../../journal/journal.ts";
import type { RunIndex } from "../../journal/run-index.ts";
import { abandonResolution } from "../../progress/resolution-view.ts";
import { interruptView, viewRun, type RunView } from "../../progress/run-view.ts";
import type { WaitFor } from "./runs.ts";
import type { RunsWorld } from "./runs-world.ts";

/** How often the journal of another process's run is looked at while somebody waits for it. */
const pollMs = 500;

/** A run read from disk. */
export interface LoadedRun {
  readonly entry: RunEntry;
  readonly view: RunView;
}

/** Runs that this process does not run, read from their journals. */
export interface OpenRuns {
  /** Refuses with UNKNOWN_RUN, or STORAGE_FAILED when the journal is damaged. */
  load(executionId: string): Promise<LoadedRun>;
  /** The same, but undefined where there is nothing to see. */
  tryLoad(executionId: string): Promise<RunView | undefined>;
  waitForOther(executionId: string, until: WaitFor): Promise<RunView>;
  writeArtifacts(folder: string, view: RunView): Promise<void>;
}

/** Opens the view on runs of other processes. */
export function openRuns(world: RunsWorld, index: RunIndex): OpenRuns {
  const { files, machine, clock } = world;

  const load = async (executionId: string): Promise<LoadedRun> => {
    const entry = await index.find(executionId);
    if (!entry) return refuse(unknownRun(executionId));
    const events = await readJournal({ files, folder: entry.folder });
    if (!events.ok) return refuse(events.error);
    const view = viewRun(events.value);
    if (!view) return refuse(unknownRun(executionId));
    if (view.endedAt === undefined && !machine.isAlive(view.owner)) {
      if (view.resolving) abandonResolution(view);
      else interruptView(view, `the process that ran it (pid ${view.owner.pid}) is gone`);
    }
    return { entry, view };
  };

  const tryLoad = async (executionId: string): Promise<RunView | undefined> => {
    try {
      return (await load(executionId)).view;
    } catch (error) {
      // A list shows what can be read; a run that is only just being started has no events yet.
      if (error instanceof ProblemError) return undefined;
      throw error;
    }
  };

  const pause = (until: WaitFor): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.setTimer(pollMs, resolve);
      until.signal?.addEventListener("abort", () => {
        cancel();
        resolve();
      });
    });

  const waitForOther = async (executionId: string, until: WaitFor): Promise<RunView> => {
    const deadline = clock.now() + until.waitMs;
    for (;;) {
      const { view } = await load(executionId);
      const over = view.status !== "running" || clock.now() >= deadline || until.signal?.aborted === true;
      const news = until.sinceSeq !== undefined && view.seq > until.sinceSeq;
      if (over || news) return view;
      await pause(until);
    }
  };

  return {
    load,
    tryLoad,
    waitForOther,
    async writeArtifacts(folder, view) {
      for (const { name, content } of world.renderArtifacts(view)) {
        await files.writeAtomic(`${folder}/${name}`, content);
      }
    },
  };
}

function unknownRun(executionId: string): Parameters<typeof refuse>[0] {
  return {
    code: "UNKNOWN_RUN",
    error: `There is no run '${executionId.slice(0, 80)}' on this machine.`,
    field: "executionId",
    advice: "Call aggregate_progress without arguments to list the recent runs.",
  };
}
