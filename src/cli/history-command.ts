import type { RunView } from "../engines/progress/run-view.ts";
import { countText, durationText, factorText } from "../report/duration-text.ts";
import { runMetrics } from "../report/run-metrics.ts";
import { verdictLine } from "../report/run-text.ts";
import { fit, maxColumns } from "../report/text-layout.ts";
import type { CommandHost } from "./command-host.ts";
import { exitCodes } from "./exit-codes.ts";
import { printResult } from "./output.ts";

/** `history`: the newest runs of this machine with their figures. */
export async function historyCommand(
  host: CommandHost,
  options: { readonly limit: number; readonly ids: boolean; readonly json: boolean },
): Promise<number> {
  const { runs } = await host.services();
  const recent = await runs.recent(options.limit);
  if (options.ids && !options.json) host.out(recent.map(({ spec }) => `${spec.executionId}\n`).join(""));
  else printResult(host, options.json, { summary: historyText(recent), ...{ runs: recent.map(runData) } });
  return exitCodes.ok;
}

/** Runs as a list for people, newest first. */
function historyText(views: readonly RunView[]): string {
  if (views.length === 0) return "NO RUNS · nothing has been run on this machine yet";
  const lines = views.flatMap((view) => {
    const { totalDuration, actualSpeedup } = runMetrics(view);
    const figures = totalDuration > 0 ? `  ${durationText(totalDuration)}  ${factorText(actualSpeedup)}` : "";
    const when = `${view.createdAt.slice(0, 10)} ${view.createdAt.slice(11, 16)}`;
    return [fit(`${view.spec.executionId}  ${when}${figures}`, maxColumns), fit(`  ${verdictLine(view)}`, maxColumns)];
  });
  return [`${countText(views.length, "run")}, newest first`, ...lines].join("\n");
}

function runData(view: RunView): object {
  const { spec, status, createdAt, tasks } = view;
  const { totalDuration, actualSpeedup, estimatedSpeedup, successRate, failureCount } = runMetrics(view);
  return {
    executionId: spec.executionId,
    title: spec.title,
    status,
    executor: spec.executor,
    createdAt,
    tasks: tasks.size,
    failureCount,
    held: view.merge?.held.length ?? 0,
    totalDuration,
    actualSpeedup,
    estimatedSpeedup,
    successRate,
  };
}
