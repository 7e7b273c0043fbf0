/** Which task is meant, and why what is wanted of it cannot be done. */
import { refuse, type Problem } from "../../../schema/problem.ts";
import { closestId } from "../../analysis/closest-id.ts";
import type { RunView, TaskView } from "../../progress/run-view.ts";
import { dependentsOf } from "./dependents-of.ts";

/** How many tasks a refusal names. */
const namedTasks = 20;

/** The task that is meant; to be retried, the one that failed where none is named. */
export function meantTask(
  view: RunView,
  { action, taskId }: { readonly action: "retry" | "skip" | "steer"; readonly taskId?: string | undefined },
): TaskView {
  const all = [...view.tasks.values()];
  if (taskId !== undefined) return view.tasks.get(taskId) ?? refuse(unknownTask(view, taskId));
  const fits: Readonly<Record<typeof action, (task: TaskView) => boolean>> = {
    retry: ({ state, skippedReason }) => (state === "failed" || state === "cancelled") && skippedReason === undefined,
    skip: ({ state }) => state !== "succeeded" && state !== "skipped" && state !== "cancelled",
    steer: ({ state }) => state === "running" || state === "blocked",
  };
  const candidates = all.filter(fits[action]);
  const [only] = candidates;
  if (action === "retry" && only && candidates.length === 1) return only;
  const found = candidates.map(({ id }) => id);
  return refuse({
    code: "INVALID_ARGUMENT",
    error: `The action ${action} needs a task: ${foundText(action, found)}.`,
    field: "taskId",
    allowed: found.slice(0, namedTasks),
    advice: found.length === 0 ? "Look at the run's tasks first." : "Name one of these tasks.",
  });
}

function foundText(action: "retry" | "skip" | "steer", found: readonly string[]): string {
  if (found.length === 0) return action === "retry" ? "none has failed" : "there is none it could be done to";
  const shown = found.slice(0, namedTasks).join(", ");
  return action === "retry" ? `${found.length} have failed: ${shown}` : `one of ${shown}`;
}

/** Refuses where nothing starts any more: the run has ended, is ending, or merges. */
export function mustBeOpen(view: RunView, task: TaskView, action: "retry" | "skip" | "steer"): void {
  const { spec, status, endedAt } = view;
  if (endedAt !== undefined || status === "interrupted") {
    refuse({
      code: "RUN_NOT_ACTIVE",
      error: `Run '${spec.executionId}' has ended (${status}): ${whatWorks(view, task, action)}`,
      field: "executionId",
      advice: "Call aggregate_progress with the executionId to see its results.",
    });
  }
  const ending = view.cancelReason === undefined ? view.failureReason : "it is being cancelled";
  const isMerging = view.merge !== undefined;
  if (ending === undefined && !isMerging) return;
  refuse({
    code: "RUN_NOT_ACTIVE",
    error: `Run '${spec.executionId}' starts nothing any more: ${isMerging ? "its tasks have ended and their results are merged" : ending}.`,
    field: "executionId",
    advice: "Call aggregate_progress with the executionId to see where it stands.",
  });
}

/** What is left to do with a task of a run that has ended. */
function whatWorks(view: RunView, { id, state }: TaskView, action: string): string {
  if (action !== "retry" || state === "succeeded") return `there is nothing left to ${action}.`;
  const left = dependentsOf(view, id);
  const more = left.length === 0 ? "" : ` with what depends on it (${left.slice(0, namedTasks).join(", ")})`;
  const from =
    view.apply?.applied === true
      ? "it starts from your files, into which the results merged so far were written"
      : "apply first what was merged, if it is to build on that";
  return `'${id}' cannot be retried in it. Execute '${id}'${more} in a new run; ${from}.`;
}

/** The task is not one of the run. */
function unknownTask(view: RunView, taskId: string): Problem {
  const shown = taskId.slice(0, 80);
  const meant = closestId(taskId, view.tasks.keys());
  return {
    code: "UNKNOWN_TASK",
    error: `Run '${view.spec.executionId}' has no task '${shown}'${meant === undefined ? "" : `; '${meant}' is probably meant`}.`,
    field: "taskId",
    allowed: [...view.tasks.keys()].slice(0, namedTasks),
    advice: meant === undefined ? "Call aggregate_progress to see the tasks." : `Use '${meant}'.`,
  };
}

/** The task is not where that can be done to it. */
export function wrongState({ state }: TaskView, error: string): Problem {
  const advice = {
    succeeded: "Leave it as it is; a conflict of its result is decided with resolve.",
    waiting: "Wait until it has started.",
  }[state as string];
  return {
    code: "WRONG_TASK_STATE",
    error: `${error}.`,
    field: "taskId",
    advice: advice ?? "Call aggregate_progress to see where it stands.",
  };
}

/** Whatever was between, the run has not done what it was told. */
export function notDone(view: RunView, id: string): Problem {
  const task = view.tasks.get(id);
  const why = task?.skippedReason ?? task?.outcome?.error?.message;
  const ended = view.endedAt !== undefined || view.merge !== undefined;
  return {
    code: "WRONG_TASK_STATE",
    error: ended
      ? `Nothing has changed: the run ended before '${id}' could be taken up again.`
      : `Nothing has changed: '${id}' is ${task?.state ?? "unknown"}${why === undefined ? "" : ` (${why})`} and cannot be taken up as things stand.`,
    field: "taskId",
    advice: ended
      ? "Execute it in a new run."
      : "Retry what failed before it; what was skipped because of that follows when it succeeds.",
  };
}

/** The agent was no longer, or not yet, there to be told. */
export function notToldMore(id: string, reason: string): Problem {
  return {
    code: "WRONG_TASK_STATE",
    error: `'${id}' was not told: ${reason}.`,
    field: "taskId",
    advice: "Call aggregate_progress to see where it stands.",
  };
}

/** The task failed and is repeated by itself. */
export function triedAgainAnyway(id: string): string {
  return `'${id}' is being attempted again by itself; nothing has changed.`;
}
