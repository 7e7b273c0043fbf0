import type { EventOf, RunEvent } from "../../schema/event.ts";
import type { RunStatus } from "../../schema/workflow.ts";
import { assert } from "../../util/assert.ts";
import { answerQuestion } from "./answer-question.ts";
import { noteControl, reopenTask } from "./note-control.ts";
import { noteLimit } from "./note-limit.ts";
import { applyWritingEvent } from "./resolution-view.ts";
import type { RunView, TaskState, TaskView } from "./run-shape.ts";
import { usageWith } from "./usage-with.ts";

export type { LimitView } from "./note-limit.ts";

export type { QuestionView, ResolutionView, RunView, SteerView, TaskState, TaskView } from "./run-shape.ts";

/** Folds a run's events to what they amount to; undefined without a first `run.created`. */
export function viewRun(events: Iterable<RunEvent>): RunView | undefined {
  let view: RunView | undefined;
  for (const event of events) {
    if (event.type === "run.created") view = startView(event);
    else if (view) applyEvent(view, event);
  }
  return view;
}

/** Starts the view of a run from its first event. */
export function startView(event: RunEvent & EventOf<"run.created">): RunView {
  const tasks = new Map<string, TaskView>();
  for (const task of event.spec.tasks) {
    tasks.set(task.id, { id: task.id, task, state: "waiting", attempts: 0, files: [], changes: [] });
  }
  return {
    spec: event.spec,
    owner: event.owner,
    createdAt: event.createdAt,
    containment: event.containment,
    status: "running",
    seq: event.seq,
    at: event.at,
    tasks,
    questions: [],
    conflicts: [],
    working: 0,
    blocked: 0,
    maxParallel: 0,
    resolutions: [],
    delivered: [],
    gaps: [],
  };
}

/** Adds one event to a view. */
export function applyEvent(view: RunView, event: RunEvent): void {
  view.seq = event.seq;
  view.at = event.at;
  switch (event.type) {
    case "run.created":
    case "delay.elapsed":
      return;
    case "base.captured":
      view.baseCommit = event.commit;
      return;
    case "base.failed":
    case "run.timed-out":
      view.failureReason = event.type === "base.failed" ? event.reason : "the run's time limit was reached";
      return;
    case "task.started":
    case "task.skipped":
    case "task.progressed":
    case "task.asked":
    case "task.answered":
    case "task.finished":
    case "task.reopened":
      applyTaskEvent(view, event);
      return;
    case "task.retry-requested":
    case "task.skip-requested":
    case "task.steer-requested":
    case "task.steered":
      noteControl(taskOf(view, event.taskId), event);
      return;
    case "limit.warned":
    case "limit.enforced":
      noteLimit(taskOf(view, event.taskId), event);
      return;
    case "workspace.tampered":
    case "workspace.trespassed":
      noteFinding(taskOf(view, event.taskId), event);
      return;
    case "capacity.changed":
      view.capacity = event;
      return;
    case "overlap.warned":
      view.conflicts = [...view.conflicts.filter(({ id }) => id !== event.conflict.id), event.conflict];
      return;
    case "run.paused":
    case "run.resumed":
      notePause(view, event);
      return;
    case "run.cancel-requested":
      view.cancelReason = event.reason;
      return;
    case "merge.finished":
      view.merge = event;
      view.conflicts = event.conflicts;
      return;
    case "apply.started":
    case "apply.finished":
    case "undo.finished":
    case "resolution.decided":
    case "resolution.finished":
      applyWritingEvent(view, event);
      return;
    case "run.finished":
      view.status = event.status;
      view.endedAt = event.at;
      return;
    case "run.interrupted":
      interruptView(view, event.reason);
      view.endedAt = event.at;
  }
}

function notePause(view: RunView, event: EventOf<"run.paused" | "run.resumed">): void {
  if (event.type === "run.paused") {
    view.paused = { by: event.by, reason: event.reason };
    view.status = "paused";
    return;
  }
  delete view.paused;
  if (event.extendsBudget) view.budgetExtensions = (view.budgetExtensions ?? 0) + 1;
  view.status = standingStatus(view);
}

