import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { analyze } from "../../src/engines/analysis/analyze.ts";
import { planRun } from "../../src/engines/planning/plan-run.ts";
import { ignoreDependencies } from "../../src/engines/planning/ignore-dependencies.ts";
import type { RunSpec } from "../../src/schema/event.ts";
import type { TaskInput } from "../../src/schema/task.ts";
import { plannedRun } from "../rig/planned-run.ts";
import { simulateRun } from "../rig/simulated-run.ts";
import { task, valueOf } from "../rig/task-rig.ts";

const minute = 60_000;
const exact = { seed: 1, durationSigma: 0, failureRate: 0 };

/** Minutes that a run takes in a mode, when every task takes what was estimated. */
async function minutesOf(spec: RunSpec): Promise<number> {
  const { view } = await simulateRun({ ...spec, simulation: exact });
  expect(view.status).toBe("completed");
  return view.at / minute;
}

const stages = [
  { id: "design", minutes: 2 },
  { id: "survey", minutes: 6 },
  { id: "api", minutes: 5, needs: ["design"] },
  { id: "ui", minutes: 3, needs: ["survey"] },
  { id: "test", minutes: 4, needs: ["api"] },
];

describe("the modes of a run", () => {
  test("one by one, in batches, as a pipeline and by dependency: each is at least as fast as the one before (B5)", async () => {
    const took = [];
    for (const mode of ["sequential", "batch", "pipeline", "dependency"] as const) {
      took.push(await minutesOf(plannedRun(stages, { mode, maxParallelAgents: 2 })));
    }
    expect(took).toEqual([20, 15, 11, 11]);
  });

  test("in a pipeline a phase begins before the former has ended, and never two phases ahead (B5)", async () => {
    const spec = plannedRun(stages, { mode: "pipeline", maxParallelAgents: 3 });
    const { view } = await simulateRun({ ...spec, simulation: exact });
    const startOf = (id: string): number => (view.tasks.get(id)?.startedAt ?? Number.NaN) / minute;
    expect(startOf("api")).toBe(2);
    expect(startOf("test")).toBe(7);
    const longSurvey = stages.map((each) => (each.id === "survey" ? { ...each, minutes: 30 } : each));
    const waiting = await simulateRun({
      ...plannedRun(longSurvey, { mode: "pipeline", maxParallelAgents: 3 }),
      simulation: exact,
    });
    expect((waiting.view.tasks.get("test")?.startedAt ?? 0) / minute).toBe(30);
  });

  test("a pipeline keeps to its bound: work per agent plus the longest chain of each phase (B5)", async () => {
    const shapes = fc.array(
      fc.record({ minutes: fc.integer({ min: 1, max: 9 }), needs: fc.array(fc.nat(20), { maxLength: 3 }) }),
      { minLength: 1, maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(shapes, fc.integer({ min: 1, max: 4 }), async (drafts, agents) => {
        const tasks = drafts.map(({ minutes, needs }, n) => ({
          id: `t${n}`,
          minutes,
          needs: [...new Set(needs.filter((need) => need < n).map((need) => `t${need}`))],
        }));
        const spec = plannedRun(tasks, { mode: "pipeline", maxParallelAgents: agents });
        const longest = spec.batches.map((batch) =>
          Math.max(...spec.tasks.filter(({ id }) => batch.includes(id)).map(({ minutes }) => minutes)),
        );
        const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
        const bound = sum(drafts.map(({ minutes }) => minutes)) / agents + (1 - 1 / agents) * sum(longest);
        expect(await minutesOf(spec)).toBeLessThanOrEqual(bound + 1e-6);
      }),
      { numRuns: 100 },
    );
  });

  test("full parallel mode starts everything at once, agents allowing, and says what it ignores (B5)", async () => {
    const tasks = [task("a", 5), task("b", 5, ["a"]), task("c", 5, ["b"])];
    const { accepted, warnings } = ignoreDependencies({
      tasks,
      edges: [{ from: "a", to: "c", type: "explicit", confidence: 1 }],
    });
    expect(warnings).toEqual([
      { limit: "dependsOn", reason: "mode 'parallel' starts everything at once: 3 dependencies are ignored" },
    ]);
    const plan = planned(accepted.tasks, 3);
    expect(await minutesOf({ ...plan, mode: "parallel" })).toBe(5);
    expect(ignoreDependencies({ tasks: [task("a")], edges: [] }).warnings).toEqual([]);
  });

  test("phases of one's own keep their order in batches and in the pipeline (B6)", async () => {
    const phases = [["one"], ["two", "three"], ["four"]];
    const tasks = phases.flat().map((id) => task(id, 4));
    for (const [mode, minutes] of [
      ["batch", 12],
      ["pipeline", 8],
    ] as const) {
      const spec = { ...planned(tasks, 2), batches: phases, mode };
      expect(await minutesOf(spec)).toBe(minutes);
    }
  });
});

function planned(tasks: readonly TaskInput[], maxParallelAgents: number): RunSpec {
  const plan = valueOf(
    planRun({ tasks, edges: [], maxParallelAgents, executor: "simulated", realExecutors: [], constraints: {} }),
  );
  return {
    ...plannedRun([]),
    ...plan,
    tasks: [...plan.tasks],
    batches: plan.batches.map((batch) => [...batch]),
    criticalPath: [...plan.criticalPath],
    maxParallelAgents: plan.agents,
  };
}

describe("the plans of record", () => {
  const sevenTasks = [
    task("a", 4),
    task("b", 3),
    task("c", 2),
    task("d", 5, ["a"]),
    task("e", 3, ["b", "c"]),
    task("f", 6, ["d"]),
    task("g", 2, ["e", "f"]),
  ];
  const diamond = [
    task("root", 3),
    ...Array.from({ length: 8 }, (_, n) => task(`side-${n}`, 4, ["root"])),
    task(
      "join",
      3,
      Array.from({ length: 8 }, (_, n) => `side-${n}`),
    ),
  ];
  test.each([
    { name: "3 agents, 7 tasks in several batches", tasks: sevenTasks, agents: 3, minutes: 17, bottleneck: "a" },
    { name: "4 agents, 10 tasks in a diamond", tasks: diamond, agents: 4, minutes: 14, bottleneck: "root" },
  ])(
    "$name: run at the bound, no dependency violated, as fast as estimated (C23, E6)",
    async ({ tasks, agents, minutes, bottleneck }) => {
      const answer = valueOf(analyze({ taskDescription: "x", subtasks: tasks, maxParallelAgents: agents }));
      expect(answer.schedule).toMatchObject({ makespanMinutes: minutes, provenOptimal: true });
      expect(answer.criticalPath[0]).toBe(tasks[0]?.id);
      expect(answer.bottlenecks.map(({ taskId }) => taskId)).toContain(bottleneck);
      const levels = answer.suggestedBatches.length;
      expect(answer.parallelEfficiency).toBeCloseTo((tasks.length - levels) / (tasks.length - 1), 9);
      const spec = planned(tasks, agents);
      const { view } = await simulateRun({ ...spec, simulation: exact });
      expect(view.at / minute).toBe(minutes);
      expect(spec.estimatedSpeedup).toBeCloseTo(answer.estimatedSpeedup, 3);
      for (const each of spec.tasks) {
        for (const need of each.needs) {
          expect(view.tasks.get(each.id)?.startedAt).toBeGreaterThanOrEqual(view.tasks.get(need)?.endedAt ?? Infinity);
        }
      }
    },
  );
});
