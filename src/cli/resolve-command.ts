import type { Decided } from "../engines/coordination/resolution/decision.ts";
import type { WayOutRequest } from "../engines/coordination/resolution/way-out.ts";
import { decisionLines } from "../report/decision-text.ts";
import { isOpen } from "../schema/conflict.ts";
import type { CommandHost } from "./command-host.ts";
import { printControl } from "./control-command.ts";
import { exitCodes } from "./exit-codes.ts";
import { callStyle, printResult } from "./output.ts";

/** A person at a terminal waits as long as it takes: a week. */
const patienceMs = 7 * 24 * 3_600_000;

/** `resolve ID CONFLICT OPTION`: carries a way out of a conflict out, or shows what it would do; exit 4 while anything is left to decide. */
export async function resolveCommand(
  host: CommandHost,
  options: { readonly id: string; readonly request: WayOutRequest; readonly json: boolean },
): Promise<number> {
  const { id, request, json } = options;
  const services = await host.services();
  const decided = await services.runs.resolve(id, request, patienceMs);
  const said = decisionLines({ executionId: id, ...request, decided }, callStyle(json));
  if (decided.preview) return printPreview(host, { id, json, decided, said });
  const view = await services.runs.view(id);
  printControl(host, services, { view, action: "resolve", did: decided.did, said, json });
  return decided.done === true && !view.conflicts.some(isOpen) ? exitCodes.ok : exitCodes.conflictsHeld;
}

function printPreview(
  host: CommandHost,
  shown: {
    readonly id: string;
    readonly json: boolean;
    readonly decided: Decided;
    readonly said: readonly string[];
  },
): number {
  const { id, json, decided, said } = shown;
  const { did, preview } = decided;
  printResult(host, json, { summary: said.join("\n"), ...{ executionId: id, did, preview } });
  return preview?.possible === true ? exitCodes.ok : exitCodes.conflictsHeld;
}
