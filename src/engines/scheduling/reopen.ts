import { intAt } from "../../util/typed-at.ts";
import { eachSuccessor, predecessorsOf } from "../analysis/graph/adjacency.ts";
import type { Command } from "./command.ts";
import { skipCause, standing, type RunState } from "./run-state.ts";
import { enterBatch, release, setStanding } from "./settle.ts";

/**
 * Takes a task up again that failed or was skipped, and with it all that it needs and does not have yet and what was
 * skipped for want of it (S15). The task and what it needs start out of turn: were they held back by a stop or a batch
 * that is itself waiting for the retried task to end, they would wait for ever.
 */
export function retryTask(state: RunState, task: number, commands: Command[]): void {
  if (!isLost(state, task)) return;
  const lost: number[] = [];
  for (const each of unmetBy(state, task)) {
    state.retrying.add(each);
    if (isLost(state, each)) {
      // What was tried before no longer counts.
      state.attemptsBefore[each] = intAt(state.attempts, each);
      state.inFallback[each] = 0;
      lost.push(each);
    } else if (state.standings[each] === standing.ready) state.ready.push(each);
  }
  reopen(state, { tasks: lost, reason: `'${state.index.ids[task]}' was retried` }, commands);
}

/** Takes up what was skipped only because nothing new was to start after a failure, or when what it needs comes back. */
export function reopenStopped(state: RunState, commands: Command[]): void {
  const tasks = state.index.ids.flatMap((_, task) => (state.skipCauses[task] === skipCause.stop ? [task] : []));
  reopen(state, { tasks, reason: "no failure is left" }, commands);
}

/** A task and all that it needs, directly or not, as far as it has not succeeded. */
function unmetBy(state: RunState, task: number): ReadonlySet<number> {
  const found = new Set([task]);
  for (const next of found) {
    for (const needed of predecessorsOf(state.index.graph, next)) {
      if (state.standings[needed] !== standing.succeeded) found.add(needed);
    }
  }
  return found;
}

/** Nothing but what they need keeps these tasks any more: they are taken up, and what depends on them, where it is not lost. */
function reopen(
  state: RunState,
  { tasks, reason }: { readonly tasks: readonly number[]; readonly reason: string },
  commands: Command[],
): void {
  for (const task of tasks) state.skipCauses[task] = skipCause.dependency;
  const open = [...tasks];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (state.skipCauses[next] !== skipCause.dependency) continue;
    if (predecessorsOf(state.index.graph, next).some((needed) => isLost(state, needed))) continue;
    takeUp(state, next, reason, commands);
    eachSuccessor(state.index.graph, next, (dependent) => void open.push(dependent));
  }
}

function takeUp(state: RunState, task: number, reason: string, commands: Command[]): void {
  state.skipCauses[task] = skipCause.none;
  setStanding(state, task, standing.waiting);
  enterBatch(state, task);
  commands.push({ type: "reopen-task", taskId: state.index.ids[task] ?? "", reason });
  if (intAt(state.unmet, task) === 0) release(state, task);
}

function isLost({ standings }: RunState, task: number): boolean {
  return standings[task] === standing.failed || standings[task] === standing.skipped;
}
