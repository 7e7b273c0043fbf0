import type { RunView } from "../engines/progress/run-view.ts";
import { runMetrics } from "../report/run-metrics.ts";
import { factorText } from "../report/duration-text.ts";
import { pad } from "../report/text-layout.ts";
import { refuse } from "../schema/problem.ts";
import type { CommandHost } from "./command-host.ts";
import { exitCodes } from "./exit-codes.ts";
import { followRun } from "./follow-run.ts";
import { printResult } from "./output.ts";
import { scenarios, type Expectation, type Scenario } from "./scenarios.ts";
import { withScratchFolder, type ScratchFolder } from "./scratch-folder.ts";
import { outputStyle } from "./style.ts";

/** How one scenario went. */
interface Rehearsal {
  readonly scenario: string;
  readonly title: string;
  readonly tasks: number;
  readonly agents: number;
  readonly ok: boolean;
  readonly expected: Expectation;
  readonly actual: Expectation;
  readonly speedup: number;
}

/** `simulate [SCENARIO…]`: the scenarios of record on a virtual clock; exit 1 when one does not come out as it must. */
export async function simulateCommand(
  host: CommandHost,
  options: { readonly names: readonly string[]; readonly json: boolean },
): Promise<number> {
  const chosen = chooseScenarios(options.names);
  const rehearsals = await withScratchFolder(host, { name: "simulate", keep: false }, async (folder) => {
    const done: Rehearsal[] = [];
    for (const scenario of chosen) done.push(await rehearse(host, folder, scenario));
    return done;
  });
  const ok = rehearsals.every((rehearsal) => rehearsal.ok);
  const style = outputStyle(host);
  const summary = tableText(rehearsals, (text, good) => (good ? style.good(text) : style.bad(text)));
  printResult(host, options.json, {
    summary: options.json ? tableText(rehearsals, (text) => text) : summary,
    ...{ ok, rehearsals },
  });
  return ok ? exitCodes.ok : exitCodes.taskFailed;
}

function chooseScenarios(names: readonly string[]): readonly Scenario[] {
  if (names.length === 0) return scenarios;
  return names.map(
    (name) =>
      scenarios.find((scenario) => scenario.name === name) ??
      refuse({
        code: "INVALID_ARGUMENT",
        error: `There is no scenario '${name}'.`,
        field: "SCENARIO",
        allowed: scenarios.map((scenario) => scenario.name),
        advice: "Name one of these, or none to run all.",
      }),
  );
}

async function rehearse(
  host: CommandHost,
  { services, workspace }: ScratchFolder,
  scenario: Scenario,
): Promise<Rehearsal> {
  const { name, title, tasks, maxParallelAgents, executionStrategy, mode, expected } = scenario;
  const input = {
    tasks: [...tasks],
    executor: "simulated",
    maxParallelAgents,
    executionStrategy,
    mode,
    workspace,
    simulation: { seed: 1, failureRate: 0, durationSigma: 0 },
  };
  const { view } = await followRun({ host, services, input, title });
  const metrics = runMetrics(view);
  const count = (state: string): number => [...view.tasks.values()].filter((task) => task.state === state).length;
  const actual: Expectation = {
    oneByOneMs: plannedMs(view),
    parallelMs: Math.round(metrics.totalDuration),
    succeeded: count("succeeded"),
    failed: metrics.failureCount,
    skipped: count("skipped"),
    phases: metrics.phases,
    parallelTasks: metrics.parallelTasks,
    conflicts: metrics.conflictCount,
  };
  const ok = Object.entries(expected).every(([key, value]) => actual[key as keyof Expectation] === value);
  return {
    scenario: name,
    title,
    tasks: tasks.length,
    agents: maxParallelAgents,
    ok,
    expected,
    actual,
    speedup: actual.oneByOneMs / Math.max(1, actual.parallelMs),
  };
}

/** What the tasks that ran were planned to take, one after the other. */
function plannedMs(view: RunView): number {
  const ran = [...view.tasks.values()].filter((task) => task.startedAt !== undefined);
  return Math.round(ran.reduce((sum, { task }) => sum + (task.simulate?.minutes ?? task.minutes) * 60_000, 0));
}

function tableText(rehearsals: readonly Rehearsal[], paint: (text: string, good: boolean) => string): string {
  const misses = rehearsals.filter((rehearsal) => !rehearsal.ok).length;
  const verdict = misses === 0 ? "ALL AS EXPECTED" : `${misses} MISSED`;
  const heading = `${pad("scenario", 21)}${pad("tasks", 6)}${pad("agents", 7)}${pad("one by one", 11)}${pad("parallel", 9)}${pad("speed-up", 9)}expected`;
  return [
    `${verdict} · ${rehearsals.length} scenarios, simulated: nothing was really done`,
    "",
    heading,
    ...rehearsals.flatMap((rehearsal) => rows(rehearsal, paint)),
  ].join("\n");
}

function rows(
  { scenario, tasks, agents, ok, expected, actual, speedup }: Rehearsal,
  paint: (text: string, good: boolean) => string,
): string[] {
  const row = [
    pad(scenario, 21),
    pad(String(tasks), 6),
    pad(String(agents), 7),
    pad(spanText(actual.oneByOneMs), 11),
    pad(spanText(actual.parallelMs), 9),
    pad(factorText(speedup), 9),
    pad(spanText(expected.parallelMs), 7),
    paint(ok ? "ok" : "MISS", ok),
  ].join("");
  if (ok) return [row];
  const keys = Object.keys(expected) as (keyof Expectation)[];
  const wrong = keys
    .filter((key) => expected[key] !== actual[key])
    .map((key) => `${key} ${actual[key]} instead of ${expected[key]}`);
  return [row, `  ${wrong.join(", ")}`];
}

/** Scenarios last seconds or minutes; both are said in full. */
function spanText(ms: number): string {
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 6_000) / 10} min`;
}
