import type { PlannedTask } from "../../schema/event.ts";
import { assert } from "../../util/assert.ts";
import { eachSuccessor, predecessorCount } from "../analysis/adjacency.ts";
import { dispatchRank } from "../analysis/makespan.ts";
import { buildTaskGraph } from "../analysis/task-graph.ts";

/** The tasks of a run as numbers 0..n-1 in input order. */
export interface TaskIndex {
  readonly ids: readonly string[];
  numberOf(id: string): number;
  /** How many dependencies each task has. */
  readonly needCount: Int32Array;
  /** Calls back for every task that depends on this one. */
  eachDependent(task: number, visit: (dependent: number) => void): void;
  /** Place of each task in the order of dispatch: lower starts first. */
  readonly ranks: Int32Array;
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
  return {
    ids: graph.ids,
    numberOf(id) {
      const number = graph.numberOf.get(id);
      assert(number !== undefined, "events name tasks of their run");
      return number;
    },
    needCount: Int32Array.from({ length: graph.count }, (_, task) => predecessorCount(graph, task)),
    eachDependent: (task, visit) => eachSuccessor(graph, task, visit),
    ranks: dispatchRank(graph),
  };
}
