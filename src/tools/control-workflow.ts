import type * as z from "zod";
import { whole } from "../report/decision-text.ts";
import type { ToolCall } from "../report/next-call.ts";
import { runProgress } from "../report/run-progress.ts";
import type { Problem } from "../schema/problem.ts";
import { controlInputSchema } from "../schema/tool-inputs.ts";
import { failed, ok } from "../util/result.ts";
import { defineTool, type Answer, type ToolContext } from "./define-tool.ts";
import { handOverAnswer } from "./hand-over-answer.ts";
import { resolveConflict } from "./resolve-conflict.ts";

type ControlInput = z.output<typeof controlInputSchema>;

/** Answers, stops, applies, takes back and forgets runs. */
export const controlWorkflowTool = defineTool({
  name: "control_workflow",
  title: "Control a run",
  description: `Control a run: answer an agent's question, cancel, pause or resume it, retry, skip or steer one task, resolve a conflict, apply its result to the user's files, undo that, delete it.
Use answer when a run shows a question: ask the user, pass their choice. cancel keeps what is done. pause lets nothing new start; resume goes on, and gives one that its budget paused as much again. While it runs: retry does a failed or skipped task again; skip gives one up, with what needs it; steer tells its agent text. resolve takes a way out that detect_conflicts shows: prefer-agent (with taskId), sequential-retry (the held task again, on top of the rest), manual (a folder to edit), rollback (none of both); ask the user which; preview it first. apply writes what a run has merged and not written. undo restores what apply wrote. delete forgets a finished run.
Do not use it to look at a run (aggregate_progress).
Returns the run's state as aggregate_progress does, and did: what was done.
Example: {"executionId":"run_…","action":"answer","questionId":"q1","answer":"keep the old route"}`,
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  alwaysLoad: false,
  input: controlInputSchema,
  brief: [],
  unlisted: ["agentId", "dryRun"],
  later: {},
  example: { executionId: "run_…", action: "cancel" },
  more: ({ executionId }) =>
    `Call aggregate_progress with {"executionId":${JSON.stringify(executionId)},"detail":"full"}.`,
  async handle(input, context) {
    const { executionId, action } = input;
    const act = actions[action];
    if (action === "answer" && input.answer === undefined) return failed(answerRequired);
    const { did, said = whole(did), next, ...more } = await act(input, context);
    if (action === "delete") return ok({ summary: did, next: null, executionId, action, did });
    const view = await context.runs.view(executionId);
    const state: Answer = { ...runProgress(view, context.clock.now(), { did: said }) };
    return ok({ ...state, ...(next && { next }), executionId, action, did, ...more });
  },
});

/** How long a call that cancels waits for the end of the agents, in milliseconds. */
const stopsWithinMs = 5_000;

/** What an action has done, in a sentence, and whatever else it gives. */
interface Done {
  readonly did: string;
  /** The lines that say it, where they are more than the sentence. */
  readonly said?: readonly string[];
  /** The call that follows, where it is another than the state of the run tells. */
  readonly next?: ToolCall | null;
  readonly [field: string]: unknown;
}

type Act = (input: ControlInput, context: ToolContext) => Promise<Done>;

/** What can be done to a run. */
const actions: Readonly<Record<ControlInput["action"], Act>> = {
  async answer({ executionId, taskId, questionId, answer = "" }, context) {
    const which = {
      ...(taskId === undefined ? {} : { taskId }),
      ...(questionId === undefined ? {} : { questionId }),
    };
    await handOverAnswer(executionId, { ...which, answer }, context);
    return { did: "The answer was handed to the agent." };
  },
  async cancel({ executionId }, { runs }) {
    await runs.cancel(executionId, "cancelled through control_workflow");
    const { endedAt } = await runs.wait(executionId, { waitMs: stopsWithinMs });
    const did =
      endedAt === undefined
        ? "The run was told to stop, and its agents are ending; what is done is kept."
        : "The run was stopped; what is done is kept.";
    return { did };
  },
  async pause({ executionId }, { runs }) {
    await runs.pause(executionId, "paused through control_workflow");
    return {
      did: "The run is paused: nothing new starts. Agents whose calls are metered wait at their next call; others finish their tasks.",
    };
  },
  async resume({ executionId }, { runs }) {
    const { paused } = await runs.view(executionId);
    await runs.resume(executionId);
    return { did: paused?.by === "budget" ? "The run goes on, with as much budget again." : "The run goes on." };
  },
  async retry({ executionId, taskId }, { runs }) {
    return { did: await runs.controlTask(executionId, { action: "retry", taskId }) };
  },
  async skip({ executionId, taskId }, { runs }) {
    const reason = "skipped through control_workflow";
    return { did: await runs.controlTask(executionId, { action: "skip", taskId, reason }) };
  },
  async steer({ executionId, taskId, text }, { runs }) {
    return { did: await runs.controlTask(executionId, { action: "steer", taskId, text }) };
  },
  resolve: resolveConflict,
  async apply({ executionId }, { runs }) {
    await runs.apply(executionId);
    return { did: "The merged result was applied as far as merge tells." };
  },
  async undo({ executionId }, { runs }) {
    await runs.undo(executionId);
    return { did: "The files that apply had written were restored." };
  },
  async delete({ executionId }, { runs }) {
    await runs.remove(executionId);
    return { did: `The run ${executionId} was deleted with its kept results.` };
  },
};

const answerRequired: Problem = {
  code: "INVALID_ARGUMENT",
  error: "answer is required for the action answer.",
  field: "answer",
  advice: "Give one of the options that the question offers; aggregate_progress shows them.",
};
