import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fiveTasks } from "../rig/built-server.ts";
import { batchOf, referenceClient, type ReferenceClient } from "../rig/reference-client.ts";
import type { ReferenceAnswer, ReferenceTool } from "../rig/reference-shapes.ts";
import { progressOf, resultOf, step } from "../rig/reference-world.ts";

let caller: ReferenceClient;

beforeAll(async () => {
  caller = await referenceClient();
});

afterAll(() => caller.close());

type Run = ReferenceAnswer<"execute_parallel_workflow">;

const [schema, config, api, pages, release] = fiveTasks as [object, object, object, object, object];
const batches = [batchOf(1, [schema, config]), batchOf(2, [api, pages]), batchOf(3, [release])];

const taskIds = (run: Run): string[] => run.results.map(({ taskId }) => taskId);
const resultFor = (run: Run, id: string): Run["results"][number] | undefined =>
  run.results.find(({ taskId }) => taskId === id);

describe("callers of the six-tool server", () => {
  test("find its six tools, with every argument they know (C29)", async () => {
    const { tools } = await caller.client.listTools();
    const known: Record<ReferenceTool, string[]> = {
      analyze_task_parallelizability: ["taskDescription", "subtasks", "context"],
      create_dependency_graph: ["tasks", "detectImplicit"],
      optimize_batch_distribution: ["tasks", "dependencyGraph", "maxParallelAgents", "optimizationGoal"],
      execute_parallel_workflow: ["analysisResult", "executionStrategy", "maxParallelAgents", "constraints"],
      aggregate_progress: ["agentProgresses", "aggregationStrategy"],
      detect_conflicts: ["agentResults", "dependencyGraph"],
    };
    for (const [name, args] of Object.entries(known)) {
      const tool = tools.find((each) => each.name === name);
      expect(Object.keys(tool?.inputSchema.properties ?? {})).toEqual(expect.arrayContaining(args));
    }
  });

  test("get every answer as text and as the same object, and can read all of it (C29)", async () => {
    const calls: readonly (readonly [ReferenceTool, object])[] = [
      [
        "analyze_task_parallelizability",
        {
          taskDescription: "Ship the site",
          subtasks: fiveTasks,
          context: { from: "a task executor", goals: ["ship"] },
        },
      ],
      ["analyze_task_parallelizability", { taskDescription: "Ship the site" }],
      ["create_dependency_graph", { tasks: fiveTasks, detectImplicit: true }],
      [
        "optimize_batch_distribution",
        { tasks: fiveTasks, dependencyGraph: {}, maxParallelAgents: 3, optimizationGoal: "balance-load" },
      ],
      ["execute_parallel_workflow", { analysisResult: { suggestedBatches: batches } }],
      [
        "aggregate_progress",
        {
          agentProgresses: [progressOf("a", 75), progressOf("c", 50, "blocked")],
          aggregationStrategy: "simple-average",
        },
      ],
      ["detect_conflicts", { agentResults: [resultOf(1, ["shared.ts"]), resultOf(2, ["shared.ts"])] }],
    ];
    for (const [tool, args] of calls) expect(await caller.ask(tool, args)).toHaveProperty("summary");
  });

  test.each<[string, string, object, string]>([
    ["taskDescription is required", "analyze_task_parallelizability", {}, "DESCRIPTION_REQUIRED"],
    ["tasks array is required", "create_dependency_graph", { tasks: [] }, "NO_TASKS"],
    [
      "maxParallelAgents must be at least 1",
      "optimize_batch_distribution",
      { tasks: fiveTasks, dependencyGraph: { nodes: {} }, maxParallelAgents: 0, optimizationGoal: "minimize-time" },
      "AGENTS_OUT_OF_RANGE",
    ],
    [
      "maxParallelAgents must be at least 1",
      "execute_parallel_workflow",
      { analysisResult: { suggestedBatches: batches }, executionStrategy: "conservative", maxParallelAgents: 0 },
      "AGENTS_OUT_OF_RANGE",
    ],
    ["suggestedBatches", "execute_parallel_workflow", { analysisResult: { dependencyGraph: {} } }, "INVALID_ARGUMENT"],
    [
      "suggestedBatches is empty",
      "execute_parallel_workflow",
      { analysisResult: { suggestedBatches: [] } },
      "NO_TASKS",
    ],
    [
      "must contain at least 1",
      "execute_parallel_workflow",
      { analysisResult: { suggestedBatches: [batchOf(1, [])] } },
      "INVALID_ARGUMENT",
    ],
    [
      "conservative, aggressive",
      "execute_parallel_workflow",
      { analysisResult: { suggestedBatches: batches }, executionStrategy: "reckless" },
      "INVALID_ARGUMENT",
    ],
    [
      "maxRequestsPerMinute must be between 1 and 10000",
      "execute_parallel_workflow",
      {
        analysisResult: { suggestedBatches: batches },
        constraints: { apiRateLimit: { provider: "x", maxRequestsPerMinute: 10_001 } },
      },
      "INVALID_ARGUMENT",
    ],
    [
      "maxMemoryMB must be between 100 and 32768",
      "execute_parallel_workflow",
      { analysisResult: { suggestedBatches: batches }, constraints: { resourceLimits: { maxMemoryMB: 99 } } },
      "INVALID_ARGUMENT",
    ],
    ["agentProgresses array is required", "aggregate_progress", { agentProgresses: [] }, "INVALID_ARGUMENT"],
    ["agentResults array is required", "detect_conflicts", { agentResults: [] }, "INVALID_ARGUMENT"],
    ["There is no tool", "explain_everything", {}, "UNKNOWN_TOOL"],
  ])("are refused in words they know, without a stack: %s (%s) (C29, C6)", async (fragment, tool, args, code) => {
    const refusal = await caller.refused(tool, args);
    expect(refusal).toMatchObject({ success: false, code, error: expect.stringContaining(fragment) });
    expect(refusal).not.toHaveProperty("stack");
  });
});

