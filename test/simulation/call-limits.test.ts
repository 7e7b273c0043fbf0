import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../src/schema/event.ts";
import { runMetrics } from "../../src/report/run-metrics.ts";
import { runText } from "../../src/report/run-text.ts";
import { plannedRun } from "../rig/planned-run.ts";
import { simulateRun } from "../rig/simulated-run.ts";

const minute = 60_000;

/** When each call of the run was made, by the word of the agents that made them. */
function callTimes(events: readonly RunEvent[]): number[] {
  const seen = new Map<string, number>();
  return events.flatMap((event) => {
    if (event.type !== "task.progressed" || event.usage?.apiCalls === undefined) return [];
    const more = event.usage.apiCalls - (seen.get(event.taskId) ?? 0);
    seen.set(event.taskId, event.usage.apiCalls);
    return Array.from({ length: more }, () => event.at);
  });
}

/** The most calls in any minute, wherever it begins. */
function busiestMinute(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + minute).length));
}

const callers = (count: number, apiCalls: number, more: object = {}) =>
  Array.from({ length: count }, (_, index) => ({
    id: `t${index}`,
    timeoutMs: 30 * minute,
    simulate: { minutes: 1, apiCalls, ...more },
  }));

describe("limits on calls to models", () => {
  test("calls of all agents together keep to the limit in every minute, and every task completes (C3, C16)", async () => {
    const run = await simulateRun(
      plannedRun(callers(6, 30), {
        maxParallelAgents: 6,
        constraints: { apiRateLimit: { provider: "anthropic", maxRequestsPerMinute: 60 } },
      }),
    );
    const times = callTimes(run.events);
    expect(run.view.status).toBe("completed");
    expect(times).toHaveLength(180);
    expect(busiestMinute(times)).toBeLessThanOrEqual(60);
    // 180 calls at 60 a minute: the last one goes after 179 s at the earliest.
    expect(times.at(-1)).toBeLessThan(1.05 * 179_000);
    const metrics = runMetrics(run.view);
    expect(metrics.apiCalls).toBe(180);
    expect(metrics.throttledMs).toBeGreaterThan(0);
    expect(run.view.spec.unenforced).toEqual([]);
  });

  test("tokens of all agents together keep to their limit, counted before they are used (C16)", async () => {
    const run = await simulateRun(
      plannedRun(callers(8, 5, { tokens: 50_000 }), {
        maxParallelAgents: 8,
        constraints: { apiRateLimit: { provider: "anthropic", maxTokensPerMinute: 100_000 } },
      }),
    );
    const times = callTimes(run.events);
    expect(run.view.status).toBe("completed");
    expect(busiestMinute(times)).toBeLessThanOrEqual(10);
    expect(times.at(-1)).toBeLessThanOrEqual(1.06 * 234_000);
  });

  test("waiting for a permit is not counted against an agent's time limit (C16)", async () => {
    const tasks = callers(4, 20).map((task) => ({ ...task, timeoutMs: 90_000 }));
    const limit = { apiRateLimit: { provider: "openai", maxRequestsPerMinute: 10 } };
    const run = await simulateRun(plannedRun(tasks, { maxParallelAgents: 4, constraints: limit }));
    expect(run.view.status).toBe("completed");
    expect(busiestMinute(callTimes(run.events))).toBeLessThanOrEqual(10);
  });

  test("without a limit calls are counted and nobody waits", async () => {
    const run = await simulateRun(plannedRun(callers(3, 30)));
    expect(runMetrics(run.view)).toMatchObject({ apiCalls: 90, throttledMs: 0, totalDuration: minute });
  });
});

