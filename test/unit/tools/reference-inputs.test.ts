import { describe, expect, test } from "vitest";
import { ask, progressOf, resultOf, step } from "../../rig/reference-world.ts";

const tasks = [
  step("1", "Create user model", 20),
  step("2", "Create user API", 30, ["1"]),
  step("3", "Create user UI", 40, ["1"]),
];
const edges = [
  { from: "1", to: "2", type: "explicit" },
  { from: "1", to: "3", type: "implicit", confidence: 0.8 },
];
const nodeOf = (id: string, level: number): object => ({
  id,
  task: tasks.find((each) => "id" in each && each.id === id),
  level,
});
const nodes = { 1: nodeOf("1", 0), 2: nodeOf("2", 1), 3: nodeOf("3", 1) };

/** A graph as clients make it of a map on its way. */
const graphs: readonly (readonly [form: string, graph: unknown])[] = [
  ["nodes as an object", { nodes, edges }],
  ["nodes as a list", { nodes: Object.values(nodes), edges }],
  ["nodes as entries of a map", { nodes: Object.entries(nodes), edges }],
  ["nodes lost on the way", { nodes: {}, edges }],
  ["no nodes", { edges }],
  ["nodes null", { nodes: null, edges }],
  ["nodes without their tasks", { nodes: { 1: { id: "1" }, 2: { id: "2", level: 1 }, 3: {} }, edges }],
  ["ids for nodes", { nodes: ["1", "2", "3"], edges }],
  ["further fields of its own", { nodes, edges, size: 3, directed: true }],
];

describe("analyze_task_parallelizability takes (C29)", () => {
  test.each<[string, object]>([
    ["a description and subtasks", { subtasks: tasks }],
    ["a context", { subtasks: tasks, context: { workflowType: "task-executor", deep: [{ a: 1 }] } }],
    ["a context that is a text", { subtasks: tasks, context: "medical practice" }],
    ["a context that is null", { subtasks: tasks, context: null }],
    ["tasks with a context", { subtasks: [{ id: "a", description: "x", context: [1, "two", null] }, ...tasks] }],
    ["fields of the caller's own in tasks", { subtasks: [{ id: "a", description: "x", phase: 3 }, ...tasks] }],
    [
      "null for what is left out",
      { subtasks: [{ id: "a", description: "x", estimatedMinutes: null, dependsOn: null }, ...tasks] },
    ],
    ["fractions of minutes, and a whole day", { subtasks: [step("a", "x", 0.5), step("b", "y", 1_440)] }],
    ["empty dependencies", { subtasks: [step("a", "x", 5, []), step("b", "y", 5, ["a", "a"])] }],
  ])("%s", async (_what, args) => {
    const answer = await ask("analyze_task_parallelizability", { taskDescription: "Build user management", ...args });
    expect(answer.suggestedBatches.length).toBeGreaterThan(0);
  });

  test("a description of 5,000 characters and 100 subtasks", async () => {
    const subtasks = Array.from({ length: 100 }, (_, index) => step(`${index}`, `Task ${index}`, 10));
    const answer = await ask("analyze_task_parallelizability", { taskDescription: "a".repeat(5_000), subtasks });
    expect(answer.suggestedBatches).toMatchObject([{ id: "batch-1", dependsOnBatches: [] }]);
  });
});

describe("analyze_task_parallelizability answers early, to the letter (C29)", () => {
  test.each<[string, object]>([
    ["without subtasks", {}],
    ["with an empty list", { subtasks: [] }],
    ["with null", { subtasks: null }],
  ])("%s", async (_what, args) => {
    expect(await ask("analyze_task_parallelizability", { taskDescription: "w", ...args })).toMatchObject({
      parallelizable: false,
      confidence: 0,
      reasoning: "No subtasks provided - cannot parallelize",
      suggestedBatches: [],
      dependencyGraph: { nodes: {}, edges: [] },
      risks: [],
    });
  });

  test("with one subtask", async () => {
    const subtasks = [step("1", "Task", 25)];
    expect(await ask("analyze_task_parallelizability", { taskDescription: "w", subtasks })).toMatchObject({
      parallelizable: false,
      confidence: 100,
      reasoning: "Only one subtask - parallelization not beneficial",
      suggestedBatches: [{ id: "batch-1", tasks: subtasks, estimatedMinutes: 25, dependsOnBatches: [] }],
    });
  });

  test("with a circle", async () => {
    const subtasks = [step("1", "Task 1", 5, ["2"]), step("2", "Task 2", 5, ["1"])];
    const answer = await ask("analyze_task_parallelizability", { taskDescription: "w", subtasks });
    expect(answer).toMatchObject({
      parallelizable: false,
      confidence: 100,
      reasoning: "Circular dependencies detected: 1 → 2 → 1",
      suggestedBatches: [],
      risks: [{ severity: "critical" }],
      hasCycles: true,
      cycles: [["1", "2", "1"]],
    });
    expect(answer.risks).toHaveLength(1);
  });
});

describe("create_dependency_graph gives (C29)", () => {
  test.each([undefined, true, false, null])("the graph, with detectImplicit %s", async (detectImplicit) => {
    const answer = await ask("create_dependency_graph", { tasks, detectImplicit });
    expect(Object.keys(answer.graph.nodes)).toEqual(["1", "2", "3"]);
    expect(answer.graph.edges).toEqual([
      { from: "1", to: "2", type: "explicit" },
      { from: "1", to: "3", type: "explicit" },
    ]);
    expect(answer).toMatchObject({ hasCycles: false });
    expect(answer.cycles).toBeUndefined();
  });

  test("cycles as closed paths, with a level for every task", async () => {
    const circle = [step("1", "Task 1", 5, ["2"]), step("2", "Task 2", 5, ["1"]), step("3", "Task 3", 5, ["2"])];
    const answer = await ask("create_dependency_graph", { tasks: circle, detectImplicit: false });
    expect(answer).toMatchObject({ hasCycles: true, cycles: [["1", "2", "1"]], implicitDependencies: [] });
  });
});

