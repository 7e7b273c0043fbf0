/** The analysis, beside graphlib building and sorting the same graph. */
import { alg, Graph } from "graphlib";
import { analyze } from "../src/engines/analysis/analyze.ts";
import { criticalPath } from "../src/engines/analysis/graph/critical-path.ts";
import { lowerBound } from "../src/engines/analysis/lower-bound.ts";
import { dispatchRank, listSchedule } from "../src/engines/analysis/makespan.ts";
import { buildTaskGraph } from "../src/engines/analysis/graph/task-graph.ts";
import { shown, type Figure, type Part } from "./figure.ts";
import { measureFresh, repeated, type Cell, type Measured } from "./fresh-process.ts";
import { shapeNames, taskShape, type ShapeName } from "./task-shapes.ts";

const agents = 10;
const times = 5;
/** Layers in which each task needs five of the layer before: 10,000 tasks with 50,000 dependencies. */
const denseShape = "five needs each";
const layerWidth = 50;
/** Every tenth text says that it comes after another task, which no task states. */
const namingTexts = "every tenth text names another";
const namesEvery = 10;
const wanted: Readonly<Record<number, number>> = { 1_000: 15, 10_000: 100, 100_000: 1_000 };
const warmTimes = (count: number): number => (count <= 1_000 ? 40 : count <= 10_000 ? 10 : 3);

function denseNeeds(count: number): number[][] {
  const steps = [3, 11, 19, 27, 41];
  return Array.from({ length: count }, (_, task) => {
    const before = task - (task % layerWidth) - layerWidth;
    return before < 0 ? [] : [...new Set(steps.map((step) => before + ((task * step + step) % layerWidth)))];
  });
}

function needsOf(shape: string, count: number): readonly (readonly number[])[] {
  return shape === denseShape ? denseNeeds(count) : taskShape(shape as ShapeName, count).needs;
}

function textOf(task: number, texts: string): string {
  const text = `Write module number ${task}`;
  const names = texts === namingTexts && task % namesEvery === namesEvery - 1;
  return names ? `${text} after task t${Math.floor(task / 2)}` : text;
}

function shapeTasks(shape: string, count: string, texts: string) {
  return needsOf(shape, Number(count)).map((needs, task) => ({
    id: `t${task}`,
    description: textOf(task, texts),
    estimatedMinutes: 1 + (task % 17),
    dependsOn: needs.map((need) => `t${need}`),
  }));
}

/** The whole answer of the tool's engine, warm: the least of several, after which nothing is compiled any more. */
export const analyzeCell: Cell = (shape, count, texts) => {
  const subtasks = shapeTasks(shape ?? "", count ?? "", texts ?? "");
  const request = { taskDescription: "Build it", subtasks, maxParallelAgents: agents, maxTasks: subtasks.length };
  let ms = Infinity;
  for (let time = 0; time < warmTimes(subtasks.length); time++) {
    const before = performance.now();
    const answer = analyze(request);
    ms = Math.min(ms, performance.now() - before);
    if (!answer.ok) throw new Error(answer.error.error);
  }
  return Promise.resolve({ ms });
};

/** Graph, critical path, bound and schedule: what lies under the answer and has no limit of size. */
export const scheduleCell: Cell = (shape, count) => {
  const tasks = shapeTasks(shape ?? "", count ?? "", "");
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
  const needs = needsOf(shape ?? "", Number(count));
  const before = performance.now();
  const graph = new Graph();
  needs.forEach((_, task) => graph.setNode(String(task)));
  needs.forEach((list, task) => {
    for (const need of list) graph.setEdge(String(need), String(task));
  });
  alg.topsort(graph);
  return Promise.resolve({ ms: performance.now() - before });
};

async function leastMs(cell: string, ...args: readonly (string | number)[]) {
  const measured: Measured[] = [];
  for (let time = 0; time < times; time++) measured.push(await measureFresh(cell, ...args));
  return repeated(measured, "ms");
}

interface Asked {
  readonly name: string;
  readonly cell: string;
  readonly shape: string;
  readonly count: number;
  readonly texts?: string;
}

async function figure(given: Asked): Promise<Figure> {
  const { name, cell, shape, count, texts = "" } = given;
  const ms = await leastMs(cell, shape, count, texts);
  if (typeof ms === "string") throw new Error(ms);
  const graphlib = await leastMs("graphlib", shape, count);
  return {
    name: `${name}, ${count.toLocaleString("en")} tasks, ${shape}${texts === "" ? "" : `, ${texts}`}`,
    unit: "ms",
    value: ms.least,
    ...(cell === "analyze" && { target: wanted[count] ?? 0 }),
    remark: `median ${shown(ms.median)}`,
    peers: { "graphlib build and sort": typeof graphlib === "string" ? graphlib : graphlib.least },
  };
}

/** Time of the analysis by size. */
export const analysis: Part = {
  name: "analysis",
  about: `Milliseconds, the least of ${times} processes: the full answer, warm, the texts read for dependencies, and in a fresh process graph, critical path, bound and schedule alone.`,
  async measure(say) {
    const figures: Figure[] = [];
    for (const shape of shapeNames) {
      say(shape);
      for (const count of [1_000, 10_000, 100_000]) {
        figures.push(await figure({ name: "full analysis", cell: "analyze", shape, count }));
        figures.push(await figure({ name: "full analysis", cell: "analyze", shape, count, texts: namingTexts }));
        figures.push(await figure({ name: "graph, bound and schedule", cell: "schedule", shape, count }));
      }
    }
    say(denseShape);
    const dense = { name: "full analysis", cell: "analyze", shape: denseShape, count: 10_000 };
    figures.push(await figure(dense), await figure({ ...dense, texts: namingTexts }));
    return figures;
  },
};