describe("budgets", () => {
  const spend = { maxParallelAgents: 2, constraints: { budget: { maxTokens: 10_000 } } };

  test("a run pauses when its budget is used up, warns before, and goes on where it stood when resumed (D6)", async () => {
    const told: RunEvent[] = [];
    const run = await simulateRun(plannedRun(callers(4, 4, { tokens: 3_600 }), spend), (event, coordinator) => {
      if (event.type === "limit.warned" || event.type === "run.resumed") told.push(event);
      if (event.type !== "run.paused") return;
      told.push(event);
      expect(coordinator.view.status).toBe("paused");
      expect(runText(coordinator.view)).toContain("PAUSED");
      setImmediate(() => coordinator.resume());
    });
    expect(told.map(({ type }) => type)).toEqual(["limit.warned", "run.paused", "run.resumed"]);
    expect(told[1]).toMatchObject({ by: "budget", reason: expect.stringContaining("10800 of 10000 tokens") });
    expect(run.view.status).toBe("completed");
    expect(run.view.budgetExtensions).toBe(1);
    expect([...run.view.tasks.values()].map(({ usage }) => usage?.tokens)).toEqual([3_600, 3_600, 3_600, 3_600]);
    expect(run.view.working).toBe(0);
    expect(runText(run.view)).toContain("budget: 14400 of 20000 tokens used");
  });

  test("a task that uses up a budget of its own is ended with what it has, and the others go on (C3, D6)", async () => {
    const told: RunEvent[] = [];
    const tasks = callers(3, 4, { tokens: 3_600 }).map((task, index) =>
      index === 1 ? { ...task, maxAttempts: 3, budget: { maxTokens: 2_000 } } : task,
    );
    const spec = plannedRun(tasks, { maxParallelAgents: 3, strategy: "aggressive" });
    const run = await simulateRun(spec, (event) => void (event.type.startsWith("limit.") && told.push(event)));
    expect(told).toMatchObject([
      { type: "limit.warned", taskId: "t1", limit: "task.budget.maxTokens", measured: 1_800, allowed: 2_000 },
      { type: "limit.enforced", taskId: "t1", limit: "task.budget.maxTokens", measured: 2_700, allowed: 2_000 },
    ]);
    expect(run.view.status).toBe("partial");
    expect(run.view.tasks.get("t1")).toMatchObject({
      attempts: 1,
      usage: { tokens: 2_700 },
      outcome: { partial: true, error: { name: "BudgetExceeded", message: expect.stringContaining("2700 tokens") } },
    });
    expect(run.view.tasks.get("t2")?.state).toBe("succeeded");
  });

  test("a task's budget of money counts what its calls are estimated to cost (D6)", async () => {
    const tasks = callers(1, 10, { tokens: 1_000_000 }).map((task) => ({ ...task, budget: { maxUsd: 1 } }));
    const { view } = await simulateRun(plannedRun(tasks));
    expect(view.tasks.get("t0")?.outcome?.error).toMatchObject({ name: "BudgetExceeded", retryable: false });
    expect(view.tasks.get("t0")?.usage?.costUsd).toBeGreaterThanOrEqual(1);
    expect(view.tasks.get("t0")?.usage?.costUsd).toBeLessThan(2.5);
  });

  test("while a run is paused nothing starts, and it can be cancelled with what it has", async () => {
    let startsAfter = 0;
    let paused = false;
    const run = await simulateRun(plannedRun(callers(4, 4, { tokens: 4_000 }), spend), (event, coordinator) => {
      if (paused && event.type === "task.started") startsAfter += 1;
      if (event.type !== "run.paused") return;
      paused = true;
      setImmediate(() => coordinator.cancel("enough"));
    });
    expect(run.view.status).toBe("cancelled");
    expect(startsAfter).toBe(0);
    const states = [...run.view.tasks.values()].map(({ state }) => state);
    expect(states.filter((state) => state === "succeeded")).toHaveLength(2);
  });

  test("a person pauses a run without any limit: what runs ends, nothing new starts until it is resumed", async () => {
    const order: string[] = [];
    const run = await simulateRun(plannedRun(callers(3, 0), { maxParallelAgents: 1 }), (event, coordinator) => {
      if (event.type.startsWith("run.") || event.type === "task.started") order.push(event.type);
      if (event.type === "task.started" && event.taskId === "t0") coordinator.pause("lunch");
      if (event.type === "task.finished" && event.taskId === "t0") setImmediate(() => coordinator.resume());
    });
    expect(order).toEqual([
      ...["run.created", "task.started", "run.paused", "run.resumed", "task.started", "task.started", "run.finished"],
    ]);
    expect(run.view.status).toBe("completed");
  });

  test("a simulated run costs money only where its budget names some", async () => {
    const tasks = callers(1, 2, { tokens: 1_000_000 });
    const free = await simulateRun(plannedRun(tasks));
    expect(free.view.tasks.get("t0")?.usage).toEqual({ tokens: 1_000_000, apiCalls: 2 });
    const dear = await simulateRun(plannedRun(tasks, { constraints: { budget: { maxUsd: 100 } } }));
    expect(dear.view.tasks.get("t0")?.usage?.costUsd).toBeGreaterThan(1);
  });
});
