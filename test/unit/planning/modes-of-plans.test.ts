import { expect, test } from "vitest";
import { planRun } from "../../../src/engines/planning/plan-run.ts";
import { task, valueOf } from "../../rig/task-rig.ts";

const tasks = [task("a", 6), task("b", 2), task("c", 2, ["b"]), task("d", 6, ["b"])];
const request = { tasks, edges: [], executor: "simulated", realExecutors: [], constraints: {}, maxParallelAgents: 2 };

test.each([
  { mode: "dependency", minutes: 8, phases: 2, path: ["b", "d"] },
  { mode: "batch", batches: [["b"], ["a", "c"], ["d"]], minutes: 14, phases: 3, path: ["b", "a", "d"] },
  { mode: "pipeline", batches: [["b"], ["a", "c"], ["d"]], minutes: 10, phases: 2, path: ["b", "d"] },
  { mode: "sequential", minutes: 16, phases: 2, path: ["b", "d"] },
] as const)("a plan for mode $mode estimates that mode: its time, its levels and its longest chain", (expected) => {
  const { mode, minutes, phases, path } = expected;
  const batches = "batches" in expected ? expected.batches : undefined;
  const plan = valueOf(planRun({ ...request, mode, batches }));
  expect(plan.makespanMinutes).toBe(minutes);
  expect(plan.estimatedSpeedup).toBeCloseTo(16 / minutes, 4);
  expect(new Set(plan.tasks.map(({ level }) => level)).size).toBe(phases);
  expect(plan.criticalPath).toEqual(path);
});
