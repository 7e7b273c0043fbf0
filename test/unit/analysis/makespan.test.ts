import { describe, expect, test } from "vitest";
import { criticalPath } from "../../../src/engines/analysis/graph/critical-path.ts";
import { lowerBound } from "../../../src/engines/analysis/lower-bound.ts";
import { dispatchRank, listSchedule } from "../../../src/engines/analysis/makespan.ts";
import type { TaskSchedule } from "../../../src/engines/analysis/task-schedule.ts";
import { agentCurve, recommendAgents } from "../../../src/engines/analysis/recommend-agents.ts";
import { checkCapacities, resourceClaims } from "../../../src/engines/analysis/resource-claims.ts";
import type { TaskInput } from "../../../src/schema/task.ts";
import { graphOf, task } from "../../rig/task-rig.ts";

function schedule(tasks: readonly TaskInput[], agents: number, capacities?: Record<string, number>): TaskSchedule {
  const graph = graphOf(tasks);
  return listSchedule(graph, { agents, claims: resourceClaims(tasks, { capacities }), rank: dispatchRank(graph) });
}

describe("the schedules of record come out as computed by hand", () => {
  test("three independent tasks of 0.5, 0.3 and 0.4 take 0.5 instead of 1.2 (D5)", () => {
    const tasks = [task("a", 0.5), task("b", 0.3), task("c", 0.4)];
    expect(schedule(tasks, 3).makespanMinutes).toBeCloseTo(0.5, 9);
    expect(schedule(tasks, 1).makespanMinutes).toBeCloseTo(1.2, 9);
  });

  test("two independent tasks and one that needs both take 1.5 instead of 2.2 (D5)", () => {
    const tasks = [task("a", 0.8), task("b", 0.7), task("c", 0.7, ["a", "b"])];
    expect(schedule(tasks, 2).makespanMinutes).toBeCloseTo(1.5, 9);
    expect(schedule(tasks, 1).makespanMinutes).toBeCloseTo(2.2, 9);
  });
});

test("a task starts when its own dependencies are done, not when a whole level is", () => {
  expect(schedule([task("a", 60), task("b", 5), task("c", 60, ["b"])], 2).makespanMinutes).toBe(65);
});

test("the task with the longest chain behind it goes first, unless another has a higher priority", () => {
  const tasks = [task("short", 10), task("long", 10), task("tail", 30, ["long"])];
  expect([...schedule(tasks, 1).startMinute]).toEqual([40, 0, 10]);
  const urgent = [task("short", 10, [], { priority: 1 }), ...tasks.slice(1)];
  expect([...schedule(urgent, 1).startMinute]).toEqual([0, 10, 20]);
});

test("tasks that share a mutex never overlap, and the others use the time", () => {
  const lock = { exclusive: ["lockfile"] };
  const result = schedule([task("a", 10, [], lock), task("b", 10, [], lock), task("c", 10)], 3);
  expect(result.makespanMinutes).toBe(20);
  expect([...result.startMinute]).toEqual([0, 10, 0]);
});

test("named resources are shared up to their capacity, and without one they are unlimited", () => {
  const gpu = (units: number): Partial<TaskInput> => ({ resources: { gpu: units } });
  const tasks = [task("a", 10, [], gpu(2)), task("b", 10, [], gpu(2)), task("c", 10, [], gpu(1))];
  expect(schedule(tasks, 3, { gpu: 3 }).makespanMinutes).toBe(20);
  expect(schedule(tasks, 3, { gpu: 5 }).makespanMinutes).toBe(10);
  expect(schedule(tasks, 3).makespanMinutes).toBe(10);
});

test("2,000 tasks behind one mutex are scheduled one by one without trying all of them each time", () => {
  const tasks = Array.from({ length: 2_000 }, (_, n) =>
    task(`t${n}`, 1, [], { exclusive: ["m"], resources: { r: 1 + (n % 3) } }),
  );
  expect(schedule(tasks, 50, { r: 4 }).makespanMinutes).toBe(2_000);
});

test("a need above the capacity, or a capacity of nothing, is refused instead of waiting for ever (C6)", () => {
  const tasks = [task("a", 1, [], { resources: { gpu: 3 } })];
  expect(checkCapacities(tasks, { gpu: 2 }, "tasks")).toMatchObject({ field: "tasks[0].resources.gpu", example: 2 });
  expect(checkCapacities(tasks, { gpu: 0 }, "tasks")).toMatchObject({ field: "constraints.resources.gpu" });
  expect(checkCapacities(tasks, { gpu: 3, cpu: 1 }, "tasks")).toBeUndefined();
});

test("the lower bound is the longest of critical path, work per agent, and work behind a mutex", () => {
  const lock = { exclusive: ["m"] };
  const bound = (tasks: readonly TaskInput[], agents: number): number => {
    const graph = graphOf(tasks);
    return lowerBound(graph, { agents, criticalMinutes: criticalPath(graph).minutes, claims: resourceClaims(tasks) });
  };
  expect(bound([task("a", 10), task("b", 30, ["a"]), task("c", 2)], 2)).toBe(40);
  expect(bound([task("a", 10), task("b", 10), task("c", 10)], 2)).toBe(15);
  expect(bound([task("a", 10, [], lock), task("b", 12, [], lock), task("c", 1)], 3)).toBe(22);
});

describe("the recommended number of agents", () => {
  const curveOf = (tasks: readonly TaskInput[], maxAgents: number): number[] => {
    const graph = graphOf(tasks);
    const curve = agentCurve(graph, {
      claims: resourceClaims(tasks),
      rank: dispatchRank(graph),
      maxAgents,
      floorMinutes: criticalPath(graph).minutes,
    });
    return [recommendAgents(curve), ...curve.map((each) => each.makespanMinutes)];
  };

  test("is the fewest whose schedule is within 5 % of the best", () => {
    expect(curveOf([task("a", 100), ...Array.from({ length: 10 }, (_, n) => task(`s${n}`, 10))], 5)).toEqual([
      2, 200, 100, 100, 100, 100,
    ]);
  });

  test("never grows the makespan: where one more agent would, it stays idle (Graham's anomaly)", () => {
    const tasks = [
      task("t1", 3),
      task("t2", 2),
      task("t3", 2),
      task("t4", 2),
      task("t9", 9, ["t1"]),
      task("t5", 4, ["t4"]),
      task("t6", 4, ["t4"]),
      task("t7", 4, ["t4"]),
      task("t8", 4, ["t4"]),
    ];
    const [, ...makespans] = curveOf(tasks, 6);
    expect(makespans.toSorted((left, right) => right - left)).toEqual(makespans);
  });
});
