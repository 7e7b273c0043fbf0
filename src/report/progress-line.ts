import type { RunView } from "../engines/progress/run-view.ts";
import { openQuestions } from "./attention.ts";
import { countText } from "./duration-text.ts";
import { hasEnded, runNow } from "./run-clock.ts";
import { settledProgress } from "./run-forecast.ts";
import { runCost } from "./run-text.ts";
import { fit, sanitise } from "./text-layout.ts";

/** A progress message of MCP. */
export interface ProgressLine {
  /** 0-100, never less than before. */
  readonly progress: number;
  readonly total: 100;
  /** One line of at most 80 columns. */
  readonly message: string;
}

/** What a run does while somebody else writes to its workspace. */
export function writingTurnText(holder: string): string {
  return `waits to write: ${holder} is writing here`;
}

/** Says in one line how far a run is; `previous` is the number said before. */
export function progressLine(view: RunView, nowMs: number, previous = 0): ProgressLine {
  const now = runNow(view, nowMs);
  const tasks = [...view.tasks.values()];
  const count = (state: string): number => tasks.filter((task) => task.state === state).length;
  const parts = [`${count("succeeded")}/${tasks.length} done`, `${count("running")} running`];
  if (count("failed") > 0) parts.push(`${count("failed")} failed`);
  const { usd } = runCost(view);
  if (usd !== undefined) parts.push(`~$${usd.toFixed(2)}`);
  const questions = openQuestions(view);
  const latest = tasks
    .filter((task) => task.state === "running")
    .reduce<(typeof tasks)[number] | undefined>(
      (newest, task) => ((task.lastActivityAt ?? 0) >= (newest?.lastActivityAt ?? -1) ? task : newest),
      undefined,
    );
  if (questions[0])
    parts.push(`NEEDS YOU: ${sanitise(questions[0].taskId)} (${countText(questions.length, "question")})`);
  else if (hasEnded(view)) parts.push(view.status);
  else if (latest) parts.push(`${sanitise(latest.id)}: ${sanitise(latest.operation ?? "at work")}`);
  else if (view.waitsFor !== undefined) parts.push(sanitise(writingTurnText(view.waitsFor)));
  else if (view.merge === undefined && count("waiting") === 0) parts.push("merging");
  return { progress: Math.max(previous, settledProgress(view, now)), total: 100, message: fit(parts.join(" · "), 80) };
}
