import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { activityTracker } from "../../../src/report/activity-tracker.ts";
import { formatEventLine } from "../../../src/report/event-line.ts";
import { progressLine } from "../../../src/report/progress-line.ts";
import { projectState } from "../../../src/report/project-state.ts";
import { reportMarkdown } from "../../../src/report/report-markdown.ts";
import { runProgress } from "../../../src/report/run-progress.ts";
import { runResult } from "../../../src/report/run-result.ts";
import { scratchpad } from "../../../src/report/scratchpad.ts";
import { agentProgressSchema } from "../../../src/schema/progress.ts";
import { agentResultInputSchema } from "../../../src/schema/outcome.ts";
import { changed, failedTask, runStory, started, succeeded } from "../../rig/run-story.ts";

const minute = 60_000;
const tasks = [
  { id: "a", minutes: 10 },
  { id: "b", minutes: 30 },
  { id: "c", minutes: 20, needs: ["a"] },
];
const halfway = () =>
  runStory(tasks)
    .at(0, started("a", "agent-1"), started("b", "agent-2"))
    .at(
      20 * minute,
      succeeded("a", "agent-1", { durationMs: 20 * minute, changes: [changed("src/a.ts")], summary: "wrote a" }),
    );
const finished = () =>
  halfway()
    .at(20 * minute, started("c", "agent-1"))
    .at(50 * minute, failedTask("b", "agent-2", 50 * minute, "no *stars* in `b`"))
    .at(60 * minute, succeeded("c", "agent-1", { durationMs: 40 * minute }))
    .at(60 * minute, { type: "run.finished", status: "partial" });

describe("the progress of a run", () => {
  test("is weighted by minutes and reaches 100 only when everything is done", () => {
    const progress = runProgress(halfway().view(), 0);
    // a (10 of 60 minutes) is done; b has worked 20 of its 30 minutes.
    expect(progress.overallProgress).toBeCloseTo(50, 0);
    expect(progress.method).toBe("weighted");
    expect(runProgress(finished().view(), 0).overallProgress).toBe(50);
  });

  test("what is left is calibrated by what the finished tasks really took", () => {
    const { eta } = runProgress(
      halfway()
        .at(20 * minute, started("c", "agent-1"))
        .view(),
      0,
    );
    // a took twice its estimate: b has 60 - 20 minutes left, c 40.
    expect(eta.p50Ms).toBe(40 * minute);
    expect(eta.p90Ms).toBeGreaterThan(eta.p50Ms);
    expect(eta.p50).toBe("2026-11-21T09:00:00.000Z");
    expect(eta).toMatchObject({ source: "estimated", basis: "estimates corrected by 1 finished tasks (x2.00)" });
  });

  test("names failed agents as bottlenecks and reports at the end what to do first", () => {
    const progress = runProgress(finished().view(), 0, { sinceSeq: 2, detail: "full" });
    expect(progress.bottlenecks).toMatchObject([{ agentId: "agent-2", taskId: "b", impact: "high" }]);
    expect(progress.agentStatuses).toMatchObject({
      "agent-1": { status: "complete" },
      "agent-2": { status: "failed" },
    });
    expect(progress.report).toMatchObject({
      severity: "high",
      recommendations: [{ priority: 1, severity: "high" }, {}, {}],
    });
    expect(progress.changed).toBe(true);
    expect(progress.results).toHaveLength(3);
    expect(progress.report?.timeline.at(-1)).toEqual({ atMs: 60 * minute, text: "run ended: partial" });
  });

  test("its line for a progress message never goes back", () => {
    const line = progressLine(halfway().view(), 0, 77);
    expect(line).toMatchObject({ progress: 77, total: 100 });
    expect(line.message).toBe("1/3 done · 1 running · b: at work");
    expect(progressLine(finished().view(), 0).progress).toBe(100);
  });

  test("while it waits for somebody else who writes to the folder, its line says for whom", () => {
    const story = runStory([{ id: "a" }])
      .at(0, started("a", "agent-1"))
      .at(1, succeeded("a", "agent-1", { durationMs: 1 }))
      .at(2, { type: "merge.finished", merged: ["a"], held: [], conflicts: [], commit: "c0ffee" })
      .at(3, { type: "apply.started", commit: "c0ffee", waitsFor: "process 42" });
    const waits = "waits to write: process 42 is writing here";
    expect(progressLine(story.view(), 0).message).toBe(`1/1 done · 0 running · ${waits}`);
    expect(story.events.map((event) => formatEventLine(event, story.view())).at(-1)).toBe(`   +3ms  ${waits}`);
    story.at(4, { type: "apply.finished", applied: true, files: ["a"], undo: "u", conflicts: [] });
    expect(progressLine(story.view(), 0).message).toBe("1/1 done · 0 running");
  });
});

