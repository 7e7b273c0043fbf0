import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SimulatedClock } from "../../../src/platform/simulated-clock.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("virtual time that is played in wall time", () => {
  test("a timer set in the middle of a longer wait fires when its own time has come", async () => {
    const clock = new SimulatedClock(1);
    const fired: [string, number][] = [];
    clock.setTimer(600_000, () => fired.push(["far", clock.now()]));
    await vi.advanceTimersByTimeAsync(1_000);
    clock.setTimer(500, () => fired.push(["near", clock.now()]));
    await vi.advanceTimersByTimeAsync(499);
    expect(fired).toEqual([]);
    await vi.advanceTimersByTimeAsync(2);
    expect(fired).toEqual([["near", 1_500]]);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(fired[1]).toEqual(["far", 600_000]);
  });

  test("a wait for a timer that is cancelled keeps nothing alive", async () => {
    const clock = new SimulatedClock(1);
    const cancel = clock.setTimer(600_000, () => undefined);
    await vi.advanceTimersByTimeAsync(10);
    cancel();
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
