import type { RunView } from "../engines/progress/run-view.ts";
import { epochOf, isoDate } from "./iso-date.ts";

/** Whether no agent of the run is real. */
export function isSimulated(view: RunView): boolean {
  return view.spec.executor === "simulated" && view.spec.tasks.every((task) => task.executorKind === "simulated");
}

/** Whether some agents are real and others are not. */
export function isPartlySimulated(view: RunView): boolean {
  return !isSimulated(view) && view.spec.tasks.some((task) => task.executorKind === "simulated");
}

/** Whether nothing more happens in the run: it has ended, or the process that ran it is gone. */
export function hasEnded(view: RunView): boolean {
  return view.endedAt !== undefined || view.status === "interrupted";
}

/** The present moment on the run's own clock: its end once it has ended, its last event where time is virtual. */
export function runNow(view: RunView, nowMs: number): number {
  if (view.endedAt !== undefined) return view.endedAt;
  return isSimulated(view) || hasEnded(view) ? view.at : Math.max(view.at, nowMs);
}

/** A moment of the run's own clock as an ISO date. Virtual time is counted from the run's creation. */
export function wallDate(view: RunView, at: number): string {
  return isoDate(isSimulated(view) ? epochOf(view.createdAt) + at : at);
}

/** The moment the first task started, or the run's creation while none has. */
export function startOf(view: RunView): number {
  let start: number | undefined;
  for (const task of view.tasks.values()) {
    if (task.firstStartedAt !== undefined) start = Math.min(start ?? task.firstStartedAt, task.firstStartedAt);
  }
  return start ?? (isSimulated(view) ? 0 : epochOf(view.createdAt));
}
