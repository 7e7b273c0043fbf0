import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openThrottle, throttleStep, type ThrottleState } from "../../../src/engines/limits/cpu-throttle.ts";

/** A program that wants `cores` cores whenever it runs, looked at late by up to `lateMs`, by a clock of 10 ms ticks. */
function hold(request: {
  readonly share: number;
  readonly cores: number;
  readonly forMs: number;
  readonly lateMs?: (look: number) => number;
}) {
  const { share, cores, forMs, lateMs = () => 0 } = request;
  let at = 0;
  let cpuMs = 0;
  let state: ThrottleState = openThrottle(0, 0, share);
  let stops = 0;
  let longestStopMs = 0;
  for (let look = 0; at < forMs; look++) {
    const step = throttleStep(state, { at, cpuMs: Math.floor(cpuMs / 10) * 10 }, share);
    ({ state } = step);
    if (step.action === "stop") stops += 1;
    const waitMs = step.lookInMs + lateMs(look);
    if (state.stoppedAt === undefined) cpuMs += cores * waitMs;
    else longestStopMs = Math.max(longestStopMs, at + waitMs - state.stoppedAt);
    at += waitMs;
  }
  return { percent: (100 * cpuMs) / at, stops, longestStopMs };
}

describe("the throttle", () => {
  test.each([
    { asked: 50, cores: 1 },
    { asked: 25, cores: 1 },
    { asked: 10, cores: 1 },
    { asked: 5, cores: 1 },
    { asked: 90, cores: 1 },
    { asked: 50, cores: 2 },
    { asked: 50, cores: 4 },
  ])("holds a program that wants $cores cores at $asked % of one (C15)", ({ asked, cores }) => {
    const { percent, longestStopMs } = hold({ share: asked / 100, cores, forMs: 30_000 });
    expect(percent).toBeGreaterThan(0.9 * asked);
    expect(percent).toBeLessThan(1.1 * asked);
    expect(longestStopMs).toBeLessThan(1_000);
  });

  test("never stops a program that stays below its share", () => {
    expect(hold({ share: 0.5, cores: 0.45, forMs: 30_000 }).stops).toBe(0);
  });

  test("lets nobody save up: after a minute of rest a program may burst for a quarter of a second", () => {
    const rested = throttleStep(openThrottle(0, 0, 0.5), { at: 60_000, cpuMs: 0 }, 0.5).state;
    expect(rested.creditMs).toBe(125);
  });

  test("holds the average however late the looks are (C15)", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 90 }),
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 50, maxLength: 50 }),
        (asked, late) => {
          const lateMs = (look: number): number => late[look % late.length] ?? 0;
          const { percent } = hold({ share: asked / 100, cores: 1, forMs: 60_000, lateMs });
          expect(percent).toBeGreaterThan(0.85 * asked);
          expect(percent).toBeLessThan(1.1 * asked);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("continues whom it has stopped for 0.9 s, even if much is owed", () => {
    let { state } = throttleStep(openThrottle(0, 0, 0.01), { at: 100, cpuMs: 1_000 }, 0.01);
    expect(state.stoppedAt).toBe(100);
    const before = throttleStep(state, { at: 999, cpuMs: 1_000 }, 0.01);
    expect(before.action).toBeUndefined();
    ({ state } = before);
    expect(throttleStep(state, { at: 1_000, cpuMs: 1_000 }, 0.01).action).toBe("continue");
  });
});
