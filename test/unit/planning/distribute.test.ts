import { describe, expect, test } from "vitest";
import { distribute, type Distribution, type DistributeRequest } from "../../../src/engines/planning/distribute.ts";
import { problemOf, task, valueOf } from "../../rig/task-rig.ts";

const spread = (request: DistributeRequest): Distribution => valueOf(distribute(request));
const groups = (answer: Distribution): string[][] => answer.batches.map((batch) => batch.tasks.map(({ id }) => id));
const fork = [task("a", 10), task("b", 10), task("c", 10), task("d", 10, ["a", "b", "c"])];

test("the total is the time of the schedule with that many agents (P1)", () => {
  const answer = spread({
    tasks: fork,
    dependencyGraph: { nodes: {} },
    maxParallelAgents: 2,
    optimizationGoal: "minimize-time",
  });
  expect(answer).toMatchObject({ estimatedTotalTime: 30, loadBalance: 100 });
  expect(groups(answer)).toEqual([["a", "b", "c"], ["d"]]);
  expect(answer.batches.map((batch) => batch.estimatedMinutes)).toEqual([20, 10]);
});

test.each(["minimize-time", "balance-load", "minimize-conflicts"] as const)(
  "%s: batches depend only on batches that exist, and hold every task once",
  (optimizationGoal) => {
    const tasks = fork.map((each) => ({ ...each, writes: ["x.ts"] }));
    const { batches } = spread({ tasks, maxParallelAgents: 3, optimizationGoal });
    const ids = batches.map((batch) => batch.id);
    expect(ids).toEqual(ids.map((_, index) => `batch-${index + 1}`));
    expect(batches.flatMap((batch) => batch.dependsOnBatches).every((id) => ids.includes(id))).toBe(true);
    expect(batches.flatMap((batch) => batch.tasks.map(({ id }) => id)).toSorted()).toEqual(["a", "b", "c", "d"]);
  },
);

test("the graph's edges count like stated dependencies", () => {
  const answer = spread({ tasks: [task("a", 5), task("b", 5)], dependencyGraph: { edges: [{ from: "b", to: "a" }] } });
  expect(groups(answer)).toEqual([["b"], ["a"]]);
  expect(answer.estimatedTotalTime).toBe(10);
});

test("an even load gives the longest tasks to whoever has worked least", () => {
  const tasks = [8, 7, 6, 5, 4].map((minutes, n) => task(`t${n}`, minutes));
  const answer = spread({ tasks, maxParallelAgents: 2, optimizationGoal: "balance-load" });
  expect(answer).toMatchObject({ estimatedTotalTime: 17, loadBalance: 88.24 });
});

test("few conflicts means: tasks that will meet are in different batches and never at work together", () => {
  const tasks = [
    task("a", 10, [], { writes: ["src/**"] }),
    task("b", 10, [], { writes: ["src/x.ts"] }),
    task("c", 10),
    task("d", 10, [], { exclusive: ["m"] }),
    task("e", 10, [], { exclusive: ["m"] }),
  ];
  const answer = spread({ tasks, maxParallelAgents: 5, optimizationGoal: "minimize-conflicts" });
  expect(groups(answer)).toEqual([
    ["a", "c", "d"],
    ["b", "e"],
  ]);
  expect(answer.estimatedTotalTime).toBe(20);
});

test("the price of waiting for each batch is told", () => {
  const answer = spread({ tasks: [task("a", 60), task("b", 5), task("c", 60, ["b"])], maxParallelAgents: 2 });
  expect(answer.estimatedTotalTime).toBe(65);
  expect(answer.reasoning).toContain("Waiting for each batch to end would make it 120 minutes");
});

test("more agents than tasks neither slow the plan down nor spoil the balance", () => {
  expect(spread({ tasks: [task("a", 10), task("b", 10)], maxParallelAgents: 100 })).toMatchObject({
    estimatedTotalTime: 10,
    loadBalance: 100,
  });
});

describe("what cannot be distributed is refused (C6)", () => {
  const cases: [string, DistributeRequest, string][] = [
    ["no agents", { tasks: fork, maxParallelAgents: 0 }, "maxParallelAgents must be at least 1"],
    ["too many agents", { tasks: fork, maxParallelAgents: 101 }, "at most 100"],
    ["no tasks", { tasks: [] }, "tasks array is required"],
    [
      "a cycle through the graph",
      { tasks: fork, dependencyGraph: { edges: [{ from: "d", to: "a" }] } },
      "Circular dependencies detected: a → d → a",
    ],
    ["an edge to nobody", { tasks: fork, dependencyGraph: { edges: [{ from: "z", to: "a" }] } }, 'names task "z"'],
  ];
  test.each(cases)("%s", (_name, request, phrase) => {
    expect(problemOf(distribute(request)).error).toContain(phrase);
  });
});
