import { describe, expect, test } from "vitest";
import type { Conflict } from "../../../src/schema/conflict.ts";
import { findTool } from "../../../src/tools/registry.ts";
import { asksWhich } from "../../rig/fake-runs.ts";
import { changed, started, succeeded } from "../../rig/run-story.ts";
import { answerOf, refusalOf, toolWorld } from "../../rig/tool-world.ts";

const example = (name: string): Record<string, unknown> => ({ ...findTool(name)?.example });

test("every answer is the same as object and as text, with a short summary and next first", async () => {
  const { call } = toolWorld();
  const calls: [string, Record<string, unknown>][] = [
    ["analyze_task_parallelizability", example("analyze_task_parallelizability")],
    ["create_dependency_graph", example("create_dependency_graph")],
    ["optimize_batch_distribution", example("optimize_batch_distribution")],
    ["detect_conflicts", example("detect_conflicts")],
    ["aggregate_progress", example("aggregate_progress")],
    ["aggregate_progress", {}],
    ["execute_parallel_workflow", { tasks: [{ id: "a", description: "do a" }] }],
    ["aggregate_progress", { executionId: "run-1" }],
    ["detect_conflicts", { executionId: "run-1" }],
    ["control_workflow", { executionId: "run-1", action: "apply" }],
    ["control_workflow", { executionId: "run-1", action: "delete" }],
  ];
  for (const [name, args] of calls) {
    const reply = await call(name, args);
    const answer = answerOf(reply);
    const lines = String(answer["summary"]).split("\n");
    expect({
      name,
      text: JSON.parse(reply.content[0].text) as unknown,
      first: Object.keys(answer).slice(0, 2),
      isLong: lines.length > 40,
      wideLines: lines.filter((line) => line.length > 76),
    }).toEqual({ name, text: answer, first: ["summary", "next"], isLong: false, wideLines: [] });
  }
});

describe("an analysis", () => {
  const work = {
    taskDescription: "Add login",
    subtasks: ["api", "form", "docs"].map((id) => ({
      id,
      description: `Write ${id} in src/${id}`,
      estimatedMinutes: 20,
    })),
  };

  test("is kept as a plan, and next executes it (C5)", async () => {
    const { call, plans, runs } = toolWorld();
    const answer = answerOf(await call("analyze_task_parallelizability", work));
    expect(answer).toMatchObject({ parallelizable: true, planId: "plan-1" });
    expect(answer["next"]).toEqual({ tool: "execute_parallel_workflow", arguments: { planId: "plan-1" } });
    expect(plans.kept).toHaveLength(1);
    expect(runs.calls).toEqual([]);
  });

  test("goes into execute as it is (C5)", async () => {
    const { call, runs } = toolWorld();
    const analysisResult = answerOf(await call("analyze_task_parallelizability", work));
    answerOf(await call("execute_parallel_workflow", { analysisResult, executionStrategy: "aggressive" }));
    const [start] = runs.calls;
    expect(start?.given[0]).toMatchObject({
      executionStrategy: "aggressive",
      analysisResult: { suggestedBatches: [{}] },
    });
  });

  test("that says no keeps no plan and proposes no execution", async () => {
    const { call, plans } = toolWorld();
    const answer = answerOf(await call("analyze_task_parallelizability", { taskDescription: "Fix a typo" }));
    expect(answer).toMatchObject({ parallelizable: false, confidence: 0, next: null });
    expect(answer["planId"]).toBeUndefined();
    expect(plans.kept).toEqual([]);
  });
});

