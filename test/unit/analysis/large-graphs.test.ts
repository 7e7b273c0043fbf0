import { expect, test } from "vitest";
import { analyze } from "../../../src/engines/analysis/analyze.ts";
import { resourceClaims } from "../../../src/engines/analysis/resource-claims.ts";
import { planSchedule } from "../../../src/engines/analysis/schedule/plan-schedule.ts";
import { seededRandom } from "../../../src/util/seeded-random.ts";
import { graphOf, task, valueOf, problemOf } from "../../rig/task-rig.ts";

test("a schedule of 100,000 tasks is within 1 % of the bound", { timeout: 60_000 }, () => {
  const random = seededRandom(1);
  const tasks = Array.from({ length: 100_000 }, (_, n) => {
    const needs = n === 0 ? [] : [`t${Math.max(0, n - 1 - Math.floor(random.next() * 300))}`];
    return task(`t${n}`, 1 + (n % 17), needs);
  });
  const { schedule, boundMinutes } = planSchedule(graphOf(tasks), { agents: 8, claims: resourceClaims(tasks) });
  expect(schedule.makespanMinutes / boundMinutes).toBeLessThan(1.01);
});

const shapes: Readonly<Record<string, (n: number) => readonly number[]>> = {
  chain: (n) => (n === 0 ? [] : [n - 1]),
  wide: () => [],
  layers: (n) => (n < 50 ? [] : [n - 50, n - 50 - (n % 50) + ((n * 7) % 50)]),
};

test.each(Object.entries(shapes))(
  "100,000 tasks in the shape of a %s are analysed whole",
  { timeout: 60_000 },
  (_, needs) => {
    const count = 100_000;
    const subtasks = Array.from({ length: count }, (__, n) =>
      task(
        `t${n}`,
        1 + (n % 17),
        [...new Set(needs(n))].map((need) => `t${need}`),
      ),
    );
    const request = { taskDescription: "Everything", subtasks, maxParallelAgents: 8, detectImplicit: false };
    const { schedule, suggestedBatches, dependencyGraph } = valueOf(analyze({ ...request, maxTasks: count }));
    expect(schedule?.slots.length).toBe(count);
    expect(suggestedBatches.reduce((sum, batch) => sum + batch.tasks.length, 0)).toBe(count);
    expect(suggestedBatches.slice(1).every(({ dependsOnBatches }) => dependsOnBatches.length === 1)).toBe(true);
    expect(Object.keys(dependencyGraph.nodes).length).toBe(count);
    expect((schedule?.makespanMinutes ?? 0) / (schedule?.lowerBoundMinutes ?? 1)).toBeLessThan(1.001);
    expect(problemOf(analyze(request))).toMatchObject({ code: "TOO_MANY_TASKS", field: "subtasks" });
  },
);

test(
  "100,000 tasks behind mutexes and in one file's way are analysed without comparing all pairs",
  { timeout: 60_000 },
  () => {
    const subtasks = Array.from({ length: 100_000 }, (_, n) =>
      task(`t${n}`, 1, n < 300 ? [] : [`t${n - 300}`], {
        ...(n % 5_000 === 0 && { exclusive: ["lockfile"] }),
        writes: [n % 1_001 === 1 ? "src/index.ts" : `src/${n}.ts`],
      }),
    );
    const analysis = valueOf(
      analyze({ taskDescription: "Everything", subtasks, detectImplicit: false, maxTasks: 100_000 }),
    );
    expect(analysis.predictedConflicts.map(({ resource }) => resource)).toEqual(["lockfile", "src/index.ts"]);
  },
);
