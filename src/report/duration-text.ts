/** Milliseconds as people say them: `340ms`, `0m42`, `4m30`, `2h05`. */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms) || ms <= 0) return "0s";
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 10) return `${(Math.round(ms / 100) / 10).toFixed(1)}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m${twoDigits(seconds % 60)}`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}h${twoDigits(minutes % 60)}`;
}

/** Minutes as people say them; see durationText. */
export function minutesText(minutes: number): string {
  return durationText(minutes * 60_000);
}

/** A factor as people say it: `2.1x`. */
export function factorText(factor: number): string {
  return `${factor.toFixed(factor < 10 ? 1 : 0)}x`;
}

/** `1 task`, `2 tasks`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `2 attempts`, and whether the last was by the task's fallback. */
export function attemptsText(task: { readonly attempts: number; readonly fallback?: true }): string {
  return `${countText(task.attempts, "attempt")}${task.fallback ? ", the last by its fallback" : ""}`;
}

/** Added and removed lines, as in `+12 -3`. */
export function linesText(
  changes: readonly { readonly addedLines?: number | undefined; readonly removedLines?: number | undefined }[],
): string {
  const sum = (count: (change: (typeof changes)[number]) => number | undefined): number =>
    changes.reduce((total, change) => total + (count(change) ?? 0), 0);
  return `+${sum((change) => change.addedLines)} -${sum((change) => change.removedLines)}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
