/** What is asked of a run under way, and why it may not be possible. */
import type { EventType } from "../../../schema/event.ts";
import type { Problem } from "../../../schema/problem.ts";
import type { RunRequest } from "../../../schema/run-request.ts";
import { unreachable } from "../../../util/assert.ts";
import type { RunView } from "../../progress/run-view.ts";
import type { ActiveRun } from "./active-run.ts";

/** Does with a run what is asked of it; a pause or its end is written when this settles. */
export async function obey(coordinator: ActiveRun, request: RunRequest): Promise<void> {
  switch (request.type) {
    case "cancel":
      return coordinator.cancel(request.reason);
    case "pause":
      if (coordinator.view.paused) return;
      return untilWritten(coordinator, "run.paused", () => coordinator.pause(request.reason));
    case "resume":
      if (!coordinator.view.paused) return;
      return untilWritten(coordinator, "run.resumed", () => coordinator.resume());
    case "answer":
      coordinator.answer(request.taskId, request.questionId, request.answer);
      return;
    case "retry":
    case "skip":
    case "steer":
      return obeyForTask(coordinator, request);
    default:
      return unreachable(request);
  }
}

/** The file of another process may name anything: what the run does not know is passed over. */
function obeyForTask(coordinator: ActiveRun, request: RunRequest & { type: "retry" | "skip" | "steer" }): void {
  const { taskId } = request;
  if (!coordinator.view.tasks.has(taskId)) return;
  if (request.type === "retry") coordinator.retry(taskId);
  else if (request.type === "skip") coordinator.skip(taskId, request.reason);
  else coordinator.steer({ taskId, steerId: request.steerId, text: request.text });
}

async function untilWritten(coordinator: ActiveRun, type: EventType, act: () => void): Promise<void> {
  const written = new Promise<void>((resolve) => {
    const stop = coordinator.watch((event) => {
      if (event.type !== type) return;
      stop();
      resolve();
    });
  });
  act();
  await Promise.race([written, coordinator.done]);
}

/** Nothing new can be started any more. */
export const serverEnding = {
  code: "RUN_NOT_ACTIVE",
  error: "The server is about to end and starts nothing new.",
  advice: "Call again when the server has been started anew.",
} as const;

/** The run has ended already. */
export function hasEnded({ spec, status }: RunView): Problem {
  return {
    code: "RUN_NOT_ACTIVE",
    error: `Run '${spec.executionId}' has ended (${status}).`,
    field: "executionId",
    advice: "Call aggregate_progress with the executionId to see its results.",
  };
}

/** The run has not ended yet. */
export function hasNotEnded({ spec, status }: RunView): Problem {
  return {
    code: "RUN_NOT_FINISHED",
    error: `Run '${spec.executionId}' is still ${status}.`,
    field: "executionId",
    advice: "Wait for it with aggregate_progress, or cancel it first.",
  };
}

/** The process that runs it does not take requests. */
export function doesNotReact({ spec, owner }: RunView): Problem {
  return {
    code: "RUN_NOT_ACTIVE",
    error: `Run '${spec.executionId}' belongs to another process (pid ${owner.pid}), and that does not react.`,
    field: "executionId",
    advice: "Call again in a moment, or end that process: its agents end with it, and what is done is kept.",
  };
}

/** There is nothing to resume. */
export function isNotPaused({ spec, status }: RunView): Problem {
  return {
    code: "RUN_NOT_ACTIVE",
    error: `Run '${spec.executionId}' is not paused (${status}).`,
    field: "action",
    advice: "Call aggregate_progress with the executionId to see where it stands.",
  };
}
