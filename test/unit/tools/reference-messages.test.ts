import { describe, expect, test } from "vitest";
import type { ReferenceTool } from "../../rig/reference-shapes.ts";
import { progressOf, refusedWith, resultOf, step } from "../../rig/reference-world.ts";

const analyze = (subtasks: unknown): [ReferenceTool, object] => [
  "analyze_task_parallelizability",
  { taskDescription: "Test", subtasks },
];
const graph = (tasks: unknown): [ReferenceTool, object] => ["create_dependency_graph", { tasks }];
const optimize = (more: object): [ReferenceTool, object] => [
  "optimize_batch_distribution",
  {
    tasks: [step("1", "Task 1")],
    dependencyGraph: { nodes: {}, edges: [] },
    maxParallelAgents: 2,
    optimizationGoal: "minimize-time",
    ...more,
  },
];
const progress = (agentProgresses: unknown, aggregationStrategy = "simple-average"): [ReferenceTool, object] => [
  "aggregate_progress",
  { agentProgresses, aggregationStrategy },
];
const detect = (agentResults: unknown): [ReferenceTool, object] => ["detect_conflicts", { agentResults }];

const cases: readonly (readonly [fragment: string, calls: readonly [ReferenceTool, object][]])[] = [
  [
    "taskDescription is required",
    [
      ["analyze_task_parallelizability", {}],
      ["analyze_task_parallelizability", { taskDescription: "" }],
      ["analyze_task_parallelizability", { taskDescription: "  " }],
      ["analyze_task_parallelizability", { taskDescription: null }],
    ],
  ],
  [
    "exceeds maximum length",
    [["analyze_task_parallelizability", { taskDescription: "a".repeat(6_000), subtasks: [] }]],
  ],
  ["Duplicate task ID", [analyze([step("1", "a"), step("1", "b")]), graph([step("1", "a"), step("1", "b")])]],
  ["cannot depend on itself", [analyze([step("1", "a", 5, ["1"])]), graph([step("1", "a", 5, ["1"])])]],
  ["depends on non-existent task", [analyze([step("1", "a", 5, ["999"])]), graph([step("1", "a", 5, ["999"])])]],
  [
    "estimatedMinutes must be between",
    [analyze([step("1", "a", -5)]), analyze([step("1", "a", 0)]), optimize({ tasks: [step("1", "a", 1_441)] })],
  ],
  [
    "tasks array is required",
    [graph([]), graph(undefined), graph(null), graph("x"), optimize({ tasks: [] }), optimize({ tasks: null })],
  ],
  [
    "missing required field: id",
    [
      analyze([step("", "a")]),
      graph([step("", "a")]),
      graph([{ description: "a" }]),
      graph([{ id: null, description: "a" }]),
    ],
  ],
  ["missing required field: description", [analyze([step("1", "")]), graph([step("1", " ")]), graph([{ id: "1" }])]],
  ["maxParallelAgents must be at least 1", [optimize({ maxParallelAgents: 0 }), optimize({ maxParallelAgents: -3 })]],
  ["optimizationGoal must be one of", [optimize({ optimizationGoal: "fame" })]],
  ["agentProgresses array is required", [progress([]), progress(undefined), progress(null), progress("x")]],
  ["percentComplete must be between 0 and 100", [progress([progressOf("a", 150)]), progress([progressOf("a", -1)])]],
  [
    "missing required field: agentId",
    [
      progress([progressOf("", 50)]),
      detect([resultOf(1, [], { agentId: "" })]),
      detect([resultOf(1, [], { agentId: null })]),
    ],
  ],
  ["missing required field: currentTask", [progress([progressOf("a", 5, "idle", { currentTask: "" })])]],
  [
    "taskWeight",
    [progress([progressOf("a", 5)], "weighted"), progress([progressOf("a", 5, "idle", { taskWeight: 101 })])],
  ],
  ["agentResults array is required", [detect([]), detect(undefined), detect(null), detect({})]],
  ["missing required field: taskId", [detect([resultOf(1, [], { taskId: "" })])]],
  ["missing required field: filesModified", [detect([resultOf(1, [], { filesModified: undefined })])]],
  ["missing required field: file", [detect([resultOf(1, [], { changes: [{ type: "modify" }] })])]],
  ["duration must be non-negative", [detect([resultOf(1, [], { duration: -10 })])]],
];

describe("a refusal says what callers look for (C29, C6)", () => {
  test.each(cases)("%s", async (fragment, calls) => {
    for (const [tool, args] of calls) expect(await refusedWith(tool, args)).toContain(fragment);
  });
});
