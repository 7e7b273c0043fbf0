import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makespanQuantiles } from "../../src/engines/analysis/makespan-quantiles.ts";
import { dispatchRank } from "../../src/engines/analysis/makespan.ts";
import type { TaskSchedule } from "../../src/engines/analysis/task-schedule.ts";
import { resourceClaims } from "../../src/engines/analysis/resource-claims.ts";
import { planSchedule } from "../../src/engines/analysis/schedule/plan-schedule.ts";
import type { TaskInput } from "../../src/schema/task.ts";
import { graphOf } from "../rig/task-rig.ts";

const capacities = { gpu: 4, cpu: 2.5 };
const never = (): boolean => false;
const budget = { maxSteps: 1_500, shouldStop: never, seed: 7 };

/** Acyclic tasks with whole, three-point or crooked estimates, mutexes and resources. */
const projects: fc.Arbitrary<TaskInput[]> = fc
  .array(
    fc.record({
      minutes: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.double({ min: 0.01, max: 90, noNaN: true })),
      spread: fc.boolean(),
      needs: fc.array(fc.nat(30), { maxLength: 3 }),
      exclusive: fc.subarray(["lock", "port"], { maxLength: 1 }),
      gpu: fc.nat(4),
      cpu: fc.nat(2),
    }),
    { minLength: 1, maxLength: 24 },
  )
  .map((drafts) =>
    drafts.map(({ minutes, spread, needs, exclusive, gpu, cpu }, index) => ({
      id: `t${index}`,
      description: `Task number ${index}`,
      ...(spread
        ? { estimate: { optimistic: minutes / 2, likely: minutes, pessimistic: 2 * minutes } }
        : { estimatedMinutes: minutes }),
      dependsOn: [...new Set(needs.filter((need) => need < index).map((need) => `t${need}`))],
      exclusive,
      resources: { gpu, cpu },
    })),
  );

const agentCounts = fc.integer({ min: 1, max: 6 });

function expectFeasible(tasks: readonly TaskInput[], schedule: TaskSchedule): void {
  const graph = graphOf(tasks);
  const start = (task: number): number => schedule.startMinute[task] ?? Number.NaN;
  const end = (task: number): number => schedule.endMinute[task] ?? Number.NaN;
  tasks.forEach((task, number) => {
    expect(end(number) - start(number)).toBeCloseTo(graph.minutes[number] ?? 0, 6);
    for (const need of task.dependsOn ?? []) {
      expect(start(number)).toBeGreaterThanOrEqual(end(graph.numberOf.get(need) ?? -1));
    }
  });
  for (const [at] of tasks.entries()) {
    const running = tasks.flatMap((task, n) => (start(n) <= start(at) && start(at) < end(n) ? [{ task, n }] : []));
    const agents = running.map(({ n }) => schedule.agentOf[n]);
    expect(new Set(agents).size, "an agent has one task at a time").toBe(agents.length);
    expect(Math.max(...agents.map(Number))).toBeLessThanOrEqual(schedule.agents);
    const held = running.flatMap(({ task }) => task.exclusive ?? []);
    expect(new Set(held).size).toBe(held.length);
    for (const name of ["gpu", "cpu"] as const) {
      const units = running.reduce((sum, { task }) => sum + (task.resources?.[name] ?? 0), 0);
      expect(units).toBeLessThanOrEqual(capacities[name]);
    }
  }
}

/** The shortest makespan of all, by trying every order of the tasks one after the other. */
function shortestByForce(tasks: readonly TaskInput[], agents: number): number {
  const graph = graphOf(tasks);
  let best = Infinity;
  const place = (order: readonly number[]): void => {
    if (order.length === tasks.length) {
      best = Math.min(best, serialMakespan(order));
      return;
    }
    for (let task = 0; task < tasks.length; task++) {
      const needs = (tasks[task]?.dependsOn ?? []).map((id) => graph.numberOf.get(id) ?? -1);
      if (!order.includes(task) && needs.every((need) => order.includes(need))) place([...order, task]);
    }
  };
  const serialMakespan = (order: readonly number[]): number => {
    const ends = new Map<number, number>();
    const spans: { readonly from: number; readonly to: number; readonly task: TaskInput }[] = [];
    for (const number of order) {
      const task = tasks[number] as TaskInput;
      const minutes = graph.minutes[number] ?? 0;
      let from = Math.max(0, ...(task.dependsOn ?? []).map((id) => ends.get(graph.numberOf.get(id) ?? -1) ?? 0));
      const fits = (at: number): boolean =>
        [at, ...spans.map((span) => span.from).filter((moment) => moment > at && moment < at + minutes)].every(
          (moment) => {
            const running = spans.filter((span) => span.from <= moment && moment < span.to);
            const free = (name: "gpu" | "cpu"): boolean =>
              [...running, { task }].reduce((sum, each) => sum + (each.task.resources?.[name] ?? 0), 0) <=
              capacities[name];
            const apart = running.every(
              (span) => !(span.task.exclusive ?? []).some((x) => task.exclusive?.includes(x)),
            );
            return running.length < agents && apart && free("gpu") && free("cpu");
          },
        );
      const moments = spans.map((span) => span.to).filter((moment) => moment > from);
      const later = moments.toSorted((left, right) => left - right);
      while (!fits(from)) from = later.shift() ?? Number.NaN;
      ends.set(number, from + minutes);
      spans.push({ from, to: from + minutes, task });
    }
    return Math.max(...ends.values());
  };
  place([]);
  return best;
}

