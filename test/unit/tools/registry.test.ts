import { describe, expect, test } from "vitest";
import { checkArguments } from "../../../src/tools/check-arguments.ts";
import { findTool, listTools, toolNames } from "../../../src/tools/registry.ts";

const listed = listTools();

test("there are seven tools, always in the same order (P1)", () => {
  expect(toolNames()).toEqual([
    "analyze_task_parallelizability",
    "create_dependency_graph",
    "execute_parallel_workflow",
    "aggregate_progress",
    "detect_conflicts",
    "optimize_batch_distribution",
    "control_workflow",
  ]);
  expect(listed.map((tool) => tool.name)).toEqual(toolNames());
});

test("what every client pays for the list stays small", () => {
  const bytes = (value: unknown): number => JSON.stringify(value).length;
  expect(bytes(listed)).toBeLessThan(22_000);
  expect(bytes(listed.filter(({ _meta: meta }) => meta !== undefined))).toBeLessThan(16_000);
});

test("clients that defer tools load the four main ones at once", () => {
  const loaded = listed.filter(({ _meta: meta }) => meta?.["anthropic/alwaysLoad"] === true);
  expect(loaded.map((tool) => tool.name)).toEqual([
    "analyze_task_parallelizability",
    "execute_parallel_workflow",
    "aggregate_progress",
    "detect_conflicts",
  ]);
});

describe.each(listed.map((tool) => [tool.name, tool] as const))("%s", (name, tool) => {
  test("says what it is, when to use it, when not, what it returns, and shows a call", () => {
    expect(tool.description.length).toBeLessThanOrEqual(1_800);
    for (const part of [/\bUse\b/, /\b(not|nothing)\b/, /Returns/, /Example: \{/])
      expect(tool.description).toMatch(part);
  });

  test("says honestly whether it changes anything", () => {
    const acts = name === "execute_parallel_workflow" || name === "control_workflow";
    expect(tool.annotations.readOnlyHint).toBe(!acts);
    expect(tool.annotations.destructiveHint).toBe(acts);
    expect(tool.annotations.openWorldHint).toBe(name === "execute_parallel_workflow");
  });

  test("has a flat schema without references, which describes itself", () => {
    const text = JSON.stringify(tool.inputSchema);
    expect(text).not.toMatch(/\$ref|\$defs|\$schema/);
    expect(tool.inputSchema["type"]).toBe("object");
    expect(tool.inputSchema["additionalProperties"]).toBe(false);
  });

  test("accepts its own example", () => {
    const definition = findTool(name);
    if (definition === undefined) throw new Error("not found");
    expect(checkArguments(definition, definition.example).ok).toBe(true);
  });
});

test("a name from the prototype is no tool", () => {
  for (const name of ["__proto__", "constructor", "toString", ""]) expect(findTool(name)).toBeUndefined();
});
