import type { EventOf, RunEvent } from "../../../schema/event.ts";
import type { ResolutionView, RunView } from "../../progress/run-view.ts";
import type { HeldBefore } from "../../scheduling/command.ts";
import { carryConflicts } from "./carry-conflicts.ts";
import { mergeCandidates } from "../repository/merge-candidates.ts";
import { quarantined, withQuarantine } from "../repository/quarantine.ts";
import { runOffer } from "./run-offer.ts";
import { ancestorsOf, standingDecisions } from "./standing-decisions.ts";
import { verifyMethod } from "../repository/verify-conflicts.ts";
import { verifyFailure } from "../repository/verify-merge.ts";
import type { RunProgram, RunWorkspaces } from "../workspaces.ts";

type Merged = Omit<EventOf<"merge.finished">, "type">;

/** Merges a run's results again with everything that was decided, the newest decision included. Writes nothing but objects. */
export async function mergeDecided(request: {
  readonly view: RunView;
  readonly events: readonly RunEvent[];
  readonly workspaces: RunWorkspaces;
  readonly decision: ResolutionView;
  /** Runs no command. */
  readonly preview?: boolean;
  /** Ends commands. */
  readonly signal?: AbortSignal;
}): Promise<Merged> {
  const { view, events, workspaces, decision, preview, signal } = request;
  const offer = runOffer(view.spec, events);
  const tasks = new Map(view.spec.tasks.map((task, order) => [task.id, { task, order }]));
  const candidates = mergeCandidates(offer?.candidates ?? [], tasks, view);
  const others = view.resolutions.filter(({ conflictId }) => conflictId !== decision.conflictId);
  const { held, preferred } = standingDecisions(view, [...others, decision]);
  const suspect = quarantined(view, [...others, decision]);
  const failing = heldByVerification(view, [...others, decision]);
  const before = [...suspect, ...failing, ...held, ...(offer?.held ?? [])];
  const heldBefore = new Map(before.map(({ taskId, reason }) => [taskId, { taskId, reason }]));
  const more = { preferred, preview, signal };
  const merged = withQuarantine(await workspaces.merge(candidates, [...heldBefore.values()], more), view);
  const formerHeld = view.merge?.held ?? [];
  return carryConflicts({ former: view.conflicts, formerHeld, merged, decision });
}

/** Judges the merge with the run's verify command; gives why it does not hold what was decided, if it does not. */
export async function proveDecided(request: {
  readonly view: RunView;
  readonly decision: ResolutionView;
  readonly merged: Merged;
  readonly workspaces: RunWorkspaces;
  readonly runProgram: RunProgram;
  /** Ends the command. */
  readonly signal: AbortSignal;
}): Promise<string | undefined> {
  const { view, decision, merged, workspaces, runProgram, signal } = request;
  const unmet = unmetBy(merged, decision);
  if (unmet !== undefined || merged.commit === undefined) return unmet;
  return verifyFailure({ spec: view.spec, commit: merged.commit, workspaces, runProgram, signal });
}

/** Results that the run's verification has held and that no decision has taken up since. */
function heldByVerification(view: RunView, decisions: readonly ResolutionView[]): readonly HeldBefore[] {
  const taken = new Set(
    decisions.flatMap(({ taskId, folder }) =>
      taskId === undefined || folder !== undefined ? [] : [taskId, ...ancestorsOf(view, taskId)],
    ),
  );
  const ids = new Set(view.conflicts.filter((each) => each.detectionMethod === verifyMethod).map(({ id }) => id));
  const held = view.merge?.held ?? [];
  return held.filter(({ taskId, conflictIds }) => !taken.has(taskId) && conflictIds.some((id) => ids.has(id)));
}

/** Why a merge does not hold the result that was decided for. */
export function unmetBy(merged: Merged, { strategy, taskId }: ResolutionView): string | undefined {
  if (taskId === undefined || strategy === "rollback" || merged.merged.includes(taskId)) return undefined;
  const reason = merged.held.find((held) => held.taskId === taskId)?.reason ?? "it has no result that could be merged";
  return `'${taskId}' still cannot be merged: ${reason}`;
}
