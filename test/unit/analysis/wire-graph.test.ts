import { describe, expect, test } from "vitest";
import { createDependencyGraph } from "../../../src/engines/analysis/create-graph.ts";
import { readGraphEdges, readGraphNodes } from "../../../src/engines/analysis/graph/read-graph.ts";
import { problemOf, task, valueOf } from "../../rig/task-rig.ts";

const tasks = [task("a", 5), task("b", 5, ["a", "a"]), { id: "c", description: "After task b, tidy up" }];

test("the graph holds every task with its level, what is stated and what was found (P4)", () => {
  const { graph, implicitDependencies, hasCycles, ...rest } = valueOf(createDependencyGraph({ tasks }));
  expect(Object.keys(graph.nodes)).toEqual(["a", "b", "c"]);
  expect(Object.values(graph.nodes).map((node) => node.level)).toEqual([0, 1, 2]);
  expect(graph.nodes["b"]?.task.dependsOn).toEqual(["a"]);
  expect(graph.edges).toEqual([
    { from: "a", to: "b", type: "explicit" },
    { from: "b", to: "c", type: "implicit", confidence: 0.95 },
  ]);
  expect(implicitDependencies).toHaveLength(1);
  expect(hasCycles).toBe(false);
  expect(rest).toEqual({});
});

test("detection can be switched off", () => {
  const { graph, implicitDependencies } = valueOf(createDependencyGraph({ tasks, detectImplicit: false }));
  expect(graph.edges).toHaveLength(1);
  expect(implicitDependencies).toEqual([]);
});

test("cycles are an answer with closed paths, and every task still has a level", () => {
  const cyclic = [task("1", 5, ["2"]), task("2", 5, ["1"]), task("3", 5, ["2"]), task("4")];
  const { graph, hasCycles, cycles } = valueOf(createDependencyGraph({ tasks: cyclic }));
  expect({ hasCycles, cycles }).toEqual({ hasCycles: true, cycles: [["1", "2", "1"]] });
  expect(Object.values(graph.nodes).map((node) => node.level)).toEqual([0, 0, 1, 0]);
});

test("wrong tasks are refused (C6)", () => {
  expect(problemOf(createDependencyGraph({ tasks: [] })).error).toContain("tasks array is required");
});

test("an id such as __proto__ survives the way over the wire", () => {
  const odd = [task("__proto__"), task("constructor", 5, ["__proto__"])];
  const { graph } = valueOf(createDependencyGraph({ tasks: odd }));
  const sent = JSON.parse(JSON.stringify(graph)) as typeof graph;
  expect(Object.keys(sent.nodes)).toEqual(["__proto__", "constructor"]);
  expect([...readGraphNodes(sent).ids]).toEqual(["__proto__", "constructor"]);
  expect(valueOf(readGraphEdges(sent, { field: "g", known: new Set(["__proto__", "constructor"]) }))).toHaveLength(1);
});

describe("nodes are read in every form that clients make of them (C5)", () => {
  const node = { id: "a", task: task("a", 5), level: 0 };
  test.each([
    ["an object by id", { a: node }],
    ["a Map", new Map([["a", node]])],
    ["a list of nodes", [node]],
    ["a list of tasks", [task("a", 5)]],
    ["map entries", [["a", node]]],
    ["an object of tasks", { a: task("a", 5) }],
  ])("%s", (_name, nodes) => {
    const read = readGraphNodes({ nodes });
    expect([...read.ids]).toEqual(["a"]);
    expect(read.tasks.get("a")).toMatchObject({ id: "a", estimatedMinutes: 5 });
  });

  test.each([
    ["a list of ids", ["a"], ["a"]],
    ["ids with nothing in them", { a: null, b: 3 }, ["a", "b"]],
    ["an empty object", {}, []],
    ["nothing", undefined, []],
    ["nonsense", 7, []],
    ["a list of nonsense", [7, null, {}], []],
  ])("%s", (_name, nodes, ids) => {
    expect([...readGraphNodes({ nodes }).ids]).toEqual(ids);
    expect(readGraphNodes({ nodes }).tasks.size).toBe(0);
  });
});

test("edges between known tasks count once; an unknown task or a loop is refused with its place (C6)", () => {
  const reading = { field: "dependencyGraph", known: new Set(["api", "form"]) };
  const edge = { from: "api", to: "form" };
  expect(valueOf(readGraphEdges({ edges: [edge, { ...edge, type: "implicit" }] }, reading))).toEqual([
    { ...edge, type: "explicit" },
  ]);
  const unknown = problemOf(readGraphEdges({ edges: [edge, { from: "apo", to: "form" }] }, reading));
  expect(unknown).toMatchObject({ code: "UNKNOWN_DEPENDENCY", field: "dependencyGraph.edges[1].from", example: "api" });
  expect(problemOf(readGraphEdges({ edges: [{ from: "api", to: "api" }] }, reading)).code).toBe("SELF_DEPENDENCY");
});
