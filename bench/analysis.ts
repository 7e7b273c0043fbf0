/** The analysis, beside graphlib building and sorting the same graph. */
import { alg, Graph } from "graphlib";
import { analyze } from "../src/engines/analysis/analyze.ts";
import { criticalPath } from "../src/engines/analysis/critical-path.ts";
import { lowerBound } from "../src/engines/analysis/lower-bound.ts";
import { dispatchRank, listSchedule } from "../src/engines/analysis/makespan.ts";
import { buildTaskGraph } from "../src/engines/analysis/task-graph.ts";
import { shown, type Figure, type Part } from "./figure.ts";
import { measureFresh, repeated, type Cell, type Measured } from "./fresh-process.ts";
import { shapeNames, taskShape, type ShapeName } from "./task-shapes.ts";

const agents = 10;
const times = 5;

function shapeTasks(shape: string, count: string) {
  return taskShape(shape as ShapeName, Number(count)).needs.map((needs, task) => ({
    id: `t${task}`,
    description: `Write module number ${task}`,
    estimatedMinutes: 1 + (task % 17),
    dependsOn: needs.map((need) => `t${need}`),
  }));
}

/** The whole answer of the tool's engine. */
export const analyzeCell: Cell = (shape, count) => {
  const subtasks = shapeTasks(shape ?? "", count ?? "");
  const before = performance.now();
  const answer = analyze({ taskDescription: "Build it", subtasks, maxParallelAgents: agents });
  const ms = performance.now() - before;
  if (!answer.ok) throw new Error(answer.error.error);
  return Promise.resolve({ ms });
};

/** Graph, critical path, bound and schedule: what lies under the answer and has no limit of size. */
export const scheduleCell: Cell = (shape, count) => {
  const tasks = shapeTasks(shape ?? "", count ?? "");
  const before = performance.now();
  const graph = buildTaskGraph(tasks);
  if (!graph.ok) throw new Error("the graph has a cycle");
  const claims = { names: [], capacity: [], ofTask: [] };
  const { minutes: criticalMinutes } = criticalPath(graph.value);
  const schedule = listSchedule(graph.value, { agents, claims, rank: dispatchRank(graph.value) });
  const bound = lowerBound(graph.value, { agents, criticalMinutes, claims });
  const ms = performance.now() - before;
  if (schedule.makespanMinutes < bound) throw new Error("a schedule below its bound");
  return Promise.resolve({ ms });
};

/** graphlib: the graph and one topological order, nothing else. */
export const graphlibCell: Cell = (shape, count) => {
  const { needs } = taskShape(shape as ShapeName, Number(count));
  const before = performance.now();
  const graph = new Graph();
  needs.forEach((_, task) => graph.setNode(String(task)));
  needs.forEach((list, task) => {
    for (const need of list) graph.setEdge(String(need), String(task));
  });
  alg.topsort(graph);
  return Promise.resolve({ ms: performance.now() - before });
};

async function leastMs(cell: string, shape: string, count: number) {
  const measured: Measured[] = [];
  for (let time = 0; time < times; time++) measured.push(await measureFresh(cell, shape, count));
  return repeated(measured, "ms");
}

async function figure(given: { name: string; cell: string; shape: string; count: number }): Promise<Figure> {
  const { name, cell, shape, count } = given;
  const ms = await leastMs(cell, shape, count);
  if (typeof ms === "string") throw new Error(ms);
  const graphlib = await leastMs("graphlib", shape, count);
  return {
    name: `${name}, ${count.toLocaleString("en")} tasks, ${shape}`,
    unit: "ms",
    value: ms.least,
    remark: `median ${shown(ms.median)}`,
    peers: { "graphlib build and sort": typeof graphlib === "string" ? graphlib : graphlib.least },
  };
}

/** Time of the analysis by size. */
export const analysis: Part = {
  name: "analysis",
  about: `Milliseconds in a fresh process, the least of ${times}: the full answer at 1,000 tasks (a call takes at most 2,000), and graph, critical path, bound and schedule beyond that.`,
  async measure(say) {
    const figures: Figure[] = [];
    for (const shape of shapeNames) {
      say(shape);
      figures.push(await figure({ name: "full analysis", cell: "analyze", shape, count: 1_000 }));
      for (const count of [1_000, 10_000, 100_000]) {
        figures.push(await figure({ name: "graph, bound and schedule", cell: "schedule", shape, count }));
      }
    }
    return figures;
  },
};
