import * as fc from "fast-check";
import { expect, test } from "vitest";
import { analyze } from "../../src/engines/analysis/analyze.ts";
import { createDependencyGraph } from "../../src/engines/analysis/create-graph.ts";
import { criticalPath } from "../../src/engines/analysis/graph/critical-path.ts";
import { lowerBound } from "../../src/engines/analysis/lower-bound.ts";
import { dispatchRank, listSchedule } from "../../src/engines/analysis/makespan.ts";
import type { TaskSchedule } from "../../src/engines/analysis/task-schedule.ts";
import { resourceClaims } from "../../src/engines/analysis/resource-claims.ts";
import { buildTaskGraph } from "../../src/engines/analysis/graph/task-graph.ts";
import { distribute } from "../../src/engines/planning/distribute.ts";
import { optimizationGoals } from "../../src/schema/tool-inputs.ts";
import type { TaskInput } from "../../src/schema/task.ts";
import { graphOf, valueOf } from "../rig/task-rig.ts";

const capacities = { gpu: 4, cpu: 3 };
const tolerance = 1e-6;

/** Acyclic tasks with mutexes, resources and priorities: each may need tasks before it in the list. */
const dag: fc.Arbitrary<TaskInput[]> = fc
  .array(
    fc.record({
      minutes: fc.option(fc.double({ min: 0.01, max: 1_440, noNaN: true })),
      needs: fc.array(fc.nat(30), { maxLength: 4 }),
      exclusive: fc.subarray(["lock", "port", "db"], { maxLength: 2 }),
      gpu: fc.nat(4),
      cpu: fc.nat(3),
      priority: fc.integer({ min: -2, max: 2 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((drafts) =>
    drafts.map((draft, index) => ({
      id: `t${index}`,
      description: `Task number ${index}`,
      ...(draft.minutes === null ? {} : { estimatedMinutes: draft.minutes }),
      dependsOn: draft.needs.filter((need) => need < index).map((need) => `t${need}`),
      exclusive: draft.exclusive,
      resources: { gpu: draft.gpu, cpu: draft.cpu },
      priority: draft.priority,
    })),
  );

function expectOverSubscriptionNowhere(tasks: readonly TaskInput[], schedule: TaskSchedule): void {
  for (const [at, moment] of schedule.startMinute.entries()) {
    const running = tasks.filter(
      (_, n) => (schedule.startMinute[n] ?? 0) <= moment && moment < (schedule.endMinute[n] ?? 0),
    );
    const held = running.flatMap((each) => each.exclusive ?? []);
    const units = (name: "gpu" | "cpu"): number =>
      running.reduce((sum, each) => sum + (each.resources?.[name] ?? 0), 0);
    expect(running.length).toBeLessThanOrEqual(schedule.agents);
    expect(new Set(held).size, `mutexes when task ${at} starts`).toBe(held.length);
    expect(units("gpu")).toBeLessThanOrEqual(capacities.gpu);
    expect(units("cpu")).toBeLessThanOrEqual(capacities.cpu);
  }
}

test("a schedule never has too many agents, holders of a mutex or users of a resource, and keeps the order", () => {
  fc.assert(
    fc.property(
      dag,
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom("lowest" as const, "least-busy" as const),
      (tasks, agents, agentChoice) => {
        const graph = graphOf(tasks);
        const claims = resourceClaims(tasks, { capacities });
        const schedule = listSchedule(graph, { agents, claims, rank: dispatchRank(graph), agentChoice });
        expectOverSubscriptionNowhere(tasks, schedule);
        tasks.forEach((task, number) => {
          for (const need of task.dependsOn ?? []) {
            expect(schedule.startMinute[number]).toBeGreaterThanOrEqual(
              schedule.endMinute[graph.numberOf.get(need) ?? -1] ?? Infinity,
            );
          }
        });
        const sequential = graph.minutes.reduce((sum, minutes) => sum + minutes, 0);
        const bound = lowerBound(graph, { agents, criticalMinutes: criticalPath(graph).minutes, claims });
        expect(schedule.makespanMinutes).toBeGreaterThanOrEqual(bound - tolerance);
        expect(schedule.makespanMinutes).toBeLessThanOrEqual(sequential + tolerance);
        const busy = schedule.busyMinutes.reduce((sum, minutes) => sum + minutes, 0);
        expect(busy).toBeCloseTo(sequential, 5);
      },
    ),
  );
});

test("an agent has one task at a time", () => {
  fc.assert(
    fc.property(dag, fc.integer({ min: 1, max: 6 }), (tasks, maxParallelAgents) => {
      const answer = valueOf(
        analyze({ taskDescription: "x", subtasks: tasks, maxParallelAgents, constraints: { resources: capacities } }),
      );
      const slots = (answer.schedule?.slots ?? []).toSorted(
        (left, right) => left.agent - right.agent || left.startMinute - right.startMinute,
      );
      expect(slots).toHaveLength(tasks.length);
      for (const [index, slot] of slots.entries()) {
        const before = slots[index - 1];
        expect(slot.agent).toBeLessThanOrEqual(maxParallelAgents);
        const freeAt = before?.agent === slot.agent ? before.endMinute : 0;
        expect(slot.startMinute).toBeGreaterThanOrEqual(freeAt);
      }
    }),
  );
});

test("every number of an analysis is finite, more agents never slow it down, and the batches keep the order", () => {
  fc.assert(
    fc.property(
      dag,
      fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
      fc.constantFrom(...optimizationGoals),
      (tasks, maxParallelAgents, optimizationGoal) => {
        const answer = valueOf(
          analyze({
            taskDescription: "x",
            subtasks: tasks,
            maxParallelAgents,
            optimizationGoal,
            constraints: { resources: capacities },
          }),
        );
        expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
        expect(answer.confidence).toBeGreaterThanOrEqual(0);
        expect(answer.confidence).toBeLessThanOrEqual(100);
        expect(answer.recommendedAgents).toBeLessThanOrEqual(maxParallelAgents ?? 20);
        const curve = answer.speedupByAgents.map((point) => point.speedup);
        expect(curve.every((speedup, n) => Number.isFinite(speedup) && speedup >= (curve[n - 1] ?? 1))).toBe(true);
        const batchOf = new Map(
          answer.suggestedBatches.flatMap((batch, n) => batch.tasks.map((task) => [task.id, n] as const)),
        );
        expect(batchOf.size).toBe(tasks.length);
        for (const { from, to } of answer.dependencyGraph.edges)
          expect(batchOf.get(from)).toBeLessThan(batchOf.get(to) ?? -1);
      },
    ),
    { numRuns: 60 },
  );
});

test("a distribution is finite, balanced between 0 and 100, and no faster than the critical path", () => {
  fc.assert(
    fc.property(
      dag,
      fc.integer({ min: 1, max: 100 }),
      fc.constantFrom(...optimizationGoals),
      (tasks, maxParallelAgents, optimizationGoal) => {
        const answer = valueOf(distribute({ tasks, maxParallelAgents, optimizationGoal }));
        expect(answer.estimatedTotalTime).toBeGreaterThanOrEqual(criticalPath(graphOf(tasks)).minutes - 1e-5);
        expect(answer.loadBalance).toBeGreaterThan(0);
        expect(answer.loadBalance).toBeLessThanOrEqual(100);
      },
    ),
    { numRuns: 60 },
  );
});

const words = fc.constantFrom(
  "after",
  "task",
  "t1",
  "t2",
  "t3",
  "once",
  "output of",
  "before",
  ".",
  ",",
  '"',
  "`",
  "not",
  "and",
  "src/a.ts",
  "\n",
  "(",
  "'",
  "“",
  "user",
  "depends on",
);
const sentence = fc.array(words, { maxLength: 40 }).map((list) => list.join(" "));
const anyText = fc.oneof(sentence, fc.string({ unit: "binary", maxLength: 300 }), fc.string({ maxLength: 300 }));

test("applied implicit dependencies never make a cycle, whatever the texts and files say", () => {
  const texts = fc.array(
    fc.record({
      description: sentence,
      reads: fc.subarray(["a", "b", "c"]),
      writes: fc.subarray(["a", "b", "c"]),
      needs: fc.nat(8),
    }),
    { minLength: 2, maxLength: 8 },
  );
  fc.assert(
    fc.property(texts, (drafts) => {
      const tasks = drafts.map((draft, n) => ({
        ...draft,
        id: `t${n}`,
        description: `x ${draft.description}`,
        dependsOn: draft.needs < n ? [`t${draft.needs}`] : [],
      }));
      const { graph, hasCycles, implicitDependencies } = valueOf(createDependencyGraph({ tasks }));
      expect(hasCycles).toBe(false);
      expect(
        buildTaskGraph(
          tasks,
          implicitDependencies.filter((each) => each.applied),
        ).ok,
      ).toBe(true);
      const pairs = graph.edges.map((edge) => `${edge.from} ${edge.to}`);
      expect(new Set(pairs).size).toBe(pairs.length);
    }),
    { numRuns: 300 },
  );
});

test("no text and no id makes the analysis throw", () => {
  const tasks = fc.array(
    fc.record({ id: anyText, description: anyText, dependsOn: fc.array(anyText, { maxLength: 2 }) }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(anyText, tasks, fc.double(), (taskDescription, subtasks, minutes) => {
      const linked = subtasks.map((each, n) => ({
        ...each,
        estimatedMinutes: n === 0 ? minutes : 5,
        dependsOn: n % 2 === 0 ? [] : [subtasks[n - 1]?.id ?? "", ...each.dependsOn.slice(0, n % 3)],
      }));
      const result = analyze({ taskDescription, subtasks: linked });
      expect(typeof (result.ok ? result.value.reasoning : result.error.error)).toBe("string");
    }),
    { numRuns: 300 },
  );
});
