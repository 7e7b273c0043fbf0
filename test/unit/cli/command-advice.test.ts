import { expect, test } from "vitest";
import { forCommandLine } from "../../../src/cli/words/command-advice.ts";
import type { Problem } from "../../../src/schema/problem.ts";

const problem = (changes: Partial<Problem>): Problem => ({
  code: "INVALID_ARGUMENT",
  error: "That cannot be.",
  advice: "Do it otherwise.",
  ...changes,
});

test.each([
  ["taskId", "--agent"],
  ["conflictId", "CONFLICT"],
  ["option", "OPTION"],
  ["refs.base", "ID"],
  ["refs.heads[2].ref", "REFS"],
  ["subtasks[0].dependsOn[1]", "tasks[0].dependsOn[1]"],
  ["title", "title"],
])("a refusal about %s says %s to somebody who types", (field, said) => {
  expect(forCommandLine(problem({ field })).field).toBe(said);
});

test("a refusal speaks of the tasks of a file as the file does", () => {
  const error = 'Duplicate task ID "a": subtasks[1] repeats the id of subtasks[0]';
  expect(forCommandLine(problem({ error })).error).toBe('Duplicate task ID "a": tasks[1] repeats the id of tasks[0]');
});

test("advice to call a tool is a command instead", () => {
  const advice = "Call detect_conflicts with the executionId to see the conflicts with their ways out.";
  for (const code of ["UNKNOWN_CONFLICT", "INVALID_ARGUMENT"] as const) {
    expect(forCommandLine(problem({ code, advice })).advice).toContain("parallelization-mcp conflicts ID");
  }
});
