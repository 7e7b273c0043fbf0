import type { Plans } from "../../src/engines/coordination/runs/plans.ts";
import type { Analysis } from "../../src/schema/plan.ts";
import { refuse } from "../../src/schema/problem.ts";
import { handleCall, type CallWorld } from "../../src/tools/handle-call.ts";
import type { ToolReply } from "../../src/tools/refusal.ts";
import { testCodeReader } from "./code-reader-rig.ts";
import { fakeRuns, type FakeRuns } from "./fake-runs.ts";
import { manualClock, type ManualClock } from "./manual-clock.ts";

/** The pipeline of the tools over runs and plans that a test drives by hand. */
export interface ToolWorld {
  readonly runs: FakeRuns;
  readonly plans: Plans & { readonly kept: readonly Analysis[] };
  readonly clock: ManualClock;
  readonly logged: readonly string[];
  readonly world: CallWorld<never>;
  /** Calls a tool; a call about a run is answered with the run as it stands. */
  call(name: string, args?: Record<string, unknown>): Promise<ToolReply>;
}

/** Makes plans that are kept in memory; ids are plan-1, plan-2, …. */
export function fakePlans(): ToolWorld["plans"] {
  const kept: Analysis[] = [];
  return {
    kept,
    async save(analysis) {
      return `plan-${kept.push(analysis)}`;
    },
    async load(planId) {
      const analysis = kept[Number(planId.slice("plan-".length)) - 1];
      return (
        analysis ?? refuse({ code: "UNKNOWN_PLAN", error: `There is no plan ${planId}.`, advice: "Analyse first." })
      );
    },
  };
}

/** There is no repository in this world. */
export async function noRefs(): Promise<never> {
  return refuse({ code: "UNKNOWN_REF", error: "There is no such branch.", advice: "Name another one." });
}
/** No tool but one that is given a workspace may look at files. */
export const noSurvey = (workspace: string): never =>
  refuse({
    code: "WORKSPACE_NOT_FOUND",
    error: `There is no folder ${workspace}.`,
    field: "workspace",
    advice: "Name another.",
  });

/** Makes a world in which nothing runs. */
export function toolWorld(): ToolWorld {
  const clock = manualClock();
  const runs = fakeRuns(clock);
  const plans = fakePlans();
  const logged: string[] = [];
  const world: CallWorld<never> = {
    context: {
      runs,
      plans,
      clock,
      compareRefs: noRefs,
      code: testCodeReader(),
      survey: noSurvey,
      planner: { analyze: async () => "none" as const },
      origin: async () => ({}),
      startedRun: undefined,
      approvedCommands: [],
    },
    deliver: async ({ executionId }) => ({ kind: "view", view: await runs.view(executionId) }),
    log: (line) => logged.push(line),
  };
  const call: ToolWorld["call"] = (name, args) => handleCall({ name, arguments: args }, world);
  return { runs, plans, clock, logged, world, call };
}

/** The object in a refusal's text. */
export function refusalOf(reply: ToolReply): Record<string, unknown> {
  if (reply.isError !== true) throw new Error(`not refused: ${reply.content[0].text.slice(0, 200)}`);
  return JSON.parse(reply.content[0].text) as Record<string, unknown>;
}

/** The object of a result, which its text repeats. */
export function answerOf(reply: ToolReply): Record<string, unknown> {
  if (reply.isError === true) throw new Error(`refused: ${reply.content[0].text}`);
  return reply.structuredContent as Record<string, unknown>;
}
