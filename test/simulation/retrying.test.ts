import { describe, expect, test } from "vitest";
import { viewRun } from "../../src/engines/progress/run-view.ts";
import { initialState } from "../../src/engines/scheduling/run-state.ts";
import { transition } from "../../src/engines/scheduling/transition.ts";
import { formatEventLine } from "../../src/report/event-line.ts";
import { activityTracker } from "../../src/report/activity-tracker.ts";
import { runProgress } from "../../src/report/run-progress.ts";
import { runResult } from "../../src/report/run-result.ts";
import type { RunEvent, RunSpec } from "../../src/schema/event.ts";
import { plannedRun } from "../rig/planned-run.ts";
import { simulateRun } from "../rig/simulated-run.ts";

const failsOnce = { minutes: 1, fail: { attempts: 1 } };
const long = { id: "long", simulate: { minutes: 30 } };

const starts = (events: readonly RunEvent[]): string[] =>
  events.flatMap((event) => (event.type === "task.started" ? [`${event.taskId} ${event.attempt}`] : []));

const hasFailed = (event: RunEvent, taskId: string): boolean =>
  event.type === "task.finished" && event.taskId === taskId && !event.outcome.success;

describe.each(["conservative", "aggressive"] as const)("a task that has failed (%s)", (strategy) => {
  const run = (tasks: Parameters<typeof plannedRun>[0], changes: Partial<RunSpec> = {}): RunSpec =>
    plannedRun(tasks, { strategy, maxParallelAgents: 2, ...changes });

  test("is done again when it is retried, what was skipped for it follows, and the run is whole (C12)", async () => {
    const tasks = [
      { id: "a", simulate: failsOnce },
      long,
      { id: "b", needs: ["a"] },
      { id: "c", needs: ["b"] },
      { id: "other" },
    ];
    const { view, events, journal } = await simulateRun(run(tasks), (event, coordinator) => {
      if (event.type === "task.skipped" && event.taskId === "c") coordinator.retry("a");
    });
    expect(view.status).toBe("completed");
    expect(starts(events).toSorted()).toEqual(["a 1", "a 2", "b 1", "c 1", "long 1", "other 1"]);
    expect(runResult(view).metrics).toMatchObject({ failureCount: 0, retryCount: 1, successRate: 1 });
    expect(view.tasks.get("a")).toMatchObject({ state: "succeeded", reopened: 1, previousError: expect.any(String) });
    expect(view.tasks.get("b")).not.toHaveProperty("skippedReason");
    expect(viewRun(journal)).toEqual(view);
    const asked = journal.findIndex((event) => event.type === "task.retry-requested");
    expect(journal[asked + 1]).toMatchObject({ type: "task.reopened", taskId: "a" });
  });

  test("fails once more when its attempts are used up again, and what needs it is skipped again (C12)", async () => {
    const tasks = [
      { id: "a", maxAttempts: 2, simulate: { minutes: 1, fail: true as const } },
      long,
      { id: "b", needs: ["a"] },
    ];
    let retried = false;
    const { view, events } = await simulateRun(run(tasks), (event, coordinator) => {
      if (event.type !== "task.skipped" || retried) return;
      retried = true;
      coordinator.retry("a");
    });
    expect(view.status).toBe("partial");
    expect(starts(events)).toEqual(["a 1", "long 1", "a 2", "a 3", "a 4"]);
    expect(view.tasks.get("b")).toMatchObject({ state: "skipped", skippedReason: "depends on 'a', which failed" });
  });

  test("is retried first when something that was skipped for it is to be done after all (C12)", async () => {
    const tasks = [{ id: "a", simulate: failsOnce }, long, { id: "b", needs: ["a"] }];
    const { view, events } = await simulateRun(run(tasks), (event, coordinator) => {
      if (event.type === "task.skipped") coordinator.retry("b");
    });
    expect(view.status).toBe("completed");
    expect(starts(events)).toEqual(["a 1", "long 1", "a 2", "b 1"]);
  });

  test("waits while the run is paused, and is not taken up once the run is cancelled (C12)", async () => {
    const tasks = [{ id: "a", simulate: failsOnce }, long];
    const paused = await simulateRun(run(tasks), (event, coordinator) => {
      if (hasFailed(event, "a")) {
        coordinator.pause("wait");
        coordinator.retry("a");
      }
      if (event.type === "task.finished" && event.taskId === "long") coordinator.resume();
    });
    expect(starts(paused.events)).toEqual(["a 1", "long 1", "a 2"]);
    expect(paused.view.status).toBe("completed");
    const cancelled = await simulateRun(run(tasks), (event, coordinator) => {
      if (!hasFailed(event, "a")) return;
      coordinator.cancel("enough");
      coordinator.retry("a");
    });
    expect(starts(cancelled.events)).toEqual(["a 1", "long 1"]);
    expect(cancelled.view.tasks.get("a")).toMatchObject({ state: "failed" });
    expect(cancelled.view.tasks.get("a")).not.toHaveProperty("reopened");
  });
});

