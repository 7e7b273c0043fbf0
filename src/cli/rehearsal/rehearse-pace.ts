import type { RunView } from "../../engines/progress/run-view.ts";
import { runMetrics } from "../../report/run-metrics.ts";
import type { ExecuteInput } from "../../schema/workflow.ts";
import type { CommandHost } from "../command-host.ts";
import { followRun } from "../follow-run.ts";
import { leastPercentOfEstimate, mostOverheadPercent, type PaceScenario } from "./pace-scenarios.ts";
import { startedTooEarly } from "./rehearse-outcome.ts";
import { minuteMs } from "./scenario.ts";
import type { ScratchFolder } from "../scratch-folder.ts";

/** How fast a piece of work was done, beside what its plan had promised. */
export interface PaceRehearsal {
  readonly kind: "pace";
  readonly scenario: string;
  readonly title: string;
  readonly tasks: number;
  readonly agents: number;
  readonly ok: boolean;
  readonly misses: readonly string[];
  /** Milliseconds that the plan had foreseen, and that it took; of the virtual clock unless it was real. */
  readonly plannedMs: number;
  readonly tookMs: number;
  /** The plan's own speed-up with the same agents. */
  readonly estimatedSpeedup: number;
  /** The measured one: sum of the tasks' own durations / first start to last end. */
  readonly actualSpeedup: number;
  readonly percentOfEstimate: number;
  readonly overheadPercent: number;
  readonly maxParallel: number;
}

/** Chance in how long simulated agents take, so that nothing goes exactly as planned. */
const spread = { seed: 1, failureRate: 0, durationSigma: 0.2 };

/** Plays a piece of work: on the virtual clock, or with its programs in real time. */
export async function rehearsePace(
  host: CommandHost,
  { services, workspace }: ScratchFolder,
  { scenario, real }: { readonly scenario: PaceScenario; readonly real: boolean },
): Promise<PaceRehearsal> {
  const { title, tasks, maxParallelAgents } = scenario;
  const common = { tasks: [...tasks], maxParallelAgents, workspace, apply: "none" as const };
  const input: ExecuteInput = real
    ? { ...common, executor: "command" }
    : { ...common, executor: "simulated", simulation: spread };
  const { view } = await followRun({ host, services, input, title });
  const leftovers = real ? await services.processes.sweep("PARALLELIZATION_RUN", view.spec.executionId) : 0;
  return measure(scenario, view, leftovers);
}

function measure(scenario: PaceScenario, view: RunView, leftovers: number): PaceRehearsal {
  const { name, title, tasks, maxParallelAgents } = scenario;
  const { actualSpeedup, estimatedSpeedup, totalDuration, coordinationOverheadPercent, maxParallel } = runMetrics(view);
  const sequentialMs = view.spec.tasks.reduce((sum, task) => sum + task.minutes * minuteMs, 0);
  const percentOfEstimate = Math.round((1_000 * actualSpeedup) / estimatedSpeedup) / 10;
  const unfinished = [...view.tasks.values()].filter((task) => task.state !== "succeeded");
  const early = [...view.tasks.values()].filter((task) => startedTooEarly(view, task));
  const misses = [
    ...(unfinished.length > 0 ? [`${unfinished.length} tasks did not succeed`] : []),
    ...(early.length > 0 ? [`${early.length} tasks started before what they build on was done`] : []),
    ...(percentOfEstimate < leastPercentOfEstimate ? [`${percentOfEstimate} % of the estimated speed-up`] : []),
    ...(coordinationOverheadPercent >= mostOverheadPercent ? [`${coordinationOverheadPercent} % overhead`] : []),
    ...(maxParallel === maxParallelAgents ? [] : [`${maxParallel} agents at once instead of ${maxParallelAgents}`]),
    ...(leftovers > 0 ? [`${leftovers} processes left behind`] : []),
  ];
  return {
    kind: "pace",
    scenario: name,
    title,
    tasks: tasks.length,
    agents: maxParallelAgents,
    ok: misses.length === 0,
    misses,
    plannedMs: Math.round(sequentialMs / estimatedSpeedup),
    tookMs: Math.round(totalDuration),
    estimatedSpeedup,
    actualSpeedup,
    percentOfEstimate,
    overheadPercent: coordinationOverheadPercent,
    maxParallel,
  };
}
