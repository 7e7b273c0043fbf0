import { expect, test } from "vitest";
import { planRun, type PlanRequest, type TaskPlan } from "../../../src/engines/planning/plan-run.ts";
import { plannedTaskSchema } from "../../../src/schema/event.ts";
import { problemOf, task, valueOf } from "../../rig/task-rig.ts";

const base = {
  edges: [],
  executor: "simulated",
  realExecutors: ["claude-code"],
  constraints: {},
} satisfies Partial<PlanRequest>;
const plan = (request: Partial<PlanRequest> & Pick<PlanRequest, "tasks">): TaskPlan =>
  valueOf(planRun({ ...base, ...request }));

test("a planned task knows whom it needs, its level, its minutes and its executor", () => {
  const tasks = [task("a", 5), task("b", 7, ["a", "a"]), task("c", 3, [], { executor: "claude-code" })];
  const { tasks: planned, batches, criticalPath } = plan({ tasks, edges: [{ from: "c", to: "b" }] });
  expect(
    planned.map(({ id, needs, level, minutes, executorKind }) => [id, needs, level, minutes, executorKind]),
  ).toEqual([
    ["a", [], 0, 5, "simulated"],
    ["b", ["a", "c"], 1, 7, "simulated"],
    ["c", [], 0, 3, "claude-code"],
  ]);
  expect(batches).toEqual([["a", "c"], ["b"]]);
  expect(criticalPath).toEqual(["a", "b"]);
  for (const each of planned) expect(plannedTaskSchema.parse(each)).toEqual(each);
});

test("an attempt may take its time-out, else twice the estimate, and real agents get at least 15 minutes", () => {
  const tasks = [
    task("a", 5),
    task("b", 5, [], { executor: "claude-code" }),
    task("c", 20, [], { executor: "claude-code" }),
    task("d", 5, [], { timeoutMinutes: 0.5 }),
  ];
  expect(plan({ tasks }).tasks.map((each) => each.timeoutMs / 60_000)).toEqual([10, 15, 40, 0.5]);
});

test("a task's own retries come before those of the run", () => {
  const tasks = [task("a"), task("b", 5, [], { retries: 0 }), task("c", 5, [], { retries: 4 })];
  expect(plan({ tasks, constraints: { maxRetries: 2 } }).tasks.map((each) => each.maxAttempts)).toEqual([3, 1, 5]);
  expect(plan({ tasks }).tasks[0]?.maxAttempts).toBe(1);
});

test("the agents are those asked for, else those recommended, and never more than the machine is to run", () => {
  const tasks = Array.from({ length: 8 }, (_, n) => task(`t${n}`, 10));
  expect(plan({ tasks })).toMatchObject({ agents: 8, recommendedAgents: 8, estimatedSpeedup: 8 });
  expect(plan({ tasks, maxParallelAgents: 2 })).toMatchObject({ agents: 2, recommendedAgents: 2, estimatedSpeedup: 2 });
  expect(plan({ tasks, maxParallelAgents: 50, maxAgents: 4 })).toMatchObject({ agents: 4, estimatedSpeedup: 4 });
  expect(plan({ tasks, maxAgents: 3 })).toMatchObject({ agents: 3, recommendedAgents: 3 });
});

test("a caller's batches keep their order", () => {
  const tasks = [task("a"), task("b"), task("c", 5, ["a"])];
  expect(plan({ tasks, batches: [["b"], ["a", "c"]] }).batches).toEqual([["b"], ["a", "c"]]);
});

test("a batch that holds a task which needs a later batch is refused with both names (C6)", () => {
  const problem = problemOf(planRun({ ...base, tasks: [task("a"), task("b", 5, ["a"])], batches: [["b"], ["a"]] }));
  expect(problem.error).toContain('"b" in batch 1 depends on "a" in the later batch 2');
  expect(problem.field).toBe("suggestedBatches[0]");
});

test("cycles and needs that nothing can satisfy are refused (C6)", () => {
  const cyclic = planRun({ ...base, tasks: [task("a"), task("b", 5, ["a"])], edges: [{ from: "b", to: "a" }] });
  expect(problemOf(cyclic)).toMatchObject({ code: "DEPENDENCY_CYCLE", error: expect.stringContaining("a → b → a") });
  const greedy = planRun({
    ...base,
    tasks: [task("a", 5, [], { resources: { gpu: 2 } })],
    constraints: { resources: { gpu: 1 } },
  });
  expect(problemOf(greedy).field).toBe("tasks[0].resources.gpu");
});
