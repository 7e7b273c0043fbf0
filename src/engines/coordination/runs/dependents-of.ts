import { addToGroup } from "../../../util/add-to-group.ts";
import type { RunView } from "../../progress/run-view.ts";

/** What cannot be done without a task, however far away, as far as it has not succeeded; in the order of the run's tasks. */
export function dependentsOf(view: RunView, id: string): readonly string[] {
  const direct = new Map<string, string[]>();
  for (const task of view.spec.tasks) for (const need of task.needs) addToGroup(direct, need, task.id);
  const found = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const dependent of direct.get(next) ?? []) {
      if (found.has(dependent)) continue;
      found.add(dependent);
      open.push(dependent);
    }
  }
  return view.spec.tasks.flatMap((task) =>
    found.has(task.id) && view.tasks.get(task.id)?.state !== "succeeded" ? [task.id] : [],
  );
}
