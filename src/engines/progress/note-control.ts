/** What a person does to single tasks of a run under way, as its view shows it. */
import type { EventOf, RunEvent } from "../../schema/event.ts";
import type { TaskView } from "./run-shape.ts";

/** How many messages to a task's agents a view keeps; the journal keeps all. */
const keptSteers = 50;

/** Adds what somebody asked for to the task it is about; what becomes of it other events tell. */
export function noteControl(
  task: TaskView,
  event: RunEvent & EventOf<"task.retry-requested" | "task.skip-requested" | "task.steer-requested" | "task.steered">,
): void {
  task.lastActivityAt = event.at;
  switch (event.type) {
    case "task.retry-requested":
      return;
    case "task.skip-requested":
      if (task.state === "running" || task.state === "blocked") task.operation = `ending: ${event.reason}`;
      return;
    case "task.steer-requested": {
      const { steerId, text, at } = event;
      task.steers = [...(task.steers ?? []), { steerId, text, at }].slice(-keptSteers);
      return;
    }
    case "task.steered": {
      const { steerId, reason } = event;
      const known = { delivered: reason === undefined, ...(reason !== undefined && { reason }) };
      task.steers = (task.steers ?? []).map((each) => (each.steerId === steerId ? { ...each, ...known } : each));
    }
  }
}

/** The task is to be done as if nothing of it had been done yet; what it has cost stays. */
export function reopenTask(task: TaskView): void {
  task.state = "waiting";
  task.reopened = (task.reopened ?? 0) + 1;
  if (task.outcome?.error) task.previousError = task.outcome.error.message;
  task.files = [];
  task.changes = [];
  for (const key of [
    "outcome",
    "skippedReason",
    "endedAt",
    "operation",
    "percent",
    "percentSource",
    "tampering",
  ] as const)
    delete task[key];
}
