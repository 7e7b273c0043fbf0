import type { RunView } from "../../engines/progress/run-view.ts";
import { runMetrics } from "../../report/run-metrics.ts";
import { taskResults } from "../../report/run-result.ts";
import type { CommandHost } from "../command-host.ts";
import { followRun } from "../follow-run.ts";
import type { RealFailure } from "./real-scenarios.ts";
import type { ScratchFolder } from "../scratch-folder.ts";

/** How programs fared beside others that failed. */
export interface FailureRehearsal {
  readonly kind: "failure";
  readonly scenario: string;
  readonly title: string;
  readonly tasks: number;
  readonly agents: number;
  readonly ok: boolean;
  readonly misses: readonly string[];
  readonly tookMs: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  /** Files of theirs in the workspace afterwards. */
  readonly written: readonly string[];
}

/** Runs programs in real time in a folder of their own and looks at the results and at the files. */
export async function rehearseFailure(
  host: CommandHost,
  { services, workspace }: ScratchFolder,
  scenario: RealFailure,
): Promise<FailureRehearsal> {
  const { name, title, tasks, maxParallelAgents, executionStrategy } = scenario;
  const folder = `${workspace}/${name}`;
  await services.files.makeFolder(folder);
  const input = {
    tasks: [...tasks],
    executor: "command",
    maxParallelAgents,
    executionStrategy,
    workspace: folder,
    apply: "merge" as const,
  };
  const { view } = await followRun({ host, services, input, title });
  const written = (await services.files.list(folder)).filter((file) => !file.startsWith(".")).toSorted();
  const leftovers = await services.processes.sweep("PARALLELIZATION_RUN", view.spec.executionId);
  const misses = [
    ...compareResults(scenario, view),
    ...differs("written", written, scenario.written),
    ...(leftovers > 0 ? [`${leftovers} processes left behind`] : []),
  ];
  const count = (state: string): number => [...view.tasks.values()].filter((task) => task.state === state).length;
  return {
    kind: "failure",
    scenario: name,
    title,
    tasks: tasks.length,
    agents: maxParallelAgents,
    ok: misses.length === 0,
    misses,
    tookMs: Math.round(runMetrics(view).totalDuration),
    succeeded: count("succeeded"),
    failed: count("failed"),
    skipped: count("skipped"),
    written,
  };
}

/** Every failure is told by its name, every success is there with its work kept. */
function compareResults(scenario: RealFailure, view: RunView): string[] {
  const results = taskResults(view, "full");
  const successes = results.filter((result) => result.success);
  const lost = successes.filter((result) => result.commit === undefined || result.changes.length === 0);
  const failures = results.filter((result) => result.error !== undefined);
  return [
    ...differs(
      "succeeded",
      successes.map((result) => result.taskId),
      scenario.succeeded,
    ),
    ...differs(
      "skipped",
      results.flatMap((result) => (result.skipped === true ? result.taskId : [])),
      scenario.skipped,
    ),
    ...differs(
      "failed",
      failures.map((result) => `${result.taskId} ${result.error?.name}`),
      Object.entries(scenario.failed).map(([taskId, error]) => `${taskId} ${error}`),
    ),
    ...lost.map((result) => `the work of ${result.taskId} is not kept`),
  ];
}

function differs(what: string, actual: readonly string[], expected: readonly string[]): string[] {
  const [is, should] = [actual, expected].map((names) => names.toSorted().join(", ") || "none");
  return is === should ? [] : [`${what}: ${is} instead of ${should}`];
}
