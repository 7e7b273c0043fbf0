/**
 * How much was taken in the last minute, in cells of a fraction of a second. The cell in which the
 * minute begins counts whole, so that no 60 seconds, wherever they begin, hold more than the limit.
 */

const minuteMs = 60_000;
const cellMs = 250;

/** Amounts by cell, oldest first. */
export type MinuteWindow = readonly (readonly [cell: number, amount: number])[];

/** The window without what is older than a minute. */
export function recentOnly(window: MinuteWindow, now: number): MinuteWindow {
  const oldest = Math.floor((now - minuteMs) / cellMs);
  const first = window.findIndex(([cell]) => cell >= oldest);
  if (first === -1) return [];
  return first === 0 ? window : window.slice(first);
}

/** Adds an amount at this moment. */
export function addTo(window: MinuteWindow, now: number, amount: number): MinuteWindow {
  const cell = Math.floor(now / cellMs);
  const last = window.at(-1);
  if (last && last[0] >= cell) return [...window.slice(0, -1), [last[0], last[1] + amount]];
  return [...window, [cell, amount]];
}

/** All of the last minute. */
export function amountIn(window: MinuteWindow): number {
  return window.reduce((sum, [, amount]) => sum + amount, 0);
}

/**
 * The first moment from which the amount fits in, given that nothing else is taken; `now` when it
 * does already. What is larger than the whole limit fits when nothing else is there.
 */
export function fitsFrom(
  window: MinuteWindow,
  limit: number,
  request: { readonly now: number; readonly amount: number },
): number {
  let left = amountIn(window);
  if (left + request.amount <= limit) return request.now;
  for (const [cell, amount] of window) {
    left -= amount;
    if (left + request.amount <= limit || left <= 0) return (cell + 1) * cellMs + minuteMs;
  }
  return request.now;
}
