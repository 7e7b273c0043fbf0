import type { Conflict } from "../../../schema/conflict.ts";
import type { ResolutionView, RunView } from "../../progress/run-view.ts";
import type { HeldBefore } from "../../scheduling/command.ts";

/** What decisions mean for the merge: who is held, and who must not be. */
export interface StandingDecisions {
  readonly held: readonly HeldBefore[];
  readonly preferred: readonly string[];
}

/** Works out what all decisions together mean; where two contradict each other the later one counts. */
export function standingDecisions(view: RunView, decisions: readonly ResolutionView[]): StandingDecisions {
  const held = new Map<string, string>();
  const preferred = new Set<string>();
  for (const { conflictId, strategy, taskId, folder } of decisions) {
    const conflict = view.conflicts.find(({ id }) => id === conflictId);
    if (!conflict || folder !== undefined) continue;
    if (taskId !== undefined) {
      const wanted = [taskId, ...ancestorsOf(view, taskId)];
      for (const id of wanted) held.delete(id);
      if (strategy !== "prefer-agent") continue;
      preferred.add(taskId);
      for (const id of rivalsOf(view, conflict, taskId)) {
        if (wanted.includes(id)) continue;
        held.set(id, `'${taskId}' was chosen instead (${conflictId})`);
        preferred.delete(id);
      }
    }
    if (strategy !== "rollback") continue;
    for (const id of conflict.tasks.filter((each) => view.tasks.has(each))) {
      held.set(id, `dropped by the decision on ${conflictId}`);
      preferred.delete(id);
    }
  }
  return { held: [...held].map(([taskId, reason]) => ({ taskId, reason })), preferred: [...preferred] };
}

/** All tasks a result was built on, directly or not. */
export function ancestorsOf(view: RunView, taskId: string): readonly string[] {
  const found = new Set<string>();
  const pending = neededBy(view, taskId);
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    pending.push(...neededBy(view, id));
  }
  return [...found];
}

/** What a task's result was built on directly: its dependencies, and what it was done again on top of. */
export function neededBy(view: RunView, taskId: string): string[] {
  const task = view.tasks.get(taskId);
  return [...new Set([...(task?.task.needs ?? []), ...(task?.builtOn ?? [])])];
}

/** Who has to give way to a task in a conflict; in one about a single task, all who changed the same files. */
export function rivalsOf(view: RunView, conflict: Conflict, taskId: string): readonly string[] {
  const others = conflict.tasks.filter((id) => id !== taskId && view.tasks.has(id));
  if (others.length > 0) return others;
  const files = new Set(conflict.affectedResources);
  return (view.merge?.merged ?? []).filter(
    (id) => id !== taskId && view.tasks.get(id)?.changes.some(({ file }) => files.has(file)),
  );
}
