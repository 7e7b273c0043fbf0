import fc from "fast-check";
import { expect, test } from "vitest";
import type { Command } from "../../src/engines/scheduling/command.ts";
import { initialState } from "../../src/engines/scheduling/run-state.ts";
import { transition } from "../../src/engines/scheduling/transition.ts";
import type { EventBody, RunSpec } from "../../src/schema/event.ts";
import type { AgentError } from "../../src/schema/outcome.ts";
import { plannedRun } from "../rig/planned-run.ts";

type Start = Command & { readonly type: "start-task" };
type End = "success" | AgentError["name"];

const ends: readonly End[] = ["success", "AgentError", "Timeout", "Cancelled", "BudgetExceeded", "SpawnFailed"];
const retryable: ReadonlySet<End> = new Set<End>(["AgentError", "Timeout"]);

const randomRun = fc.record({
  needs: fc.array(fc.array(fc.nat(20), { maxLength: 2 }), { minLength: 1, maxLength: 12 }),
  fallbacks: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
  attempts: fc.integer({ min: 1, max: 3 }),
  agents: fc.integer({ min: 1, max: 4 }),
  strategy: fc.constantFrom("conservative" as const, "aggressive" as const),
  fallbackOnTimeout: fc.constantFrom(undefined, true, false),
  picks: fc.array(fc.nat(100), { minLength: 60, maxLength: 60 }),
  ends: fc.array(fc.constantFrom(...ends), { minLength: 60, maxLength: 60 }),
  cancelAt: fc.option(fc.nat(20), { nil: undefined }),
});

/** What happened to one task, attempt by attempt. */
interface Tried {
  readonly fallback: boolean;
  readonly end: End;
}

function specOf(drawn: typeof randomRun extends fc.Arbitrary<infer Drawn> ? Drawn : never): RunSpec {
  const tasks = drawn.needs.map((needs, number) => ({
    id: `t${number}`,
    maxAttempts: drawn.attempts,
    needs: [...new Set(needs.filter((need) => need < number).map((need) => `t${need}`))],
    ...(drawn.fallbacks[number] && { fallback: { model: "other", executorKind: "simulated", timeoutMs: 1_000 } }),
  }));
  const { strategy, agents, fallbackOnTimeout } = drawn;
  const constraints = fallbackOnTimeout === undefined ? {} : { fallbackOnTimeout };
  return plannedRun(tasks, { strategy, maxParallelAgents: agents, constraints });
}

/** Plays a run with ends in random order; tells every task's attempts, and whether one began after nothing new may. */
function play(drawn: typeof randomRun extends fc.Arbitrary<infer Drawn> ? Drawn : never) {
  const spec = specOf(drawn);
  const tried = new Map<string, Tried[]>();
  const running: Start[] = [];
  let state = initialState(spec);
  let startsAfterCancel = 0;
  let cancelled = false;
  const tell = (event: EventBody): void => {
    const [next, commands] = transition(state, event);
    state = next;
    for (const command of commands) {
      if (command.type !== "start-task") continue;
      running.push(command);
      if (cancelled) startsAfterCancel += 1;
    }
  };
  const owner = { pid: 1, startTime: "0", bootId: "b" };
  tell({ type: "run.created", spec, owner, createdAt: "2026-01-01T00:00:00.000Z", containment: "none" });
  for (let step = 0; running.length > 0; step++) {
    if (step === drawn.cancelAt) {
      cancelled = true;
      tell({ type: "run.cancel-requested", reason: "enough" });
    }
    const [start] = running.splice((drawn.picks[step % 60] ?? 0) % running.length, 1);
    if (!start) break;
    const end = drawn.ends[step % 60] ?? "success";
    const before = tried.get(start.taskId) ?? [];
    tried.set(start.taskId, [...before, { fallback: start.fallback === true, end }]);
    expect(start.attempt).toBe(before.length + 1);
    tell(finished(start, end));
  }
  return { spec, tried, startsAfterCancel, outcome: state.outcome };
}

function finished({ taskId, attempt, agentId }: Start, end: End): EventBody {
  const success = end === "success";
  const error = success ? {} : { error: { name: end, message: "no", retryable: retryable.has(end), options: [] } };
  const outcome = { success, partial: !success, durationMs: 1, changes: [], ...error };
  return { type: "task.finished", taskId, attempt, agentId, outcome };
}

/** Ends after which no fallback is taken. */
const final: ReadonlySet<End> = new Set<End>(["success", "Cancelled", "BudgetExceeded"]);

test("a fallback runs at most once, as the last attempt, never after a success and never without a failure before it (D1)", () => {
  fc.assert(
    fc.property(randomRun, (drawn) => {
      const { tried, spec } = play(drawn);
      for (const task of spec.tasks) {
        const attempts = tried.get(task.id) ?? [];
        const own = attempts.filter(({ fallback }) => !fallback);
        const wasTaken = own.length < attempts.length;
        expect(own.length).toBeLessThanOrEqual(task.maxAttempts);
        expect(attempts.slice(0, -1).every(({ fallback, end }) => !fallback && end !== "success")).toBe(true);
        expect(wasTaken && (task.fallback === undefined || final.has(own.at(-1)?.end ?? "success"))).toBe(false);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("a cancelled run takes no fallback and starts nothing else; every run ends (D1)", () => {
  fc.assert(
    fc.property(randomRun, (drawn) => {
      const { startsAfterCancel, outcome } = play(drawn);
      expect(startsAfterCancel).toBe(0);
      expect(outcome).toBeDefined();
    }),
    { numRuns: 1_000 },
  );
});

test("after a time-out a fallback comes at once, after the retries, or not at all, as it was asked for (D1)", () => {
  fc.assert(
    fc.property(randomRun, (drawn) => {
      const { fallbackOnTimeout } = drawn;
      const { tried, spec } = play({ ...drawn, strategy: "aggressive", cancelAt: undefined });
      for (const task of spec.tasks) {
        const attempts = tried.get(task.id) ?? [];
        const own = attempts.filter(({ fallback }) => !fallback).map(({ end }) => end);
        const last = own.at(-1) ?? "success";
        const isRefused = final.has(last) || (last === "Timeout" && fallbackOnTimeout === false);
        const isExpected = task.fallback !== undefined && !isRefused;
        const isAtOnce = isExpected && last === "Timeout" && fallbackOnTimeout === true;
        expect(own.length < attempts.length).toBe(isExpected);
        expect(retryable.has(last) && own.length < task.maxAttempts).toBe(isAtOnce && own.length < task.maxAttempts);
        const passedOver = task.fallback !== undefined && fallbackOnTimeout === true ? own.slice(0, -1) : [];
        expect(passedOver).not.toContain("Timeout");
      }
    }),
    { numRuns: 2_000 },
  );
});
