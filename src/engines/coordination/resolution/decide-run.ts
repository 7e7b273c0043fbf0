import type { Clock } from "../../../ports/clock.ts";
import type { RunView } from "../../progress/run-view.ts";
import type { LoadedRun } from "../runs/open-runs.ts";
import type { Decided, ResolutionPreview } from "./decision.ts";
import { holdRun } from "./recover-resolution.ts";
import type { Resolution } from "./resolution.ts";
import { beginDecision, isSettled, openDecision, previewDecision, type OpenDecision } from "./resolve-run.ts";
import type { RunsWorld } from "../runs/runs-world.ts";
import type { WayOut, WayOutRequest } from "./way-out.ts";

/** Looks at a decision, or carries it out and waits so many milliseconds for its end. `adopt` takes over what is under way. */
export async function decideRun(
  host: {
    readonly world: RunsWorld;
    readonly waitMs: number;
    adopt(resolution: Resolution, release: () => Promise<void>): void;
  },
  run: LoadedRun,
  request: WayOutRequest,
): Promise<Decided> {
  const { world, waitMs, adopt } = host;
  if (request.preview === true) {
    const preview = await previewDecision(world, await openDecision(world, run, request));
    return { did: previewText(preview), preview };
  }
  const release = await holdRun(world, run.entry);
  let resolution: Resolution;
  let open: OpenDecision;
  try {
    open = await openDecision(world, run, request);
    const known = knownAnswer(open, request);
    if (known) {
      await release();
      return known;
    }
    resolution = await beginDecision(world, open, request.proceed === true ? open.folder : undefined);
  } catch (error) {
    await release();
    throw error;
  }
  adopt(resolution, release);
  const seq = resolution.view.seq;
  await settledWithin(world.clock, resolution.done, waitMs);
  return ended(resolution.view, open.way, seq);
}

/** The answer to a decision that needs nothing to be done any more. */
function knownAnswer({ run, way, folder }: OpenDecision, { proceed }: WayOutRequest): Decided | undefined {
  if (isSettled(run.view, way))
    return { did: `${way.conflict.id} was decided so already; nothing has changed.`, done: true };
  if (folder === undefined || proceed === true) return undefined;
  return { did: editText(way, folder), done: true, folder };
}

function ended(view: RunView, way: WayOut, since: number): Decided {
  const { conflict, strategy, taskId } = way;
  if (view.resolving) {
    const who = taskId === undefined ? "" : `: '${taskId}' is being done again`;
    return {
      did: `The decision on ${conflict.id} is being carried out${who}. aggregate_progress tells how far it is.`,
    };
  }
  const decision = view.resolutions.find(({ conflictId }) => conflictId === conflict.id);
  const isTaken = decision?.strategy === strategy && decision.taskId === taskId && view.seq > since;
  if (!isTaken || view.unresolved !== undefined) {
    return {
      did: `Nothing was changed: ${(view.unresolved ?? "the decision could not be carried out").replace(/\.+$/, "")}.`,
      done: false,
    };
  }
  if (decision.folder !== undefined)
    return { did: editText(way, decision.folder), done: true, folder: decision.folder };
  return { did: doneText(view, way), done: true };
}

function doneText(view: RunView, { conflict, strategy, taskId }: WayOut): string {
  const what = {
    merge: `${conflict.id} is accepted as it was merged`,
    "prefer-agent": `The result of '${taskId ?? ""}' was taken for ${conflict.id}`,
    "sequential-retry": `'${taskId ?? ""}' was done again on top of the merged results, and merged`,
    manual: `The edited files were taken over as the result of '${taskId ?? ""}'`,
    rollback: `The results in ${conflict.id} are left out`,
  }[strategy];
  const held = view.merge?.held.length ?? 0;
  const rest = held > 0 ? `; ${held} held` : "";
  return `${what}${rest}. ${writtenText(view, strategy)}`;
}

function writtenText(view: RunView, strategy: WayOut["strategy"]): string {
  const { apply } = view;
  if (strategy === "merge") return "Nothing had to be written.";
  if (apply?.applied === false) return `Your files were not written: ${apply.reason ?? "no reason is known"}.`;
  const last = view.delivered.at(-1);
  if (last && last.merged === view.merge?.commit) return `Your files: ${apply?.files.length ?? 0} written.`;
  return "Your files were not written; apply does that.";
}

function editText({ conflict }: WayOut, folder: string): string {
  return `Edit the files of ${conflict.id} in ${folder}: ${conflict.affectedResources.slice(0, 5).join(", ")}. Then resolve it again with option manual and text "continue" (on the command line --continue).`;
}

function previewText(preview: ResolutionPreview): string {
  const { possible, notes, files, strategy, conflictId } = preview;
  const lines = (sign: "addedLines" | "removedLines"): number =>
    files.reduce((sum, file) => sum + (file[sign] ?? 0), 0);
  const changed =
    files.length === 0
      ? ""
      : ` ${files.length} ${files.length === 1 ? "file" : "files"} would change (+${lines("addedLines")} -${lines("removedLines")}).`;
  return `Nothing was changed. ${strategy} for ${conflictId} ${possible ? "can be done" : "cannot be done"}.${changed}${notes.length > 0 ? ` ${notes.join(" ")}` : ""}`;
}

/** Waits until it is over, or the time is. */
async function settledWithin(clock: Clock, done: Promise<unknown>, waitMs: number): Promise<void> {
  let cancel = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    cancel = clock.setTimer(waitMs, resolve);
  });
  await Promise.race([done, over]);
  cancel();
}
