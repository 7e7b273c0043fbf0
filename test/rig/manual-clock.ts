import type { Clock } from "../../src/ports/clock.ts";

/** A clock that moves only when a test moves it. */
export interface ManualClock extends Clock {
  /** Moves on and fires, one by one, every timer that falls due on the way. */
  advance(ms: number): void;
}

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Makes a clock that stands at 0. */
export function manualClock(): ManualClock {
  const timers = new Set<Timer>();
  let now = 0;
  const next = (until: number): Timer | undefined =>
    [...timers]
      .filter(({ due }) => due <= until)
      .toSorted((left, right) => left.due - right.due || left.order - right.order)[0];
  return {
    now: () => now,
    wallTime: () => "1970-01-01T00:00:00.000Z",
    setTimer(delayMs, callback, order = 0) {
      const timer = { due: now + delayMs, order, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    hold: () => () => undefined,
    advance(ms) {
      const until = now + ms;
      for (let timer = next(until); timer; timer = next(until)) {
        timers.delete(timer);
        now = timer.due;
        timer.callback();
      }
      now = until;
    },
  };
}
