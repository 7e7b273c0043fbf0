import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fiveTasks } from "../rig/built-server.ts";
import { referenceClient, type ReferenceClient } from "../rig/reference-client.ts";
import { step } from "../rig/reference-world.ts";

let caller: ReferenceClient;

beforeAll(async () => {
  caller = await referenceClient();
});

afterAll(() => caller.close());

describe("the documented chain, each tool fed with what the one before it answered", () => {
  test("analyse, graph, distribute, execute, conflicts, progress (C5, C7, C29)", async () => {
    const analysis = await caller.ask("analyze_task_parallelizability", {
      taskDescription: "Ship the site",
      subtasks: fiveTasks,
    });
    expect(analysis).toMatchObject({ parallelizable: true });
    expect(analysis.suggestedBatches.map(({ tasks }) => tasks.length)).toEqual([2, 2, 1]);

    const tasks = Object.values(analysis.dependencyGraph.nodes).map((node) => node.task);
    expect(tasks).toEqual(fiveTasks);
    const { graph, hasCycles } = await caller.ask("create_dependency_graph", { tasks, detectImplicit: true });
    expect({ graph, hasCycles }).toEqual({ graph: analysis.dependencyGraph, hasCycles: false });

    const distribution = await caller.ask("optimize_batch_distribution", {
      tasks: analysis.suggestedBatches.flatMap((each) => each.tasks),
      dependencyGraph: graph,
      maxParallelAgents: 3,
      optimizationGoal: "minimize-time",
    });
    expect(distribution).toMatchObject({ estimatedTotalTime: 35 });

    for (const analysisResult of [analysis, distribution, { ...analysis, suggestedBatches: distribution.batches }]) {
      const run = await caller.execute(analysisResult);
      expect(run).toMatchObject({
        success: true,
        conflicts: [],
        metrics: { totalTasks: 5, parallelTasks: 4, sequentialTasks: 1, failureCount: 0, conflictCount: 0 },
      });
      expect(run.results.map(({ success }) => success)).toEqual([true, true, true, true, true]);
      expect(run["batches"]).toHaveLength(3);
      expect(run.metrics.agentCount).toBeLessThanOrEqual(3);

      const agentResults = run.results;
      const conflicts = await caller.ask("detect_conflicts", { agentResults, dependencyGraph: graph });
      expect(conflicts).toMatchObject({ hasConflicts: false, conflicts: [], resolutionStrategy: "auto" });
      for (const aggregationStrategy of ["simple-average", "critical-path"]) {
        const request = { agentProgresses: agentResults, aggregationStrategy };
        expect(await caller.ask("aggregate_progress", request)).toMatchObject({
          overallProgress: 100,
          bottlenecks: [],
        });
      }
    }
  });

  test("goes on where something failed: what never ran conflicts with nothing, and 100 % is not claimed (C5, C29)", async () => {
    const tasks = [
      { ...step("1", "one", 10), simulate: { fail: "no" } },
      step("2", "two", 10),
      step("3", "three", 10, ["1"]),
    ];
    const analysis = await caller.ask("analyze_task_parallelizability", { taskDescription: "w", subtasks: tasks });
    const { results } = await caller.execute(analysis, { executionStrategy: "aggressive" });
    const { dependencyGraph } = analysis;
    expect(await caller.ask("detect_conflicts", { agentResults: results, dependencyGraph })).toMatchObject({
      conflicts: [],
    });
    const progress = await caller.ask("aggregate_progress", {
      agentProgresses: results,
      aggregationStrategy: "simple-average",
    });
    expect(progress.overallProgress).toBeLessThan(100);
    expect(progress.bottlenecks).toMatchObject([{ taskId: "1", impact: "high" }]);
  });

  test("an order that only the graph knows holds when the distribution is executed (C5, C29)", async () => {
    const tasks = [step("1", "one", 10), step("2", "two", 10)];
    const edges = [{ from: "1", to: "2", type: "implicit", confidence: 0.8 }];
    const distribution = await caller.ask("optimize_batch_distribution", {
      tasks,
      dependencyGraph: { nodes: {}, edges },
      maxParallelAgents: 2,
      optimizationGoal: "minimize-time",
    });
    expect(await caller.execute(distribution)).toMatchObject({
      metrics: { parallelTasks: 0, sequentialTasks: 2, actualSpeedup: 1 },
    });
  });
});