test("whatever event a process dies after, a retry is either not done or done (C12)", async () => {
  const tasks = [{ id: "a", simulate: failsOnce }, long, { id: "b", needs: ["a"] }];
  const spec = plannedRun(tasks);
  const { journal, view } = await simulateRun(spec, (event, coordinator) => {
    if (event.type === "task.skipped") coordinator.retry("a");
  });
  for (let kept = 1; kept <= journal.length; kept++) {
    const read = viewRun(journal.slice(0, kept));
    let state = initialState(spec);
    for (const event of journal.slice(0, kept)) [state] = transition(state, event);
    const reopened = journal.slice(0, kept).filter((event) => event.type === "task.reopened").length;
    expect([0, 1]).toContain(read?.tasks.get("a")?.reopened ?? 0);
    const counted = [...(read?.tasks.values() ?? [])].reduce((sum, task) => sum + (task.reopened ?? 0), 0);
    expect(counted).toBe(reopened);
    expect([...state.counts].reduce((sum, count) => sum + count, 0)).toBe(tasks.length);
  }
  expect(viewRun(journal)).toEqual(view);
});

test("what stopped after a failure stays stopped while another failure is left (C12)", async () => {
  const tasks = [{ id: "a", simulate: failsOnce }, { id: "b", simulate: failsOnce }, long, { id: "next" }];
  const { view, events } = await simulateRun(plannedRun(tasks, { maxParallelAgents: 3 }), (event, coordinator) => {
    if (hasFailed(event, "b")) coordinator.retry("a");
  });
  expect(starts(events)).toEqual(["a 1", "b 1", "long 1", "a 2"]);
  expect(view.tasks.get("next")).toMatchObject({
    state: "skipped",
    skippedReason: "'a' failed and the strategy is conservative",
  });
});

describe("where nothing new starts after a failure", () => {
  const failsAlways = { minutes: 2, fail: true as const };

  test("what was retried together with what it needs is done, although another failure is left (C12)", async () => {
    const tasks = [
      { id: "a", simulate: failsOnce },
      { id: "d", simulate: failsAlways },
      long,
      { id: "b", needs: ["a"] },
    ];
    const { view, events } = await simulateRun(plannedRun(tasks), (event, coordinator) => {
      if (hasFailed(event, "d")) coordinator.retry("b");
    });
    expect(starts(events)).toEqual(["a 1", "d 1", "long 1", "a 2", "b 1"]);
    expect(view.tasks.get("b")?.state).toBe("succeeded");
  });

  test("what was skipped for nothing but that starts when it is retried (C12)", async () => {
    const tasks = [{ id: "x", simulate: failsAlways }, long, { id: "w" }];
    const { events } = await simulateRun(plannedRun(tasks, { maxParallelAgents: 2 }), (event, coordinator) => {
      if (event.type === "task.skipped" && event.taskId === "w") coordinator.retry("w");
    });
    expect(starts(events)).toEqual(["x 1", "long 1", "w 1"]);
  });

  test.each(["r", "t"])(
    "what was skipped for that and then lost what it needs comes back with %s (C12)",
    async (retried) => {
      const tasks = [
        { id: "x", simulate: failsAlways },
        { id: "r", simulate: { minutes: 10 } },
        long,
        { id: "t", needs: ["r"] },
      ];
      let stage = 0;
      const { view } = await simulateRun(plannedRun(tasks), (event, coordinator) => {
        if (event.type !== "task.skipped") return;
        stage += 1;
        if (stage === 1) coordinator.skip("r", "not wanted");
        if (stage === 2) coordinator.skip("x", "not wanted");
        if (stage === 3) coordinator.retry(retried);
      });
      expect(["r", "t"].map((id) => view.tasks.get(id)?.state)).toEqual(["succeeded", "succeeded"]);
    },
  );
});

