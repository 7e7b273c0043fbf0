/** What the six-tool server gets wrong, one test each: here it is right. */
import { describe, expect, test } from "vitest";
import { ask, progressOf, resultOf, step } from "../../rig/reference-world.ts";
import type { ReferenceAnswer } from "../../rig/reference-shapes.ts";

const analyze = (...subtasks: object[]): Promise<ReferenceAnswer<"analyze_task_parallelizability">> =>
  ask("analyze_task_parallelizability", { taskDescription: "Build it", subtasks });
const graph = (...tasks: object[]): Promise<ReferenceAnswer<"create_dependency_graph">> =>
  ask("create_dependency_graph", { tasks });
const spread = (tasks: object[], more: object = {}): Promise<ReferenceAnswer<"optimize_batch_distribution">> =>
  ask("optimize_batch_distribution", {
    tasks,
    dependencyGraph: { nodes: {}, edges: [] },
    maxParallelAgents: 2,
    optimizationGoal: "minimize-time",
    ...more,
  });
const detect = (agentResults: object[], more: object = {}): Promise<ReferenceAnswer<"detect_conflicts">> =>
  ask("detect_conflicts", { agentResults, ...more });
const progress = (
  agentProgresses: object[],
  aggregationStrategy = "simple-average",
): Promise<ReferenceAnswer<"aggregate_progress">> =>
  ask("aggregate_progress", { agentProgresses, aggregationStrategy });
const changing = (number: number, change: object): object => resultOf(number, [], { changes: [change] });

describe("dependencies (C29)", () => {
  test("a page based on a design does not wait for whoever else mentions one of its words", async () => {
    const { graph: found } = await graph(
      step("login", "Build the login page for the user based on figma"),
      step("user", "Write the user settings"),
    );
    expect(found.edges).toEqual([]);
  });

  test('tasks that are to be done "after lunch" form no circle', async () => {
    const subtasks = [step("a", "Refactor user service after lunch"), step("b", "Refactor user model after lunch")];
    expect(await graph(...subtasks)).toMatchObject({ hasCycles: false, graph: { edges: [] } });
    expect(await analyze(...subtasks)).toMatchObject({ parallelizable: true, hasCycles: false });
  });

  test("one that is stated and can be read as well is one edge", async () => {
    const { graph: found } = await graph(
      step("db", "Create the users table"),
      step("api", "Write the API using the users table from db, after db", 10, ["db"]),
    );
    expect(found.edges).toEqual([{ from: "db", to: "api", type: "explicit" }]);
  });

  test("tasks that name one file are said to meet there", async () => {
    const answer = await analyze(
      step("a", "Add a field to src/user.ts"),
      step("b", "Rename a method in src/user.ts"),
      step("c", "Document src/user.ts"),
    );
    expect(answer).toMatchObject({ predictedConflicts: [{ tasks: ["a", "b", "c"], resource: "src/user.ts" }] });
    expect(answer.risks.map((risk) => risk.description).join()).toContain("src/user.ts");
  });

  test("every task of a circle has a level", async () => {
    const answer = await graph(step("1", "x", 5, ["2"]), step("2", "y", 5, ["1"]));
    expect(Object.values(answer.graph.nodes).map((node) => node.level)).toEqual([0, 0]);
  });
});

describe("the verdict (C29)", () => {
  test("two tasks that run at the same time are worth it, and the reason says so", async () => {
    const answer = await analyze(step("1", "Write the parser", 30), step("2", "Paint the logo", 30));
    expect(answer).toMatchObject({ parallelizable: true, estimatedSpeedup: 2 });
    expect(answer.reasoning).toMatch(/^Parallel is better/);
  });

  test("a verdict of no never recommends it in the next sentence", async () => {
    const answer = await analyze(step("1", "Write the parser", 30), step("2", "Paint the logo", 30, ["1"]));
    expect(answer).toMatchObject({ parallelizable: false, estimatedSpeedup: 1 });
    expect(answer.reasoning).toMatch(/^Serial is better/);
  });

  test("long descriptions are no risk, and independence is no doubt", async () => {
    const text = (id: string): string => `Write chapter ${id}. ${"Take care of the wording. ".repeat(20)}`;
    const chapters = ["1", "2", "3"].map((id) => step(id, text(id), 20));
    const answer = await analyze(...chapters);
    expect(answer).toMatchObject({ parallelizable: true, predictedConflicts: [] });
    expect(answer.confidence).toBeGreaterThan(70);
  });

  test("the speed-up does not wait for batches: a(60) beside b(5) then c(60) is 1.92", async () => {
    const answer = await analyze(step("a", "Long", 60), step("b", "Short", 5), step("c", "Then", 60, ["b"]));
    expect(answer.estimatedSpeedup).toBeCloseTo(125 / 65, 3);
  });

  test("the graph's nodes arrive: nothing is lost on the way to the caller", async () => {
    const answer = await analyze(step("a", "Long", 60), step("b", "Short", 5));
    expect(Object.keys(answer.dependencyGraph.nodes)).toEqual(["a", "b"]);
    expect(answer.dependencyGraph.nodes["a"]?.task).toMatchObject({ id: "a", estimatedMinutes: 60 });
  });
});

