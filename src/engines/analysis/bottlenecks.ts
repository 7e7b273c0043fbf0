import type { PlanBottleneck } from "../../schema/plan.ts";
import { numberAt } from "../../util/number-at.ts";
import { roundTo } from "../../util/round-to.ts";
import type { CriticalPath } from "./critical-path.ts";
import { dependentCounts, type Reachability } from "./reachability.ts";
import type { TaskGraph } from "./task-graph.ts";

const mostReported = 10;
const noSlack = 1e-9;

/**
 * Finds the tasks that hold the plan up: those without slack that at least a quarter of the others
 * (and at least two) wait for, and those without slack that make up half of the critical path and
 * take at least twice as long as the average task.
 */
export function findBottlenecks(graph: TaskGraph, path: CriticalPath, reach: Reachability): PlanBottleneck[] {
  if (graph.count < 2) return [];
  const blocks = dependentCounts(reach, graph.count);
  const many = Math.max(2, (graph.count - 1) / 4);
  const long = (2 * graph.minutes.reduce((sum, minutes) => sum + minutes, 0)) / graph.count;
  const found: PlanBottleneck[] = [];
  for (let task = 0; task < graph.count; task++) {
    const slack = numberAt(path.slack, task);
    const minutes = numberAt(graph.minutes, task);
    const waiting = numberAt(blocks, task);
    const share = minutes / path.minutes;
    const decides = waiting >= many || (share >= 0.5 && minutes >= long);
    if (slack > noSlack * Math.max(1, path.minutes) || !decides) continue;
    const reason =
      waiting >= many
        ? `${waiting} of ${graph.count - 1} other tasks wait for it and it has no slack`
        : `it takes ${Math.round(share * 100)} % of the critical path (${roundTo(minutes, 1)} of ${roundTo(path.minutes, 1)} minutes)`;
    found.push({ taskId: graph.ids[task] as string, reason, blocks: waiting, slackMinutes: 0 });
  }
  return found.toSorted((left, right) => right.blocks - left.blocks).slice(0, mostReported);
}
