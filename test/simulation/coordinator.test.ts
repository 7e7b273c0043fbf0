import { describe, expect, test } from "vitest";
import { viewRun } from "../../src/engines/progress/run-view.ts";
import { initialState } from "../../src/engines/scheduling/run-state.ts";
import { transition } from "../../src/engines/scheduling/transition.ts";
import { plannedRun } from "../rig/planned-run.ts";
import { simulateRun } from "../rig/simulated-run.ts";

const second = 1 / 60;
const states = (view: Awaited<ReturnType<typeof simulateRun>>["view"]) =>
  Object.fromEntries([...view.tasks.values()].map((task) => [task.id, task.state]));

describe("a simulated run", () => {
  test.each([
    {
      name: "three independent agents of 0.5, 0.3 and 0.4 s take 0.5 s",
      tasks: [
        { id: "a", minutes: 0.5 * second },
        { id: "b", minutes: 0.3 * second },
        { id: "c", minutes: 0.4 * second },
      ],
      totalMs: 500,
    },
    {
      name: "two independent agents and one dependent take 1.5 s instead of 2.2 s",
      tasks: [
        { id: "a", minutes: 1 * second },
        { id: "b", minutes: 0.7 * second },
        { id: "c", minutes: 0.5 * second, needs: ["a", "b"] },
      ],
      totalMs: 1_500,
    },
    {
      name: "an agent of 5 s is stopped at its limit of 1 s",
      tasks: [{ id: "a", minutes: 5 * second, timeoutMs: 1_000 }],
      totalMs: 1_000,
    },
    {
      name: "one agent's error leaves the others alone: 0.5 s instead of 1.2 s",
      tasks: [
        { id: "a", minutes: 0.5 * second },
        { id: "b", minutes: 0.3 * second, simulate: { fail: true as const } },
        { id: "c", minutes: 0.4 * second },
      ],
      totalMs: 500,
    },
  ])("$name (D5)", async ({ tasks, totalMs }) => {
    const { view } = await simulateRun(plannedRun(tasks, { strategy: "aggressive" }));
    expect(view.at).toBeCloseTo(totalMs, 6);
  });

  test("runs two independent tasks at once, and a dependent one after them (P2, C1, C22)", async () => {
    const { view, events } = await simulateRun(
      plannedRun([{ id: "a" }, { id: "b" }, { id: "c", needs: ["a", "b"] }], { maxParallelAgents: 2 }),
    );
    const order = events.flatMap((event) =>
      event.type === "task.started" || event.type === "task.finished" ? [`${event.type.slice(5)} ${event.taskId}`] : [],
    );
    expect(order).toEqual(["started a", "started b", "finished a", "finished b", "started c", "finished c"]);
    expect(view.status).toBe("completed");
    expect(view.maxParallel).toBe(2);
  });

  test("hands the results of dependencies to what depends on them (E2, C13)", async () => {
    const edits = [{ file: "schema.sql", type: "create" as const, content: "create table users();" }];
    const tasks = [
      { id: "a", description: "write the schema", simulate: { edits } },
      { id: "b", needs: ["a"] },
    ];
    const { assignments } = await simulateRun(plannedRun(tasks));
    expect(assignments.map(({ task, dependencies }) => [task.id, dependencies])).toEqual([
      ["a", []],
      ["b", [{ taskId: "a", description: "write the schema", summary: "simulated", files: ["schema.sql"] }]],
    ]);
  });

  test("stops starting after a failure when conservative, and lets the rest end (C2)", async () => {
    const tasks = [
      { id: "bad", minutes: 1, simulate: { fail: true as const } },
      { id: "long", minutes: 3 },
      { id: "late", minutes: 1 },
    ];
    const { view } = await simulateRun(plannedRun(tasks, { maxParallelAgents: 2 }));
    expect(states(view)).toEqual({ bad: "failed", long: "succeeded", late: "skipped" });
    expect(view.status).toBe("partial");
    expect(view.tasks.get("late")?.skippedReason).toContain("conservative");
  });

  test("goes on with everything not downstream of a failure when aggressive (C2, E3)", async () => {
    const tasks = [
      { id: "bad", simulate: { fail: "disk on fire" } },
      { id: "child", needs: ["bad"] },
      { id: "other" },
      { id: "grandchild", needs: ["child", "other"] },
    ];
    const { view } = await simulateRun(plannedRun(tasks, { strategy: "aggressive" }));
    expect(states(view)).toEqual({ bad: "failed", child: "skipped", other: "succeeded", grandchild: "skipped" });
    expect(view.tasks.get("bad")?.outcome?.error).toMatchObject({ name: "AgentError", message: "disk on fire" });
    expect(view.tasks.get("child")?.skippedReason).toContain("'bad'");
  });

  test("repeats a failed attempt as often as allowed and tells it why the last one failed (C12)", async () => {
    const tasks = [{ id: "flaky", maxAttempts: 3, simulate: { fail: { attempts: 2 } } }];
    const { view } = await simulateRun(plannedRun(tasks));
    expect(view.tasks.get("flaky")).toMatchObject({ state: "succeeded", attempts: 3 });
    expect(view.tasks.get("flaky")?.previousError).toContain("attempt 2");
  });

  test("keeps what an agent did until its time was over as a partial result (C12)", async () => {
    const tasks = [{ id: "stuck", timeoutMs: 60_000, simulate: { hang: true, progress: ["reading"] } }];
    const { view } = await simulateRun(plannedRun(tasks));
    expect(view.tasks.get("stuck")?.outcome).toMatchObject({
      partial: true,
      error: { name: "Timeout", retryable: true },
    });
    expect(view.tasks.get("stuck")?.outcome?.error?.options.length).toBeGreaterThan(0);
    expect(view.status).toBe("failed");
  });

  test("pauses an agent that asks until it is answered (C9)", async () => {
    const question = { text: "Which database?", options: ["SQLite", "Postgres"] };
    const { view, events } = await simulateRun(plannedRun([{ id: "db", simulate: { question } }]), (event, run) => {
      if (event.type === "task.asked") run.answer(event.taskId, event.questionId, "Postgres");
    });
    expect(events.map((event) => event.type)).toContain("task.answered");
    expect(view.questions[0]).toMatchObject({ answer: "Postgres", answeredBy: "person" });
    expect(view.status).toBe("completed");
  });

  test("takes the stated default when nobody answers in time (C9)", async () => {
    const question = { text: "Which database?", options: ["SQLite", "Postgres"] };
    const { view } = await simulateRun(plannedRun([{ id: "db", minutes: 60, timeoutMs: 1e9, simulate: { question } }]));
    expect(view.questions[0]).toMatchObject({ answer: "SQLite", answeredBy: "timeout" });
    expect(view.status).toBe("completed");
  });

  test("ends every agent when it is cancelled and starts nothing new (C9)", async () => {
    const tasks = [
      { id: "a", minutes: 10 },
      { id: "b", minutes: 10 },
      { id: "c", needs: ["a"] },
    ];
    const { view } = await simulateRun(plannedRun(tasks), (event, run) => {
      if (event.type === "task.started" && event.taskId === "b") run.cancel("the user changed their mind");
    });
    expect(view.status).toBe("cancelled");
    expect(states(view)).toEqual({ a: "cancelled", b: "cancelled", c: "cancelled" });
    expect(view.at).toBe(0);
  });

  test("holds the time limit of the whole run", async () => {
    const tasks = [
      { id: "a", minutes: 2 },
      { id: "b", minutes: 2, needs: ["a"] },
    ];
    const { view } = await simulateRun(plannedRun(tasks, { constraints: { timeoutMinutes: 3 } }));
    expect(states(view)).toEqual({ a: "succeeded", b: "failed" });
    expect(view.at).toBe(3 * 60_000);
  });

  test("waits between two starts as long as asked", async () => {
    const { events } = await simulateRun(
      plannedRun([{ id: "a" }, { id: "b" }], { constraints: { startDelayMs: 500 } }),
    );
    const starts = events.filter((event) => event.type === "task.started").map((event) => event.at);
    expect(starts).toEqual([0, 500]);
  });

  test("keeps the barrier between batches in mode batch, and not in mode dependency (C1)", async () => {
    const tasks = [
      { id: "short", minutes: 1 },
      { id: "long", minutes: 5 },
      { id: "next", needs: ["short"] },
    ];
    const started = async (mode: "batch" | "dependency") => {
      const { events } = await simulateRun(plannedRun(tasks, { mode }));
      return events.find((event) => event.type === "task.started" && event.taskId === "next")?.at;
    };
    expect(await started("dependency")).toBe(60_000);
    expect(await started("batch")).toBe(300_000);
  });

  test("gives the same events for the same seed, and others for another (P3)", async () => {
    const tasks = Array.from({ length: 40 }, (_, number) => ({
      id: `t${number}`,
      maxAttempts: 2,
      needs: number > 5 ? [`t${number - 5}`] : [],
    }));
    const record = async (seed: number) => {
      const simulation = { seed, durationSigma: 0.5, failureRate: 0.2 };
      const { events } = await simulateRun(plannedRun(tasks, { simulation, strategy: "aggressive" }));
      return JSON.stringify(events.slice(1));
    };
    expect(await record(7)).toBe(await record(7));
    expect(await record(7)).not.toBe(await record(8));
  });

  test("gives the same state when its journal is replayed (C4)", async () => {
    const tasks = [
      { id: "a", simulate: { fail: { attempts: 1 } }, maxAttempts: 2 },
      { id: "b" },
      { id: "c", needs: ["a", "b"] },
    ];
    const spec = plannedRun(tasks);
    const { view, events, journal } = await simulateRun(spec);
    expect(journal).toEqual(JSON.parse(JSON.stringify(events)));
    expect(viewRun(journal)).toEqual(view);
    let state = initialState(spec);
    for (const event of journal) [state] = transition(state, event);
    expect(state.outcome).toBe(view.status);
  });

  test("simulates a thousand tasks without waiting", async () => {
    const tasks = Array.from({ length: 1_000 }, (_, number) => ({
      id: `t${number}`,
      needs: number >= 100 ? [`t${number - 100}`] : [],
    }));
    const { view } = await simulateRun(plannedRun(tasks, { maxParallelAgents: 10 }));
    expect(view.status).toBe("completed");
    expect(view.maxParallel).toBe(10);
    expect(view.at).toBe(100 * 60_000);
  });
});
