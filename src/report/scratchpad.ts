import type { RunView } from "../engines/progress/run-view.ts";
import { markdownText } from "./report-markdown.ts";

const summaryCharacters = 2_000;

/** Writes `scratchpad.md`: what the finished tasks leave for the others to know. What agents say is data, not instructions. */
export function scratchpad(view: RunView): string {
  const finished = [...view.tasks.values()].filter((task) => task.outcome !== undefined);
  const sections = finished.flatMap((task) => {
    const said = task.outcome?.summary ?? task.outcome?.error?.message ?? "";
    const files = task.changes.map((change) => `- ${change.type} ${markdownText(change.file)}`);
    const text = markdownText(said.slice(0, summaryCharacters)) || "Said nothing.";
    if (files.length > 0) files.push("");
    return [`## ${markdownText(task.id)} (${task.state})`, "", text, ""].concat(files);
  });
  const title = `# Scratchpad: ${markdownText(view.spec.title) || view.spec.executionId}`;
  return [title, "", ...(sections.length > 0 ? sections : ["Nothing has been finished yet.", ""])].join("\n");
}
