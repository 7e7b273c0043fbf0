import { describe, expect, test } from "vitest";
import { refusalSchema } from "../../../src/schema/problem.ts";
import { refusalOf, toolWorld } from "../../rig/tool-world.ts";

const task = (id: string, more: object = {}): object => ({ id, description: `do ${id}`, ...more });
const analyze = (subtasks: unknown, more: object = {}): [string, object] => [
  "analyze_task_parallelizability",
  { taskDescription: "some work", subtasks, ...more },
];
const graph = (tasks: unknown): [string, object] => ["create_dependency_graph", { tasks }];
const optimize = (tasks: unknown, more: object = {}): [string, object] => [
  "optimize_batch_distribution",
  { tasks, ...more },
];
const control = (more: object): [string, object] => ["control_workflow", { executionId: "run-1", ...more }];
const deep = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
};
const circle = [task("a", { dependsOn: ["b"] }), task("b", { dependsOn: ["a"] })];

interface Refused {
  readonly code: string;
  /** What the error says, in the words that callers match on. */
  readonly says?: string | RegExp;
  readonly field?: string;
}

const cases: readonly (readonly [what: string, call: [string, object], refused: Refused])[] = [
  [
    "no description of the work",
    ["analyze_task_parallelizability", {}],
    { code: "DESCRIPTION_REQUIRED", says: "taskDescription is required", field: "taskDescription" },
  ],
  [
    "a phase whose task has no text",
    ["execute_parallel_workflow", { title: "some work", phases: [[{ role: "api", description: 5 }]] }],
    { code: "INVALID_ARGUMENT", says: "must be a string", field: "phases[0][0].description" },
  ],
  [
    "an empty description of the work",
    ["analyze_task_parallelizability", { taskDescription: "" }],
    { code: "DESCRIPTION_REQUIRED", says: "taskDescription is required" },
  ],
  [
    "a description that is a number",
    ["analyze_task_parallelizability", { taskDescription: 7 }],
    { code: "DESCRIPTION_REQUIRED", says: "taskDescription is required" },
  ],
  [
    "a description of 5,001 characters",
    analyze([task("a"), { id: "b", description: "x".repeat(5_001) }]),
    { code: "TEXT_TOO_LONG", says: "exceeds maximum length", field: "subtasks[1].description" },
  ],
  [
    "an id twice",
    analyze([task("a"), task("a")]),
    { code: "DUPLICATE_TASK_ID", says: "Duplicate task ID", field: "subtasks[1].id" },
  ],
  [
    "a task that needs itself",
    analyze([task("a", { dependsOn: ["a"] })]),
    { code: "SELF_DEPENDENCY", says: "cannot depend on itself", field: "subtasks[0].dependsOn[0]" },
  ],
  [
    "a task that needs nobody knows what",
    analyze([task("a"), task("b"), task("c", { dependsOn: ["x"] })]),
    { code: "UNKNOWN_DEPENDENCY", says: "depends on non-existent task", field: "subtasks[2].dependsOn[0]" },
  ],
  [
    "a task of 0 minutes",
    analyze([task("a", { estimatedMinutes: 0 })]),
    { code: "MINUTES_OUT_OF_RANGE", says: "estimatedMinutes must be between" },
  ],
  [
    "a task of 1441 minutes",
    analyze([task("a", { estimatedMinutes: 1_441 })]),
    { code: "MINUTES_OUT_OF_RANGE", says: "estimatedMinutes must be between" },
  ],
  [
    "minutes that are a word",
    analyze([task("a", { estimatedMinutes: "ten" })]),
    { code: "INVALID_ARGUMENT", field: "subtasks[0].estimatedMinutes" },
  ],
  [
    "2,001 tasks",
    analyze(Array.from({ length: 2_001 }, (_, index) => task(`t${index}`))),
    { code: "TOO_MANY_TASKS", field: "subtasks" },
  ],
  [
    "0 agents",
    analyze([task("a"), task("b")], { maxParallelAgents: 0 }),
    { code: "AGENTS_OUT_OF_RANGE", says: "maxParallelAgents must be at least 1" },
  ],
  ["101 agents", analyze([task("a"), task("b")], { maxParallelAgents: 101 }), { code: "AGENTS_OUT_OF_RANGE" }],
  [
    "one and a half agents",
    analyze([task("a")], { maxParallelAgents: 1.5 }),
    { code: "AGENTS_OUT_OF_RANGE", says: "a whole number" },
  ],
  [
    "a goal nobody knows",
    analyze([task("a")], { optimizationGoal: "fame" }),
    { code: "INVALID_ARGUMENT", says: "minimize-time", field: "optimizationGoal" },
  ],
  [
    "an argument nobody knows",
    analyze([task("a")], { colour: "red" }),
    { code: "UNKNOWN_ARGUMENT", says: "colour", field: "colour" },
  ],
  [
    "an argument written differently",
    analyze([task("a")], { max_parallel_agents: 3 }),
    { code: "UNKNOWN_ARGUMENT", says: "max_parallel_agents" },
  ],
  [
    "a template beside tasks",
    analyze([task("a")], { template: "full-stack" }),
    { code: "INVALID_ARGUMENT", says: "Only one of template and subtasks", field: "template" },
  ],
  [
    "a template that does not exist",
    ["analyze_task_parallelizability", { taskDescription: "A shop", template: "fullstack" }],
    { code: "UNKNOWN_TEMPLATE", says: "did you mean 'full-stack'", field: "template" },
  ],
  [
    "an argument that is to come",
    analyze([task("a")], { workflow: "w.yaml" }),
    { code: "NOT_SUPPORTED_YET", says: "workflow", field: "workflow" },
  ],
  [
    "dependencies under another name",
    analyze([task("a"), task("b", { depends_on: ["a"] })]),
    { code: "UNKNOWN_ARGUMENT", says: "dependsOn", field: "subtasks[1].depends_on" },
  ],
  [
    "a limit nobody knows",
    analyze([task("a")], { constraints: { resourceLimits: { maxMemory: 5 } } }),
    { code: "UNKNOWN_ARGUMENT", field: "constraints.resourceLimits.maxMemory" },
  ],
  [
    "a task without an id",
    analyze([task("a"), { description: "do b" }]),
    { code: "INVALID_ARGUMENT", says: "missing required field: id", field: "subtasks[1].id" },
  ],
  [
    "a task without a description",
    analyze([{ id: "a" }]),
    { code: "INVALID_ARGUMENT", says: "missing required field: description", field: "subtasks[0].description" },
  ],
  [
    "subtasks that are a text",
    analyze("a, b"),
    { code: "INVALID_ARGUMENT", says: "must be an array", field: "subtasks" },
  ],
  ["a graph of nothing", graph(undefined), { code: "NO_TASKS", says: "tasks array is required", field: "tasks" }],
  ["a graph of a text", graph("a"), { code: "NO_TASKS", says: "tasks array is required" }],
  ["batches of a circle", optimize(circle), { code: "DEPENDENCY_CYCLE", says: "→" }],
  [
    "batches for 0 agents",
    optimize([task("a")], { maxParallelAgents: 0 }),
    { code: "AGENTS_OUT_OF_RANGE", says: "maxParallelAgents must be at least 1" },
  ],
  ["conflicts of nothing", ["detect_conflicts", {}], { code: "INVALID_ARGUMENT", says: "agentResults or executionId" }],
  [
    "conflicts of two things",
    ["detect_conflicts", { agentResults: [], executionId: "run-1" }],
    { code: "INVALID_ARGUMENT" },
  ],
  [
    "branches without their names",
    ["detect_conflicts", { refs: { workspace: "/" } }],
    { code: "INVALID_ARGUMENT", says: "refs" },
  ],
  [
    "a result without its files",
    ["detect_conflicts", { agentResults: [{ agentId: "a", taskId: "t", success: true }] }],
    { code: "INVALID_ARGUMENT", says: "missing required field: filesModified" },
  ],
  [
    "a change that leaves the workspace",
    [
      "detect_conflicts",
      { agentResults: [{ agentId: "a", taskId: "t", success: true, filesModified: ["../../etc/passwd"] }] },
    ],
    { code: "PATH_OUTSIDE_WORKSPACE" },
  ],
  [
    "progress above 100",
    [
      "aggregate_progress",
      { agentProgresses: [{ agentId: "a", currentTask: "t", percentComplete: 101, status: "working" }] },
    ],
    { code: "INVALID_ARGUMENT", says: "100", field: "agentProgresses[0].percentComplete" },
  ],
  [
    "a status nobody knows",
    [
      "aggregate_progress",
      { agentProgresses: [{ agentId: "a", currentTask: "t", percentComplete: 1, status: "bored" }] },
    ],
    { code: "INVALID_ARGUMENT", says: "idle, working", field: "agentProgresses[0].status" },
  ],
  ["a wait for no run", ["aggregate_progress", { waitSeconds: 5 }], { code: "INVALID_ARGUMENT", field: "executionId" }],
  ["the progress of an unknown run", ["aggregate_progress", { executionId: "__proto__" }], { code: "UNKNOWN_RUN" }],
  [
    "a wait of two hours",
    ["aggregate_progress", { executionId: "run-1", waitSeconds: 7_200 }],
    { code: "INVALID_ARGUMENT", says: "3600", field: "waitSeconds" },
  ],
  [
    "an action nobody knows",
    control({ action: "explode" }),
    { code: "INVALID_ARGUMENT", says: "cancel", field: "action" },
  ],
  [
    "to steer an agent of an unknown run",
    control({ action: "steer", taskId: "a", text: "left" }),
    { code: "UNKNOWN_RUN", field: "executionId" },
  ],
  [
    "an answer without an answer",
    control({ action: "answer" }),
    { code: "INVALID_ARGUMENT", says: "answer is required", field: "answer" },
  ],
  ["to stop an unknown run", control({ action: "cancel" }), { code: "UNKNOWN_RUN" }],
  ["a tool nobody knows", ["analyse_everything", {}], { code: "UNKNOWN_TOOL", says: "analyse_everything" }],
  ["a tool from the prototype", ["__proto__", {}], { code: "UNKNOWN_TOOL" }],
  [
    "a fallback with a field that it does not have",
    ["execute_parallel_workflow", { tasks: [{ ...task("a"), fallback: { descripton: "by hand" } }] }],
    { code: "INVALID_ARGUMENT", says: 'tasks[0].fallback has no field "descripton"', field: "tasks[0].fallback" },
  ],
  [
    "an executor option of the wrong shape",
    ["execute_parallel_workflow", { tasks: [task("a")], executor: 5 }],
    { code: "INVALID_ARGUMENT", field: "executor" },
  ],
  [
    "a wait below zero",
    ["execute_parallel_workflow", { tasks: [task("a")], waitSeconds: -1 }],
    { code: "INVALID_ARGUMENT", field: "waitSeconds" },
  ],
];

