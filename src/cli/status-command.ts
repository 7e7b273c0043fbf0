import type { RunView } from "../engines/progress/run-view.ts";
import { countText } from "../report/duration-text.ts";
import { runProgress } from "../report/run-progress.ts";
import { verdictLine } from "../report/run-text.ts";
import { fit, maxColumns } from "../report/text-layout.ts";
import type { CommandHost } from "./command-host.ts";
import { exitCodes } from "./exit-codes.ts";
import { printResult } from "./output.ts";

const shownRuns = 15;

/** `status [ID]`: one run, or the newest ones. */
export async function statusCommand(
  host: CommandHost,
  options: { readonly id?: string | undefined; readonly json: boolean },
): Promise<number> {
  const { runs, clock } = await host.services();
  if (options.id !== undefined) {
    printResult(host, options.json, runProgress(await runs.view(options.id), clock.now(), { detail: "full" }));
    return exitCodes.ok;
  }
  const recent = await runs.recent(shownRuns);
  printResult(host, options.json, { summary: listText(recent), ...listData(recent) });
  return exitCodes.ok;
}

function listText(views: readonly RunView[]): string {
  if (views.length === 0) return "NO RUNS · nothing has been run on this machine yet";
  const lines = views.flatMap((view) => [
    `${view.spec.executionId}  ${view.createdAt.slice(0, 16)}`,
    fit(`  ${verdictLine(view)}`, maxColumns),
  ]);
  return [`${countText(views.length, "run")}, newest first`, ...lines].join("\n");
}

function listData(views: readonly RunView[]): object {
  return {
    runs: views.map(({ spec, status, createdAt, tasks }) => ({
      executionId: spec.executionId,
      title: spec.title,
      status,
      createdAt,
      tasks: tasks.size,
    })),
  };
}