describe.each(graphs)("a graph with %s serves (C29)", (_form, dependencyGraph) => {
  test.each(["minimize-time", "balance-load", "minimize-conflicts"])("%s", async (optimizationGoal) => {
    const request = { tasks, dependencyGraph, maxParallelAgents: 2, optimizationGoal };
    const answer = await ask("optimize_batch_distribution", request);
    expect(answer.batches.map((batch) => batch.tasks.map(({ id }) => id))).toEqual([["1"], ["2", "3"]]);
    expect(answer).toMatchObject({ estimatedTotalTime: 60 });
  });

  test("the search for conflicts", async () => {
    const agentResults = [resultOf(1, ["a"], { taskId: "1", success: false }), resultOf(2, ["b"], { taskId: "2" })];
    const answer = await ask("detect_conflicts", { agentResults, dependencyGraph });
    expect(answer.conflicts).toMatchObject([{ type: "dependency", tasks: ["1", "2"] }]);
  });

  test("the critical path", async () => {
    const agentProgresses = [
      progressOf("a", 50, "working", { currentTask: "2", estimatedTimeRemaining: 15 }),
      progressOf("b", 25, "working", { currentTask: "3", estimatedTimeRemaining: 30 }),
    ];
    const request = { agentProgresses, aggregationStrategy: "critical-path", dependencyGraph };
    expect((await ask("aggregate_progress", request)).criticalPath).toEqual(["1", "3"]);
  });
});

describe("optimize_batch_distribution takes (C29)", () => {
  test.each([1, 2, 20])("%d agents", async (maxParallelAgents) => {
    const request = {
      tasks,
      dependencyGraph: { nodes: {}, edges: [] },
      maxParallelAgents,
      optimizationGoal: "minimize-time",
    };
    expect((await ask("optimize_batch_distribution", request)).batches).toHaveLength(2);
  });
});

describe("detect_conflicts takes (C29)", () => {
  const change = { file: "a.ts", type: "create", content: "export const a = 1;\n", lineNumbers: { start: 1, end: 1 } };
  test.each<[string, object]>([
    ["results without changes", { changes: undefined }],
    ["changes of null", { changes: null }],
    ["changes with all fields", { changes: [change] }],
    ["changes with file and type only", { changes: [{ file: "a.ts", type: "delete" }] }],
    ["an error that was an Error", { success: false, error: {} }],
    ["an error that is a text", { success: false, error: "boom" }],
    ["an error that is null", { error: null }],
    [
      "an error as ours",
      { success: false, error: { name: "Timeout", message: "too slow", retryable: true, options: [] } },
    ],
    ["no duration", { duration: undefined }],
    ["a duration of 0", { duration: 0 }],
    ["no files", { filesModified: [], changes: [] }],
    ["fields of the caller's own", { retries: 3, notes: ["x"] }],
  ])("%s", async (_what, more) => {
    const answer = await ask("detect_conflicts", {
      agentResults: [resultOf(1, ["a.ts"], more), resultOf(2, ["b.ts"])],
    });
    expect(answer).toMatchObject({ hasConflicts: false, conflicts: [], resolutionStrategy: "auto" });
  });

  test("a graph of null, and 100 results", async () => {
    const agentResults = Array.from({ length: 100 }, (_, index) => resultOf(index, [`${index}.ts`]));
    expect(await ask("detect_conflicts", { agentResults, dependencyGraph: null })).toMatchObject({
      hasConflicts: false,
    });
  });

  test("several results of one agent of a pool", async () => {
    const pool = ["1", "2", "3"].map((taskId) => resultOf(1, [`${taskId}.ts`], { taskId }));
    expect(await ask("detect_conflicts", { agentResults: pool })).toMatchObject({ conflicts: [] });
  });
});

describe("aggregate_progress takes (C29)", () => {
  const two = [progressOf("a", 50, "working", { taskWeight: 2 }), progressOf("b", 75, "working", { taskWeight: 1 })];

  test.each([
    ["simple-average", 62.5],
    ["weighted", 58.33],
    ["critical-path", 50],
  ])("%s", async (aggregationStrategy, overallProgress) => {
    const answer = await ask("aggregate_progress", { agentProgresses: two, aggregationStrategy });
    expect(answer).toMatchObject({ overallProgress, method: aggregationStrategy });
    expect(Object.keys(answer.agentStatuses)).toEqual(["a", "b"]);
  });

  test.each(["idle", "working", "blocked", "complete", "failed"])("the status %s", async (status) => {
    const agentProgresses = [
      progressOf("a", 12.5, status, { taskWeight: 0, estimatedTimeRemaining: 0 }),
      ...two.slice(1),
    ];
    const answer = await ask("aggregate_progress", { agentProgresses, aggregationStrategy: "weighted" });
    expect(answer.agentStatuses["a"]).toEqual(agentProgresses[0]);
  });

  test("50 agents, 0 and 100 percent, and null for what is left out", async () => {
    const agentProgresses = Array.from({ length: 50 }, (_, index) =>
      progressOf(`a${index}`, index % 2 === 0 ? 0 : 100, "working", { taskWeight: null, estimatedTimeRemaining: null }),
    );
    expect(await ask("aggregate_progress", { agentProgresses, aggregationStrategy: "simple-average" })).toMatchObject({
      overallProgress: 50,
    });
  });
});
