import type { PlannedTask } from "../../schema/event.ts";
import { assert } from "../../util/assert.ts";
import { numberAt } from "../../util/number-at.ts";
import { predecessorsOf, successorsOf } from "../analysis/adjacency.ts";
import { dispatchRank } from "../analysis/makespan.ts";
import { buildTaskGraph } from "../analysis/task-graph.ts";

/** The tasks of a run as numbers 0..n-1 in input order. */
export interface TaskIndex {
  readonly ids: readonly string[];
  numberOf(id: string): number;
  /** How many dependencies each task has. */
  readonly needCount: Int32Array;
  /** Every task that depends on this one. */
  dependentsOf(task: number): Iterable<number>;
  /** Place in the order of dispatch: lower starts first. */
  rank(task: number): number;
}

/** Numbers the tasks and ranks them by priority, then by the longest chain of work that begins with them. */
export function indexTasks(tasks: readonly PlannedTask[]): TaskIndex {
  const built = buildTaskGraph(
    tasks.map(({ id, description, needs, minutes, priority = 0 }) => ({
      id,
      description,
      dependsOn: needs,
      estimatedMinutes: minutes,
      priority,
    })),
  );
  assert(built.ok, "the tasks of a run have no cycle");
  const graph = built.value;
  const ranks = dispatchRank(graph);
  return {
    ids: graph.ids,
    numberOf(id) {
      const number = graph.numberOf.get(id);
      assert(number !== undefined, `unknown task ${id}`);
      return number;
    },
    needCount: Int32Array.from(graph.ids, (_, task) => predecessorsOf(graph, task).length),
    dependentsOf: (task) => successorsOf(graph, task),
    rank: (task) => numberAt(ranks, task),
  };
}