describe("batches (C29)", () => {
  const fork = [step("1", "one", 10), step("2", "two", 10), step("3", "three", 10)];

  test("3 x 10 minutes and a dependent on 2 agents take 30 minutes, not 40", async () => {
    expect(await spread([...fork, step("4", "four", 10, ["1", "2", "3"])])).toMatchObject({ estimatedTotalTime: 30 });
  });

  test.each(["minimize-time", "balance-load", "minimize-conflicts"])(
    "%s: every batch depends on batches that exist and come before it",
    async (optimizationGoal) => {
      const tasks = Array.from({ length: 12 }, (_, index) =>
        step(`${index}`, `Edit src/file-${index % 2}.ts`, 10, index < 4 ? [] : [`${index - 4}`]),
      );
      const { batches } = await spread(tasks, { optimizationGoal });
      const ids = batches.map((batch) => batch.id);
      expect(new Set(ids).size).toBe(ids.length);
      batches.forEach((batch, index) => {
        for (const need of batch.dependsOnBatches) expect(ids.slice(0, index)).toContain(need);
      });
      expect(batches.flatMap((batch) => batch.tasks)).toHaveLength(12);
    },
  );

  test("a batch depends on those that hold what its tasks need, not on the one that happens to stand before it", async () => {
    const tasks = [step("1", "Edit src/a.ts", 10), step("2", "Edit src/a.ts", 10), step("3", "three", 10, ["1"])];
    const { batches } = await spread(tasks, { optimizationGoal: "minimize-conflicts" });
    expect(batches.map(({ id, tasks: inIt, dependsOnBatches }) => [id, inIt[0]?.id, dependsOnBatches])).toEqual([
      ["batch-1", "1", []],
      ["batch-2", "2", ["batch-1"]],
      ["batch-3", "3", ["batch-1"]],
    ]);
  });

  test("the minutes of a batch are those of its agents, not the longest of its tasks", async () => {
    const { batches } = await spread(fork);
    expect(batches).toMatchObject([{ estimatedMinutes: 20 }]);
  });

  test("a graph that has lost its nodes still gives batches, and no average of nothing", async () => {
    const answer = await spread(fork);
    expect(answer.batches).toHaveLength(1);
    expect(JSON.stringify(answer)).not.toMatch(/Infinity|NaN|null,"batches/);
  });

  test("an order that only the graph knows goes along with the batches", async () => {
    const edges = [{ from: "1", to: "2", type: "implicit", confidence: 0.8 }];
    const answer = await spread(fork, { dependencyGraph: { nodes: {}, edges } });
    expect(answer).toMatchObject({ dependencyGraph: { edges } });
  });
});

describe("conflicts (C29)", () => {
  test("nobody conflicts with themselves", async () => {
    const own = [resultOf(1, ["a.ts"]), resultOf(1, ["a.ts"], { taskId: "another" }), resultOf(1, ["a.ts"])];
    expect(await detect(own)).toMatchObject({ hasConflicts: false, conflicts: [] });
  });

  test.each([
    ["./src/a.ts", "src/a.ts"],
    ["src//a.ts", "src/b/../a.ts"],
    ["src\\a.ts", "src/a.ts"],
    ["/home/me/shop/a.ts", "/home/me/shop/./a.ts"],
  ])("%s and %s are one file", async (one, other) => {
    expect(await detect([resultOf(1, [one]), resultOf(2, [other])])).toMatchObject({ hasConflicts: true });
  });

  test("deleting what another changes is high, not low", async () => {
    const answer = await detect([changing(1, { file: "a.ts", type: "delete" }), resultOf(2, ["a.ts"])]);
    expect(answer.conflicts).toMatchObject([{ type: "file-level", severity: "high" }]);
  });

  test("lines apart merge by themselves, lines in common do not", async () => {
    const at = (number: number, start: number, end: number): object =>
      changing(number, { file: "a.ts", type: "modify", lineNumbers: { start, end } });
    const apart = await detect([at(1, 1, 5), at(2, 50, 55)]);
    expect(apart).toMatchObject({ hasConflicts: false, resolutionStrategy: "auto" });
    expect(apart.conflicts).toMatchObject([
      {
        severity: "low",
        detectionMethod: "line ranges",
        resolutionOptions: [{ strategy: "merge", automatic: true }, {}],
      },
    ]);
    expect(await detect([at(1, 1, 5), at(2, 3, 8)])).toMatchObject({
      hasConflicts: true,
      resolutionStrategy: "manual",
    });
  });

  test("a function in TypeScript and a call in Python have nothing to do with each other", async () => {
    const answer = await detect([
      changing(1, { file: "a.ts", type: "create", content: "export function print(x: number) { return x; }" }),
      changing(2, { file: "b.py", type: "create", content: "print(1)\n" }),
    ]);
    expect(answer).toMatchObject({ hasConflicts: false, conflicts: [], resolutionStrategy: "auto" });
  });

  test('prose about a "user interface" defines no types', async () => {
    const answer = await detect([
      changing(1, { file: "a.md", type: "create", content: "The user interface: type a name, choose a class Foo." }),
      changing(2, { file: "b.md", type: "create", content: "The user interface of class Foo." }),
    ]);
    expect(answer.conflicts).toEqual([]);
  });

  test("one conflict is listed once, and names what it is about", async () => {
    const { conflicts } = await detect([resultOf(1, ["a.ts"]), resultOf(2, ["a.ts"]), resultOf(3, ["a.ts"])]);
    expect(conflicts).toMatchObject([{ agents: ["agent-1", "agent-2", "agent-3"], affectedResources: ["a.ts"] }]);
  });

  test("the order of the results is not the order of events", async () => {
    const dependencyGraph = { nodes: {}, edges: [{ from: "task-1", to: "task-2", type: "explicit" }] };
    const answer = await detect([resultOf(2, ["b.ts"]), resultOf(1, ["a.ts"])], { dependencyGraph });
    expect(answer.conflicts).toEqual([]);
  });

  test("five agents that write queries share nothing", async () => {
    const queries = [1, 2, 3, 4, 5].map((number) =>
      changing(number, { file: `${number}.sql`, type: "create", content: "select 1 -- sql query on the database" }),
    );
    expect((await detect(queries)).conflicts).toEqual([]);
  });

  test("what merges by itself comes merged", async () => {
    const answer = await detect([
      changing(1, { file: "a.ts", type: "create", content: "a\n" }),
      changing(2, { file: "b.ts", type: "create", content: "b\n" }),
    ]);
    expect(answer).toMatchObject({
      mergedResult: {
        files: [
          { file: "a.ts", content: "a\n" },
          { file: "b.ts", content: "b\n" },
        ],
      },
    });
  });
});

describe("progress (C29)", () => {
  test.each(["simple-average", "weighted", "critical-path"])(
    "%s: 100 %% means done: a failed agent is not",
    async (how) => {
      const more = { taskWeight: 50 };
      const answer = await progress(
        [progressOf("a", 100, "complete", more), progressOf("b", 100, "failed", more)],
        how,
      );
      expect(answer.overallProgress).toBeLessThan(100);
      expect(answer.bottlenecks).toMatchObject([{ agentId: "b", impact: "high" }]);
    },
  );

  test("a weight of 0 weighs nothing", async () => {
    const answer = await progress(
      [progressOf("a", 100, "complete", { taskWeight: 0 }), progressOf("b", 40, "working", { taskWeight: 10 })],
      "weighted",
    );
    expect(answer.overallProgress).toBe(40);
  });

  test("the critical path is the graph's, not the slowest third of the agents", async () => {
    const dependencyGraph = {
      nodes: {},
      edges: [
        { from: "a", to: "b" },
        { from: "b", to: "c" },
      ],
    };
    const agentProgresses = [
      progressOf("one", 50, "working", { currentTask: "a", estimatedTimeRemaining: 5 }),
      progressOf("two", 10, "working", { currentTask: "aside", estimatedTimeRemaining: 9 }),
    ];
    const request = { agentProgresses, aggregationStrategy: "critical-path", dependencyGraph };
    expect(await ask("aggregate_progress", request)).toMatchObject({ criticalPath: ["a", "b", "c"] });
  });

  test("a slow agent gets nothing further to do", async () => {
    const { bottlenecks } = await progress([progressOf("a", 90), progressOf("b", 10)]);
    expect(bottlenecks).toMatchObject([
      { agentId: "b", suggestion: expect.stringContaining("Give it nothing further") },
    ]);
  });

  test("the agents arrive as a plain object, the completion as a date", async () => {
    const answer = await progress([progressOf("a", 90), progressOf("b", 10)]);
    expect(Object.keys(answer.agentStatuses)).toEqual(["a", "b"]);
    expect(new Date(answer.estimatedCompletion).toISOString()).toBe(answer.estimatedCompletion);
  });
});
