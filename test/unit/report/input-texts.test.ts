import { describe, expect, test } from "vitest";
import { analyze } from "../../../src/engines/analysis/analyze.ts";
import { createDependencyGraph } from "../../../src/engines/analysis/create-graph.ts";
import { analysisSummary, planText } from "../../../src/report/analysis-text.ts";
import { conflictsSummary } from "../../../src/report/conflicts-text.ts";
import { distributionSummary } from "../../../src/report/distribution-text.ts";
import { graphSummary } from "../../../src/report/graph-text.ts";
import { progressSummary } from "../../../src/report/progress-text.ts";
import { displayWidth } from "../../../src/report/text-layout.ts";
import type { Conflict } from "../../../src/schema/conflict.ts";
import type { TaskInput } from "../../../src/schema/task.ts";

function analysisOf(subtasks: readonly TaskInput[]) {
  const analysed = analyze({ taskDescription: "Ship it", subtasks, detectImplicit: false });
  if (!analysed.ok) throw new Error(analysed.error.error);
  return analysed.value;
}

function isShort(text: string): boolean {
  const lines = text.split("\n");
  return lines.length <= 40 && lines.every((line) => displayWidth(line) <= 76);
}

const login: TaskInput[] = [
  { id: "api", description: "Write the interface", estimatedMinutes: 20 },
  { id: "form", description: "Draw the mask", estimatedMinutes: 15 },
  { id: "check", description: "Try it out", estimatedMinutes: 10, dependsOn: ["api", "form"] },
];
const many: TaskInput[] = Array.from({ length: 300 }, (_, index) => ({
  id: `${"x".repeat(150)}-${index}`,
  description: "日本語".repeat(20),
  ...(index >= 30 ? { dependsOn: [`${"x".repeat(150)}-${index - 30}`] } : {}),
}));
const overlap: Conflict = {
  id: "c1",
  type: "file-level",
  severity: "medium",
  agents: ["agent-1", "agent-2"],
  tasks: ["api", "form"],
  description: "both change the head of the file",
  affectedResources: ["src/app.ts"],
  detectionMethod: "hunks",
  locations: [{ file: "src/app.ts", startLine: 4, endLine: 9, agentId: "agent-1" }],
  confidence: 1,
  resolutionOptions: [{ strategy: "manual", description: "choose yourself", automatic: false, risk: "low" }],
};

describe("texts of what was given", () => {
  test("an analysis starts with the verdict and ends with the call that runs it", () => {
    const text = analysisSummary(analysisOf(login), "plan-1");
    expect(text).toMatch(/^WORTH RUNNING IN PARALLEL · 1\.5x faster · 2 agents/);
    expect(text).toMatch(/run it:\n {2}execute_parallel_workflow \{"planId":"plan-1"\}$/);
  });

  test("a plan marks the longest chain", () => {
    const text = planText({ title: "Login", analysis: analysisOf(login) });
    expect(text).toMatch(/◆ api .*\n {2}● form .*\n {2}◆ check .*after api, form/);
  });

  test("a cycle is drawn as a closed path", () => {
    const cycle = analysisOf([
      { id: "a", description: "One", dependsOn: ["b"] },
      { id: "b", description: "Two", dependsOn: ["a"] },
    ]);
    expect(analysisSummary(cycle)).toMatch(/^CANNOT RUN[^]*CYCLES[^]*(a → b → a|b → a → b)/);
  });

  test("conflicts come worst first, with their place and their ways out", () => {
    const mild = { ...overlap, id: "c0", severity: "low" as const };
    const text = conflictsSummary({ hasConflicts: true, conflicts: [mild, overlap], resolutionStrategy: "manual" });
    expect(text).toBe(`CONFLICT · 1 conflict to decide

TO DECIDE (1)
  c1 medium · src/app.ts L4-9 · api x form
     both change the head of the file
     1 manual: choose yourself

MERGES BY ITSELF (1)
  c0 both change the head of the file

somebody has to choose; until then nothing of it is written`);
  });

  test("no conflict is said in one line", () => {
    const report = { hasConflicts: false, conflicts: [], resolutionStrategy: "auto" as const };
    expect(conflictsSummary(report)).toBe("NO CONFLICT · the results add up");
  });

  test("agents that failed come before those at work", () => {
    const agent = (agentId: string, status: "failed" | "working", percentComplete: number) => ({
      agentId,
      currentTask: `task of ${agentId}`,
      percentComplete,
      status,
    });
    const text = progressSummary({
      overallProgress: 45,
      method: "simple-average",
      agentStatuses: { one: agent("one", "working", 80), two: agent("two", "failed", 10) },
      bottlenecks: [{ agentId: "two", taskId: "t", reason: "it failed", impact: "high", suggestion: "look at it" }],
      estimatedCompletion: "2026-11-21T09:00:00.000Z",
    });
    expect(text).toMatch(/^NEEDS YOU · 45 % · 2 agents: 1 failed, 1 working/);
    expect(text.indexOf("task of two")).toBeLessThan(text.indexOf("task of one"));
  });

  test("three hundred tasks with long names still fit on a screen", () => {
    const analysis = analysisOf(many);
    const created = createDependencyGraph({ tasks: many, detectImplicit: false });
    if (!created.ok) throw new Error(created.error.error);
    const distribution = {
      batches: analysis.suggestedBatches,
      estimatedTotalTime: 100,
      loadBalance: 90,
      reasoning: "even",
    };
    const conflicts = many.map((task) => ({
      ...overlap,
      id: task.id,
      description: task.description,
      tasks: [task.id, "form"],
    }));
    const texts = [
      analysisSummary(analysis, "plan-1"),
      planText({ title: "x".repeat(500), analysis }),
      graphSummary(created.value),
      distributionSummary(distribution),
      conflictsSummary({ hasConflicts: true, conflicts, resolutionStrategy: "manual" }),
    ];
    expect(texts.map(isShort)).toEqual([true, true, true, true, true]);
    expect(texts.every((text) => /… and \d+ more/.test(text))).toBe(true);
  });
});
