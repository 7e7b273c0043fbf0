/**
 * The scheduler: what has happened goes in, what is to be done comes out.
 *
 * S1  At most `maxParallelAgents` tasks run, each with an agent number of its own.
 * S2  A task starts only after all its dependencies have succeeded.
 * S3  A task ends exactly once, succeeded, failed or skipped, and once more each time it is retried (S15); a failed
 *     attempt may be repeated before that.
 * S4  What depends on a failed or skipped task is skipped, never started.
 * S5  Conservative: after the first failure nothing new starts (but S15, S17). Aggressive: everything else goes on.
 * S6  Mode `batch`: nothing of a batch starts before every task of the batches before it has ended.
 * S7  Two tasks that share a mutex never run together; no resource is over-booked.
 * S8  Merging begins when every task has ended; the run finishes exactly once, whatever failed.
 * S9  The same events give the same state and the same commands; nothing else is looked at.
 * S10 Nothing starts while as many tasks run as there is capacity for; what runs goes on when it shrinks.
 * S11 Nothing starts while the run is paused; what runs goes on, and a run whose tasks have all ended finishes.
 * S12 Mode `pipeline`: nothing starts while two batches before its own are unfinished, and a task of the later of the
 *     two batches at work only takes an agent that the earlier has no ready task for. With P agents, work W and the
 *     longest chain C(k) inside each batch, the tasks then take at most W/P + (1 - 1/P) x sum C(k) (Graham 1966).
 * S13 What declares, or says by name, that it writes a file over which agents at work have come together does not start
 *     while one of them runs. They only ever wait for tasks that run, so that none waits for ever.
 * S14 A task with a fallback whose last allowed attempt has failed is attempted once more, by its fallback; so is one
 *     at its first time-out with `fallbackOnTimeout`, and none after a time-out where that is false. There is no attempt
 *     after the fallback's, and no fallback after success, of a task that was cancelled or has used up its budget, or
 *     where nothing new may start. Only when the fallback has failed has the task failed (S5).
 * S15 While tasks are at work, one that failed or was skipped can be retried: its attempts, and its fallback, are allowed
 *     anew. What was skipped for want of it waits for it again; what it needs itself and was lost is retried first. They
 *     start although others have failed (S5), and before their batches come round again (S6), and so does what they
 *     need that still waits. What succeeded, runs or waits is not retried.
 * S16 While tasks are at work, one that waits, runs or has failed can be skipped: an agent at work is ended, and unless it
 *     succeeded meanwhile its task is skipped. A failed task that the user skips stops nothing any more, and what the user
 *     skips keeps nothing of its level from being merged.
 * S17 The stop after a failure (S5) is taken back when no task has failed any more, be it that all were retried with
 *     success or skipped by the user: what was skipped for nothing but the stop waits for its turn again.
 *
 * It does not start anything, read a clock, or know what an agent is.
 */
import type { EventBody } from "../../schema/event.ts";
import { assert } from "../../util/assert.ts";
import { intAt } from "../../util/typed-at.ts";
import type { Command } from "./command.ts";
import { dispatch } from "./dispatch.ts";
import { nextAttempt } from "./next-attempt.ts";
import { holdBehind } from "./overlap.ts";
import { retryTask } from "./reopen.ts";
import { announceSkip, isUnstarted, releaseRoots, settle, setStanding, skipUnstarted, skipWaiting } from "./settle.ts";
import { adjustStop } from "./stop.ts";
import { decideMerge, decideStatus } from "./finish.ts";
import { skipCause, standing, type RunState } from "./run-state.ts";
import { taskNumber } from "./task-index.ts";

/** Takes over the state, applies the event, and says what is to be done now. */
export function transition(state: RunState, event: EventBody): readonly [RunState, readonly Command[]] {
  const commands: Command[] = [];
  applyEvent(state, event, commands);
  advance(state, commands);
  return [state, commands];
}

function applyEvent(state: RunState, event: EventBody, commands: Command[]): void {
  switch (event.type) {
    case "run.created":
      begin(state, commands);
      return;
    case "base.captured":
      if (state.phase === "capturing") state.phase = "working";
      return;
    case "base.failed":
      state.phase = "working";
      close(state, `the workspace could not be captured: ${event.reason}`, commands);
      return;
    case "task.skipped":
      skipFromOutside(state, event.taskId, commands);
      return;
    case "task.finished":
      finishAttempt(state, event, commands);
      return;
    case "task.retry-requested":
      if (isOpen(state)) retryByWill(state, event.taskId, commands);
      return;
    case "task.skip-requested":
      if (isOpen(state)) skipByWill(state, event, commands);
      return;
    case "overlap.warned":
      holdBehind(state, event.conflict);
      return;
    case "delay.elapsed":
      state.delaying = false;
      return;
    case "run.paused":
    case "run.resumed":
      state.paused = event.type === "run.paused";
      return;
    case "capacity.changed":
      state.capacity = event.agents;
      return;
    case "run.cancel-requested":
    case "run.timed-out":
      endEarly(state, event.type === "run.timed-out", commands);
      return;
    case "merge.finished":
      finishMerge(state, event.held.length, event.merged.length, commands);
      return;
    case "apply.finished":
      state.mergedCount.applyRefused ||= !event.applied;
      if (state.phase === "applying") finish(state, commands);
      return;
    case "run.finished":
      state.phase = "finished";
      return;
    case "task.started":
    case "task.progressed":
    case "task.asked":
    case "task.answered":
    case "task.reopened":
    case "task.steer-requested":
    case "task.steered":
    case "limit.warned":
    case "limit.enforced":
    case "apply.started":
    case "workspace.tampered":
    case "workspace.trespassed":
    case "undo.finished":
    case "resolution.decided":
    case "resolution.finished":
    case "run.interrupted":
  }
}

