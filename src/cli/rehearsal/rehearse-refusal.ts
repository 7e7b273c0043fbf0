import { ProblemError } from "../../schema/problem.ts";
import type { CommandHost } from "../command-host.ts";
import { followRun } from "../follow-run.ts";
import type { RefusalScenario } from "./refusal-scenarios.ts";
import type { ScratchFolder } from "../scratch-folder.ts";

/** Whether work that cannot be done was refused before anything of it ran. */
export interface RefusalRehearsal {
  readonly kind: "refusal";
  readonly scenario: string;
  readonly title: string;
  readonly tasks: number;
  readonly ok: boolean;
  readonly misses: readonly string[];
  readonly expected: { readonly code: string; readonly events: 0; readonly newRuns: 0 };
  readonly actual: { readonly code: string; readonly events: number; readonly newRuns: number };
}

const allRuns = 1_000;

/** Tries to run it and looks whether anything is there that was not before. */
export async function rehearseRefusal(
  host: CommandHost,
  { services, workspace }: ScratchFolder,
  scenario: RefusalScenario,
): Promise<RefusalRehearsal> {
  const { name, title, tasks } = scenario;
  const countRuns = async (): Promise<number> =>
    (await services.runs.recent(allRuns)).length +
    (await services.files.list(`${workspace}/.parallelization/runs`)).length;
  const before = await countRuns();
  let code = "not refused";
  let events = 0;
  try {
    const input = { tasks: [...tasks], executor: "simulated", workspace };
    await followRun({ host, services, input, title, onEvent: () => (events += 1) });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    code = error.problem.code;
  }
  const expected = { code: scenario.code, events: 0, newRuns: 0 } as const;
  const actual = { code, events, newRuns: (await countRuns()) - before };
  const misses = (Object.keys(expected) as (keyof typeof expected)[])
    .filter((key) => expected[key] !== actual[key])
    .map((key) => `${key} ${actual[key]} instead of ${expected[key]}`);
  return {
    kind: "refusal",
    scenario: name,
    title,
    tasks: tasks.length,
    ok: misses.length === 0,
    misses,
    expected,
    actual,
  };
}
