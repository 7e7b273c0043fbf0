import { expect, test } from "vitest";
import { plan } from "../../../src/library/plan.ts";
import { analyze } from "../../../src/library/pure-calls.ts";

const tasks = [
  { id: "a", description: "x", estimatedMinutes: 6 },
  { id: "b", description: "x", estimatedMinutes: 2 },
  { id: "c", description: "x", estimatedMinutes: 2, dependsOn: ["b"] },
  { id: "d", description: "x", estimatedMinutes: 6, dependsOn: ["b"] },
];

test.each([
  ["dependency", 8],
  ["sequential", 16],
  ["parallel", 8],
  ["batch", 12],
] as const)("a plan in mode %s takes %i minutes, as a run in that mode would", (mode, minutes) => {
  expect(plan({ tasks, mode, maxParallelAgents: 2 })).toMatchObject({ mode, makespanMinutes: minutes });
});

test("batches that are the only order are planned as batches (C5)", () => {
  const free = tasks.map(({ dependsOn: _dependsOn, ...task }) => task);
  const suggestedBatches = [
    { id: "batch-1", tasks: free.slice(0, 2) },
    { id: "batch-2", tasks: free.slice(2) },
  ];
  const planned = plan({ analysisResult: { suggestedBatches }, maxParallelAgents: 4 });
  expect(planned).toMatchObject({ mode: "batch", makespanMinutes: 12, criticalPath: ["a", "d"], schedule: null });
  expect(planned.estimatedSpeedup).toBeCloseTo(16 / 12, 4);
});

test("phases are planned with what they skip (B4, B6)", () => {
  const planned = plan({ tasks: tasks.slice(0, 2), phases: [["a"], ["b", "ghost"]] });
  expect(planned.batches).toEqual([["a"], ["b"]]);
  expect(planned.unenforced).toEqual([
    { limit: "phases", reason: "'ghost' in phase 2 is no task and no role of this plan: skipped" },
  ]);
});

test("a template is analysed by its name, and refused beside tasks", () => {
  const analysis = analyze({ taskDescription: "A shop for books", template: "api-service" });
  expect(analysis.schedule?.makespanMinutes).toBe(9);
  expect(() => analyze({ taskDescription: "A shop", template: "api-service", subtasks: tasks })).toThrow("Only one of");
  expect(() => analyze({ taskDescription: "A shop", template: "api" })).toThrow("There is no template 'api'");
});
