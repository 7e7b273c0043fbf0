import { describe, expect, test } from "vitest";
import { viewRun } from "../../src/engines/progress/run-view.ts";
import { formatEventLine } from "../../src/report/event-line.ts";
import { runReport } from "../../src/report/run-report.ts";
import { runResult } from "../../src/report/run-result.ts";
import type { PlannedTask } from "../../src/schema/event.ts";
import { plannedRun } from "../rig/planned-run.ts";
import { simulateRun } from "../rig/simulated-run.ts";

const minute = 60_000;
const fails = { fail: "disk on fire" };

/** A planned fallback that takes half a minute, or what else is said of it. */
function fallback(given: Partial<NonNullable<PlannedTask["fallback"]>> = {}): NonNullable<PlannedTask["fallback"]> {
  return { executorKind: "simulated", timeoutMs: minute, simulate: { minutes: 0.5 }, ...given };
}

describe("a task with a fallback", () => {
  test("is done by it after its last retry has failed, and counts as done that way (D1)", async () => {
    const tasks = [
      { id: "api", maxAttempts: 2, simulate: fails, fallback: fallback({ description: "use the generator" }) },
      { id: "next", needs: ["api"] },
    ];
    const { view, events, assignments, journal } = await simulateRun(plannedRun(tasks));
    const [first, second] = runResult(view).results;
    expect(first).toMatchObject({ success: true, attempts: 3, fallback: true, duration: 2.5 * minute });
    expect(second).toMatchObject({ success: true, attempts: 1 });
    expect(second).not.toHaveProperty("fallback");
    expect(view.status).toBe("completed");
    const starts = events.filter((event) => event.type === "task.started");
    expect(starts.map(({ taskId, attempt, fallback: by }) => [taskId, attempt, by])).toEqual([
      ["api", 1, undefined],
      ["api", 2, undefined],
      ["api", 3, true],
      ["next", 1, undefined],
    ]);
    expect(assignments[2]).toMatchObject({
      task: { description: "use the generator" },
      insteadOf: "do api",
      previousError: "disk on fire",
    });
    expect(assignments[3]?.dependencies).toMatchObject([{ taskId: "api", description: "use the generator" }]);
    expect(viewRun(journal)?.tasks.get("api")?.fallback).toBe(true);
  });

  test("says so in the run's text, its log and its report (D1)", async () => {
    const { view, events } = await simulateRun(plannedRun([{ id: "api", simulate: fails, fallback: fallback() }]));
    expect(runResult(view).summary).toMatch(/✓ api .*by its fallback/);
    expect(events.map((event) => formatEventLine(event, view) ?? "").join("\n")).toMatch(/attempt 2: its fallback/);
    expect(runReport(view).recommendations.map(({ text }) => text)).toContain(
      "api was done by its fallback, because its own way failed: disk on fire",
    );
  });

  test("has failed only when its fallback has too; nothing is tried after that (D1, C2)", async () => {
    const tasks = [
      {
        id: "api",
        maxAttempts: 2,
        simulate: fails,
        fallback: fallback({ simulate: { minutes: 0.5, fail: "no generator" } }),
      },
      { id: "next", needs: ["api"] },
      { id: "other", minutes: 1 },
    ];
    const { view } = await simulateRun(plannedRun(tasks, { strategy: "aggressive" }));
    expect(view.tasks.get("api")).toMatchObject({ state: "failed", attempts: 3, fallback: true });
    expect(view.tasks.get("api")?.outcome?.error?.message).toBe("no generator");
    expect(runResult(view).summary).toMatch(/AgentError: no generator \(3 attempts, the last by\s+its fallback\)/);
    expect(view.tasks.get("next")?.state).toBe("skipped");
    expect(view.tasks.get("other")?.state).toBe("succeeded");
  });

  test("that its fallback saves does not stop a conservative run (D1, C2)", async () => {
    const tasks = [{ id: "api", simulate: fails, fallback: fallback() }, { id: "late" }];
    const { view } = await simulateRun(plannedRun(tasks, { maxParallelAgents: 1 }));
    expect(view.status).toBe("completed");
  });

  test.each([
    { asked: undefined, ends: [1, 2, 2.5], state: "succeeded", says: "after the retries by default" },
    { asked: true, ends: [1, 1.5], state: "succeeded", says: "at the first time-out if asked" },
    { asked: false, ends: [1, 2], state: "failed", says: "never where that is refused" },
  ])("takes it after a time-out: $says (D1)", async ({ asked, ends, state }) => {
    const tasks = [
      { id: "slow", minutes: 5, timeoutMs: minute, maxAttempts: 2, fallback: fallback({ timeoutMs: 2 * minute }) },
    ];
    const constraints = asked === undefined ? {} : { fallbackOnTimeout: asked };
    const { view, events } = await simulateRun(plannedRun(tasks, { constraints }));
    const times = events.flatMap((event) => (event.type === "task.finished" ? [event.at / minute] : []));
    expect(times).toEqual(ends);
    expect(view.tasks.get("slow")?.state).toBe(state);
  });

  test("holds the fallback to its own time limit (D1)", async () => {
    const slow = fallback({ timeoutMs: 0.25 * minute });
    const { view } = await simulateRun(plannedRun([{ id: "api", simulate: fails, fallback: slow }]));
    expect(view.at).toBe(1.25 * minute);
    expect(view.tasks.get("api")?.outcome?.error).toMatchObject({ name: "Timeout" });
  });

  test("takes none when the run is cancelled or its time is over (D1)", async () => {
    const tasks = [{ id: "slow", minutes: 5, fallback: fallback() }];
    const cancelled = await simulateRun(plannedRun(tasks), (event, run) => {
      if (event.type === "task.started") run.cancel("enough");
    });
    expect(cancelled.view.tasks.get("slow")).toMatchObject({ state: "cancelled", attempts: 1 });
    const late = await simulateRun(plannedRun(tasks, { constraints: { timeoutMinutes: 1, fallbackOnTimeout: true } }));
    expect(late.view.tasks.get("slow")).toMatchObject({ state: "failed", attempts: 1 });
  });

  test("waits for the delay between starts like every other attempt (D1)", async () => {
    const tasks = [
      { id: "a", minutes: 1, simulate: fails, fallback: fallback() },
      { id: "b", minutes: 1 },
      { id: "c", minutes: 1 },
    ];
    const constraints = { startDelayMs: 2 * minute };
    const { events } = await simulateRun(plannedRun(tasks, { strategy: "aggressive", constraints }));
    const starts = events.flatMap((event) =>
      event.type === "task.started" ? [[event.taskId, event.attempt, event.at / minute]] : [],
    );
    expect(starts).toEqual([
      ["a", 1, 0],
      ["a", 2, 2],
      ["b", 1, 4],
      ["c", 1, 6],
    ]);
  });
});

test("a failure at the head of a long chain ends that chain alone, and in mode sequential too (B12)", async () => {
  const chain = (name: string, simulate?: PlannedTask["simulate"]) =>
    Array.from({ length: 30 }, (_, number) => ({
      id: `${name}${number}`,
      needs: number === 0 ? [] : [`${name}${number - 1}`],
      ...(number === 0 && simulate && { simulate }),
    }));
  const tasks = [...chain("bad", { fail: true }), ...chain("good"), ...chain("other")];
  for (const mode of ["dependency", "sequential"] as const) {
    const { view, events } = await simulateRun(plannedRun(tasks, { strategy: "aggressive", mode }));
    const of = (name: string): string[] =>
      [...view.tasks.values()].filter(({ id }) => id.startsWith(name)).map(({ state }) => state);
    expect(of("bad")).toEqual(["failed", ...Array.from({ length: 29 }, () => "skipped")]);
    expect(new Set([...of("good"), ...of("other")])).toEqual(new Set(["succeeded"]));
    expect(events.filter(({ type }) => type === "task.started")).toHaveLength(61);
    expect(view.maxParallel).toBe(mode === "sequential" ? 1 : 3);
  }
});
