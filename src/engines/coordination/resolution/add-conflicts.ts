import type { Conflict } from "../../../schema/conflict.ts";
import type { EventOf } from "../../../schema/event.ts";
import type { ConflictDraft } from "../../merging/pairs/describe-conflict.ts";

type Merged = Omit<EventOf<"merge.finished">, "type">;

/** Adds conflicts to a merge under the next free numbers, and names them where results of their tasks are held. */
export function addConflicts(merged: Merged, drafts: readonly ConflictDraft[]): Merged {
  if (drafts.length === 0) return merged;
  const numbered = numberConflicts(merged, drafts);
  const held = merged.held.map((each) => {
    const own = numbered.filter(({ tasks }) => tasks.includes(each.taskId)).map(({ id }) => id);
    return { ...each, conflictIds: [...new Set([...each.conflictIds, ...own])] };
  });
  return { ...merged, held, conflicts: [...merged.conflicts, ...numbered] };
}

/** Gives conflicts the numbers that follow those of a merge. */
export function numberConflicts(
  { conflicts }: { readonly conflicts: readonly Conflict[] },
  drafts: readonly ConflictDraft[],
): Conflict[] {
  return drafts.map((draft, index) => ({ id: `c${conflicts.length + index + 1}`, ...draft }));
}