describe("a run", () => {
  const tasks = [
    { id: "a", description: "do a" },
    { id: "b", description: "do b" },
  ];

  test("feeds conflict detection while it still runs (C5)", async () => {
    const { call, runs } = toolWorld();
    answerOf(await call("execute_parallel_workflow", { tasks }));
    const outcome = {
      durationMs: 5,
      changes: [{ ...changed("x.ts"), hunks: [{ oldStart: 3, oldLines: 2, newStart: 3, newLines: 2 }] }],
    };
    runs.happen("run-1", started("a", "agent-1"), started("b", "agent-2"));
    runs.happen("run-1", succeeded("a", "agent-1", outcome), succeeded("b", "agent-2", outcome));
    const answer = answerOf(await call("detect_conflicts", { executionId: "run-1" }));
    expect(answer).toMatchObject({ hasConflicts: true, soFar: true, executionId: "run-1" });
    expect(answer["conflicts"]).toMatchObject([{ type: "file-level", tasks: ["a", "b"] }]);
  });

  test("feeds conflict detection and progress with its results as they are (C4, C5)", async () => {
    const { call, runs } = toolWorld();
    answerOf(await call("execute_parallel_workflow", { tasks }));
    runs.happen("run-1", started("a", "agent-1"), started("b", "agent-2"));
    runs.happen("run-1", succeeded("a", "agent-1", { durationMs: 5, changes: [changed("x.ts")] }));
    runs.happen("run-1", succeeded("b", "agent-2", { durationMs: 5, changes: [changed("y.ts")] }), {
      type: "run.finished",
      status: "completed",
    });
    const { results, executionId } = answerOf(
      await call("aggregate_progress", { executionId: "run-1", detail: "full" }),
    );
    expect(executionId).toBe("run-1");
    expect(answerOf(await call("detect_conflicts", { agentResults: results }))).toMatchObject({ hasConflicts: false });
    expect(answerOf(await call("aggregate_progress", { agentProgresses: results }))).toMatchObject({
      overallProgress: 100,
    });
  });

  test("that has merged tells the conflicts of its merge, and what was held", async () => {
    const { call, runs } = toolWorld();
    answerOf(await call("execute_parallel_workflow", { tasks }));
    const conflict: Conflict = {
      id: "c1",
      type: "file-level",
      severity: "high",
      agents: ["agent-1", "agent-2"],
      tasks: ["a", "b"],
      description: "both changed lines 3-4",
      affectedResources: ["x.ts"],
      detectionMethod: "merge",
      locations: [],
      confidence: 1,
      resolutionOptions: [{ strategy: "manual", description: "Merge by hand", automatic: false, risk: "low" }],
    };
    const held = [{ taskId: "b", conflictIds: ["c1"], reason: "conflicts with a" }];
    runs.happen("run-1", { type: "merge.finished", merged: ["a"], held, conflicts: [conflict], commit: "abc" });
    const answer = answerOf(await call("detect_conflicts", { executionId: "run-1" }));
    expect(answer).toMatchObject({
      hasConflicts: true,
      resolutionStrategy: "manual",
      held,
      mergedResult: { ref: "abc" },
    });
    expect(answer["soFar"]).toBeUndefined();
  });

  test("is answered, stopped, applied, taken back and deleted through control_workflow", async () => {
    const { call, runs } = toolWorld();
    answerOf(await call("execute_parallel_workflow", { tasks }));
    const control = (more: object): Promise<unknown> =>
      call("control_workflow", { executionId: "run-1", ...more }).then(answerOf);
    runs.happen("run-1", started("a", "agent-1"), asksWhich);
    expect(answerOf(await call("aggregate_progress", { executionId: "run-1" }))).toMatchObject({
      questions: [{ questionId: "q" }],
    });
    expect(await control({ action: "answer", taskId: "a", questionId: "q", answer: "y" })).toMatchObject({
      status: "running",
      action: "answer",
    });
    const cancelled = control({ action: "cancel" });
    await runs.waited();
    runs.happen("run-1", { type: "run.finished", status: "cancelled" });
    expect(await cancelled).toMatchObject({ status: "cancelled", did: "The run was stopped; what is done is kept." });
    await control({ action: "apply" });
    await control({ action: "undo" });
    await control({ action: "delete" });
    expect(runs.calls.map(({ method }) => method)).toEqual(["start", "answer", "cancel", "apply", "undo", "remove"]);
    expect(refusalOf(await call("aggregate_progress", { executionId: "run-1" }))["code"]).toBe("UNKNOWN_RUN");
  });

  test("is in the list of recent runs, and next looks at the one that goes on", async () => {
    const { call } = toolWorld();
    expect(answerOf(await call("aggregate_progress"))).toMatchObject({ runs: [], next: null });
    answerOf(await call("execute_parallel_workflow", { tasks }));
    const answer = answerOf(await call("aggregate_progress"));
    expect(answer).toMatchObject({
      runs: [{ executionId: "run-1", status: "running", totalTasks: 2 }],
      next: { tool: "aggregate_progress", arguments: { executionId: "run-1" } },
    });
  });
});
