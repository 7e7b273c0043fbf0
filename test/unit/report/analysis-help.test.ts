import { expect, test } from "vitest";
import { analyze } from "../../../src/engines/analysis/analyze.ts";
import { analysisSummary } from "../../../src/report/analysis-text.ts";
import { task, valueOf } from "../../rig/task-rig.ts";

test("the summary tells at most three things that would help, and none that gains nothing", () => {
  const locks = ["lockfile", "port", "database", "browser"];
  const subtasks = [
    task("long", 60),
    ...locks.flatMap((name) => [1, 2, 3].map((n) => task(`${name}-${n}`, 20, [], { exclusive: [name] }))),
    task("end", 5, ["long", "port-1"]),
    task("after", 5, ["long", "end"]),
  ];
  const answer = valueOf(analyze({ taskDescription: "x", subtasks, maxParallelAgents: 12 }));
  const lines = analysisSummary(answer).split("\n");
  const told = lines.slice(lines.indexOf("WHAT WOULD HELP") + 1).filter((line) => line.startsWith("  + "));
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThanOrEqual(3);
  expect(told[0]).toBe('  + saves ~10m00: Split "long" into two parts that can run at the same time.');
  expect(answer.improvements?.some(({ kind }) => kind === "redundant-dependency")).toBe(true);
  expect(told.join("\n")).not.toContain("Leave out");
});

test("the summary tells which order was found in the texts, by which words, and what was too unclear to be kept", () => {
  const subtasks = [
    { id: "json", description: "Write the JSON parser" },
    { id: "yaml", description: "Write the YAML parser" },
    { id: "load", description: "Load the settings. Needs the parser." },
    { id: "docs", description: "Write the handbook after everything else is finished" },
  ];
  const answer = valueOf(analyze({ taskDescription: "x", subtasks }));
  const lines = analysisSummary(answer).split("\n");
  const from = lines.indexOf("ORDER FOUND IN TEXTS AND FILES (5)");
  expect(lines.slice(from + 1, from + 3).toSorted()).toEqual([
    "  docs after json, yaml, load: after everything else is finished",
    "  load after json, yaml (unclear, not used): Needs the parser",
  ]);
});
