import { runConflicts } from "../engines/coordination/run-conflicts.ts";
import { conflictsSummary } from "../report/conflicts-text.ts";
import { refuse } from "../schema/problem.ts";
import type { CommandHost } from "./command-host.ts";
import { exitCodes } from "./exit-codes.ts";
import { printResult } from "./output.ts";

/** `conflicts ID`: the conflicts of a run, also while it runs; exit 4 when there is something to decide. */
export async function conflictsCommand(
  host: CommandHost,
  options: { readonly id: string; readonly refs: readonly string[]; readonly json: boolean },
): Promise<number> {
  const { id, refs, json } = options;
  if (refs.length > 0) {
    refuse({
      code: "NOT_SUPPORTED_YET",
      error: "Comparing git refs is not there yet; conflicts takes the id of one run.",
      field: "REF",
      advice: "Name one run: parallelization-mcp conflicts ID",
    });
  }
  const { runs } = await host.services();
  const view = await runs.view(id);
  const found = runConflicts(view);
  if (!found.ok) return refuse(found.error);
  printResult(host, json, {
    summary: conflictsSummary(found.value),
    ...{ executionId: id, ...found.value, held: view.merge?.held ?? [] },
  });
  return found.value.hasConflicts ? exitCodes.conflictsHeld : exitCodes.ok;
}
