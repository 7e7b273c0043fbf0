import { expect, test } from "vitest";
import { predecessorsOf, successorsOf } from "../../../src/engines/analysis/graph/adjacency.ts";
import { criticalPath } from "../../../src/engines/analysis/graph/critical-path.ts";
import { taskLevels, tasksByLevel } from "../../../src/engines/analysis/graph/levels.ts";
import { buildTaskGraph, withEdges } from "../../../src/engines/analysis/graph/task-graph.ts";
import { graphOf, problemOf, task } from "../../rig/task-rig.ts";

const names = (graph: { ids: readonly string[] }, numbers: Iterable<number>): string[] =>
  Array.from(numbers, (n) => graph.ids[n] ?? "?");

test("every task comes after all it depends on, otherwise in the order given", () => {
  const graph = graphOf([task("c", 1, ["a", "b"]), task("a"), task("b", 1, ["a"]), task("d")]);
  expect(names(graph, graph.order)).toEqual(["a", "d", "b", "c"]);
});

test("neighbours are known in both directions and repeated dependencies count once", () => {
  const graph = graphOf([task("a"), task("b", 1, ["a", "a"]), task("c", 1, ["a", "b"])]);
  expect(names(graph, successorsOf(graph, 0))).toEqual(["b", "c"]);
  expect(names(graph, predecessorsOf(graph, 2))).toEqual(["a", "b"]);
});

test("minutes come from the three-point estimate, else the estimate, else they are ten", () => {
  const estimate = { optimistic: 4, likely: 10, pessimistic: 34 };
  const graph = graphOf([task("a", 7, [], { estimate }), task("b", 7), task("c")]);
  expect([...graph.minutes]).toEqual([13, 7, 10]);
});

test("levels are the longest chains below, not the order of arrival", () => {
  const graph = graphOf([task("a"), task("b", 1, ["a"]), task("c", 1, ["b", "a"]), task("d", 1, ["a"])]);
  expect(tasksByLevel(taskLevels(graph)).map((level) => names(graph, level))).toEqual([["a"], ["b", "d"], ["c"]]);
});

test("further edges are added to what the tasks state, and may close a cycle", () => {
  const tasks = [task("a"), task("b", 1, ["a"])];
  expect(buildTaskGraph(tasks, [{ from: "a", to: "b" }]).ok).toBe(true);
  expect(problemOf(buildTaskGraph(tasks, [{ from: "b", to: "a" }])).cycles).toEqual([["a", "b", "a"]]);
});

test("a graph with further edges is the one that is built with them at once", () => {
  const tasks = [task("a"), task("b", 4, ["d"]), task("c", 2, ["a", "b"]), task("d"), task("e", 3, ["a"])];
  const edges = [
    { from: "e", to: "c" },
    { from: "a", to: "c" },
    { from: "d", to: "a" },
  ];
  expect(withEdges(graphOf(tasks), edges)).toEqual(buildTaskGraph(tasks, edges));
  const back = [{ from: "c", to: "d" }];
  expect(withEdges(graphOf(tasks), back)).toEqual(buildTaskGraph(tasks, back));
  expect(problemOf(withEdges(graphOf(tasks), back)).cycles).toHaveLength(1);
});

test("a cycle is reported as its shortest closed path, one for each knot", () => {
  const knot = [
    task("1", 1, ["5"]),
    task("2", 1, ["1"]),
    task("3", 1, ["2"]),
    task("4", 1, ["3", "5"]),
    task("5", 1, ["4"]),
  ];
  const other = [task("x", 1, ["y"]), task("y", 1, ["x", "1"]), task("z", 1, ["y"])];
  expect(problemOf(buildTaskGraph([...knot, ...other])).cycles).toEqual([
    ["4", "5", "4"],
    ["x", "y", "x"],
  ]);
});

test("at most twenty cycles are reported", () => {
  const tasks = Array.from({ length: 50 }, (_, n) => [task(`a${n}`, 1, [`b${n}`]), task(`b${n}`, 1, [`a${n}`])]).flat();
  expect(problemOf(buildTaskGraph(tasks)).cycles).toHaveLength(20);
});

test("a chain of 100,000 tasks and a ring of them neither overflow nor hang", () => {
  const chain = Array.from({ length: 100_000 }, (_, n) => task(`n${n}`, 1, n === 0 ? [] : [`n${n - 1}`]));
  const graph = graphOf(chain);
  expect(taskLevels(graph)[99_999]).toBe(99_999);
  expect(criticalPath(graph).minutes).toBe(100_000);
  const ring = [task("n0", 1, ["n99999"]), ...chain.slice(1)];
  expect(problemOf(buildTaskGraph(ring)).cycles[0]).toHaveLength(100_001);
});

test("the critical path is the longest chain of minutes, and slack is what the others may be late", () => {
  const graph = graphOf([
    task("a", 10),
    task("b", 30, ["a"]),
    task("c", 5, ["a"]),
    task("d", 10, ["b", "c"]),
    task("e", 1),
  ]);
  const path = criticalPath(graph);
  expect(path.taskIds).toEqual(["a", "b", "d"]);
  expect(path.minutes).toBe(50);
  expect([...path.slack]).toEqual([0, 0, 25, 0, 49]);
  expect([...path.earliestStart]).toEqual([0, 10, 10, 40, 0]);
});
