import type { RunView, TaskView } from "../../engines/progress/run-view.ts";
import { runMetrics } from "../../report/run-metrics.ts";
import { taskResults } from "../../report/run-result.ts";
import type { CommandHost } from "../command-host.ts";
import { followRun } from "../follow-run.ts";
import { minuteMs, type Expectation, type Scenario } from "./scenario.ts";
import type { ScratchFolder } from "../scratch-folder.ts";

/** How a scenario went whose outcome is known beforehand. */
export interface OutcomeRehearsal {
  readonly kind: "outcome";
  readonly scenario: string;
  readonly title: string;
  readonly tasks: number;
  readonly agents: number;
  readonly ok: boolean;
  readonly misses: readonly string[];
  readonly expected: Expectation;
  readonly actual: Expectation;
  readonly speedup: number;
}

/** Plays a scenario on the virtual clock and compares every figure. */
export async function rehearseOutcome(
  host: CommandHost,
  { services, workspace }: ScratchFolder,
  scenario: Scenario,
): Promise<OutcomeRehearsal> {
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
  const actual = figures(view);
  const misses = (Object.keys(expected) as (keyof Expectation)[])
    .filter((key) => expected[key] !== actual[key])
    .map((key) => `${key} ${actual[key]} instead of ${expected[key]}`);
  return {
    kind: "outcome",
    scenario: name,
    title,
    tasks: tasks.length,
    agents: maxParallelAgents,
    ok: misses.length === 0,
    misses,
    expected,
    actual,
    speedup: actual.oneByOneMs / Math.max(1, actual.parallelMs),
  };
}

function figures(view: RunView): Expectation {
  const metrics = runMetrics(view);
  const tasks = [...view.tasks.values()];
  const succeeded = tasks.filter((task) => task.state === "succeeded");
  return {
    oneByOneMs: Math.round(
      tasks.filter((task) => task.startedAt !== undefined).reduce((sum, task) => sum + plannedMs(task), 0),
    ),
    parallelMs: Math.round(metrics.totalDuration),
    succeeded: succeeded.length,
    failed: metrics.failureCount,
    skipped: tasks.filter((task) => task.state === "skipped").length,
    phases: metrics.phases,
    parallelTasks: metrics.parallelTasks,
    conflicts: metrics.conflictCount,
    ...resultFigures(view),
    disturbed: succeeded.filter((task) => Math.round(task.workedMs ?? 0) !== Math.round(plannedMs(task))).length,
    outOfOrder: tasks.filter((task) => startedTooEarly(view, task)).length,
  };
}

/** What the results, which is all that a caller gets, leave out. */
function resultFigures(view: RunView): Pick<Expectation, "untold" | "lost"> {
  const results = new Map(taskResults(view, "full").map((result) => [result.taskId, result]));
  const isTold = ({ id, task }: TaskView): boolean => {
    const error = results.get(id)?.error;
    const scripted = task.simulate?.fail;
    return typeof scripted === "string" ? error?.message.includes(scripted) === true : error?.name === "Timeout";
  };
  const tasks = [...view.tasks.values()];
  return {
    untold: tasks.filter((task) => task.state === "failed" && !isTold(task)).length,
    lost: tasks.filter((task) => task.state === "succeeded" && results.get(task.id)?.success !== true).length,
  };
}

/** Whether a task started although something it builds on had not succeeded by then. */
export function startedTooEarly(view: RunView, { task, firstStartedAt }: TaskView): boolean {
  if (firstStartedAt === undefined) return false;
  return task.needs.some((need) => {
    const needed = view.tasks.get(need);
    return needed?.state !== "succeeded" || (needed.endedAt ?? Infinity) > firstStartedAt;
  });
}

/** What a task was planned to take. */
function plannedMs({ task }: TaskView): number {
  return (task.simulate?.minutes ?? task.minutes) * minuteMs;
}
