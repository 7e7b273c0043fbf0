import type { Clock } from "../../../ports/clock.ts";
import type { RunEvent } from "../../../schema/event.ts";
import type { RunView } from "../../progress/run-view.ts";
import type { ActiveRun } from "./active-run.ts";
import type { WaitFor } from "./runs.ts";

/** The events that somebody who waits wants to hear of at once. */
const isNews = (event: RunEvent): boolean =>
  ["run.finished", "run.interrupted", "run.paused", "task.asked", "resolution.finished"].includes(event.type);

/** Whether nothing more happens in a run unless somebody does something. */
export function isSettled(view: RunView): boolean {
  return view.endedAt !== undefined || view.status === "blocked" || view.status === "paused";
}

/** Waits until something happens to a run that this process works on, or the time is over, or nobody waits any more. */
export async function waitForNews(run: ActiveRun, clock: Clock, until: WaitFor): Promise<void> {
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      cancelTimer();
      stopWatching();
      until.signal?.removeEventListener("abort", finish);
      resolve();
    };
    const cancelTimer = clock.setTimer(until.waitMs, finish);
    const stopWatching = run.watch((event) => {
      if (isNews(event) || until.sinceSeq !== undefined) finish();
    });
    until.signal?.addEventListener("abort", finish);
    if (until.signal?.aborted) finish();
    run.done.then(finish, finish);
  });
}
