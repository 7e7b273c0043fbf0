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
