/** What decisions about conflicts do to the view of a run that has ended. */
import { isOpen, type Conflict } from "../../schema/conflict.ts";
import type { EventOf, RunEvent } from "../../schema/event.ts";
import type { ResolutionView, ResolvingView, RunView } from "./run-shape.ts";

type WritingEvent = RunEvent &
  EventOf<"apply.started" | "apply.finished" | "undo.finished" | "resolution.decided" | "resolution.finished">;

/** Adds what was written, taken back or decided to a view. */
export function applyWritingEvent(view: RunView, event: WritingEvent): void {
  switch (event.type) {
    case "apply.started":
      if (view.resolving) view.resolving.applying = event.commit;
      if (event.waitsFor !== undefined) view.waitsFor = event.waitsFor;
      return;
    case "apply.finished":
      noteApply(view, event);
      return;
    case "undo.finished":
      view.undone = true;
      view.delivered = [];
      return;
    case "resolution.decided":
      beginResolution(view, event);
      return;
    case "resolution.finished":
      endResolution(view, event);
  }
}

/** The run goes on, in the hands of the process that carries the decision out. */
function beginResolution(view: RunView, decision: RunEvent & EventOf<"resolution.decided">): void {
  const { status, conflicts, delivered, owner, endedAt, merge, apply, undone } = view;
  const tasks = new Map([...view.tasks].map(([id, task]) => [id, { ...task }]));
  view.resolving = {
    decision,
    before: {
      status,
      conflicts,
      delivered,
      owner,
      tasks,
      ...(endedAt !== undefined && { endedAt }),
      ...(merge && { merge }),
      ...(apply && { apply }),
      ...(undone !== undefined && { undone }),
    },
  };
  view.owner = decision.owner;
  view.status = "running";
  delete view.endedAt;
  if (endedAt !== undefined) view.gaps = [...view.gaps, { from: endedAt, to: decision.at }];
}

/** The decision is carried out, or everything is as it was but for what it has used up. */
function endResolution(view: RunView, event: RunEvent & EventOf<"resolution.finished">): void {
  const { resolving } = view;
  if (!resolving) return;
  if (!event.done) restore(view, resolving.before);
  delete view.resolving;
  delete view.waitsFor;
  view.owner = resolving.before.owner;
  view.status = event.status;
  view.endedAt = event.at;
  delete view.unresolved;
  if (!event.done && event.reason !== undefined) view.unresolved = event.reason;
  if (!event.done) return;
  const { conflictId, strategy, taskId } = resolving.decision;
  const { folder } = event;
  const decided: ResolutionView = {
    conflictId,
    strategy,
    ...(taskId !== undefined && { taskId }),
    ...(folder !== undefined && { folder }),
  };
  view.resolutions = [...view.resolutions.filter((each) => each.conflictId !== conflictId), decided];
  view.conflicts = view.conflicts.map((conflict) =>
    conflict.id === conflictId ? settled(conflict, decided) : conflict,
  );
}

/** Takes back a decision whose process is gone: nothing of it holds. */
export function abandonResolution(view: RunView): void {
  const { resolving } = view;
  if (!resolving) return;
  const { status, endedAt } = resolving.before;
  const { seq, at, owner } = view;
  const reason = `the process that carried it out (pid ${owner.pid}) is gone; choose again`;
  endResolution(view, { type: "resolution.finished", done: false, reason, status, seq, at });
  if (endedAt !== undefined) view.endedAt = endedAt;
}

/** The files were led to a commit, or back from the last one. */
function noteDelivery(view: RunView, event: EventOf<"apply.finished">): void {
  const merged = view.merge?.commit;
  const commit = event.commit ?? merged;
  if (view.resolving) delete view.resolving.applying;
  if (!event.applied || event.ref !== undefined || commit === undefined) return;
  view.delivered = [...view.delivered, { commit, ...(merged !== undefined && { merged }) }];
}

/** Conflicts that somebody still has to decide. */
export function openConflicts(view: RunView): readonly Conflict[] {
  return view.conflicts.filter(isOpen);
}

function settled(conflict: Conflict, { strategy, taskId, folder }: ResolutionView): Conflict {
  const whose = taskId === undefined ? {} : { taskId };
  return { ...conflict, resolution: { strategy, ...whose, ...(folder !== undefined && { folder }) } };
}

function restore(view: RunView, before: ResolvingView["before"]): void {
  const { tasks, conflicts, delivered } = before;
  for (const [id, former] of tasks) {
    const now = view.tasks.get(id);
    // What it has cost stays spent.
    if (now) view.tasks.set(id, { ...former, attempts: now.attempts, ...(now.usage && { usage: now.usage }) });
  }
  view.conflicts = conflicts;
  view.delivered = delivered;
  view.working = 0;
  view.blocked = 0;
  for (const key of ["merge", "apply", "undone"] as const) delete view[key];
  if (before.merge) view.merge = before.merge;
  if (before.apply) view.apply = before.apply;
  if (before.undone !== undefined) view.undone = before.undone;
}

function noteApply(view: RunView, event: RunEvent & EventOf<"apply.finished">): void {
  const former = new Set(view.apply?.conflicts.map(({ id }) => id));
  noteDelivery(view, event);
  delete view.waitsFor;
  view.apply = event;
  view.undone = false;
  view.conflicts = [...view.conflicts.filter(({ id }) => !former.has(id)), ...event.conflicts];
}
