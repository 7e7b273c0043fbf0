import { refuse } from "../schema/problem.ts";
import type { CommandHost } from "./command-host.ts";
import { exitCodes } from "./exit-codes.ts";
import { printResult } from "./output.ts";
import { rehearsalTables, type Rehearsal } from "./rehearsal/rehearsal-table.ts";
import { rehearseFailure } from "./rehearsal/rehearse-failure.ts";
import { rehearseOutcome } from "./rehearsal/rehearse-outcome.ts";
import { rehearsePace } from "./rehearsal/rehearse-pace.ts";
import { rehearseRefusal } from "./rehearsal/rehearse-refusal.ts";
import {
  chooseScenarios,
  realScenarios,
  scenarioNames,
  simulatedScenarios,
  type ChosenScenarios,
} from "./rehearsal/scenario-list.ts";
import { withScratchFolder, type ScratchFolder } from "./scratch-folder.ts";
import { outputStyle } from "./style.ts";

/** `simulate [SCENARIO…]`: the scenarios of record; exit 1 when one does not come out as it must. */
export async function simulateCommand(
  host: CommandHost,
  options: { readonly names: readonly string[]; readonly real: boolean; readonly json: boolean },
): Promise<number> {
  const chosen = choose(options);
  const rehearsals = await withScratchFolder(host, { name: "simulate", keep: false }, (folder) =>
    rehearseAll(host, folder, chosen),
  );
  const ok = rehearsals.every((rehearsal) => rehearsal.ok);
  const real = chosen.realPaces.length + chosen.realFailures.length > 0;
  const style = outputStyle(host);
  const paint = (text: string, good: boolean): string =>
    options.json ? text : good ? style.good(text) : style.bad(text);
  printResult(host, options.json, {
    summary: rehearsalTables(rehearsals, { real, paint }),
    ...{ ok, simulated: !real, rehearsals },
  });
  return ok ? exitCodes.ok : exitCodes.taskFailed;
}

function choose({ names, real }: { readonly names: readonly string[]; readonly real: boolean }): ChosenScenarios {
  const unknown = names.find((name) => !scenarioNames.includes(name));
  if (unknown !== undefined) {
    refuse({
      code: "INVALID_ARGUMENT",
      error: `There is no scenario '${unknown}'.`,
      field: "SCENARIO",
      allowed: scenarioNames,
      advice: "Name one of these, or none to run all.",
    });
  }
  if (names.length > 0) return chooseScenarios(names);
  return real ? realScenarios : simulatedScenarios;
}

async function rehearseAll(host: CommandHost, folder: ScratchFolder, chosen: ChosenScenarios): Promise<Rehearsal[]> {
  const done: Rehearsal[] = [];
  for (const scenario of chosen.outcomes) done.push(await rehearseOutcome(host, folder, scenario));
  for (const scenario of chosen.paces) done.push(await rehearsePace(host, folder, { scenario, real: false }));
  for (const scenario of chosen.refusals) done.push(await rehearseRefusal(host, folder, scenario));
  for (const scenario of chosen.realPaces) done.push(await rehearsePace(host, folder, { scenario, real: true }));
  for (const scenario of chosen.realFailures) done.push(await rehearseFailure(host, folder, scenario));
  return done;
}
