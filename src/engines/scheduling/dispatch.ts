import type { Command } from "./command.ts";
import { waitsBehind } from "./overlap.ts";
import { standing, type RunState } from "./run-state.ts";
import { parkedForBatch, setStanding } from "./settle.ts";

/** Starts what may start now, most urgent first, as long as agents are free. */
export function dispatch(state: RunState, commands: Command[]): void {
  while (state.closedBecause === undefined && !state.delaying && !state.paused && hasAgent(state)) {
    const task = state.ready.pop();
    if (task === undefined) return;
    if (state.standings[task] !== standing.ready) continue;
    if (waitsForStop(state, task) || waitsForBatch(state, task) || waitsBehind(state, task)) continue;
    const short = state.admission.take(task);
    if (short === undefined) start(state, task, commands);
    else state.admission.wait(task, short);
  }
}

/** What the user has retried starts although others have failed; whether anything else does is seen when it has ended. */
function waitsForStop(state: RunState, task: number): boolean {
  if (state.stoppedBy === undefined || state.retrying.has(task)) return false;
  state.heldByStop.push(task);
  return true;
}

/** Its batch may have been open before a task of an earlier one was retried. */
function waitsForBatch(state: RunState, task: number): boolean {
  return !state.retrying.has(task) && parkedForBatch(state, task);
}

function hasAgent({ freeAgents, counts, capacity }: RunState): boolean {
  return freeAgents.size > 0 && (counts[standing.running] ?? 0) < capacity;
}

function start(state: RunState, task: number, commands: Command[]): void {
  const agent = state.freeAgents.pop() ?? 0;
  const attempt = (state.attempts[task] ?? 0) + 1;
  state.agentOf[task] = agent;
  state.attempts[task] = attempt;
  setStanding(state, task, standing.running);
  const taskId = state.index.ids[task] ?? "";
  const agentId = state.agentIds[agent] ?? "";
  const fallback = state.inFallback[task] === 1 && ({ fallback: true } as const);
  commands.push({ type: "start-task", taskId, attempt, agentId, ...fallback });
  const delayMs = state.spec.constraints.startDelayMs ?? 0;
  if (delayMs === 0) return;
  state.delaying = true;
  commands.push({ type: "delay", ms: delayMs });
}
