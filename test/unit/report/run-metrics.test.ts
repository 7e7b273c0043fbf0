import { describe, expect, test } from "vitest";
import { runMetrics } from "../../../src/report/run-metrics.ts";
import { failedTask, runStory, started, succeeded } from "../../rig/run-story.ts";

const minute = 60_000;

describe("the figures of a run", () => {
  test("five tasks on three agents in three levels are four parallel tasks and one sequential one (C4, C7)", () => {
    const view = runStory(
      [
        { id: "a", minutes: 10 },
        { id: "b", minutes: 10 },
        { id: "c", minutes: 10, needs: ["a"] },
        { id: "d", minutes: 10, needs: ["b"] },
        { id: "e", minutes: 10, needs: ["c", "d"] },
      ],
      { estimatedSpeedup: 5 / 3 },
    )
      .at(0, started("a", "agent-1"), started("b", "agent-2"))
      .at(
        10 * minute,
        succeeded("a", "agent-1", { durationMs: 10 * minute }),
        succeeded("b", "agent-2", { durationMs: 10 * minute }),
      )
      .at(10 * minute, started("c", "agent-1"), started("d", "agent-3"))
      .at(
        20 * minute,
        succeeded("c", "agent-1", { durationMs: 10 * minute }),
        succeeded("d", "agent-3", { durationMs: 10 * minute }),
      )
      .at(20 * minute, started("e", "agent-1"))
      .at(30 * minute, succeeded("e", "agent-1", { durationMs: 10 * minute }))
      .at(30 * minute, { type: "run.finished", status: "completed" })
      .view();
    expect(runMetrics(view)).toEqual({
      totalTasks: 5,
      parallelTasks: 4,
      sequentialTasks: 1,
      totalDuration: 30 * minute,
      sequentialDuration: 50 * minute,
      actualSpeedup: 1.667,
      agentCount: 3,
      conflictCount: 0,
      failureCount: 0,
      retryCount: 0,
      estimatedSpeedup: 5 / 3,
      boundMs: 30 * minute,
      coordinationOverheadPercent: 0,
      parallelEfficiency: 0.5,
      successRate: 1,
      timeSavedMs: 20 * minute,
      efficiencyGainPercent: 40,
      phases: 3,
      maxParallel: 2,
      apiCalls: 0,
      throttledMs: 0,
    });
  });

  test("ten tasks in two phases have a parallel efficiency of 88.9 % (E6)", () => {
    const first = Array.from({ length: 5 }, (_, index) => ({ id: `first-${index}` }));
    const second = Array.from({ length: 5 }, (_, index) => ({ id: `second-${index}`, needs: [`first-${index}`] }));
    expect(runMetrics(runStory([...first, ...second]).view()).parallelEfficiency).toBeCloseTo(0.889, 3);
  });

  test("time lost between tasks counts as coordination overhead", () => {
    const view = runStory([{ id: "a" }, { id: "b", needs: ["a"] }])
      .at(0, started("a", "agent-1"))
      .at(4_000, succeeded("a", "agent-1", { durationMs: 4_000 }))
      .at(6_000, started("b", "agent-1"))
      .at(10_000, succeeded("b", "agent-1", { durationMs: 4_000 }), { type: "run.finished", status: "completed" })
      .view();
    expect(runMetrics(view)).toMatchObject({ totalDuration: 10_000, boundMs: 8_000, coordinationOverheadPercent: 20 });
  });

  test("every attempt counts as work, and every further one as a retry", () => {
    const view = runStory([{ id: "a" }])
      .at(0, started("a", "agent-1"))
      .at(3_000, failedTask("a", "agent-1", 3_000))
      .at(3_000, started("a", "agent-1", 2))
      .at(5_000, succeeded("a", "agent-1", { durationMs: 2_000 }), { type: "run.finished", status: "completed" })
      .view();
    expect(runMetrics(view)).toMatchObject({
      totalDuration: 5_000,
      sequentialDuration: 5_000,
      retryCount: 1,
      failureCount: 0,
    });
  });

  test("of a task that is at work again only the time of its present attempt is added to what its others took", () => {
    const story = runStory([{ id: "a" }])
      .at(0, started("a", "agent-1"))
      .at(3_000, failedTask("a", "agent-1", 3_000))
      .at(10_000, started("a", "agent-1", 2))
      .at(12_000, { type: "task.progressed", taskId: "a", operation: "half" });
    expect(runMetrics(story.view(), 12_000)).toMatchObject({ sequentialDuration: 5_000 });
  });

  test("a fallback is an attempt and no retry, also when the task is retried after it (D1)", () => {
    const byFallback = { type: "task.started", taskId: "a", agentId: "agent-1", fallback: true } as const;
    const story = runStory([{ id: "a" }])
      .at(0, started("a", "agent-1"), failedTask("a", "agent-1", 0), { ...byFallback, attempt: 2 })
      .at(1_000, failedTask("a", "agent-1", 1_000));
    expect(runMetrics(story.view())).toMatchObject({ retryCount: 0, failureCount: 1 });
    story.at(1_000, { type: "task.reopened", taskId: "a", reason: "'a' was retried" }, started("a", "agent-1", 3));
    story.at(2_000, failedTask("a", "agent-1", 1_000), { ...byFallback, attempt: 4 });
    expect(runMetrics(story.view())).toMatchObject({ retryCount: 1, failureCount: 0 });
    expect(story.view().tasks.get("a")).toMatchObject({ attempts: 4, fallbackAttempts: 2 });
  });

  test("a run in which nothing has started yet has finite figures", () => {
    const metrics = runMetrics(runStory([{ id: "a" }]).view());
    expect(Object.values(metrics).filter((figure) => !Number.isFinite(figure))).toEqual([]);
    expect(metrics).toMatchObject({ totalDuration: 0, actualSpeedup: 1, successRate: 0 });
  });
});
