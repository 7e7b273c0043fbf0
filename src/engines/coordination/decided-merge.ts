import type { Conflict } from "../../schema/conflict.ts";
import type { EventOf, RunEvent } from "../../schema/event.ts";
import type { ResolutionView, RunView } from "../progress/run-view.ts";
import { carryConflicts } from "./carry-conflicts.ts";
import { mergeCandidates } from "./merge-candidates.ts";
import { quarantined, withQuarantine } from "./quarantine.ts";
import { runOffer } from "./run-offer.ts";
import { standingDecisions } from "./standing-decisions.ts";
import { verifyMerge } from "./verify-merge.ts";
import type { Candidate, RunProgram, RunWorkspaces } from "./workspaces.ts";

type Merged = Omit<EventOf<"merge.finished">, "type">;

/** What a merge with a decision comes to; nothing of it is kept yet. */
export interface DecidedMerge {
  readonly merged: Merged;
  readonly candidates: readonly Candidate[];
}

/** Merges a run's results again with everything that was decided, the newest decision included. Writes nothing but objects. */
export async function mergeDecided(request: {
  readonly view: RunView;
  readonly events: readonly RunEvent[];
  readonly workspaces: RunWorkspaces;
  readonly decision: ResolutionView;
}): Promise<DecidedMerge> {
  const { view, events, workspaces, decision } = request;
  const offer = runOffer(view.spec, events);
  const tasks = new Map(view.spec.tasks.map((task, order) => [task.id, { task, order }]));
  const candidates = mergeCandidates(offer?.candidates ?? [], tasks, view);
  const others = view.resolutions.filter(({ conflictId }) => conflictId !== decision.conflictId);
  const { held, preferred } = standingDecisions(view, [...others, decision]);
  const suspect = quarantined(view, [...others, decision]);
  const heldBefore = new Map([...suspect, ...held, ...(offer?.held ?? [])].map((each) => [each.taskId, each]));
  const merged = withQuarantine(await workspaces.merge(candidates, [...heldBefore.values()], preferred), view);
  return { merged: carryConflicts({ former: view.conflicts, merged, decision }), candidates };
}

/** Judges the merge with the run's verify command; gives why it does not hold what was decided, if it does not. */
export async function proveDecided(request: {
  readonly view: RunView;
  readonly conflict: Conflict;
  readonly decision: ResolutionView;
  readonly decided: DecidedMerge;
  readonly workspaces: RunWorkspaces;
  readonly runProgram: RunProgram;
}): Promise<string | undefined> {
  const { view, conflict, decision, decided, workspaces, runProgram } = request;
  const { merged, candidates } = decided;
  const unmet = unmetBy(merged, decision);
  if (unmet !== undefined) return unmet;
  const proven = await verifyMerge({ spec: view.spec, merged, candidates, workspaces, runProgram });
  if (proven === merged) return undefined;
  const lost = proven.conflicts.find(({ id }) => !merged.conflicts.some((known) => known.id === id)) ?? conflict;
  return lost.description;
}

/** Why a merge does not hold the result that was decided for. */
export function unmetBy(merged: Merged, { strategy, taskId }: ResolutionView): string | undefined {
  if (taskId === undefined || strategy === "rollback" || merged.merged.includes(taskId)) return undefined;
  const reason = merged.held.find((held) => held.taskId === taskId)?.reason ?? "it has no result that could be merged";
  return `'${taskId}' still cannot be merged: ${reason}`;
}
