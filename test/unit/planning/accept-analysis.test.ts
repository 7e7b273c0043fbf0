import { describe, expect, test } from "vitest";
import { analyze } from "../../../src/engines/analysis/analyze.ts";
import { acceptAnalysis } from "../../../src/engines/planning/accept-analysis.ts";
import { planRun } from "../../../src/engines/planning/plan-run.ts";
import { analysisResultInputSchema } from "../../../src/schema/workflow.ts";
import { problemOf, task, valueOf } from "../../rig/task-rig.ts";

const tasks = [task("a", 5), task("b", 5, ["a"]), { id: "c", description: "After task b, tidy up" }];
const analysis = valueOf(analyze({ taskDescription: "Tidy", subtasks: tasks }));
const field = "analysisResult";

describe("an analysis result is accepted as it is, whatever became of its nodes on the way (C5)", () => {
  const sent = JSON.parse(JSON.stringify(analysis)) as typeof analysis;
  const { nodes, edges } = sent.dependencyGraph;
  test.each([
    ["untouched", { nodes, edges }],
    ["nodes turned into {}", { nodes: {}, edges }],
    ["nodes missing", { edges }],
    ["nodes as a list", { nodes: Object.values(nodes), edges }],
    ["nodes as map entries", { nodes: Object.entries(nodes), edges }],
  ])("%s", (_name, dependencyGraph) => {
    const parsed = analysisResultInputSchema.parse({ ...sent, dependencyGraph });
    const accepted = valueOf(acceptAnalysis({ analysis: parsed, field }));
    expect(accepted.batches).toEqual([["a"], ["b"], ["c"]]);
    expect(accepted.edges).toEqual([{ from: "b", to: "c", type: "implicit", confidence: 0.95 }]);
    expect(accepted.title).toBe("Tidy");
    const plan = valueOf(planRun({ ...accepted, executor: "simulated", realExecutors: [], constraints: {} }));
    expect(plan.tasks.map((each) => each.needs)).toEqual([[], ["a"], ["b"]]);
  });
});

test("without a graph the tasks' own dependencies are enough", () => {
  const accepted = valueOf(
    acceptAnalysis({ analysis: { suggestedBatches: [{ tasks: [task("x"), task("y", 5, ["x"])] }] }, field }),
  );
  expect(accepted).toMatchObject({ edges: [], batches: [["x", "y"]] });
});

test("bare tasks get the dependencies that an analysis would apply", () => {
  const accepted = valueOf(acceptAnalysis({ tasks, field: "tasks" }));
  expect(accepted.edges).toMatchObject([{ from: "b", to: "c", type: "implicit" }]);
  expect(accepted.batches).toBeUndefined();
});

test("a graph may know tasks that are in no batch, as long as none in a batch needs them", () => {
  const suggestedBatches = [{ tasks: [task("x")] }];
  const nodes = ["x", "old", "older"];
  const apart = acceptAnalysis({
    analysis: {
      suggestedBatches,
      dependencyGraph: {
        nodes,
        edges: [
          { from: "older", to: "old" },
          { from: "x", to: "old" },
        ],
      },
    },
    field,
  });
  expect(valueOf(apart).edges).toEqual([]);
  const needed = acceptAnalysis({
    analysis: { suggestedBatches, dependencyGraph: { nodes, edges: [{ from: "old", to: "x" }] } },
    field,
  });
  expect(problemOf(needed).error).toContain('depends on "old", which is in none of the suggestedBatches');
});

describe("what makes no sense is refused with its place (C6)", () => {
  const batch = (...each: Parameters<typeof task>[]): { tasks: ReturnType<typeof task>[] } => ({
    tasks: each.map((args) => task(...args)),
  });
  test("a task in two batches", () => {
    const problem = problemOf(
      acceptAnalysis({ analysis: { suggestedBatches: [batch(["x"]), batch(["y"], ["x"])] }, field }),
    );
    expect(problem).toMatchObject({
      code: "DUPLICATE_TASK_ID",
      field: "analysisResult.suggestedBatches[1].tasks[1].id",
    });
  });

  test("an edge to a task that nobody knows", () => {
    const dependencyGraph = { edges: [{ from: "ghost", to: "x" }] };
    const problem = problemOf(
      acceptAnalysis({ analysis: { suggestedBatches: [batch(["x"])], dependencyGraph }, field }),
    );
    expect(problem).toMatchObject({
      code: "UNKNOWN_DEPENDENCY",
      field: "analysisResult.dependencyGraph.edges[0].from",
    });
  });

  test("no batches, with the reason where it is known", () => {
    const problem = problemOf(acceptAnalysis({ analysis: { suggestedBatches: [], hasCycles: true }, field }));
    expect(problem).toMatchObject({ code: "NO_TASKS", advice: expect.stringContaining("cycle") });
    expect(problemOf(acceptAnalysis({ tasks: [], field: "tasks" })).error).toContain("tasks array is required");
  });

  test("bare tasks that wait for one another", () => {
    const problem = problemOf(acceptAnalysis({ tasks: [task("x", 1, ["y"]), task("y", 1, ["x"])], field: "tasks" }));
    expect(problem).toMatchObject({ code: "DEPENDENCY_CYCLE", field: "tasks" });
  });
});
