import type { Command } from "./command.ts";
import { reopenStopped } from "./reopen.ts";
import { skipCause, standing, type RunState } from "./run-state.ts";
import { skipUnstarted } from "./settle.ts";

/**
 * Holds S5 and S17 after a task has ended or was given up: where the strategy is conservative, nothing new starts as
 * long as a task has failed and was not retried with success or skipped by the user. What waits for a retried task, or
 * for the end of the stop that it may bring, waits until it has ended.
 */
export function adjustStop(state: RunState, commands: Command[]): void {
  if (state.spec.strategy !== "conservative" || state.closedBecause !== undefined) return;
  if ((state.counts[standing.failed] ?? 0) > 0) state.stoppedBy = failedTask(state);
  else if (state.retrying.size === 0 && state.stoppedBy !== undefined) endStop(state, commands);
  if (state.stoppedBy === undefined || state.retrying.size > 0) return;
  const reason = `'${state.index.ids[state.stoppedBy]}' failed and the strategy is conservative`;
  skipUnstarted(state, { reason, cause: skipCause.stop }, commands);
}

/** The one that is named as the reason: the same as long as it stands. */
function failedTask({ stoppedBy, standings }: RunState): number {
  if (stoppedBy !== undefined && standings[stoppedBy] === standing.failed) return stoppedBy;
  return standings.indexOf(standing.failed);
}

function endStop(state: RunState, commands: Command[]): void {
  state.stoppedBy = undefined;
  for (const task of state.heldByStop) state.ready.push(task);
  state.heldByStop = [];
  reopenStopped(state, commands);
}