function begin(state: RunState, commands: Command[]): void {
  assert(state.phase === "new", "a run is created once");
  state.phase = state.spec.isolated ? "capturing" : "working";
  if (state.spec.isolated) commands.push({ type: "capture-base" });
  releaseRoots(state);
}

function endEarly(state: RunState, timedOut: boolean, commands: Command[]): void {
  if (state.phase === "finished") return;
  if (timedOut) state.timedOut = true;
  else state.cancelled = true;
  close(state, timedOut ? "the run's time limit was reached" : "the run was cancelled", commands);
  stopRunning(state, timedOut ? "timeout" : "cancelled", commands);
}

function finishAttempt(state: RunState, event: EventBody & { type: "task.finished" }, commands: Command[]): void {
  const task = taskNumber(state.index, event.taskId);
  if (state.standings[task] !== standing.running) return;
  const { outcome } = event;
  const skipReason = state.skipWanted.get(task);
  state.skipWanted.delete(task);
  if (outcome.success) {
    settle(state, task, standing.succeeded, commands);
    adjustStop(state, commands);
    return;
  }
  if (skipReason !== undefined) {
    announceSkip(state, { task, reason: skipReason }, commands);
    settle(state, task, standing.skipped, commands);
    state.skipCauses[task] = skipCause.will;
    adjustStop(state, commands);
    return;
  }
  const next = nextAttempt(state, task, outcome.error);
  if (next !== "none") {
    if (next === "fallback") state.inFallback[task] = 1;
    settle(state, task, standing.ready, commands);
    return;
  }
  settle(state, task, standing.failed, commands);
  adjustStop(state, commands);
}

/** Whether tasks can still be taken up or given up: not when nothing may start any more, and not once merging has begun. */
function isOpen({ phase, closedBecause }: RunState): boolean {
  return (phase === "capturing" || phase === "working") && closedBecause === undefined;
}

function retryByWill(state: RunState, taskId: string, commands: Command[]): void {
  retryTask(state, taskNumber(state.index, taskId), commands);
  adjustStop(state, commands);
}

function skipByWill(
  state: RunState,
  { taskId, reason }: EventBody & { type: "task.skip-requested" },
  commands: Command[],
): void {
  const task = taskNumber(state.index, taskId);
  if (state.standings[task] === standing.running) {
    if (!state.skipWanted.has(task)) state.skipWanted.set(task, reason);
    commands.push({ type: "stop-task", taskId, reason: "skipped" });
  } else if (isUnstarted(state, task)) {
    skipWaiting(state, task, reason, commands);
    adjustStop(state, commands);
  } else if (state.standings[task] === standing.failed) {
    setStanding(state, task, standing.skipped);
    state.skipCauses[task] = skipCause.will;
    announceSkip(state, { task, reason }, commands);
    adjustStop(state, commands);
  }
}

/** Skips a task that an effect found it cannot start, such as one whose dependencies do not merge. */
function skipFromOutside(state: RunState, taskId: string, commands: Command[]): void {
  const task = taskNumber(state.index, taskId);
  const announced = intAt(state.skipsAnnounced, task);
  if (announced > 0) {
    // The scheduler's own, long dealt with: the task may be at work again.
    state.skipsAnnounced[task] = announced - 1;
    return;
  }
  if (state.standings[task] !== standing.running) return;
  state.skipWanted.delete(task);
  settle(state, task, standing.skipped, commands);
  adjustStop(state, commands);
}

function close(state: RunState, reason: string, commands: Command[]): void {
  if (state.closedBecause !== undefined) return;
  state.closedBecause = reason;
  skipUnstarted(state, { reason, cause: skipCause.closed }, commands);
}

function stopRunning(state: RunState, reason: "cancelled" | "timeout", commands: Command[]): void {
  if (state.counts[standing.running] === 0) return;
  state.index.ids.forEach((taskId, task) => {
    if (state.standings[task] === standing.running) commands.push({ type: "stop-task", taskId, reason });
  });
}

function advance(state: RunState, commands: Command[]): void {
  if (state.phase !== "working") return;
  dispatch(state, commands);
  const { counts } = state;
  const unsettled = (counts[standing.waiting] ?? 0) + (counts[standing.ready] ?? 0) + (counts[standing.running] ?? 0);
  if (unsettled > 0) return;
  if (!state.spec.isolated || counts[standing.succeeded] === 0) {
    finish(state, commands);
    return;
  }
  state.phase = "merging";
  commands.push(decideMerge(state));
}

function finishMerge(state: RunState, held: number, merged: number, commands: Command[]): void {
  if (state.phase !== "merging") return;
  state.mergedCount.held = held;
  if (merged > 0 && state.spec.apply !== "none" && !state.cancelled) {
    state.phase = "applying";
    commands.push({ type: "apply" });
    return;
  }
  finish(state, commands);
}

function finish(state: RunState, commands: Command[]): void {
  state.phase = "finished";
  state.outcome = decideStatus(state);
  commands.push({ type: "finish", status: state.outcome });
}