describe("execute_parallel_workflow takes (C29)", () => {
  const edges = [
    { from: "schema", to: "api", type: "explicit" },
    { from: "api", to: "release", type: "implicit", confidence: 0.7 },
  ];
  test.each<[string, object]>([
    ["a graph whose nodes were lost", { dependencyGraph: { nodes: {}, edges } }],
    [
      "a graph whose nodes are a list",
      { dependencyGraph: { nodes: fiveTasks.map((task) => ({ id: task.id, task })), edges } },
    ],
    [
      "a graph whose nodes are entries",
      { dependencyGraph: { nodes: fiveTasks.map((task) => [task.id, { task }]), edges } },
    ],
    ["a graph without nodes", { dependencyGraph: { edges } }],
    ["an empty graph", { dependencyGraph: {} }],
    ["no graph", {}],
    ["a graph of null", { dependencyGraph: null }],
    [
      "all else that an analysis says",
      { parallelizable: false, confidence: 27.5, reasoning: "no", risks: [], estimatedSpeedup: null },
    ],
  ])("%s", async (_what, more) => {
    const run = await caller.execute({ suggestedBatches: batches, ...more });
    expect(run).toMatchObject({ success: true, metrics: { totalTasks: 5, parallelTasks: 4, sequentialTasks: 1 } });
    expect(taskIds(run)).toHaveLength(5);
  });

  test.each<[string, object]>([
    ["conservative", { executionStrategy: "conservative" }],
    ["aggressive", { executionStrategy: "aggressive" }],
    ["one agent", { maxParallelAgents: 1 }],
    ["twenty agents", { maxParallelAgents: 20 }],
    ["a rate limit", { constraints: { apiRateLimit: { provider: "google-sheets", maxRequestsPerMinute: 60 } } }],
    ["a provider without a rate", { constraints: { apiRateLimit: { provider: "google-sheets" } } }],
    ["limits on resources", { constraints: { resourceLimits: { maxMemoryMB: 512, maxCPUPercent: 80 } } }],
    ["no constraints at all", { constraints: null }],
  ])("%s", async (_what, more) => {
    expect(await caller.execute({ suggestedBatches: batches }, more)).toMatchObject({ success: true, conflicts: [] });
  });
});

