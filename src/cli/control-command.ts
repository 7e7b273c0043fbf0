import type { RunView } from "../engines/progress/run-view.ts";
import { whole } from "../report/decision-text.ts";
import { hasEnded } from "../report/run-clock.ts";
import { runProgress } from "../report/run-progress.ts";
import { refuse, type Problem } from "../schema/problem.ts";
import type { Services } from "../services.ts";
import type { CommandHost } from "./command-host.ts";
import { exitCodes } from "./exit-codes.ts";
import { callStyle, printResult } from "./output.ts";
import { pause } from "./pause.ts";

/** What can be done to a run by a word. */
export type ControlAction = "cancel" | "pause" | "resume" | "apply" | "undo";

/** How long `cancel` waits for the end of the agents, in milliseconds. */
const stopsWithinMs = 5_000;

/** `cancel ID`, `pause ID`, `resume ID`, `apply ID`, `undo ID`: does it, says what was done, and shows the run. */
export async function controlCommand(
  host: CommandHost,
  options: { readonly id: string; readonly action: ControlAction; readonly json: boolean },
): Promise<number> {
  const { id, action, json } = options;
  const services = await host.services();
  const { did, code } = await actions[action](services, id);
  printControl(host, services, { view: await services.runs.view(id), action, did, json });
  return code;
}

/** Shows a run after something was done to it. */
export function printControl(
  host: CommandHost,
  { clock }: Services,
  shown: {
    readonly view: RunView;
    readonly action: string;
    readonly did: string;
    readonly json: boolean;
    readonly said?: readonly string[];
  },
): void {
  const { view, action, did, json, said = whole(did) } = shown;
  const state = runProgress(view, clock.now(), { calls: callStyle(json) });
  if (json) printResult(host, true, { ...state, ...{ action, did } });
  else {
    host.out(`${said.join("\n")}\n\n`);
    printResult(host, false, state);
  }
}

interface Done {
  readonly did: string;
  readonly code: number;
}

const actions: Readonly<Record<ControlAction, (services: Services, id: string) => Promise<Done>>> = {
  async cancel(services, id) {
    await services.runs.cancel(id, "cancelled on the command line");
    const ended = await endsWithin(services, id);
    const did = ended
      ? "The run was stopped; what is done is kept."
      : "The run was told to stop, and its agents are ending; what is done is kept.";
    return { did, code: exitCodes.ok };
  },
  async pause({ runs }, id) {
    await runs.pause(id, "paused on the command line");
    return { did: "The run is paused: nothing new starts until it is resumed.", code: exitCodes.ok };
  },
  async resume({ runs }, id) {
    if (hasEnded(await runs.view(id))) refuse(cannotBeTakenUp(id));
    await runs.resume(id);
    return { did: "The run goes on.", code: exitCodes.ok };
  },
  async apply({ runs }, id) {
    await runs.apply(id);
    const { apply } = await runs.view(id);
    const whole = apply?.applied === true && apply.conflicts.length === 0;
    const did =
      apply?.applied !== true
        ? "Nothing was written."
        : whole
          ? "The merged result was written to your files."
          : "The merged result was written, except what conflicts with your own changes.";
    return { did, code: whole ? exitCodes.ok : exitCodes.conflictsHeld };
  },
  async undo({ runs }, id) {
    await runs.undo(id);
    return { did: "The files that the run had written were restored.", code: exitCodes.ok };
  },
};

async function endsWithin({ runs, clock }: Services, id: string): Promise<boolean> {
  const deadline = clock.now() + stopsWithinMs;
  for (;;) {
    if (hasEnded(await runs.view(id))) return true;
    if (clock.now() >= deadline) return false;
    await pause(clock);
  }
}

function cannotBeTakenUp(id: string): Problem {
  return {
    code: "NOT_SUPPORTED_YET",
    error: `Run '${id}' has ended, and taking up a run that has ended is not there yet.`,
    field: "ID",
    advice: "Start a new run with the tasks that are left; report ID tells which.",
  };
}
