/** What a plan says a run takes, beside what the run takes when every task takes what was estimated. */
import { expect, test } from "vitest";
import { analyze } from "../../src/engines/analysis/analyze.ts";
import { planRun } from "../../src/engines/planning/plan-run.ts";
import type { RunMode } from "../../src/schema/workflow.ts";
import { plannedRun } from "../rig/planned-run.ts";
import { randomPlan, type RandomPlan } from "../rig/random-plan.ts";
import { simulateRun } from "../rig/simulated-run.ts";
import { valueOf } from "../rig/task-rig.ts";

const minuteMs = 60_000;
const plans = Array.from({ length: 60 }, (_, seed) => randomPlan(seed + 1));

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
  "in mode %s a run takes what its plan promises, agents, mutexes and resources counted",
  async (mode) => {
    for (const plan of plans) {
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