describe("what the six-tool server gets wrong when it executes is right here", () => {
  const failing = [
    { ...step("1", "one", 10), simulate: { fail: "the tests are red" } },
    step("2", "two", 20),
    step("3", "three", 10, ["1"]),
    step("4", "four", 10, ["2"]),
  ] as const;
  const analysis = { suggestedBatches: [batchOf(1, failing.slice(0, 2)), batchOf(2, failing.slice(2))] };

  test("no dependent of a failed task ever runs, and whoever does not depend on it does (C29)", async () => {
    const run = await caller.execute(analysis, { executionStrategy: "aggressive" });
    expect(run).toMatchObject({ success: false, metrics: { failureCount: 1 } });
    expect(resultFor(run, "3")).toMatchObject({ success: false, skipped: true, duration: 0 });
    expect(resultFor(run, "4")).toMatchObject({ success: true });
  });

  test("a stop after a failure leaves no negative counts and no speed-up of infinity (C29)", async () => {
    const { metrics, results } = await caller.execute(analysis);
    expect(metrics).toMatchObject({ totalTasks: 4, parallelTasks: 4, sequentialTasks: 0, failureCount: 1 });
    expect(metrics).toMatchObject({ sequentialDuration: 30 * 60_000, totalDuration: 20 * 60_000, actualSpeedup: 1.5 });
    expect(results).toHaveLength(4);
  });

  test("all numbers are finite when nothing has run for any time (C29)", async () => {
    const none = [{ ...step("1", "one", 10), simulate: { fail: true } }];
    const { metrics } = await caller.execute({ suggestedBatches: [batchOf(1, none)] });
    expect(Object.entries(metrics).filter(([, value]) => !Number.isFinite(value))).toEqual([]);
  });

  test("an error says what went wrong: no Error that became {} (C29)", async () => {
    expect(resultFor(await caller.execute(analysis), "1")?.error).toMatchObject({
      name: "AgentError",
      message: expect.stringContaining("the tests are red"),
    });
  });

  test("the time of one after the other is the sum of all tasks (C29)", async () => {
    const { metrics } = await caller.execute({ suggestedBatches: batches });
    expect(metrics).toMatchObject({ sequentialDuration: 65 * 60_000, totalDuration: 35 * 60_000 });
    expect(metrics.actualSpeedup).toBeCloseTo(65 / 35, 2);
  });

  test("batches run one after the other where they are the only order there is (C29, C1)", async () => {
    const free = ["1", "2", "3"].map((id) => step(id, `Do part ${id}`, 10));
    const run = await caller.execute({ suggestedBatches: [batchOf(1, free.slice(0, 2)), batchOf(2, free.slice(2))] });
    const [first, second, third] = ["1", "2", "3"].map((id) => resultFor(run, id));
    expect([first?.["startedAt"], second?.["startedAt"]]).toEqual([first?.["startedAt"], first?.["startedAt"]]);
    expect(String(third?.["startedAt"]) >= String(first?.["endedAt"])).toBe(true);
  });

  test("the same seed gives the same run: nothing is left to chance (C29)", async () => {
    const outcome = async (): Promise<unknown> =>
      (await caller.execute({ suggestedBatches: batches }, { simulation: { seed: 7, failureRate: 0.5 } })).results.map(
        ({ taskId, success, duration }) => [taskId, success, duration],
      );
    expect(await outcome()).toEqual(await outcome());
  });
});
