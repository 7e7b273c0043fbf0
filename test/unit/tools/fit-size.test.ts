import { expect, test } from "vitest";
import { analyze } from "../../../src/engines/analysis/analyze.ts";
import { acceptAnalysis, type AnalysisResultInput } from "../../../src/engines/planning/accept-analysis.ts";
import type { Answer } from "../../../src/tools/define-tool.ts";
import { answerLimitBytes, fitSize } from "../../../src/tools/fit-size.ts";
import { task, valueOf } from "../../rig/task-rig.ts";

const change = (file: string, bytes: number): object => ({
  file,
  type: "modify",
  diff: "d".repeat(bytes),
  content: "c".repeat(bytes),
});
const answer = (more: object): Answer => ({ summary: "DONE", next: null, ...more });
const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

test("a small answer is left alone", () => {
  const small = answer({ results: [{ changes: [change("a.ts", 100)] }] });
  expect(fitSize(small, "ask again")).toBe(small);
});

test("contents go first, diffs only when that is not enough, and the answer says how to get them", () => {
  const two = answer({ results: [{ taskId: "a", changes: [change("a.ts", 14_000)] }] });
  const cut = fitSize(two, "ask again");
  expect(cut).toMatchObject({ truncated: true, more: { leftOut: ["file contents"], how: "ask again" } });
  expect(JSON.stringify(cut)).toContain("dddd");
  expect(bytes(cut)).toBeLessThanOrEqual(answerLimitBytes);

  const both = fitSize(answer({ results: [{ taskId: "a", changes: [change("a.ts", 30_000)] }] }), "ask again");
  expect(both["more"]).toEqual({ leftOut: ["file contents", "diffs"], how: "ask again" });
  expect(both["results"]).toEqual([{ taskId: "a", changes: [{ file: "a.ts", type: "modify" }] }]);
});

test("tasks, batches, conflicts and results are never cut, however many there are", () => {
  const tasks = Array.from({ length: 2_000 }, (_, index) => ({ id: `task-${index}`, description: "x".repeat(50) }));
  const large = answer({ suggestedBatches: [{ id: "batch-1", tasks }], schedule: { agents: 2, slots: tasks } });
  const cut = fitSize(large, "ask again");
  expect(cut["suggestedBatches"]).toEqual(large["suggestedBatches"]);
  expect(cut["schedule"]).toEqual({ agents: 2 });
});

test("a task whose id is the name of something that is cut stays in the graph", () => {
  const nodes = { diff: { id: "diff" }, content: { id: "content" }, slots: { id: "slots" } };
  const cut = fitSize(
    answer({ dependencyGraph: { nodes, edges: [] }, results: [{ diff: "d".repeat(30_000) }] }),
    "ask again",
  );
  expect(cut["dependencyGraph"]).toEqual({ nodes, edges: [] });
});

test("summary and next come first, also in an answer that was cut", () => {
  const cut = fitSize(answer({ results: [{ diff: "d".repeat(30_000) }] }), "ask again");
  expect(Object.keys(cut).slice(0, 2)).toEqual(["summary", "next"]);
});

test("an analysis of 2,000 tasks says everything once: what its batches say is not said again", () => {
  const subtasks = Array.from({ length: 2_000 }, (_, n) => task(`t${n}`, 1 + (n % 17), n < 40 ? [] : [`t${n - 40}`]));
  const analysis = valueOf(analyze({ taskDescription: "All", subtasks }));
  const cut = fitSize(answer({ ...analysis }), "ask again");
  expect(cut["suggestedBatches"]).toBe(analysis.suggestedBatches);
  expect(cut["dependencyGraph"]).toEqual({ nodes: {}, edges: [] });
  expect(bytes(cut) - bytes(analysis.suggestedBatches)).toBeLessThan(answerLimitBytes);
  const accepted = valueOf(
    acceptAnalysis({ analysis: cut as unknown as AnalysisResultInput, field: "analysisResult" }),
  );
  expect(accepted.tasks.length).toBe(2_000);
  expect(accepted.tasks.flatMap(({ dependsOn = [] }) => dependsOn).length).toBe(1_960);
});

test("an analysis of tasks with long descriptions holds each description once", () => {
  const subtasks = Array.from({ length: 12 }, (_, n) => ({
    id: `t${n}`,
    description: `${n} ${"long text ".repeat(400)}`,
  }));
  const analysis = valueOf(analyze({ taskDescription: "All", subtasks }));
  const cut = fitSize(answer({ ...analysis }), "ask again");
  expect(JSON.stringify(cut).split("7 long text").length - 1).toBe(1);
});