describe("the search for the shortest schedule", () => {
  test("gives schedules that can be carried out, never below the bound, never longer than the instant plan (C23)", () => {
    fc.assert(
      fc.property(projects, agentCounts, (tasks, agents) => {
        const graph = graphOf(tasks);
        const options = { agents, claims: resourceClaims(tasks, { capacities }) };
        const instant = planSchedule(graph, options);
        const found = planSchedule(graph, { ...options, budget });
        expectFeasible(tasks, instant.schedule);
        expectFeasible(tasks, found.schedule);
        const slack = 1e-9 * instant.schedule.makespanMinutes;
        expect(found.schedule.makespanMinutes).toBeLessThanOrEqual(instant.schedule.makespanMinutes + slack);
        expect(found.schedule.makespanMinutes).toBeGreaterThanOrEqual(found.boundMinutes - slack);
        expect(found.boundMinutes).toBeGreaterThanOrEqual(instant.boundMinutes - slack);
      }),
      { numRuns: 150 },
    );
  });

  test("finds the optimum of small projects and proves it: no order of the tasks is shorter", () => {
    const small = projects.map((tasks) => tasks.slice(0, 6));
    fc.assert(
      fc.property(small, fc.integer({ min: 1, max: 3 }), (tasks, agents) => {
        const options = { agents, claims: resourceClaims(tasks, { capacities }), budget };
        const { schedule, provenOptimal, boundMinutes } = planSchedule(graphOf(tasks), options);
        const best = shortestByForce(tasks, agents);
        expect(schedule.makespanMinutes).toBeCloseTo(best, 6);
        expect(boundMinutes).toBeLessThanOrEqual(best * (1 + 1e-9));
        expect(provenOptimal).toBe(true);
      }),
      { numRuns: 80 },
    );
  });

  test("gives the same plan for the same seed and steps", () => {
    fc.assert(
      fc.property(projects, agentCounts, (tasks, agents) => {
        const options = { agents, claims: resourceClaims(tasks, { capacities }), budget };
        expect(planSchedule(graphOf(tasks), options)).toEqual(planSchedule(graphOf(tasks), options));
      }),
      { numRuns: 40 },
    );
  });

  test("stops when it is told to, with a plan that can be carried out", () => {
    fc.assert(
      fc.property(projects, agentCounts, fc.nat(40), (tasks, agents, looks) => {
        let looked = 0;
        const shouldStop = (): boolean => (looked += 1) > looks;
        const claims = resourceClaims(tasks, { capacities });
        const options = { agents, claims, budget: { maxSteps: Infinity, shouldStop, seed: 1 } };
        expectFeasible(tasks, planSchedule(graphOf(tasks), options).schedule);
        expect(looked).toBeLessThanOrEqual(looks + 4);
      }),
      { numRuns: 60 },
    );
  });

  test("knows how late it may get: half of the simulated runs end before the 80 %, and those before the 95 %", () => {
    fc.assert(
      fc.property(projects, agentCounts, (tasks, agents) => {
        const graph = graphOf(tasks);
        const options = { agents, claims: resourceClaims(tasks, { capacities }), rank: dispatchRank(graph) };
        const quantiles = makespanQuantiles(graph, options);
        expect(quantiles).toEqual(makespanQuantiles(graph, options));
        expect(quantiles?.p50).toBeGreaterThan(0);
        expect(quantiles?.p80).toBeGreaterThanOrEqual(quantiles?.p50 ?? Infinity);
        expect(quantiles?.p95).toBeGreaterThanOrEqual(quantiles?.p80 ?? Infinity);
      }),
      { numRuns: 30 },
    );
  });
});
