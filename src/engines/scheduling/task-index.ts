import type { PlannedTask } from "../../schema/event.ts";
import { assert } from "../../util/assert.ts";
import { predecessorCount, type Adjacency } from "../analysis/graph/adjacency.ts";
import { dispatchRank } from "../analysis/makespan.ts";
import { buildTaskGraph } from "../analysis/graph/task-graph.ts";

/**
 * The tasks of a run as numbers 0..n-1 in input order. Nothing but data: functions made anew for every run would have to
 * be compiled anew for every run.
 */
export interface TaskIndex {
  readonly ids: readonly string[];
  readonly numbers: ReadonlyMap<string, number>;
  /** The successors of a task are those that depend on it. */
  readonly graph: Adjacency;
  /** How many dependencies each task has. */
  readonly needCount: Int32Array;
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
  const needCount = new Int32Array(graph.count);
  for (let task = 0; task < graph.count; task++) needCount[task] = predecessorCount(graph, task);
  return {
    ids: graph.ids,
    numbers: graph.numberOf,
    graph,
    needCount,
    ranks: dispatchRank(graph),
  };
}

/** The number of a task of the run. */
export function taskNumber(index: TaskIndex, id: string): number {
  const number = index.numbers.get(id);
  assert(number !== undefined, "events name tasks of their run");
  return number;
}
