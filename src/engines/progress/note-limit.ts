import type { EventOf } from "../../schema/event.ts";

/** A limit that a task came near or was held to. */
export type LimitView = Omit<EventOf<"limit.warned" | "limit.enforced">, "taskId">;

/** Notes it; what was enforced is not undone by a warning of a later attempt, and the highest measure counts. */
export function noteLimit(
  task: { limits?: readonly LimitView[] },
  event: EventOf<"limit.warned" | "limit.enforced">,
): void {
  const { type, limit, measured, allowed, action } = event;
  const former = task.limits?.find((noted) => noted.limit === limit);
  const newer = { type, limit, measured: Math.max(measured, former?.measured ?? 0), allowed, action };
  const kept = former?.type === "limit.enforced" && type === "limit.warned" ? former : newer;
  task.limits = [...(task.limits ?? []).filter((noted) => noted.limit !== limit), kept];
}