describe("a call that makes no sense is refused by name, and nothing has changed (C6)", () => {
  test.each(cases)("%s", async (_what, [name, args], { code, says, field }) => {
    const { call, runs, plans, logged } = toolWorld();
    const refusal = refusalOf(await call(name, args as Record<string, unknown>));
    expect(refusalSchema.parse(refusal)).toEqual(refusal);
    expect(refusal).toMatchObject({ success: false, code, ...(field === undefined ? {} : { field }) });
    expect(refusal["error"]).toMatch(says ?? /./);
    expect(String(refusal["advice"]).length).toBeGreaterThan(5);
    expect(JSON.stringify(refusal)).not.toMatch(/\.ts:\d|node_modules/);
    expect(runs.calls.filter(({ method }) => method === "start")).toEqual([]);
    expect(plans.kept).toEqual([]);
    expect(logged).toEqual([]);
  });
});

test("data that nests without end is refused before anything tries to write it down (C6)", async () => {
  const { call, plans } = toolWorld();
  const nested = (levels: number): Record<string, unknown> => ({
    taskDescription: "some work",
    subtasks: [task("a", { context: deep(levels) })],
  });
  expect(refusalOf(await call("analyze_task_parallelizability", nested(50_000)))).toMatchObject({
    code: "INVALID_ARGUMENT",
  });
  expect(plans.kept).toEqual([]);
  expect((await call("analyze_task_parallelizability", nested(90))).isError).toBeUndefined();
});

test("what an unexpected failure was goes to the log, not to the caller (C6)", async () => {
  const { call, runs, logged } = toolWorld();
  runs.refuseStarts(() => {
    throw new TypeError("secret insides");
  });
  const refusal = refusalOf(await call("execute_parallel_workflow", { tasks: [task("a")] }));
  expect(refusal["code"]).toBe("INTERNAL");
  expect(JSON.stringify(refusal)).not.toContain("secret insides");
  expect(logged.join()).toContain("secret insides");
});

test("ids from the prototype are ids like any others", async () => {
  const { call } = toolWorld();
  const tasks = [task("__proto__"), task("constructor", { dependsOn: ["__proto__"] }), task("toString")];
  const reply = await call("create_dependency_graph", { tasks, detectImplicit: false });
  const { graph: made } = JSON.parse(reply.content[0].text) as { graph: { nodes: object; edges: unknown[] } };
  expect(Object.keys(made.nodes)).toEqual(["__proto__", "constructor", "toString"]);
  expect(made.edges).toHaveLength(1);
});
