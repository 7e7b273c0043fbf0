import { intAt } from "../../util/typed-at.ts";
import { eachSuccessor, predecessorsOf } from "../analysis/graph/adjacency.ts";
import type { Command } from "./command.ts";
import { skipCause, standing, type RunState } from "./run-state.ts";
import { enterBatch, release, setStanding } from "./settle.ts";

/**
 * Takes a task up again that failed or was skipped, and with it what it was skipped for and what was skipped because of
 * it (S15). Nothing is taken up that could not start any more, so that nothing waits for ever.
 */
export function retryTask(state: RunState, task: number, commands: Command[]): void {
  const roots = new Set(rootsOf(state, task));
  const again = `'${state.index.ids[task]}' was retried`;
  const reopened = reopen(state, [...roots], (each) => roots.has(each) || isSkippedFor(state, each));
  for (const each of reopened) {
    if (roots.has(each)) beginAnew(state, each);
    takeUp(state, each, again, commands);
  }
}

/** Takes up what was skipped only because nothing new was to start after a failure. */
export function reopenStopped(state: RunState, commands: Command[]): void {
  const stopped = state.index.ids.flatMap((_, task) => (state.skipCauses[task] === skipCause.stop ? [task] : []));
  const isHeld = (each: number): boolean => state.skipCauses[each] === skipCause.stop || isSkippedFor(state, each);
  for (const each of reopen(state, stopped, isHeld)) takeUp(state, each, "no failure is left", commands);
}

/** What failed or was skipped for itself, of a task and all that it depends on. */
function rootsOf(state: RunState, task: number): number[] {
  const roots: number[] = [];
  const seen = new Set([task]);
  const open = [task];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!isLost(state, next)) continue;
    const isSkipped = state.standings[next] === standing.skipped;
    if (!isSkipped || state.skipCauses[next] === skipCause.itself) roots.push(next);
    for (const needed of predecessorsOf(state.index.graph, next)) {
      if (seen.has(needed)) continue;
      seen.add(needed);
      open.push(needed);
    }
  }
  return roots;
}

/** Which of these, and of what depends on them, can be taken up: with all they need, in an order in which they can. */
function reopen(state: RunState, roots: readonly number[], may: (task: number) => boolean): ReadonlySet<number> {
  const reopened = new Set<number>();
  const open = [...roots];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reopened.has(next) || !isLost(state, next) || !may(next)) continue;
    const needs = predecessorsOf(state.index.graph, next);
    if (needs.some((needed) => isLost(state, needed) && !reopened.has(needed))) continue;
    reopened.add(next);
    eachSuccessor(state.index.graph, next, (dependent) => void open.push(dependent));
  }
  return reopened;
}

/** What was tried before no longer counts; what needs nothing more starts out of turn. */
function beginAnew(state: RunState, task: number): void {
  state.attemptsBefore[task] = intAt(state.attempts, task);
  state.inFallback[task] = 0;
  if (intAt(state.unmet, task) === 0) state.retrying.add(task);
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

function isSkippedFor(state: RunState, task: number): boolean {
  return state.skipCauses[task] === skipCause.dependency;
}
