import type { RunView, TaskView } from "../engines/progress/run-view.ts";
import { attemptsText, countText, durationText, linesText } from "./duration-text.ts";
import { markdownText } from "./report-markdown.ts";
import { wallDate } from "./run-clock.ts";

/** Writes `activity_tracker.md`: one entry a task (time, agent, task, group, dependencies, status, duration). */
export function activityTracker(view: RunView): string {
  const tasks = [...view.tasks.values()].toSorted(
    (left, right) => (left.firstStartedAt ?? Infinity) - (right.firstStartedAt ?? Infinity) || 0,
  );
  return [
    `# Activity: ${markdownText(view.spec.title) || view.spec.executionId}`,
    "",
    `<!-- written by the runner, never by agents; run ${view.spec.executionId}, event ${view.seq} -->`,
    "",
    `Status: ${view.status}`,
    "",
    ...tasks.map((task) => entry(view, task)),
    "",
  ].join("\n");
}

function entry(view: RunView, task: TaskView): string {
  const when = task.firstStartedAt === undefined ? "not started" : wallDate(view, task.firstStartedAt).slice(11, 19);
  const parts = [
    `group ${task.task.level + 1}`,
    task.agentId === undefined ? "no agent" : `agent ${markdownText(task.agentId)}`,
    `after ${task.task.needs.length === 0 ? "nothing" : task.task.needs.map(markdownText).join(", ")}`,
    task.state,
  ];
  if (task.attempts > 1) parts.push(attemptsText(task));
  if (task.workedMs !== undefined) parts.push(durationText(task.workedMs));
  if (task.changes.length > 0) parts.push(`${countText(task.changes.length, "file")} ${linesText(task.changes)}`);
  const reason = task.skippedReason ?? task.outcome?.error?.message;
  if (reason !== undefined) parts.push(markdownText(reason));
  for (const { text, delivered } of task.steers ?? [])
    parts.push(`${delivered === false ? "NOT told" : "told"}: ${markdownText(text)}`);
  return `- ${when} **${markdownText(task.id)}** ${parts.join(" · ")}`;
}
