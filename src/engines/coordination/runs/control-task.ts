/** What a person can do to one task of a run under way: checked against the run as it stands, passed on, and waited for. */
import type { Clock } from "../../../ports/clock.ts";
import type { Machine } from "../../../ports/machine.ts";
import { refuse } from "../../../schema/problem.ts";
import type { RunRequest } from "../../../schema/run-request.ts";
import type { SimulationSettings } from "../../../schema/simulation.ts";
import type { Executor } from "../../execution/executor.ts";
import { taskAtWork } from "../../planning/fallback-task.ts";
import type { RunView, TaskView } from "../../progress/run-view.ts";
import { dependentsOf } from "./dependents-of.ts";
import { meantTask, mustBeOpen, notDone, notToldMore, triedAgainAnyway, wrongState } from "./task-refusals.ts";

/** Longest message to an agent, in characters. */
const maxSteerCharacters = 5_000;
/** How often the run is looked at, and for how long, to see what became of it. */
const lookMs = 50;
const showsWithinMs = 2_000;
/** An agent that is ended may take its grace period. */
const endsWithinMs = 5_000;

/** What is wanted of one task. */
export type TaskRequest =
  | { readonly action: "retry"; readonly taskId?: string | undefined }
  | { readonly action: "skip"; readonly taskId?: string | undefined; readonly reason: string }
  | { readonly action: "steer"; readonly taskId?: string | undefined; readonly text?: string | undefined };

/** How a run is looked at and told. */
export interface TaskHost {
  readonly clock: Clock;
  readonly machine: Pick<Machine, "newId">;
  executor(kind: string, run: { readonly clock: Clock; readonly settings: SimulationSettings }): Executor;
  view(): Promise<RunView>;
  pass(request: RunRequest): Promise<void>;
}

/** Does it and says what came of it. Refuses with a ProblemError; then nothing has changed. */
export async function controlTask(host: TaskHost, wanted: TaskRequest): Promise<string> {
  const view = await host.view();
  const task = meantTask(view, wanted);
  mustBeOpen(view, task, wanted.action);
  if (wanted.action === "retry") return retry(host, view, task);
  if (wanted.action === "skip") return skip(host, { view, task, reason: wanted.reason });
  return steer(host, task, wanted.text);
}

async function retry(host: TaskHost, view: RunView, task: TaskView): Promise<string> {
  const { id, state, attempts } = task;
  if (state === "succeeded")
    refuse(wrongState(task, `'${id}' has succeeded; only what failed or was skipped is retried`));
  if (state === "running" || state === "blocked")
    return `'${id}' is at work already (attempt ${attempts}); nothing has changed.`;
  if (state === "waiting") return `'${id}' waits for its turn already; nothing has changed.`;
  const before = new Map([...view.tasks.values()].map((each) => [each.id, each.reopened ?? 0]));
  await host.pass({ type: "retry", taskId: id });
  const isBack = (now: RunView): boolean => (now.tasks.get(id)?.reopened ?? 0) > (before.get(id) ?? 0);
  const isTried = (now: RunView): boolean => (now.tasks.get(id)?.attempts ?? 0) > attempts;
  const after = await seen(host, showsWithinMs, (now) => isBack(now) || isTried(now));
  if (!isBack(after)) return isTried(after) ? triedAgainAnyway(id) : refuse(notDone(after, id));
  const others = [...after.tasks.values()].flatMap((each) =>
    each.id !== id && (each.reopened ?? 0) > (before.get(each.id) ?? 0) ? [each.id] : [],
  );
  const also = others.length === 0 ? "" : ` Waiting again with it: ${listed(others)}.`;
  const when = after.paused ? " It starts when the run is resumed." : "";
  return `'${id}' is done again, with its attempts allowed anew.${also}${when}`;
}

