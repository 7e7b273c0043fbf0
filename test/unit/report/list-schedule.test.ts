import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { listSchedule } from "../../../src/engines/progress/list-schedule.ts";

const task = (id: string, durationMs: number, ...needs: string[]) => ({ id, durationMs, needs });

describe("the schedule without overhead", () => {
  test.each([
    [
      "independent tasks on enough agents take as long as the longest",
      [task("a", 5), task("b", 3), task("c", 4)],
      3,
      5,
    ],
    ["one agent takes the sum", [task("a", 5), task("b", 3), task("c", 4)], 1, 12],
    ["a chain cannot be shortened", [task("a", 5), task("b", 3, "a"), task("c", 4, "b")], 3, 12],
    ["the longest chain goes first", [task("x", 3), task("y", 3), task("a", 2), task("b", 4, "a")], 2, 6],
    ["needs outside the list are met", [task("a", 5, "gone")], 2, 5],
    ["no task takes no time", [], 4, 0],
  ])("%s", (_name, tasks, agents, expected) => {
    expect(listSchedule(tasks, agents).makespanMs).toBe(expected);
  });

  test("no schedule beats the bound, and none is worse than twice the bound", () => {
    const tasks = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.array(fc.nat(30), { maxLength: 3 })), { maxLength: 30 })
      .map((list) =>
        list.map(([durationMs, needs], index) =>
          task(`t${index}`, durationMs, ...needs.filter((need) => need < index).map((need) => `t${need}`)),
        ),
      );
    fc.assert(
      fc.property(tasks, fc.integer({ min: 1, max: 8 }), (list, agents) => {
        const { makespanMs, boundMs, endMs } = listSchedule(list, agents);
        expect(endMs.size).toBe(list.length);
        expect(makespanMs).toBeGreaterThanOrEqual(boundMs - 1e-9);
        expect(makespanMs).toBeLessThanOrEqual(2 * boundMs + 1e-9);
      }),
    );
  });
});