describe("the result of a run", () => {
  test("every result is an agent's result for detect_conflicts and an agent's progress for aggregate_progress (C5)", () => {
    const { results, success, status } = runResult(finished().view());
    expect({ success, status }).toEqual({ success: false, status: "partial" });
    for (const result of results) {
      expect(agentResultInputSchema.safeParse(result).error).toBeUndefined();
      expect(agentProgressSchema.safeParse(result).error).toBeUndefined();
    }
    expect(results.map(({ taskId, status: state, percentComplete }) => [taskId, state, percentComplete])).toEqual([
      ["a", "complete", 100],
      ["b", "failed", 0],
      ["c", "complete", 100],
    ]);
  });

  test("says who did what, to which files, for how long and with which error (C4)", () => {
    const result = runResult(finished().view());
    expect(result.results[0]).toMatchObject({
      agentId: "agent-1",
      taskId: "a",
      success: true,
      filesModified: ["src/a.ts"],
      changes: [{ file: "src/a.ts", type: "modify" }],
      duration: 20 * minute,
      startedAt: "2026-11-21T08:00:00.000Z",
      endedAt: "2026-11-21T08:20:00.000Z",
    });
    expect(result.results[1]?.error).toEqual({
      name: "AgentError",
      message: "no *stars* in `b`",
      retryable: true,
      options: ["run it again with more time"],
      taskId: "b",
    });
    expect(Object.keys(result).slice(0, 2)).toEqual(["summary", "next"]);
    expect(result).toMatchObject({
      simulated: true,
      reused: [],
      conflicts: [],
      batches: [
        { id: "batch-1", tasks: ["a", "b"] },
        { id: "batch-2", tasks: ["c"] },
      ],
    });
  });

  test("a skipped task is a result too, with its reason; success is absent while the run goes on", () => {
    const view = halfway()
      .at(30 * minute, { type: "task.skipped", taskId: "c", reason: "not wanted" })
      .view();
    const result = runResult(view);
    expect("success" in result).toBe(false);
    expect(result.results[1]).toMatchObject({ taskId: "c", skipped: true, reason: "not wanted", success: false });
    expect(result.next).toEqual({
      tool: "aggregate_progress",
      arguments: { executionId: "run-test", waitSeconds: 45 },
    });
  });
});

describe("the files of a run", () => {
  test("the activity tracker has one entry a task with time, agent, group, dependencies, status and duration", () => {
    expect(activityTracker(finished().view())).toContain(
      "- 08:20:00 **c** group 2 · agent agent-1 · after a · succeeded · 40m00",
    );
  });

  test("the project state is YAML, whatever the tasks are called", () => {
    const state = parse(projectState(runStory([{ id: 'a: "b"\n- c #' }, { id: "yes" }]).view())) as { tasks: object };
    expect(Object.keys(state.tasks)).toEqual(['a: "b"\n- c #', "yes"]);
  });

  test("the scratchpad holds what finished tasks said, as text and not as markup", () => {
    expect(scratchpad(finished().view())).toContain("## b (failed)\n\nno \\*stars\\* in \\`b\\`");
    expect(scratchpad(finished().view())).toContain("wrote a");
  });

  test("the report has an executive summary, recommendations, technical detail and a timeline", () => {
    const report = reportMarkdown(finished().view());
    for (const part of ["Executive summary", "Recommendations", "Action items", "Technical detail", "Timeline"]) {
      expect(report).toContain(`\n## ${part}\n`);
    }
    expect(report).toContain("1. **high** b failed (AgentError): run it again with more time");
  });

  test("every event that matters is one plain line", () => {
    const story = finished();
    const view = story.view();
    expect(story.events.map((event) => formatEventLine(event, view))).toEqual([
      "    +0s  run run-test: 3 tasks, up to 3 at once, simulated",
      "    +0s  [a]                start    agent-1",
      "    +0s  [b]                start    agent-2",
      " +20m00  [a]                done     20m00 +2 -1 in 1 file",
      " +20m00  [c]                start    agent-1",
      " +50m00  [b]                FAILED   50m00 AgentError: no *stars* in `b`",
      "  +1h00  [c]                done     40m00",
      "  +1h00  run partial",
    ]);
  });
});
