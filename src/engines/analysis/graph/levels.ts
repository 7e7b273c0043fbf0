import { numberAt } from "../../../util/number-at.ts";
import { intAt } from "../../../util/typed-at.ts";
import { predecessorsOf, type Adjacency } from "./adjacency.ts";
import { stronglyConnected } from "./find-cycles.ts";
import type { TaskGraph } from "./task-graph.ts";

/** The longest chain of dependencies below each task; 0 for a task without any. */
export function taskLevels(graph: TaskGraph): Int32Array {
  const levels = new Int32Array(graph.count);
  for (const task of graph.order) {
    let level = 0;
    const lastEdge = intAt(graph.predecessorStart, task + 1);
    for (let edge = intAt(graph.predecessorStart, task); edge < lastEdge; edge++) {
      level = Math.max(level, intAt(levels, intAt(graph.predecessors, edge)) + 1);
    }
    levels[task] = level;
  }
  return levels;
}

/** The tasks of each level in input order: level 0 first. */
export function tasksByLevel(levels: Int32Array): number[][] {
  const groups: number[][] = [];
  levels.forEach((level, task) => {
    while (groups.length <= level) groups.push([]);
    groups[level]?.push(task);
  });
  return groups;
}

/** Levels of a graph that may hold cycles: the tasks of a cycle share one level. */
export function levelsDespiteCycles(graph: Adjacency): Int32Array {
  const { componentOf, count } = stronglyConnected(graph);
  const members: number[][] = Array.from({ length: count }, () => []);
  for (let node = 0; node < graph.count; node++) members[numberAt(componentOf, node)]?.push(node);
  const levels = new Int32Array(graph.count);
  for (const nodes of members.toReversed()) {
    let level = 0;
    for (const node of nodes) {
      for (const need of predecessorsOf(graph, node)) {
        if (componentOf[need] !== componentOf[node]) level = Math.max(level, numberAt(levels, need) + 1);
      }
    }
    for (const node of nodes) levels[node] = level;
  }
  return levels;
}
