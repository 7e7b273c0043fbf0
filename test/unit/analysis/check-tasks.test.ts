import { describe, expect, test } from "vitest";
import { checkAgents, checkTaskDescription, checkTasks } from "../../../src/engines/analysis/check-tasks.ts";
import type { TaskInput } from "../../../src/schema/task.ts";
import { task } from "../../rig/task-rig.ts";

const long = (length: number): string => "x".repeat(length);
const broken = (fields: Record<string, unknown>): TaskInput => ({ ...task("a"), ...fields });

describe("a wrong task is refused with its place and the way out (C6)", () => {
  const cases: [string, readonly TaskInput[], { code: string; phrase: string; field: string }][] = [
    ["no tasks", [], { code: "NO_TASKS", phrase: "tasks array is required", field: "tasks" }],
    [
      "too many tasks",
      Array.from({ length: 2_001 }, (_, n) => task(`t${n}`)),
      { code: "TOO_MANY_TASKS", phrase: "Maximum 2000 tasks", field: "tasks" },
    ],
    [
      "no id",
      [broken({ id: "" })],
      { code: "INVALID_ARGUMENT", phrase: "missing required field: id", field: "tasks[0].id" },
    ],
    [
      "an id that is no text",
      [broken({ id: 7 })],
      { code: "INVALID_ARGUMENT", phrase: "missing required field: id", field: "tasks[0].id" },
    ],
    [
      "a task that is no object",
      [null as unknown as TaskInput],
      { code: "INVALID_ARGUMENT", phrase: "must be an object", field: "tasks[0]" },
    ],
    ["a long id", [task(long(201))], { code: "TEXT_TOO_LONG", phrase: "exceeds maximum length", field: "tasks[0].id" }],
    [
      "no description",
      [broken({ description: " " })],
      { code: "INVALID_ARGUMENT", phrase: "missing required field: description", field: "tasks[0].description" },
    ],
    [
      "a long description",
      [broken({ description: long(5_001) })],
      { code: "TEXT_TOO_LONG", phrase: "exceeds maximum length", field: "tasks[0].description" },
    ],
    [
      "a repeated id",
      [task("a"), task("a")],
      { code: "DUPLICATE_TASK_ID", phrase: "Duplicate task ID", field: "tasks[1].id" },
    ],
    [
      "a task that waits for itself",
      [task("a", 1, ["a"])],
      { code: "SELF_DEPENDENCY", phrase: "cannot depend on itself", field: "tasks[0].dependsOn[0]" },
    ],
    [
      "an unknown dependency",
      [task("a"), task("b", 1, ["a", "zz"])],
      { code: "UNKNOWN_DEPENDENCY", phrase: "depends on non-existent task", field: "tasks[1].dependsOn[1]" },
    ],
    [
      "zero minutes",
      [task("a", 0)],
      { code: "MINUTES_OUT_OF_RANGE", phrase: "estimatedMinutes must be between", field: "tasks[0].estimatedMinutes" },
    ],
    [
      "more than a day",
      [task("a", 1_441)],
      { code: "MINUTES_OUT_OF_RANGE", phrase: "estimatedMinutes must be between", field: "tasks[0].estimatedMinutes" },
    ],
    [
      "minutes that are no number",
      [task("a", Number.NaN)],
      { code: "MINUTES_OUT_OF_RANGE", phrase: "estimatedMinutes must be between", field: "tasks[0].estimatedMinutes" },
    ],
    [
      "a time-out of nothing",
      [broken({ timeoutMinutes: 0 })],
      { code: "MINUTES_OUT_OF_RANGE", phrase: "timeoutMinutes must be between", field: "tasks[0].timeoutMinutes" },
    ],
    [
      "an estimate out of order",
      [broken({ estimate: { optimistic: 5, likely: 4, pessimistic: 9 } })],
      { code: "INVALID_ARGUMENT", phrase: "optimistic <= likely <= pessimistic", field: "tasks[0].estimate" },
    ],
    [
      "an endless priority",
      [broken({ priority: Infinity })],
      { code: "INVALID_ARGUMENT", phrase: "priority must be a finite number", field: "tasks[0].priority" },
    ],
    [
      "eleven retries",
      [broken({ retries: 11 })],
      { code: "INVALID_ARGUMENT", phrase: "whole number from 0 to 10", field: "tasks[0].retries" },
    ],
    [
      "half a retry",
      [broken({ retries: 0.5 })],
      { code: "INVALID_ARGUMENT", phrase: "whole number from 0 to 10", field: "tasks[0].retries" },
    ],
    [
      "negative resources",
      [broken({ resources: { gpu: -1 } })],
      { code: "INVALID_ARGUMENT", phrase: 'resource "gpu"', field: "tasks[0].resources.gpu" },
    ],
  ];
  test.each(cases)("%s", (_name, tasks, expected) => {
    const problem = checkTasks(tasks, "tasks");
    expect(problem).toMatchObject({ code: expected.code, field: expected.field });
    expect(problem?.error).toContain(expected.phrase);
    expect(problem?.advice).not.toBe("");
  });
});

test("a mistyped dependency is answered with the id that was probably meant (C6)", () => {
  const problem = checkTasks([task("login-api"), task("ui", 5, ["login-apo"])], "subtasks");
  expect(problem?.error).toContain('did you mean "login-api"?');
  expect(problem).toMatchObject({ field: "subtasks[1].dependsOn[0]", example: "login-api", allowed: ["login-api"] });
});

test("ids that are names of object members are ids like any other", () => {
  const tasks = [task("__proto__"), task("constructor", 5, ["__proto__"]), task("toString", 5, ["constructor"])];
  expect(checkTasks(tasks, "tasks")).toBeUndefined();
  expect(checkTasks([task("a", 5, ["hasOwnProperty"])], "tasks")).toMatchObject({ code: "UNKNOWN_DEPENDENCY" });
});

test("the limits themselves are allowed, and a dependency named twice is no fault", () => {
  const tasks = [
    { ...task(long(200), 1_440), description: long(5_000) },
    { ...task("b", 0.001, [long(200), long(200)]), retries: 10, priority: -3 },
  ];
  expect(checkTasks(tasks, "tasks")).toBeUndefined();
});

test("the text of the whole work is required and bounded (C6)", () => {
  expect(checkTaskDescription("  ")?.error).toContain("taskDescription is required");
  expect(checkTaskDescription(undefined)?.code).toBe("DESCRIPTION_REQUIRED");
  expect(checkTaskDescription(long(5_001))?.error).toContain("exceeds maximum length");
  expect(checkTaskDescription(long(5_000))).toBeUndefined();
});

test("1 to 100 agents are accepted (C6)", () => {
  expect(checkAgents(0)?.error).toContain("maxParallelAgents must be at least 1");
  expect(checkAgents(101)?.code).toBe("AGENTS_OUT_OF_RANGE");
  expect(checkAgents(2.5)?.code).toBe("AGENTS_OUT_OF_RANGE");
  expect([1, 100, undefined].map(checkAgents)).toEqual([undefined, undefined, undefined]);
});
