import type { Conflict } from "../../../schema/conflict.ts";
import type { PlannedTask } from "../../../schema/event.ts";
import { assert } from "../../../util/assert.ts";
import type { DependencyResult } from "../../execution/executor.ts";
import { taskAtWork } from "../../planning/fallback-task.ts";
import type { RunView } from "../../progress/run-view.ts";
import type { AttemptAgain } from "../attempts/agent-assignment.ts";
import { ancestorsOf, neededBy } from "./standing-decisions.ts";

/** The task to be done again and every held one that was built on its former result, in the order in which they can be. */
export function tasksToRedo(view: RunView, taskId: string): readonly PlannedTask[] {
  const held = new Set(view.merge?.held.map((each) => each.taskId));
  return view.spec.tasks
    .filter(({ id }) => id === taskId || (held.has(id) && ancestorsOf(view, id).includes(taskId)))
    .toSorted((left, right) => ancestorsOf(view, left.id).length - ancestorsOf(view, right.id).length);
}

/** A result that a task was built on and that is not in what is merged, if there is one. */
export function missingBelow(view: RunView, taskId: string): string | undefined {
  const merged = new Set(view.merge?.merged);
  return neededBy(view, taskId).find((id) => !merged.has(id) && view.tasks.get(id)?.task !== undefined);
}

/** How a task is done again: from where, told what was in its way and what had become of its former result. */
export function againOf(redo: {
  readonly view: RunView;
  readonly task: PlannedTask;
  readonly conflict: Conflict;
  readonly start: string | undefined;
}): AttemptAgain {
  const { view, task, conflict, start } = redo;
  const known = new Set(task.needs);
  const others = conflict.tasks.filter(
    (id) => id !== task.id && !known.has(id) && view.tasks.get(id)?.outcome?.success,
  );
  const places = conflict.locations
    .slice(0, 20)
    .map(({ file, startLine, endLine }) => (startLine > 0 ? `${file} lines ${startLine}-${endLine}` : file));
  const where = places.length > 0 ? `\nPlaces: ${[...new Set(places)].join("; ")}` : "";
  return {
    start,
    redo: { reason: `${conflict.description}${where}`, formerChanges: formerChanges(view, task.id, conflict) },
    others: others.map((id) => resultOf(view, id)),
  };
}

/** What a task had changed in the files of a conflict, as one diff. */
function formerChanges(view: RunView, taskId: string, conflict: Conflict): string {
  const files = new Set(conflict.affectedResources);
  const changes = view.tasks.get(taskId)?.changes ?? [];
  const named = changes.filter(({ file, oldFile }) => files.has(file) || files.has(oldFile ?? file));
  return (named.length > 0 ? named : changes).map(({ diff }) => diff ?? "").join("");
}

function resultOf(view: RunView, taskId: string): DependencyResult {
  const task = view.tasks.get(taskId);
  assert(task?.outcome, `task ${taskId} has ended`);
  const { description } = taskAtWork(task);
  return { taskId, description, summary: task.outcome.summary ?? "", files: task.files };
}
