import { describe, expect, test } from "vitest";
import { checkCommands, CommandsNotAllowed } from "../../../src/engines/coordination/preparation/check-commands.ts";
import { checkFallbacks, missingFallbacks } from "../../../src/engines/coordination/preparation/check-fallbacks.ts";
import type { FallbackInput } from "../../../src/schema/fallback.ts";
import { ProblemError } from "../../../src/schema/problem.ts";
import type { TaskInput } from "../../../src/schema/task.ts";

const task = (fallback: FallbackInput, own: Partial<TaskInput> = {}): TaskInput => ({
  id: "a",
  description: "do a",
  ...own,
  fallback,
});

/** The refusal of the only task's fallback, if there is one. */
function refusal(given: TaskInput, executor = "claude-code"): unknown {
  try {
    checkFallbacks([given], executor);
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  return undefined;
}

describe("a fallback", () => {
  test.each<[string, TaskInput, string]>([
    ["a command for an agent's task", task({ command: "npm run generate" }), "claude-code"],
    ["an agent for a program's task", task({ description: "by hand" }, { command: "make" }), "claude-code"],
    ["another model", task({ model: "opus" }), "claude-code"],
    ["a rehearsed one for a rehearsed task", task({ description: "again" }), "simulated"],
  ])("may be %s (D1)", (_, given, executor) => {
    expect(refusal(given, executor)).toBeUndefined();
  });

  test.each<[string, TaskInput, string, object]>([
    ["the task once more", task({ timeoutMinutes: 5 }), "claude-code", { field: "tasks[0].fallback" }],
    [
      "of an unknown executor",
      task({ executor: "human" }),
      "claude-code",
      { code: "UNKNOWN_EXECUTOR", field: "tasks[0].fallback.executor" },
    ],
    [
      "a program without a command",
      task({ executor: "command" }),
      "claude-code",
      { field: "tasks[0].fallback.command", error: expect.stringContaining("has no command to run") },
    ],
    [
      "an agent with a command",
      task({ executor: "claude-code", command: "make" }),
      "claude-code",
      { field: "tasks[0].fallback.command" },
    ],
    [
      "a rehearsal of real work",
      task({ description: "pretend" }, { command: "make" }),
      "simulated",
      {
        field: "tasks[0].fallback.executor",
        error: "Task 'a' is really done, and its fallback would only be simulated.",
      },
    ],
    ["real work for a rehearsal", task({ command: "make" }), "simulated", { field: "tasks[0].fallback.executor" }],
  ])("is not %s: that is refused by name (D1, C6)", (_, given, executor, problem) => {
    expect(refusal(given, executor)).toMatchObject(problem);
  });

  test("runs a command only if that is allowed, like every other command (D1, C6)", () => {
    const tasks = [task({ command: ["make", "all"] }, { command: "npm test" })];
    const rules = { approved: false, approvedTexts: ["npm test"], userFile: "/u" };
    const refused = (patterns: readonly string[]): unknown => {
      try {
        return checkCommands({}, tasks, { ...rules, patterns });
      } catch (error) {
        return error;
      }
    };
    const open = refused([]);
    expect(open).toBeInstanceOf(CommandsNotAllowed);
    expect(open).toMatchObject({ commands: ["make all"], problem: { field: "tasks[0].fallback.command" } });
    expect(refused(["make *"])).toBeUndefined();
  });
});

test("tasks that fallbackOnTimeout does nothing for are named (D1)", () => {
  const plain = Array.from({ length: 7 }, (_, number) => ({ id: `t${number}`, description: "x" }));
  const tasks = [task({ model: "opus" }), ...plain];
  expect(missingFallbacks({ fallbackOnTimeout: true }, tasks)).toMatchObject([
    { limit: "fallbackOnTimeout", reason: expect.stringContaining("'t0', 't1', 't2', 't3', 't4' and 2 more") },
  ]);
  for (const constraints of [{}, { fallbackOnTimeout: false }])
    expect(missingFallbacks(constraints, tasks)).toEqual([]);
  expect(missingFallbacks({ fallbackOnTimeout: true }, [task({ model: "opus" })])).toEqual([]);
});
