import type { Clock } from "../ports/clock.ts";

/** Longest delay a Node timer takes; longer ones are waited for in parts. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * Real time. It follows the monotonic clock from the wall-clock time at which the process started, so that a wall
 * clock that is set back or forward never fires or delays a time-out.
 *
 * Timers keep the process alive on purpose: each belongs to something under way, and whoever gives that up cancels it.
 */
export function systemClock(): Clock {
  /** Sorted: the one that fires first comes first. */
  const timers: Timer[] = [];
  let armed: NodeJS.Timeout | undefined;
  let armedFor = Infinity;
  const { timeOrigin } = performance;
  const now = (): number => timeOrigin + performance.now();

  /** Has Node wake us for the first timer. Waking up too early, for one that was cancelled, does no harm. */
  const arm = (): void => {
    const first = timers[0];
    if (first && armedFor <= first.due) return;
    clearTimeout(armed);
    armedFor = first ? first.due : Infinity;
    armed = first && setTimeout(fire, Math.min(Math.max(0, Math.ceil(first.due - now())), LONGEST_DELAY_MS));
  };
  const fire = (): void => {
    const moment = now();
    try {
      // Node may fire early by a fraction of a millisecond; what a callback adds waits for the next round.
      for (let left = timers.length; left > 0 && (timers[0]?.due ?? Infinity) <= moment; left -= 1)
        timers.shift()?.callback();
    } finally {
      armedFor = Infinity;
      arm();
    }
  };

  return {
    now: () => Math.floor(now()),
    wallTime: () => new Date().toISOString(),
    setTimer(delayMs, callback, order = 0) {
      const timer: Timer = { due: Math.floor(now()) + Math.max(0, delayMs), order, callback };
      timers.splice(placeOf(timer, timers), 0, timer);
      arm();
      return () => {
        const index = timers.indexOf(timer);
        if (index === -1) return;
        timers.splice(index, 1);
        arm();
      };
    },
    hold: () => () => undefined,
  };
}

/** Where a timer goes: after all that are due before it, or at the same moment with the same or a lower order. */
function placeOf(timer: Timer, timers: readonly Timer[]): number {
  let low = 0;
  let high = timers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = timers[middle] as Timer;
    if (other.due < timer.due || (other.due === timer.due && other.order <= timer.order)) low = middle + 1;
    else high = middle;
  }
  return low;
}
