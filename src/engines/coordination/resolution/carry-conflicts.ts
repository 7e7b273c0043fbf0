import type { Conflict, ResolutionStrategy } from "../../../schema/conflict.ts";
import type { EventOf } from "../../../schema/event.ts";
import { addToGroup } from "../../../util/add-to-group.ts";

type Merged = Omit<EventOf<"merge.finished">, "type">;

/**
 * Gives the conflicts of a repeated merge the ids they had, new ones the next free number. Those that are not found
 * again stay listed, as settled by the decision: whoever names one is still told what became of it.
 */
export function carryConflicts(request: {
  readonly former: readonly Conflict[];
  readonly formerHeld: Merged["held"];
  readonly merged: Merged;
  readonly decision: { readonly conflictId: string; readonly strategy: ResolutionStrategy };
}): Merged {
  const { former, formerHeld, merged, decision } = request;
  const byKey = new Map<string, Conflict[]>();
  for (const conflict of former) addToGroup(byKey, keyOf(conflict), conflict);
  let last = Math.max(0, ...former.map(({ id }) => Number(/^c(\d+)$/.exec(id)?.[1] ?? 0)));
  const idOf = new Map<string, string>();
  const found = merged.conflicts.map((conflict) => {
    const known = byKey.get(keyOf(conflict))?.shift();
    const id = known?.id ?? `c${++last}`;
    idOf.set(conflict.id, id);
    const accepted = known?.resolution?.strategy === "merge" ? { resolution: known.resolution } : {};
    return { ...conflict, id, ...accepted };
  });
  const foundIds = new Set(found.map(({ id }) => id));
  // Who is still held for the same reason is so because of the same conflicts.
  const held = merged.held.map((each) => {
    const same = formerHeld.find(({ taskId, reason }) => taskId === each.taskId && reason === each.reason);
    const ids = each.conflictIds.map((id) => idOf.get(id) ?? id);
    return { ...each, conflictIds: ids.length === 0 ? (same?.conflictIds ?? []) : ids };
  });
  const standing = new Set(held.flatMap(({ conflictIds }) => conflictIds));
  const carried = former
    .filter(({ id }) => !foundIds.has(id))
    .map((conflict) => (standing.has(conflict.id) ? conflict : settle(conflict, decision)));
  const place = (conflict: Conflict): number => Number(/\d+$/.exec(conflict.id)?.[0] ?? 0);
  const conflicts = [...found, ...carried].toSorted((left, right) => place(left) - place(right));
  return { ...merged, conflicts, held };
}

function settle(
  conflict: Conflict,
  { conflictId, strategy }: Parameters<typeof carryConflicts>[0]["decision"],
): Conflict {
  const { resolution } = conflict;
  const decided = resolution !== undefined && resolution.folder === undefined;
  if (decided || conflict.id === conflictId || !conflict.id.startsWith("c")) return conflict;
  return { ...conflict, resolution: { strategy, through: conflictId } };
}

/** What makes two conflicts the same one: their kind, whose they are, and what they are about. */
function keyOf({ type, tasks, affectedResources }: Conflict): string {
  return JSON.stringify([type, tasks.toSorted(), affectedResources.toSorted()]);
}
