import { intAt } from "../../util/typed-at.ts";
import { eachSuccessor } from "../analysis/graph/adjacency.ts";
import type { Command } from "./command.ts";
import { skipCause, standing, type RunState } from "./run-state.ts";

type Standing = (typeof standing)[keyof typeof standing];
type SkipCause = (typeof skipCause)[keyof typeof skipCause];

/** Makes every task without dependencies ready. */
export function releaseRoots(state: RunState): void {
  state.unmet.forEach((unmet, task) => {
    if (unmet === 0) release(state, task);
  });
}

/** Records where a task stands now, without any consequence. */
export function setStanding(state: RunState, task: number, next: Standing): void {
  const former = state.standings[task] ?? standing.waiting;
  state.counts[former] = (state.counts[former] ?? 0) - 1;
  state.counts[next] = (state.counts[next] ?? 0) + 1;
  state.standings[task] = next;
}

/** Ends an attempt and draws the consequences: the agent is free, dependents become ready or are skipped. */
export function settle(state: RunState, task: number, next: Standing, commands: Command[]): void {
  freeAgent(state, task);
  setStanding(state, task, next);
  if (next === standing.ready) {
    state.ready.push(task);
    return;
  }
  state.retrying.delete(task);
  if (next === standing.skipped) state.skipCauses[task] = skipCause.itself;
  leaveBatch(state, task);
  if (next === standing.succeeded) satisfyDependents(state, task);
  else skipDependents(state, task, commands);
}

/** Skips everything that has not started, because nothing new may start. */
export function skipUnstarted(
  state: RunState,
  why: { readonly reason: string; readonly cause: SkipCause },
  commands: Command[],
): void {
  if (state.counts[standing.waiting] === 0 && state.counts[standing.ready] === 0) return;
  state.index.ids.forEach((_, task) => {
    if (isUnstarted(state, task)) skip({ state, task, commands, ...why });
  });
}

/** Skips a task that has not started by the user's will, and with it all that depends on it. */
export function skipWaiting(state: RunState, task: number, reason: string, commands: Command[]): void {
  skip({ state, task, reason, cause: skipCause.will, commands });
  skipDependents(state, task, commands);
}

function freeAgent(state: RunState, task: number): void {
  state.freeAgents.push(state.agentOf[task] ?? 0);
  for (const resource of state.admission.release(task)) {
    for (const waiting of state.admission.wake(resource)) state.ready.push(waiting);
  }
  for (const waiting of state.waitingBehind.get(task) ?? []) state.ready.push(waiting);
  state.waitingBehind.delete(task);
}

function satisfyDependents(state: RunState, task: number): void {
  eachSuccessor(state.index.graph, task, (dependent) => {
    const unmet = intAt(state.unmet, dependent) - 1;
    state.unmet[dependent] = unmet;
    if (unmet === 0 && state.standings[dependent] === standing.waiting) release(state, dependent);
  });
}

function skipDependents(state: RunState, task: number, commands: Command[]): void {
  const doomed = [task];
  for (let next = doomed.pop(); next !== undefined; next = doomed.pop()) {
    const verb = state.standings[next] === standing.failed ? "failed" : "was skipped";
    const reason = `depends on '${state.index.ids[next]}', which ${verb}`;
    eachSuccessor(state.index.graph, next, (dependent) => {
      if (!isUnstarted(state, dependent)) return;
      skip({ state, task: dependent, reason, cause: skipCause.dependency, commands });
      doomed.push(dependent);
    });
  }
}

function skip(request: {
  readonly state: RunState;
  readonly task: number;
  readonly reason: string;
  readonly cause: SkipCause;
  readonly commands: Command[];
}): void {
  const { state, task, reason, cause, commands } = request;
  setStanding(state, task, standing.skipped);
  state.skipCauses[task] = cause;
  state.retrying.delete(task);
  leaveBatch(state, task);
  announceSkip(state, { task, reason }, commands);
}

/** Has it told that a task is skipped; the event that tells it comes back, maybe when the task has started again. */
export function announceSkip(
  state: RunState,
  { task, reason }: { readonly task: number; readonly reason: string },
  commands: Command[],
): void {
  state.skipsAnnounced[task] = intAt(state.skipsAnnounced, task) + 1;
  commands.push({ type: "skip-task", taskId: state.index.ids[task] ?? "", reason });
}

/** Whether a task has not started, or not again. */
export function isUnstarted(state: RunState, task: number): boolean {
  const now = state.standings[task];
  return now === standing.waiting || now === standing.ready;
}

/** Makes a task ready whose dependencies have all succeeded. */
export function release(state: RunState, task: number): void {
  setStanding(state, task, standing.ready);
  if (state.retrying.has(task) || !parkedForBatch(state, task)) state.ready.push(task);
}

/** Keeps a ready task until its batch is opened; false where it is open. */
export function parkedForBatch(state: RunState, task: number): boolean {
  const batch = state.batchOf[task] ?? 0;
  if (batch <= lastOpenBatch(state)) return false;
  state.parked[batch]?.push(task);
  return true;
}

/** Counts a settled task as one to be done again: nothing of later batches starts before it has ended. */
export function enterBatch(state: RunState, task: number): void {
  if (state.spec.mode !== "batch" && state.spec.mode !== "pipeline") return;
  const batch = state.batchOf[task] ?? 0;
  state.unsettledInBatch[batch] = (state.unsettledInBatch[batch] ?? 0) + 1;
  state.currentBatch = Math.min(state.currentBatch, batch);
}

/** Mode `batch` opens one batch at a time, mode `pipeline` the one after it too; the other modes know no batches. */
function lastOpenBatch(state: RunState): number {
  return state.spec.mode === "pipeline" ? state.currentBatch + 1 : state.currentBatch;
}

function leaveBatch(state: RunState, task: number): void {
  if (state.spec.mode !== "batch" && state.spec.mode !== "pipeline") return;
  const batch = state.batchOf[task] ?? 0;
  state.unsettledInBatch[batch] = (state.unsettledInBatch[batch] ?? 0) - 1;
  while (state.currentBatch < state.parked.length && state.unsettledInBatch[state.currentBatch] === 0) {
    state.currentBatch += 1;
    const opened = state.parked[lastOpenBatch(state)];
    for (const parked of state.parked[state.currentBatch]?.splice(0) ?? []) state.ready.push(parked);
    for (const parked of opened?.splice(0) ?? []) state.ready.push(parked);
  }
}
