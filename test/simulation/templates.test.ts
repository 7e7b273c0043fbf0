/** The templates from their names to a simulated run. */
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/engines/analysis/analyze.ts";
import { acceptSource } from "../../src/engines/planning/accept-source.ts";
import { planRun, type TaskPlan } from "../../src/engines/planning/plan-run.ts";
import { templates } from "../../src/engines/planning/templates/templates.ts";
import { templateNames, useTemplate } from "../../src/engines/planning/templates/use-template.ts";
import { plannedRun } from "../rig/planned-run.ts";
import { simulateRun } from "../rig/simulated-run.ts";
import { problemOf, valueOf } from "../rig/task-rig.ts";

function planOf(name: string, maxParallelAgents?: number): TaskPlan {
  const { phases } = valueOf(useTemplate(name, "A shop for books"));
  const { accepted } = valueOf(acceptSource({ phases, executors: ["simulated"], field: "phases" }));
  return valueOf(
    planRun({ ...accepted, maxParallelAgents, executor: "simulated", realExecutors: [], constraints: {} }),
  );
}

async function minutesOf(plan: TaskPlan): Promise<number> {
  const { view } = await simulateRun({
    ...plannedRun([]),
    tasks: [...plan.tasks],
    batches: plan.batches.map((batch) => [...batch]),
    maxParallelAgents: plan.agents,
    simulation: { seed: 1, durationSigma: 0, failureRate: 0 },
  });
  expect(view.status).toBe("completed");
  return view.at / 60_000;
}

describe("the templates of record", () => {
  test.each([
    {
      name: "full-stack",
      minutes: 13,
      alone: 30,
      phases:
        "architect; writer; database-design, api-design, ui-design; backend, frontend; integration, qa; deployment",
    },
    {
      name: "api-service",
      minutes: 9,
      alone: 20,
      phases: "architect; api-design, database-models; backend, security; testing, deployment",
    },
    {
      name: "front-end",
      minutes: 7,
      alone: 15,
      phases: "ui-designer, architect; components, accessibility; integration, testing",
    },
    { name: "microservice", minutes: 10, alone: 25, phases: undefined },
  ])("$name takes $minutes minutes where one pair of hands takes $alone or more (B1)", async (record) => {
    const template = templates.find(({ name }) => name === record.name);
    expect(template?.aloneMinutes).toBe(record.alone);
    const plan = planOf(record.name);
    const phases = plan.batches.map((batch) => batch.join(", ")).join("; ");
    expect(phases).toBe(record.phases ?? phases);
    expect(plan.makespanMinutes).toBe(record.minutes);
    expect(await minutesOf(plan)).toBe(record.minutes);
    const sequential = plan.tasks.reduce((sum, { minutes }) => sum + minutes, 0);
    expect(sequential).toBeLessThanOrEqual(record.alone);
    expect(plan.estimatedSpeedup).toBeCloseTo(sequential / record.minutes, 3);
  });

  test("with fewer workers than roles the run takes what the plan says (B3, B7)", async () => {
    for (const name of templateNames) {
      for (const workers of [1, 2]) {
        const plan = planOf(name, workers);
        expect(await minutesOf(plan)).toBe(plan.makespanMinutes);
      }
    }
  });

  test("every role knows the goal, and an analysis finds the template worth running in parallel", () => {
    for (const name of templateNames) {
      const plan = planOf(name);
      for (const { description, role } of plan.tasks)
        expect([role, description]).toEqual([role, expect.stringContaining("books")]);
      const analysis = valueOf(analyze({ taskDescription: "A shop", subtasks: plan.tasks, detectImplicit: false }));
      expect(analysis.parallelizable).toBe(true);
    }
  });

  test("an unknown template is refused with the names there are and the one that was meant (B3)", () => {
    const problem = problemOf(useTemplate("fullstack", "A shop"));
    expect(problem).toMatchObject({ code: "UNKNOWN_TEMPLATE", allowed: templateNames, example: "full-stack" });
    expect(problem.error).toContain("did you mean 'full-stack'?");
  });
});
