import type { RunView } from "../engines/progress/run-view.ts";
import { durationText } from "./duration-text.ts";
import { callOnOneLine, type CallStyle } from "./call-style.ts";
import { runReport } from "./run-report.ts";
import { sanitise } from "./text-layout.ts";

/** Writes `report.md`: one page first, then the detail, what to do, and what happened when. */
export function reportMarkdown(view: RunView, calls: CallStyle = "mcp"): string {
  const report = runReport(view);
  const lines = [
    `# ${markdownText(view.spec.title) || "Run"}`,
    "",
    `Run \`${view.spec.executionId}\`, ${view.createdAt}. Severity of what is left: **${report.severity}**.`,
    "",
    "## Executive summary",
    "",
    markdownText(report.executiveSummary),
    "",
    "## Recommendations",
    "",
    ...(report.recommendations.length === 0 ? ["None."] : []),
    ...report.recommendations.map((item) => `${item.priority}. **${item.severity}** ${markdownText(item.text)}`),
    "",
    "## Action items",
    "",
    ...(report.actionItems.length === 0 ? ["None."] : []),
    ...report.actionItems.map((item) => `- ${item.text}: \`${callOnOneLine(item.call, calls)}\``),
    "",
    "## Technical detail",
    "",
    ...report.technicalDetail.map((line) => `- ${markdownText(line)}`),
    "",
    "## Tasks",
    "",
    ...[...view.tasks.values()].map((task) => {
      const files = task.changes.map((change) => change.file);
      const where = files.length === 0 ? "" : `: ${markdownText(files.slice(0, 20).join(", "))}`;
      return `- ${markdownText(task.id)} - ${task.state}, ${durationText(task.workedMs ?? 0)}${where}`;
    }),
    "",
    "## Timeline",
    "",
    ...report.timeline.map((entry) => {
      const who = entry.taskId === undefined ? "" : `**${markdownText(entry.taskId)}** `;
      return `- +${durationText(entry.atMs)} ${who}${markdownText(entry.text)}`;
    }),
    "",
  ];
  return lines.join("\n");
}

/** One harmless line of Markdown: nothing in it is read as markup. */
export function markdownText(text: string): string {
  return sanitise(text).replace(/[\\`*_[\]<>#|~]/g, (character) => `\\${character}`);
}