/** Says of a run whose process is gone what that means: nobody works on it any more. */
export function interruptView(view: RunView, reason: string): void {
  view.status = "interrupted";
  view.interruptedReason = reason;
  delete view.waitsFor;
  for (const task of view.tasks.values()) {
    if (task.state === "running" || task.state === "blocked") task.state = "cancelled";
    if (task.state === "waiting") task.state = "skipped";
    if (task.state === "skipped" || task.state === "cancelled")
      task.skippedReason ??= `the run was interrupted: ${reason}`;
  }
  view.working = 0;
  view.blocked = 0;
}

type TaskEvent = RunEvent &
  EventOf<
    | "task.started"
    | "task.skipped"
    | "task.progressed"
    | "task.asked"
    | "task.answered"
    | "task.finished"
    | "task.reopened"
  >;

function taskOf(view: RunView, taskId: string): TaskView {
  const task = view.tasks.get(taskId);
  assert(task, `event for unknown task ${taskId}`);
  return task;
}

function noteFinding(task: TaskView, event: EventOf<"workspace.tampered" | "workspace.trespassed">): void {
  if (event.type === "workspace.tampered") task.tampering = event.findings;
  else task.trespasses = [...(task.trespasses ?? []), event];
}

function applyTaskEvent(view: RunView, event: TaskEvent): void {
  const task = taskOf(view, event.taskId);
  task.lastActivityAt = event.at;
  const before = task.state;
  switch (event.type) {
    case "task.started":
      task.state = "running";
      task.agentId = event.agentId;
      task.attempts = event.attempt;
      task.firstStartedAt ??= event.at;
      task.startedAt = event.at;
      if (task.outcome?.error) task.previousError = task.outcome.error.message;
      if (task.usage) task.usedBefore = task.usage;
      if (event.fallback) {
        task.fallback = true;
        task.fallbackAttempts = (task.fallbackAttempts ?? 0) + 1;
      } else delete task.fallback;
      if (event.onTopOf) task.builtOn = event.onTopOf;
      else delete task.builtOn;
      delete task.outcome;
      delete task.tampering;
      delete task.trespasses;
      break;
    case "task.skipped":
      task.state = view.cancelReason === undefined ? "skipped" : "cancelled";
      task.skippedReason = event.reason;
      break;
    case "task.progressed":
      applyProgress(task, event);
      break;
    case "task.asked":
      task.state = "blocked";
      view.questions.push({
        taskId: event.taskId,
        questionId: event.questionId,
        text: event.text,
        options: event.options,
        fallback: event.fallback,
        askedAt: event.at,
        deadlineAt: event.at + event.timeoutMs,
      });
      break;
    case "task.answered":
      answerQuestion(view.questions, event);
      if (task.state === "blocked") task.state = "running";
      break;
    case "task.finished":
      finishTask(task, event);
      break;
    case "task.reopened":
      reopenTask(task);
  }
  countState(view, before, -1);
  countState(view, task.state, 1);
  view.maxParallel = Math.max(view.maxParallel, view.working + view.blocked);
  if (view.endedAt === undefined) view.status = standingStatus(view);
}

/** Where a run stands that has not ended. */
function standingStatus(view: RunView): RunStatus {
  if (view.paused) return "paused";
  return view.blocked > 0 && view.working === 0 ? "blocked" : "running";
}

function applyProgress(task: TaskView, event: EventOf<"task.progressed">): void {
  if (event.operation !== undefined) task.operation = event.operation;
  if (event.files) task.files = [...new Set([...task.files, ...event.files])];
  if (event.usage) task.usage = usageWith(task.usedBefore, event.usage);
  if (event.percent === undefined) return;
  task.percent = Math.max(task.percent ?? 0, event.percent);
  task.percentSource = event.source ?? "reported";
}

function finishTask(task: TaskView, event: RunEvent & EventOf<"task.finished">): void {
  const { outcome } = event;
  task.outcome = outcome;
  if (outcome.builtOn) task.builtOn = outcome.builtOn;
  task.endedAt = event.at;
  task.workedMs = (task.workedMs ?? 0) + outcome.durationMs;
  task.changes = outcome.changes;
  task.files = outcome.changes.map((change) => change.file);
  if (outcome.usage) task.usage = usageWith(task.usedBefore, outcome.usage);
  if (outcome.success) {
    task.state = "succeeded";
    task.percent = 100;
  } else {
    task.state = outcome.error?.name === "Cancelled" ? "cancelled" : "failed";
  }
}

function countState(view: RunView, state: TaskState, by: 1 | -1): void {
  if (state === "running") view.working += by;
  if (state === "blocked") view.blocked += by;
}
