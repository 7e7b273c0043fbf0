/** What a plan says a run takes, beside what the run takes when every task takes what was estimated. */
import { expect, test } from "vitest";
import { analyze } from "../../src/engines/analysis/analyze.ts";
import { planRun } from "../../src/engines/planning/plan-run.ts";
import { seededRandom } from "../../src/util/seeded-random.ts";
import type { RunMode } from "../../src/schema/workflow.ts";
import { plannedRun } from "../rig/planned-run.ts";
import { randomPlan, type RandomPlan } from "../rig/random-plan.ts";
import { simulateRun } from "../rig/simulated-run.ts";
import { valueOf } from "../rig/task-rig.ts";

const minuteMs = 60_000;
const plans = Array.from({ length: 60 }, (_, seed) => randomPlan(seed + 1));
/** The same, with files that several tasks declare to write; no two of them end in the same moment, where any order is right. */
const plansWithFiles = plans.map((plan, seed): RandomPlan => {
  const random = seededRandom(seed);
  const tasks = plan.tasks.map((task) => ({
    ...task,
    estimatedMinutes: (task.estimatedMinutes ?? 1) + Math.floor(60_000 * random.next()) / minuteMs,
    ...(random.next() < 0.4 && { writes: [`src/${Math.floor(4 * random.next())}.ts`, `src/${task.id}.ts`] }),
  }));
  return { ...plan, tasks };
});

/** The minutes that the plan of a run promises, and those that the run takes. */
async function promisedAndTaken({ tasks, agents, resources }: RandomPlan, mode: RunMode): Promise<[number, number]> {
  const constraints = { resources };
  const plan = valueOf(
    planRun({
      tasks,
      edges: [],
      maxParallelAgents: agents,
      executor: "simulated",
      realExecutors: [],
      constraints,
      mode,
    }),
  );
  const { view } = await simulateRun({
    ...plannedRun([]),
    tasks: [...plan.tasks],
    batches: plan.batches.map((batch) => [...batch]),
    mode,
    constraints,
    maxParallelAgents: plan.agents,
    estimatedSpeedup: plan.estimatedSpeedup,
    simulation: { seed: 1, durationSigma: 0, failureRate: 0 },
  });
  expect(view.status).toBe("completed");
  const { estimatedSpeedup, makespanMinutes } = plan;
  const sequential = tasks.reduce((sum, task) => sum + (task.estimatedMinutes ?? 0), 0);
  expect(sequential / makespanMinutes).toBeCloseTo(estimatedSpeedup, 3);
  return [makespanMinutes, view.at / minuteMs];
}

test.each(["dependency", "batch", "pipeline", "sequential"] as const)(
  "in mode %s a run takes what its plan promises, agents, files, mutexes and resources counted",
  async (mode) => {
    for (const plan of [...plans, ...plansWithFiles]) {
      const [promised, taken] = await promisedAndTaken(plan, mode);
      expect(Math.abs(promised / taken - 1)).toBeLessThanOrEqual(1e-6);
    }
  },
);

test("an analysis says what the run takes, and that is on average within 3 % of the best schedule found", async () => {
  let sum = 0;
  for (const plan of plans) {
    const { tasks, agents, resources } = plan;
    const analysis = valueOf(
      analyze({
        taskDescription: "All",
        subtasks: tasks,
        maxParallelAgents: agents,
        constraints: { resources },
        detectImplicit: false,
      }),
    );
    const [, taken] = await promisedAndTaken(plan, "dependency");
    expect(analysis.schedule?.runMinutes).toBeCloseTo(taken, 6);
    sum += 1 - (analysis.schedule?.makespanMinutes ?? 0) / taken;
  }
  expect(sum / plans.length).toBeLessThanOrEqual(0.03);
});

test("tasks that declare the same file are never at work together, get no order from it, and the analysis says what that takes", async () => {
  for (const { tasks, agents, resources } of plansWithFiles) {
    const subtasks = tasks.map(({ resources: _resources, exclusive: _exclusive, ...task }) => task);
    const plan = { tasks: subtasks, agents, resources };
    const analysis = valueOf(analyze({ taskDescription: "All", subtasks, maxParallelAgents: agents }));
    expect(analysis.implicitDependencies).toEqual([]);
    const slots = new Map(analysis.schedule?.slots.map((slot) => [slot.taskId, slot]));
    for (const [one, other] of pairsOf(subtasks)) {
      if (!one.writes?.some((path) => other.writes?.includes(path))) continue;
      const [left, right] = [slots.get(one.id), slots.get(other.id)];
      const apart =
        left && right && (left.endMinute <= right.startMinute + 1e-5 || right.endMinute <= left.startMinute + 1e-5);
      expect(apart).toBe(true);
    }
    const [, taken] = await promisedAndTaken(plan, "dependency");
    expect(analysis.schedule?.runMinutes).toBeCloseTo(taken, 6);
  }
});

test("with the goal of few conflicts a run of the batches takes what the analysis says: what will probably meet is held", async () => {
  const subtasks = ["a", "b", "c"].map((id) => ({
    id,
    description: `Change ${id} in src/app.ts`,
    estimatedMinutes: 10,
  }));
  const ask = (optimizationGoal: "minimize-time" | "minimize-conflicts") =>
    valueOf(analyze({ taskDescription: "All", subtasks, maxParallelAgents: 3, optimizationGoal }));
  const runMinutes = async (goal: "minimize-time" | "minimize-conflicts"): Promise<number> => {
    const tasks = ask(goal).suggestedBatches.flatMap((batch) => batch.tasks);
    return (await promisedAndTaken({ tasks, agents: 3, resources: {} }, "dependency"))[1];
  };
  expect(ask("minimize-conflicts").schedule?.makespanMinutes).toBe(30);
  expect(await runMinutes("minimize-conflicts")).toBeCloseTo(30);
  expect(ask("minimize-time").schedule?.makespanMinutes).toBe(10);
  expect(await runMinutes("minimize-time")).toBeCloseTo(10);
});

function pairsOf<T>(list: readonly T[]): [T, T][] {
  return list.flatMap((one, place) => list.slice(place + 1).map((other): [T, T] => [one, other]));
}
