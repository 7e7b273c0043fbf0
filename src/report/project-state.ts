import type { RunView } from "../engines/progress/run-view.ts";
import { wallDate } from "./run-clock.ts";
import { mergeResult } from "./run-result.ts";

/** Writes `project_state.yaml`: where the run and every task stand, for people and programs. */
export function projectState(view: RunView): string {
  const merge = mergeResult(view);
  const lines = [
    `executionId: ${scalar(view.spec.executionId)}`,
    `title: ${scalar(view.spec.title)}`,
    `status: ${scalar(view.status)}`,
    `event: ${view.seq}`,
    `createdAt: ${scalar(view.createdAt)}`,
    `executor: ${scalar(view.spec.executor)}`,
    `strategy: ${scalar(view.spec.strategy)}`,
    `maxParallelAgents: ${view.spec.maxParallelAgents}`,
    `merge: {status: ${scalar(merge.status)}, applied: ${merge.applied}, merged: ${list(merge.merged)}, held: ${list(merge.held.map((task) => task.taskId))}}`,
    view.tasks.size === 0 ? "tasks: {}" : "tasks:",
  ];
  for (const task of view.tasks.values()) {
    lines.push(`  ${scalar(task.id)}:`, `    state: ${scalar(task.state)}`, `    level: ${task.task.level}`);
    lines.push(`    needs: ${list(task.task.needs)}`, `    attempts: ${task.attempts}`);
    if (task.fallback) lines.push("    fallback: true");
    if (task.agentId !== undefined) lines.push(`    agent: ${scalar(task.agentId)}`);
    if (task.firstStartedAt !== undefined) lines.push(`    startedAt: ${scalar(wallDate(view, task.firstStartedAt))}`);
    if (task.workedMs !== undefined) lines.push(`    durationMs: ${task.workedMs}`);
    if (task.files.length > 0) lines.push(`    files: ${list(task.files)}`);
    const reason = task.skippedReason ?? task.outcome?.error?.message;
    if (reason !== undefined) lines.push(`    reason: ${scalar(reason)}`);
    if (task.outcome?.commit !== undefined) lines.push(`    commit: ${scalar(task.outcome.commit)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** A JSON string is a YAML scalar in double quotes, whatever it contains. */
function scalar(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function list(texts: readonly string[]): string {
  return `[${texts.map(scalar).join(", ")}]`;
}
