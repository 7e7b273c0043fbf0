import { aggregateProgress } from "../engines/progress/aggregate.ts";
import type { RunView } from "../engines/progress/run-view.ts";
import { toolCall } from "../report/next-call.ts";
import { progressSummary } from "../report/progress-text.ts";
import { runProgress } from "../report/run-progress.ts";
import { verdictLine } from "../report/run-text.ts";
import type { Problem } from "../schema/problem.ts";
import { aggregateInputSchema } from "../schema/tool-inputs.ts";
import { failed, ok } from "../util/result.ts";
import { defineTool, readOnly, type Answer, type ToolContext } from "./define-tool.ts";

/** Says how far work in parallel is. */
export const aggregateProgressTool = defineTool({
  name: "aggregate_progress",
  title: "Progress of parallel work",
  description: `Aggregate the progress of parallel work: overall percentage, what each agent does, who is blocked and why, open questions, time left, cost.
Use it with executionId for a run of execute_parallel_workflow; with waitSeconds it waits for the run's end or a question, and as next after status "running" it is the way to follow a run. Without arguments it lists the recent runs, also those of other sessions. With agentProgresses it aggregates the progress of any agents.
Do not call it in a tight loop: use waitSeconds. To stop, answer or apply use control_workflow.
Returns summary (show it to the user as it is), next, overallProgress, agentStatuses, bottlenecks, estimatedCompletion; for a run also status, seq, tasks, questions, conflicts, eta {p50, p90}, cost, metrics, and report once it has ended. detail "full" adds the results with their diffs.
Example: {"executionId":"run_…","waitSeconds":45}`,
  annotations: readOnly,
  alwaysLoad: true,
  input: aggregateInputSchema,
  brief: ["dependencyGraph"],
  later: {},
  example: {
    agentProgresses: [{ agentId: "a1", currentTask: "api", percentComplete: 40, status: "working" }],
    aggregationStrategy: "simple-average",
  },
  async handle({ executionId, agentProgresses, ...input }, { runs, clock }) {
    if (agentProgresses !== undefined && executionId !== undefined) return failed(oneInput);
    if (agentProgresses !== undefined) {
      const { aggregationStrategy, dependencyGraph } = input;
      const report = aggregateProgress({ agentProgresses, aggregationStrategy, dependencyGraph, nowMs: clock.now() });
      return report.ok ? ok({ summary: progressSummary(report.value), next: null, ...report.value }) : report;
    }
    if (executionId === undefined && input.aggregationStrategy !== undefined) return failed(noProgress);
    if (executionId === undefined) return input.waitSeconds === undefined ? ok(await recentRuns(runs)) : failed(noRun);
    const { waitSeconds = 0, sinceSeq, detail } = input;
    const show = (view: RunView): Answer => ({ ...runProgress(view, clock.now(), { sinceSeq, detail }) });
    if (waitSeconds === 0) return ok(show(await runs.view(executionId)));
    return ok({ kind: "run", executionId, started: false, waitSeconds, sinceSeq, show });
  },
});

const oneInput: Problem = {
  code: "INVALID_ARGUMENT",
  error: "aggregate_progress takes either agentProgresses or executionId, not both.",
  field: "agentProgresses",
  allowed: ["agentProgresses", "executionId"],
  advice: "Leave one of the two out.",
};

const noProgress: Problem = {
  code: "INVALID_ARGUMENT",
  error: "agentProgresses array is required with aggregationStrategy: give one entry for each agent.",
  field: "agentProgresses",
  example: [{ agentId: "a1", currentTask: "api", percentComplete: 40, status: "working" }],
  advice: "Give agentProgresses, or executionId alone for a run of execute_parallel_workflow.",
};

const noRun: Problem = {
  code: "INVALID_ARGUMENT",
  error: "waitSeconds needs the executionId of the run to wait for.",
  field: "executionId",
  advice: "Call aggregate_progress without arguments to see the recent runs.",
};

/** How many runs a list shows. */
const recentLimit = 20;

async function recentRuns(runs: ToolContext["runs"]): Promise<Answer> {
  const views = await runs.recent(recentLimit);
  const active = views.find((view) => view.endedAt === undefined);
  const latest = active ?? views[0];
  const lines = views.map((view) => `${verdictLine(view)}\n  ${view.spec.executionId} · ${view.createdAt}`);
  return {
    summary: lines.length === 0 ? "NO RUNS on this machine yet" : lines.slice(0, 19).join("\n"),
    next: latest === undefined ? null : toolCall("aggregate_progress", { executionId: latest.spec.executionId }),
    runs: views.map(({ spec, status, createdAt, seq, tasks }) => ({
      executionId: spec.executionId,
      title: spec.title,
      status,
      createdAt,
      seq,
      executor: spec.executor,
      totalTasks: tasks.size,
      succeeded: [...tasks.values()].filter((task) => task.state === "succeeded").length,
      ...(spec.workspace === undefined ? {} : { workspace: spec.workspace }),
    })),
  };
}
