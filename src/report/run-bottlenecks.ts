import type { RunView, TaskView } from "../engines/progress/run-view.ts";
import type { ProgressBottleneck } from "../schema/progress.ts";
import { openQuestions } from "./attention.ts";
import { countText, durationText } from "./duration-text.ts";
import { ownDuration } from "./run-metrics.ts";
import { addToGroup } from "../util/add-to-group.ts";

/** A task is late when it has taken this many times its estimate. */
const lateFactor = 1.5;

/** Agents that hold a run up: those that failed, those that wait for an answer, those that are late. */
export function runBottlenecks(view: RunView, now: number): ProgressBottleneck[] {
  const blocked = countBlocked(view);
  const asked = new Map(openQuestions(view).map((question) => [question.taskId, question]));
  const found: ProgressBottleneck[] = [];
  for (const task of view.tasks.values()) {
    const waiting = blocked.get(task.id) ?? 0;
    const place = { agentId: task.agentId ?? "unassigned", taskId: task.id, impact: impactOf(waiting) };
    const question = asked.get(task.id);
    if (task.state === "failed") {
      const error = task.outcome?.error;
      found.push({
        ...place,
        impact: "high",
        reason: `failed: ${error?.message ?? "no reason given"}${dependents(waiting)}`,
        suggestion: error?.options[0] ?? "look at its log, then run it again",
      });
    } else if (question) {
      found.push({
        ...place,
        impact: "high",
        reason: `waits for an answer: ${question.text}${dependents(waiting)}`,
        suggestion: "answer it with control_workflow (questions lists the exact call)",
      });
    } else if (isLate(task, now)) {
      found.push({
        ...place,
        reason: `at work for ${durationText(ownDuration(task, now))}, expected ${durationText(task.task.minutes * 60_000)}${dependents(waiting)}`,
        suggestion: "wait for its time-out, or cancel the run if it does not move",
      });
    }
  }
  return found;
}

/** How many tasks that have not started wait for each task, directly or not. */
function countBlocked(view: RunView): Map<string, number> {
  const dependents = new Map<string, string[]>();
  for (const { task } of view.tasks.values()) {
    for (const need of task.needs) addToGroup(dependents, need, task.id);
  }
  const counts = new Map<string, number>();
  for (const task of view.tasks.values()) {
    // Only tasks that can hold others up are walked from, so that large runs stay cheap.
    if (task.state !== "failed" && task.state !== "blocked" && task.state !== "running") continue;
    const seen = new Set<string>();
    const open = [...(dependents.get(task.id) ?? [])];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      open.push(...(dependents.get(id) ?? []));
    }
    counts.set(task.id, seen.size);
  }
  return counts;
}

function isLate(task: TaskView, now: number): boolean {
  return task.state === "running" && ownDuration(task, now) > lateFactor * task.task.minutes * 60_000;
}

function impactOf(waiting: number): ProgressBottleneck["impact"] {
  return waiting >= 3 ? "high" : waiting > 0 ? "medium" : "low";
}

function dependents(waiting: number): string {
  return waiting === 0 ? "" : `; ${countText(waiting, "task")} build${waiting === 1 ? "s" : ""} on it`;
}
