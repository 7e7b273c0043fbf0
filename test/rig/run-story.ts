import { viewRun, type RunView } from "../../src/engines/progress/run-view.ts";
import type { FileChange } from "../../src/schema/change.ts";
import type { EventBody, RunEvent, RunSpec } from "../../src/schema/event.ts";
import type { Outcome } from "../../src/schema/outcome.ts";
import { plannedRun } from "./planned-run.ts";

/** The events of a run, written down by hand. */
export interface RunStory {
  readonly events: readonly RunEvent[];
  /** Lets something happen at a moment of the run's own clock. */
  at(ms: number, ...bodies: EventBody[]): RunStory;
  view(): RunView;
}

/** Starts a story over given tasks; see plannedRun for the rest of its plan. */
export function runStory(tasks: Parameters<typeof plannedRun>[0], changes: Partial<RunSpec> = {}): RunStory {
  const events: RunEvent[] = [];
  const story: RunStory = {
    events,
    at(ms, ...bodies) {
      for (const body of bodies) events.push({ ...body, seq: events.length + 1, at: ms });
      return story;
    },
    view() {
      const view = viewRun(events);
      if (!view) throw new Error("a story starts with run.created");
      return view;
    },
  };
  return story.at(0, {
    type: "run.created",
    spec: plannedRun(tasks, changes),
    owner: { pid: 1, startTime: "1", bootId: "b" },
    createdAt: "2026-11-21T08:00:00.000Z",
    containment: "nothing survives",
  });
}

/** A task starts. */
export function started(taskId: string, agentId: string, attempt = 1): EventBody {
  return { type: "task.started", taskId, agentId, attempt };
}

/** A task succeeds. */
export function succeeded(
  taskId: string,
  agentId: string,
  outcome: Partial<Outcome> & { readonly durationMs: number },
): EventBody {
  return {
    type: "task.finished",
    taskId,
    agentId,
    attempt: 1,
    outcome: { success: true, partial: false, changes: [], ...outcome },
  };
}

/** A task fails. */
export function failedTask(
  taskId: string,
  agentId: string,
  durationMs: number,
  message = "the tests are red",
): EventBody {
  return {
    type: "task.finished",
    taskId,
    agentId,
    attempt: 1,
    outcome: {
      success: false,
      partial: true,
      durationMs,
      changes: [],
      error: { name: "AgentError", message, retryable: true, options: ["run it again with more time"] },
    },
  };
}

/** A change of a file by a few lines. */
export function changed(file: string, addedLines = 2, removedLines = 1): FileChange {
  return { file, type: "modify", addedLines, removedLines };
}
