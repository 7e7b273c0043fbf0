import type { Conflict } from "../../schema/conflict.ts";
import type { ConflictDraft } from "./pairs/describe-conflict.ts";
import type { MergeCandidate, MergeInput } from "./merge-candidate.ts";

/** A task whose result is kept but not merged, and why. */
export interface HeldTask {
  readonly taskId: string;
  readonly conflictIds: readonly string[];
  readonly reason: string;
}

/** Who is held, with which conflicts, and why; numbers the conflicts in the order found. */
export class HoldBook {
  readonly conflicts: Conflict[] = [];
  readonly #holds = new Map<string, { reason: string; readonly conflictIds: string[] }>();

  constructor(heldBefore: readonly { readonly taskId: string; readonly reason: string }[]) {
    for (const { taskId, reason } of heldBefore) this.hold(taskId, reason);
  }

  add(draft: ConflictDraft): string {
    const id = `c${this.conflicts.length + 1}`;
    this.conflicts.push({ id, ...draft });
    return id;
  }

  hold(taskId: string, reason: string, conflictId?: string): void {
    const hold = this.#holds.get(taskId) ?? { reason, conflictIds: [] };
    if (conflictId !== undefined) hold.conflictIds.push(conflictId);
    this.#holds.set(taskId, hold);
  }

  /** Whether nothing it builds on is held; holds it otherwise. */
  admits(candidate: MergeCandidate): boolean {
    if (this.#holds.has(candidate.taskId)) return false;
    const needed = [...candidate.needs, ...candidate.ancestors].find((id) => this.#holds.has(id));
    if (needed === undefined) return true;
    this.hold(candidate.taskId, `builds on '${needed}', which is held`);
    return false;
  }

  held(results: readonly MergeInput[]): HeldTask[] {
    const place = new Map(results.map(({ taskId, order }) => [taskId, order]));
    return [...this.#holds]
      .map(([taskId, hold]) => ({ taskId, ...hold }))
      .toSorted((left, right) => (place.get(left.taskId) ?? 0) - (place.get(right.taskId) ?? 0));
  }
}
