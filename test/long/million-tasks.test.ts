import { expect, test } from "vitest";
import { analyze } from "../../src/engines/analysis/analyze.ts";
import { task, valueOf } from "../rig/task-rig.ts";

test("a chain of a million tasks is analysed whole, and nothing of it is called parallel", () => {
  const count = 1_000_000;
  const subtasks = Array.from({ length: count }, (_, n) => task(`t${n}`, 1, n === 0 ? [] : [`t${n - 1}`]));
  const analysis = valueOf(
    analyze({ taskDescription: "Everything", subtasks, detectImplicit: false, maxTasks: count }),
  );
  expect(analysis.schedule?.slots.length).toBe(count);
  expect(analysis.schedule?.makespanMinutes).toBe(count);
  expect(analysis.criticalPath.length).toBe(count);
  expect(analysis.parallelizable).toBe(false);
});
