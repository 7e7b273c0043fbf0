import { describe, expect, test } from "vitest";
import { analyze } from "../../../src/engines/analysis/analyze.ts";
import { task, valueOf } from "../../rig/task-rig.ts";

const analysed = (subtasks: Parameters<typeof analyze>[0]["subtasks"], more = {}) =>
  valueOf(analyze({ taskDescription: "x", subtasks, ...more }));

describe("what would help", () => {
  test("a task that is most of the critical path is worth splitting, with the minutes that gains", () => {
    const { improvements = [] } = analysed([task("big", 40), task("a", 5), task("b", 5), task("end", 5, ["big", "a"])]);
    expect(improvements[0]).toEqual({
      kind: "split-task",
      tasks: ["big"],
      gainMinutes: 15,
      advice: 'Split "big" into two parts that can run at the same time.',
    });
  });

  test("a mutex that serialises everything is worth freeing", () => {
    const locked = { exclusive: ["lockfile"] };
    const { improvements = [] } = analysed([task("a", 10, [], locked), task("b", 10, [], locked)], {
      maxParallelAgents: 2,
    });
    expect(improvements).toContainEqual({
      kind: "free-resource",
      tasks: ["a", "b"],
      gainMinutes: 10,
      advice: 'Let more than one task use "lockfile" at a time, or move what needs it into one task.',
    });
  });

  test("a dependency that follows from others is named and gains nothing", () => {
    const { improvements = [] } = analysed([task("a"), task("b", 10, ["a"]), task("c", 10, ["a", "b"])]);
    expect(improvements).toContainEqual({
      kind: "redundant-dependency",
      tasks: ["a", "c"],
      gainMinutes: 0,
      advice: 'Leave out the dependency of "c" on "a": it follows from that on "b".',
    });
  });

  test("without time for planning there is the instant plan and nothing else", () => {
    const answer = analysed([task("a", 40), task("b", 5)], { planningBudgetMs: 0 });
    expect(answer.improvements).toBeUndefined();
    expect(answer.schedule?.quantiles).toBeUndefined();
    expect(answer.schedule?.makespanMinutes).toBe(40);
  });
});

describe("the schedule of an analysis", () => {
  /** Longest chain first takes 12 minutes on two agents, one of the others 11. */
  const tasks = [
    task("a", 3),
    task("b", 2),
    task("c", 2),
    task("d", 2),
    task("e", 4, ["d"]),
    task("f", 4, ["d"]),
    task("g", 5, ["a"]),
  ];

  test("is searched for until it is proven that none is shorter (C23)", () => {
    const { schedule } = analysed(tasks, { maxParallelAgents: 2 });
    expect(schedule).toMatchObject({ makespanMinutes: 11, lowerBoundMinutes: 11, provenOptimal: true, gapPercent: 0 });
  });

  test("keeps to the priorities that tasks have", () => {
    const urgent = tasks.map((each) => (each.id === "c" ? { ...each, priority: 9 } : each));
    const { schedule } = analysed(urgent, { maxParallelAgents: 2 });
    expect(schedule?.slots.find((slot) => slot.taskId === "c")?.startMinute).toBe(0);
  });

  test("says how long it takes when the estimates are wrong, wider for wider estimates", () => {
    const sure = task("a", 10, [], { estimate: { optimistic: 9, likely: 10, pessimistic: 11 } });
    const unsure = task("a", 10, [], { estimate: { optimistic: 1, likely: 10, pessimistic: 19 } });
    const narrow = analysed([sure, task("b", 1)]).schedule?.quantiles;
    const wide = analysed([unsure, task("b", 1)]).schedule?.quantiles;
    expect(narrow).toMatchObject({ draws: 200 });
    expect(narrow?.p95).toBeLessThan(11);
    expect(wide?.p95).toBeGreaterThan(15);
  });
});
