import { expect, test } from "vitest";
import { criticalPath } from "../../../src/engines/analysis/critical-path.ts";
import { taskLevels } from "../../../src/engines/analysis/levels.ts";
import { resourceClaims } from "../../../src/engines/analysis/resource-claims.ts";
import { planSchedule } from "../../../src/engines/analysis/schedule/plan-schedule.ts";
import { seededRandom } from "../../../src/util/seeded-random.ts";
import { graphOf, task } from "../../rig/task-rig.ts";

test(
  "a chain of 1,000,000 tasks has its graph, levels and critical path without overflowing",
  { timeout: 120_000 },
  () => {
    const count = 1_000_000;
    const graph = graphOf(
      Array.from({ length: count }, (_, n) => ({
        id: `t${n}`,
        description: "x",
        estimatedMinutes: 1,
        ...(n > 0 && { dependsOn: [`t${n - 1}`] }),
      })),
    );
    expect(taskLevels(graph)[count - 1]).toBe(count - 1);
    expect(criticalPath(graph).minutes).toBe(count);
  },
);

test("a schedule of 100,000 tasks is within 1 % of the bound", { timeout: 60_000 }, () => {
  const random = seededRandom(1);
  const tasks = Array.from({ length: 100_000 }, (_, n) => {
    const needs = n === 0 ? [] : [`t${Math.max(0, n - 1 - Math.floor(random.next() * 300))}`];
    return task(`t${n}`, 1 + (n % 17), needs);
  });
  const { schedule, boundMinutes } = planSchedule(graphOf(tasks), { agents: 8, claims: resourceClaims(tasks) });
  expect(schedule.makespanMinutes / boundMinutes).toBeLessThan(1.01);
});