describe("a task that the user skips", () => {
  test("when it has its turn but no agent yet is not left to an agent that nobody ends (C12)", async () => {
    const tasks = [{ id: "first" }, { id: "a", needs: ["first"], simulate: { minutes: 60 } }, { id: "b" }];
    const { view, events } = await simulateRun(plannedRun(tasks, { maxParallelAgents: 1 }), (event, coordinator) => {
      if (event.type === "task.started" && event.taskId === "first") coordinator.pause("wait");
      if (event.type !== "task.finished" || event.taskId !== "first") return;
      // The start follows from the first, and is told of after the second.
      coordinator.resume();
      coordinator.skip("a", "not wanted");
    });
    expect(starts(events)).toEqual(["first 1", "a 1", "b 1"]);
    expect(view.tasks.get("a")).toMatchObject({ skippedReason: "not wanted", outcome: { durationMs: 0 } });
    expect(view.tasks.get("b")?.state).toBe("succeeded");
  });

  test("is not started, what needs it is skipped with it, and retrying brings both back (C12)", async () => {
    const tasks = [{ id: "first" }, { id: "a", needs: ["first"] }, { id: "b", needs: ["a"] }, long];
    const skipped = await simulateRun(plannedRun(tasks), (event, coordinator) => {
      if (event.type === "task.started" && event.taskId === "first") coordinator.skip("a", "not wanted");
    });
    expect(starts(skipped.events)).toEqual(["first 1", "long 1"]);
    expect(skipped.view.status).toBe("partial");
    expect(runResult(skipped.view).results).toMatchObject([
      {},
      { taskId: "a", skipped: true, reason: "not wanted" },
      { taskId: "b", skipped: true, reason: "depends on 'a', which was skipped" },
      {},
    ]);
    const back = await simulateRun(plannedRun(tasks), (event, coordinator) => {
      if (event.type === "task.started" && event.taskId === "first") coordinator.skip("a", "not wanted");
      if (event.type === "task.finished" && event.taskId === "first") coordinator.retry("a");
    });
    expect(back.view.status).toBe("completed");
  });

  test("while its agent is at work ends it, keeps what it had done as partial, and frees the agent (C12)", async () => {
    const tasks = [
      { id: "a", simulate: { minutes: 60, progress: ["half"] } },
      { id: "next" },
      { id: "b", needs: ["a"] },
    ];
    const { view, events } = await simulateRun(plannedRun(tasks, { maxParallelAgents: 1 }), (event, coordinator) => {
      if (event.type === "task.progressed" && event.operation === "half") coordinator.skip("a", "not wanted");
    });
    expect(starts(events)).toEqual(["a 1", "next 1"]);
    expect(runResult(view).results[0]).toMatchObject({ skipped: true, reason: "not wanted", partial: true });
    expect(view.tasks.get("a")?.outcome).toMatchObject({ partial: true, error: { name: "Cancelled" } });
    expect(view.tasks.get("b")?.state).toBe("skipped");
  });

  test("after it has failed stops nobody else any more (C12)", async () => {
    const tasks = [
      { id: "a", simulate: { minutes: 1, fail: true as const } },
      long,
      { id: "b", needs: ["a"] },
      { id: "next" },
    ];
    const { view, events } = await simulateRun(plannedRun(tasks, { maxParallelAgents: 2 }), (event, coordinator) => {
      if (hasFailed(event, "a")) coordinator.skip("a", "not wanted");
    });
    expect(starts(events)).toEqual(["a 1", "long 1", "next 1"]);
    expect(view.tasks.get("b")?.state).toBe("skipped");
    expect(view.tasks.get("a")).toMatchObject({ state: "skipped", skippedReason: "not wanted" });
  });
});

test("what an agent is told while it works is in the journal first, and in all that is told of the run (C12)", async () => {
  const tasks = [
    { id: "a", simulate: { minutes: 10, progress: ["half"] } },
    { id: "b", needs: ["a"] },
  ];
  const text = "keep the old route";
  const { view, events, journal } = await simulateRun(plannedRun(tasks), (event, coordinator) => {
    if (event.type !== "task.progressed" || event.operation !== "half") return;
    coordinator.steer({ taskId: "a", steerId: "s1", text });
    coordinator.steer({ taskId: "b", steerId: "s2", text });
  });
  const order = journal.flatMap(({ type }) => (type.includes("steer") ? [type] : []));
  expect(order).toEqual(["task.steer-requested", "task.steer-requested", "task.steered", "task.steered"]);
  expect(events).toContainEqual(expect.objectContaining({ type: "task.progressed", operation: `told: ${text}` }));
  expect(view.tasks.get("a")?.steers).toMatchObject([{ steerId: "s1", text, delivered: true }]);
  expect(view.tasks.get("b")?.steers).toMatchObject([{ delivered: false, reason: "no agent is at work on it" }]);
  expect(viewRun(journal)).toEqual(view);
  expect(activityTracker(view)).toContain(`told: ${text}`);
  expect(runProgress(view, 0).tasks[0]?.steers).toMatchObject([{ text }]);
  expect(events.map((event) => formatEventLine(event, view) ?? "").join("\n")).toMatch(/TOLD +keep the old route/);
});
