import type { RunStatus } from "../../schema/workflow.ts";
import { predecessorsOf } from "../analysis/graph/adjacency.ts";
import type { Command, HeldBefore } from "./command.ts";
import { skipCause, standing, type RunState } from "./run-state.ts";

/**
 * Which results are offered to the merge. Aggressive: all that succeeded. Conservative: only those of levels in which
 * every task succeeded that the user did not decide to do without, and only with all they build on.
 */
export function decideMerge(state: RunState): Command {
  const { spec, standings, index } = state;
  const byLevel = spec.tasks.map((_, number) => number);
  byLevel.sort((left, right) => (spec.tasks[left]?.level ?? 0) - (spec.tasks[right]?.level ?? 0));
  const brokenLevels = spec.strategy === "conservative" ? levelsThatFellShort(state, byLevel) : new Set<number>();
  const candidates = new Set<string>();
  const held: HeldBefore[] = [];
  for (const number of byLevel) {
    const task = spec.tasks[number];
    if (!task || standings[number] !== standing.succeeded) continue;
    const missing = task.needs.find((need) => !candidates.has(need));
    if (brokenLevels.has(task.level)) {
      held.push({
        taskId: task.id,
        reason: "another task of its level did not succeed and the strategy is conservative",
      });
    } else if (missing !== undefined) {
      held.push({ taskId: task.id, reason: `builds on '${missing}', which is held` });
    } else candidates.add(task.id);
  }
  return { type: "merge", candidates: index.ids.filter((id) => candidates.has(id)), held };
}

/** The levels with a task that did not succeed, unless the user did without it or without all that it was lost for. */
function levelsThatFellShort(
  { spec, standings, skipCauses, index }: RunState,
  byLevel: readonly number[],
): ReadonlySet<number> {
  const fellShort = new Set<number>();
  const broken = new Set<number>();
  for (const number of byLevel) {
    if (standings[number] === standing.succeeded || skipCauses[number] === skipCause.will) continue;
    const needs = predecessorsOf(index.graph, number);
    if (skipCauses[number] === skipCause.dependency && !needs.some((need) => fellShort.has(need))) continue;
    fellShort.add(number);
    broken.add(spec.tasks[number]?.level ?? 0);
  }
  return broken;
}

/** What the run as a whole came to. */
export function decideStatus(state: RunState): RunStatus {
  if (state.cancelled) return "cancelled";
  const succeeded = state.counts[standing.succeeded] ?? 0;
  if (succeeded === 0 && state.spec.tasks.length > 0) return "failed";
  const whole = succeeded === state.spec.tasks.length;
  const clean = state.mergedCount.held === 0 && !state.mergedCount.applyRefused;
  return whole && clean ? "completed" : "partial";
}