async function skip(
  host: TaskHost,
  { view, task, reason }: { readonly view: RunView; readonly task: TaskView; readonly reason: string },
): Promise<string> {
  const { id, state, skippedReason } = task;
  if (state === "succeeded") refuse(wrongState(task, `'${id}' has succeeded; what is done is not skipped`));
  if (skippedReason !== undefined) return `'${id}' was skipped already (${skippedReason}); nothing has changed.`;
  const isAtWork = state === "running" || state === "blocked";
  const dependents = dependentsOf(view, id);
  await host.pass({ type: "skip", taskId: id, reason });
  const isOver = (now: RunView): boolean => {
    const each = now.tasks.get(id);
    return each?.skippedReason !== undefined || each?.state === "succeeded";
  };
  const after = await seen(host, isAtWork ? endsWithinMs : showsWithinMs, isOver);
  const now = after.tasks.get(id);
  if (now?.state === "succeeded") return `'${id}' succeeded before it could be skipped; its result is kept.`;
  const also = dependents.length === 0 ? "" : ` What depends on it is skipped with it: ${listed(dependents)}.`;
  if (now?.skippedReason !== undefined) {
    const kept = now.outcome?.partial === true ? " What its agent had done is kept as a partial result." : "";
    return `'${id}' is skipped.${kept}${also} retry brings it back while the run lasts.`;
  }
  if (!isAtWork) refuse(notDone(after, id));
  return `The agent of '${id}' was told to end; the task is skipped when it has.${also}`;
}

async function steer(host: TaskHost, task: TaskView, text: string | undefined): Promise<string> {
  const { id, state } = task;
  const said = text?.trim() ?? "";
  if (said === "") {
    refuse({
      code: "INVALID_ARGUMENT",
      error: "text is required for the action steer: what the agent is to be told.",
      field: "text",
      example: "Keep the old route as well.",
      advice: "Say it in a sentence or two.",
    });
  }
  if (said.length > maxSteerCharacters) {
    refuse({
      code: "TEXT_TOO_LONG",
      error: `text exceeds maximum length: it has ${said.length} characters, and an agent is told at most ${maxSteerCharacters}.`,
      field: "text",
      advice: "Shorten it, or name a file of the workspace that says it.",
    });
  }
  if (state !== "running" && state !== "blocked")
    refuse(wrongState(task, `'${id}' cannot be steered: no agent is at work on it (${state})`));
  const kind = taskAtWork(task).executorKind;
  if (!host.executor(kind, { clock: host.clock, settings: {} }).takesMessages) {
    refuse({
      code: "CANNOT_BE_STEERED",
      error: `'${id}' cannot be steered: agents of the executor '${kind}' read their task and nothing after it.`,
      field: "taskId",
      advice: "Let it end, or skip it; then execute it anew with a better description.",
    });
  }
  const steerId = host.machine.newId("steer_");
  await host.pass({ type: "steer", taskId: id, steerId, text: said });
  const result = (now: RunView) => now.tasks.get(id)?.steers?.find((each) => each.steerId === steerId);
  const told = result(await seen(host, showsWithinMs, (now) => result(now)?.delivered !== undefined));
  if (told?.delivered === false) refuse(notToldMore(id, told.reason ?? "no reason is known"));
  return told?.delivered === true
    ? `The message was handed to the agent of '${id}', which reads it before its next step.`
    : `The message for '${id}' was passed on; aggregate_progress shows whether its agent was told.`;
}

/** Looks at the run until it shows what is waited for, has ended, or the time is over; gives how it stands then. */
async function seen(host: TaskHost, withinMs: number, shows: (view: RunView) => boolean): Promise<RunView> {
  const deadline = host.clock.now() + withinMs;
  for (;;) {
    const view = await host.view();
    if (shows(view) || view.endedAt !== undefined || host.clock.now() >= deadline) return view;
    await new Promise<void>((resolve) => void host.clock.setTimer(lookMs, resolve));
  }
}

function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, 10).join(", ");
  return ids.length > 10 ? `${shown} and ${ids.length - 10} more` : shown;
}
