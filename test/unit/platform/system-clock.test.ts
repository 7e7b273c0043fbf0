import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../../src/platform/system-clock.ts";

describe("the system clock", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] }));
  afterEach(() => void vi.useRealTimers());

  it("fires timers by due time, then by order, then by creation", () => {
    const clock = systemClock();
    const fired: string[] = [];
    clock.setTimer(20, () => fired.push("late"));
    clock.setTimer(10, () => fired.push("second of order 1"), 1);
    clock.setTimer(10, () => fired.push("first of order 0"), 0);
    clock.setTimer(10, () => fired.push("third of order 1"), 1);
    clock.setTimer(-5, () => fired.push("at once"));
    vi.advanceTimersByTime(10);
    expect(fired).toEqual(["at once", "first of order 0", "second of order 1", "third of order 1"]);
    vi.advanceTimersByTime(10);
    expect(fired.at(-1)).toBe("late");
  });

  it("does not fire what was cancelled, also by a timer of the same moment", () => {
    const clock = systemClock();
    const fired: string[] = [];
    const cancelOther = clock.setTimer(10, () => fired.push("other"), 2);
    clock.setTimer(10, () => (fired.push("canceller"), cancelOther()), 1);
    vi.advanceTimersByTime(50);
    cancelOther();
    expect(fired).toEqual(["canceller"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits longer than Node's timers can", () => {
    const clock = systemClock();
    const fired = vi.fn<() => void>();
    clock.setTimer(2 ** 31 + 1_000, fired);
    vi.advanceTimersByTime(2 ** 31 - 1);
    expect(fired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_001);
    expect(fired).toHaveBeenCalledOnce();
  });

  it("lets a callback that sets a timer for now wait for its turn", () => {
    const clock = systemClock();
    let rounds = 0;
    const again = (): void => {
      rounds += 1;
      if (rounds < 3) clock.setTimer(0, again);
    };
    clock.setTimer(0, again);
    vi.advanceTimersByTime(0);
    expect(rounds).toBeGreaterThanOrEqual(1);
    vi.advanceTimersByTime(5);
    expect(rounds).toBe(3);
  });

  it("goes on with the other timers when a callback throws", () => {
    const clock = systemClock();
    const fired = vi.fn<() => void>();
    clock.setTimer(1, () => {
      throw new Error("a bug");
    });
    clock.setTimer(1, fired);
    expect(() => vi.advanceTimersByTime(5)).toThrow("a bug");
    vi.advanceTimersByTime(5);
    expect(fired).toHaveBeenCalledOnce();
  });

  it("never goes back when the wall clock is set back", () => {
    const clock = systemClock();
    const before = clock.now();
    vi.setSystemTime(0);
    vi.advanceTimersByTime(7);
    expect(clock.now() - before).toBe(7);
    expect(clock.wallTime()).toBe("1970-01-01T00:00:00.007Z");
  });
});
