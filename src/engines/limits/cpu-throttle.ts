/**
 * Holds the measured CPU time of a program to a share of one core, by saying when it is to be stopped and continued.
 *
 * The program earns CPU time as time goes by and pays with what it was measured to use: what it takes too much in one
 * turn is missing in the next, so that the average is exact whatever happens between two looks (a token bucket with
 * debt, paid by measurement and not by a fixed duty cycle).
 *
 * T1  No stop is longer than 0.9 s: connections of the program survive.
 * T2  What is not used within 0.25 s is lost: an idle program saves nothing up.
 */
export interface ThrottleState {
  readonly at: number;
  readonly cpuMs: number;
  /** CPU milliseconds it may still use; negative when it owes. */
  readonly creditMs: number;
  /** When it was stopped; undefined while it runs. */
  readonly stoppedAt: number | undefined;
}

/** What is to be done with the program now. */
export interface ThrottleStep {
  readonly state: ThrottleState;
  readonly action: "stop" | "continue" | undefined;
  /** Milliseconds until the next look. */
  readonly lookInMs: number;
}

const LONGEST_STOP_MS = 900;
const SAVED_MS = 250;
const LEAST_LOOK_MS = 10;
const LONGEST_LOOK_MS = 50;
/** Debt for which nobody is stopped longer than this in all. */
const LONGEST_DEBT_MS = 10_000;

/** The account of a program that was not looked at before; its start is on credit. */
export function openThrottle(at: number, cpuMs: number, share: number): ThrottleState {
  return { at, cpuMs, creditMs: share * SAVED_MS, stoppedAt: undefined };
}

/** Enters a measurement; `share` is of one core, such as 0.5. */
export function throttleStep(
  former: ThrottleState,
  measured: { readonly at: number; readonly cpuMs: number },
  share: number,
): ThrottleStep {
  const { at, cpuMs } = measured;
  const elapsedMs = at - former.at;
  const usedMs = cpuMs - former.cpuMs;
  const credit = former.creditMs + share * elapsedMs - usedMs;
  const creditMs = Math.min(share * SAVED_MS, Math.max(-share * LONGEST_DEBT_MS, credit));
  const { stoppedAt } = former;
  if (stoppedAt !== undefined) {
    const leftMs = Math.min(LONGEST_STOP_MS - (at - stoppedAt), (share * LEAST_LOOK_MS - creditMs) / share);
    if (leftMs > 0) {
      return { state: { at, cpuMs, creditMs, stoppedAt }, action: undefined, lookInMs: Math.ceil(leftMs) };
    }
    const state = { at, cpuMs, creditMs, stoppedAt: undefined };
    return { state, action: "continue", lookInMs: untilSpent(creditMs, 1, share) };
  }
  if (creditMs <= 0 && usedMs > 0) {
    const state = { at, cpuMs, creditMs, stoppedAt: at };
    const lookInMs = Math.ceil(Math.min(LONGEST_STOP_MS, Math.max(LEAST_LOOK_MS, -creditMs / share)));
    return { state, action: "stop", lookInMs };
  }
  const rate = elapsedMs > 0 ? Math.max(1, usedMs / elapsedMs) : 1;
  return {
    state: { at, cpuMs, creditMs, stoppedAt: undefined },
    action: undefined,
    lookInMs: untilSpent(creditMs, rate, share),
  };
}

/** When a program that uses `rate` cores has spent its credit. */
function untilSpent(creditMs: number, rate: number, share: number): number {
  if (rate <= share) return LONGEST_LOOK_MS;
  return Math.ceil(Math.min(LONGEST_LOOK_MS, Math.max(LEAST_LOOK_MS, creditMs / (rate - share))));
}
