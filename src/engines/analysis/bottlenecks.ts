import type { PlanBottleneck } from "../../schema/plan.ts";
import { roundTo } from "../../util/round-to.ts";
import { floatAt, intAt } from "../../util/typed-at.ts";
import type { CriticalPath } from "./graph/critical-path.ts";
import { dependentCounts, mostTasksClosed, type Reachability } from "./graph/reachability.ts";
import type { TaskGraph } from "./graph/task-graph.ts";

const mostReported = 10;
const noSlack = 1e-9;

/**
 * Finds the tasks that hold the plan up: those without slack that at least a quarter of the others
 * (and at least two) wait for, and those without slack that make up half of the critical path and
 * take at least twice as long as the average task.
 */
export function findBottlenecks(graph: TaskGraph, path: CriticalPath, reach: Reachability): PlanBottleneck[] {
  if (graph.count < 2) return [];
  const many = Math.max(2, (graph.count - 1) / 4);
  const long = (2 * graph.minutes.reduce((sum, minutes) => sum + minutes, 0)) / graph.count;
  const shareOf = (task: number): number => floatAt(graph.minutes, task) / path.minutes;
  const isLong = (task: number): boolean => shareOf(task) >= 0.5 && floatAt(graph.minutes, task) >= long;
  const candidates = tasksToLookAt(graph, path, isLong);
  const blocks = dependentCounts(reach, graph.count, candidates);
  const found = Array.from(candidates.toSorted(), (task) => {
    const waiting = intAt(blocks, task);
    if (waiting < many && !isLong(task)) return undefined;
    const reason =
      waiting >= many
        ? `${waiting} of ${graph.count - 1} other tasks wait for it and it has no slack`
        : `it takes ${Math.round(shareOf(task) * 100)} % of the critical path (${roundTo(floatAt(graph.minutes, task), 1)} of ${roundTo(path.minutes, 1)} minutes)`;
    return { taskId: graph.ids[task] as string, reason, blocks: waiting, slackMinutes: 0 };
  });
  return found
    .filter((each) => each !== undefined)
    .toSorted((left, right) => right.blocks - left.blocks)
    .slice(0, mostReported);
}

/** The tasks without slack; of very many the long ones and the earliest, which more wait for than for those after them. */
function tasksToLookAt(graph: TaskGraph, path: CriticalPath, isLong: (task: number) => boolean): Int32Array {
  const without = graph.order.filter((task) => floatAt(path.slack, task) <= noSlack * Math.max(1, path.minutes));
  if (graph.count <= mostTasksClosed) return without;
  return without.filter((task, place) => place < mostReported || isLong(task)).slice(0, 2 * mostReported);
}
