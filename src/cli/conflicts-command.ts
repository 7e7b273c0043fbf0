import { runConflicts } from "../engines/coordination/runs/run-conflicts.ts";
import { conflictsSummary, refsSummary } from "../report/conflicts-text.ts";
import { previewCall } from "../report/decision-text.ts";
import { refuse } from "../schema/problem.ts";
import type { CommandHost } from "./command-host.ts";
import { exitCodes } from "./exit-codes.ts";
import { callStyle, printResult } from "./output.ts";

/** What the command line says about conflicts. */
export interface ConflictsOptions {
  /** A run, or the branch that the others would be merged into. */
  readonly id: string;
  /** Branches to be compared; none for a run. */
  readonly refs: readonly string[];
  readonly workspace: string | undefined;
  readonly json: boolean;
}

/**
 * `conflicts ID`: the conflicts of a run, also while it runs. `conflicts TARGET REF…`: how branches go together, in any
 * repository. Exit 4 when there is something to decide.
 */
export async function conflictsCommand(host: CommandHost, options: ConflictsOptions): Promise<number> {
  return options.refs.length === 0 ? showRun(host, options) : compareBranches(host, options);
}

async function showRun(host: CommandHost, { id, json }: ConflictsOptions): Promise<number> {
  const { runs } = await host.services();
  const view = await runs.view(id);
  const found = runConflicts(view);
  if (!found.ok) return refuse(found.error);
  printResult(host, json, {
    summary: conflictsSummary(found.value, { call: previewCall(view), calls: callStyle(json) }),
    ...{ executionId: id, ...found.value, held: view.merge?.held ?? [] },
  });
  return found.value.hasConflicts ? exitCodes.conflictsHeld : exitCodes.ok;
}

async function compareBranches(host: CommandHost, { id, refs, workspace, json }: ConflictsOptions): Promise<number> {
  const { compareRefs } = await host.services();
  const named = host.absolutePath(workspace ?? host.workingFolder);
  const found = await compareRefs({ workspace: named, base: id, heads: refs.map((ref) => ({ ref })) }, {});
  printResult(host, json, { summary: refsSummary(found, id), ...found });
  return found.hasConflicts ? exitCodes.conflictsHeld : exitCodes.ok;
}
