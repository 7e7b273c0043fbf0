import { runResult } from "../report/run-result.ts";
import { executeInputSchema } from "../schema/workflow.ts";
import { ok } from "../util/result.ts";
import { defineTool } from "./define-tool.ts";

const input = executeInputSchema.extend({
  tasks: executeInputSchema.shape.tasks.describe(
    "Instead of analysisResult: the tasks themselves, in the form of subtasks of analyze_task_parallelizability",
  ),
});

/** Runs tasks with several agents at once and merges what is provably safe. */
export const executeTool = defineTool({
  name: "execute_parallel_workflow",
  title: "Run tasks in parallel",
  description: `Execute tasks in parallel with several agents (sub-agents), each in a workspace of its own, and merge into the user's files only what does not conflict.
Use it after analyze_task_parallelizability, with its planId (or analysisResult as it is), once the user agrees. tasks instead of a plan also works. executor: "claude-code" starts real Claude Code agents that cost money and change files; "simulated" rehearses for nothing; "command" runs programs the user has allowed.
Do not use it for one task, for work that only you can do in this conversation, or to look at a run (aggregate_progress).
A long run answers with status "running" and next, the aggregate_progress call to make: make it, until the status is final. The run goes on if this call times out; cancelling it stops the run. Uncommitted changes of the user are part of what the agents start from and are never overwritten.
Returns summary (show it to the user as it is), next, executionId, status (completed, partial, failed, running, blocked, cancelled, interrupted), success, results per task with changes, conflicts, merge (merged, held, applied, undo), metrics. Held results are not lost: detect_conflicts explains them.
Example: {"planId":"plan_…","executor":"claude-code","maxParallelAgents":3,"executionStrategy":"aggressive"}`,
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  alwaysLoad: true,
  input,
  brief: ["analysisResult", "tasks", "phases", "simulation"],
  unlisted: ["workflow", "inputs", "verify", "resume", "from", "only", "invalidate"],
  later: {},
  example: { planId: "plan_…", executor: "simulated", maxParallelAgents: 3, executionStrategy: "conservative" },
  more: ({ executionId }) =>
    `Call aggregate_progress with {"executionId":${JSON.stringify(executionId)},"detail":"full"}.`,
  async handle(request, { runs, clock, origin, startedRun, approvedCommands }) {
    const executionId = startedRun ?? (await runs.start(request, await origin(), { approvedCommands }));
    return ok({
      kind: "run",
      executionId,
      started: true,
      waitSeconds: request.waitSeconds,
      sinceSeq: undefined,
      show: (view) => ({ ...runResult(view, { detail: request.detail, nowMs: clock.now() }) }),
    });
  },
});
