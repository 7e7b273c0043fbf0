import { reportMarkdown } from "../report/report-markdown.ts";
import { hasEnded } from "../report/run-clock.ts";
import { runProgress } from "../report/run-progress.ts";
import { refuse } from "../schema/problem.ts";
import type { CommandHost } from "./command-host.ts";
import { exitCodes } from "./exit-codes.ts";
import { printResult } from "./output.ts";

/** `report ID`: what a run that has ended amounts to, as Markdown or as data. */
export async function reportCommand(
  host: CommandHost,
  options: { readonly id: string; readonly format: string },
): Promise<number> {
  const { id, format } = options;
  if (format === "html" || format === "trace") {
    refuse({
      code: "NOT_SUPPORTED_YET",
      error: `Reports as ${format} are not there yet.`,
      field: "--format",
      allowed: ["md", "json"],
      advice: "Print it as md for people or as json for programs.",
    });
  }
  const { runs, clock } = await host.services();
  const view = await runs.view(id);
  if (!hasEnded(view)) {
    refuse({
      code: "RUN_NOT_FINISHED",
      error: `Run '${id}' is still ${view.status}; a report is of a run that has ended.`,
      field: "ID",
      advice: `See where it stands: parallelization-mcp status ${id}`,
    });
  }
  if (format === "json") printResult(host, true, runProgress(view, clock.now(), { detail: "full" }));
  else host.out(reportMarkdown(view, "cli"));
  return exitCodes.ok;
}
