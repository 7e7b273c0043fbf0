import { runProgress } from "../report/run-progress.ts";
import type { CommandHost } from "./command-host.ts";
import { exitCodes } from "./exit-codes.ts";
import { historyCommand } from "./history-command.ts";
import { callStyle, printResult } from "./output.ts";

const shownRuns = 15;

/** `status [ID]`: one run, or the newest ones. */
export async function statusCommand(
  host: CommandHost,
  options: { readonly id?: string | undefined; readonly json: boolean },
): Promise<number> {
  const { id, json } = options;
  if (id === undefined) return historyCommand(host, { limit: shownRuns, ids: false, json });
  const { runs, clock } = await host.services();
  const view = await runs.view(id);
  printResult(host, json, runProgress(view, clock.now(), { detail: "full", calls: callStyle(json) }));
  return exitCodes.ok;
}
