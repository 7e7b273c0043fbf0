import { describe, expect, test } from "vitest";
import { admittedFrom, reconcile, take, untouched } from "../../../src/engines/limits/gcra.ts";
import {
  freshLimits,
  learn,
  lowestLimits,
  reserve,
  settle,
  type LimitState,
} from "../../../src/engines/limits/limit-state.ts";
import { addTo, amountIn, fitsFrom, recentOnly } from "../../../src/engines/limits/minute-window.ts";

const now = 1_000_000_000;

describe("the cell rate algorithm", () => {
  const rate = { requestIntervalMs: 1_000, tokenIntervalMs: 1, requestBurst: 1, tokenBurst: 0 };

  test("admits requests and tokens together or not at all", () => {
    const taken = take(untouched, rate, { now, tokens: 5_000 });
    expect(taken).toEqual({ requestsUntil: now + 1_000, tokensUntil: now + 5_000 });
    expect(admittedFrom(taken, rate, 10)).toBe(now + 5_000);
    expect(admittedFrom(taken, { ...rate, tokenIntervalMs: 0 }, 10)).toBe(now + 1_000);
  });

  test("lets a burst go at once and paces what follows", () => {
    const burst = { ...rate, requestBurst: 3, tokenIntervalMs: 0 };
    let state = untouched;
    const times: number[] = [];
    for (let call = 0; call < 5; call++) {
      const at = Math.max(now, admittedFrom(state, burst, 1));
      times.push(at - now);
      state = take(state, burst, { now: at, tokens: 1 });
    }
    expect(times).toEqual([0, 0, 0, 1_000, 2_000]);
  });

  test("gives back tokens that were not used and charges those that were used beyond", () => {
    const taken = take(untouched, rate, { now, tokens: 5_000 });
    expect(reconcile(taken, rate, { now, tokens: -4_000 }).tokensUntil).toBe(now + 1_000);
    expect(reconcile(taken, rate, { now: now + 9_000, tokens: 500 }).tokensUntil).toBe(now + 9_500);
  });
});

describe("a minute's window", () => {
  test("never lets 60 seconds hold more than the limit, wherever they begin", () => {
    let window = addTo(addTo([], now + 249, 2), now + 10_000, 1);
    expect(amountIn(window)).toBe(3);
    const fits = fitsFrom(window, 3, { now: now + 20_000, amount: 1 });
    expect(fits).toBeGreaterThan(now + 249 + 60_000 - 250);
    expect(fits).toBeLessThanOrEqual(now + 250 + 60_000);
    window = recentOnly(window, fits);
    expect(amountIn(window)).toBe(1);
    expect(fitsFrom(window, 3, { now: fits, amount: 1 })).toBe(fits);
  });

  test("lets an amount above the whole limit go when nothing else is there", () => {
    expect(fitsFrom([], 10, { now, amount: 50 })).toBe(now);
    expect(fitsFrom([[Math.floor(now / 250), 1]], 10, { now, amount: 50 })).toBeGreaterThan(now);
  });
});

describe("what is known of a provider's limits", () => {
  const wish = (claim: string, requestsPerMinute: number, at = now) =>
    ({ claim, limits: { requestsPerMinute }, tokens: 10, now: at }) as const;

  test("the lowest limit that anybody asks for holds for all, until it has not been asked for in a while", () => {
    let [state] = reserve(freshLimits, wish("fast", 600));
    [state] = reserve(state, wish("slow", 6));
    expect(lowestLimits(state)).toEqual({ requestsPerMinute: 6 });
    [state] = reserve(state, wish("fast", 600, now + 121_000));
    expect(lowestLimits(state)).toEqual({ requestsPerMinute: 600 });
  });

  test("of several refusals of requests that were on their way together only the first slows down", () => {
    const refusal = { kind: "refused", jitter: 0, retryAfterMs: 1_000 } as const;
    let state = learn(freshLimits, { ...refusal, sentAt: now, now: now + 10 });
    expect(state.rate).toBeCloseTo(0.8);
    state = learn(state, { ...refusal, sentAt: now + 1, now: now + 20 });
    expect(state.rate).toBeCloseTo(0.8);
    state = learn(state, { ...refusal, sentAt: now + 2_000, now: now + 2_010 });
    expect(state.rate).toBeCloseTo(0.64);
  });

  test("after a refusal the rate comes back in forty calls to where it was refused, stays about there, and then goes beyond", () => {
    const refused = learn(freshLimits, { kind: "refused", jitter: 0, sentAt: now, now });
    let state = learn(refused, { kind: "refused", jitter: 0, sentAt: now + 1, now: now + 1 });
    const after = (successes: number): number => {
      for (let count = 0; count < successes; count++)
        state = learn(state, { kind: "accepted", jitter: 0, sentAt: now + 2, now: now + 2 });
      return state.rate;
    };
    expect(after(0)).toBeCloseTo(0.64);
    const rates = [after(20), after(20), after(20), after(20), after(20)];
    expect(rates[1]).toBeCloseTo(0.76);
    expect(rates[0]).toBeGreaterThan(0.73);
    expect(rates[2]).toBeLessThan(0.79);
    expect(rates[3]).toBeGreaterThan(0.9);
    expect(rates[4]).toBe(1);
  });

  test("the burst grows to nine tenths of what is left and is halved by a refusal for good", () => {
    const accepted = { kind: "accepted", jitter: 0, sentAt: now, now, requestsLeft: 40 } as const;
    let state = learn(freshLimits, accepted);
    expect(state.requestBurst).toBe(36);
    state = learn(state, { kind: "refused", jitter: 0, sentAt: now, now: now + 1 });
    expect(state.requestBurst).toBe(18);
    expect(learn(state, { ...accepted, now: now + 2 }).requestBurst).toBe(18);
  });

  test("a success that teaches nothing changes nothing, so that nothing has to be written", () => {
    const [state] = reserve(freshLimits, wish("run", 60));
    expect(learn(state, { kind: "accepted", jitter: 0, sentAt: now, now: now + 5 })).toBe(state);
  });

  test("a clock that was set back by a day keeps nobody waiting", () => {
    const [state] = reserve(freshLimits, wish("run", 1));
    const [, answer] = reserve(state, wish("run", 1, now - 86_400_000));
    expect(answer).toEqual({ granted: true });
  });

  test("tokens are settled in the window and in the pace", () => {
    const limits = { tokensPerMinute: 60_000 };
    const [state] = reserve(freshLimits, { claim: "run", limits, tokens: 30_000, now });
    const wait = (from: LimitState): number => {
      const [, answer] = reserve(from, { claim: "run", limits, tokens: 1_000, now: now + 10 });
      return answer.granted ? 0 : answer.askAgainAt - now;
    };
    expect(wait(state)).toBe(30_000);
    expect(wait(settle(state, { reserved: 30_000, tokens: 5, now: now + 5 }))).toBe(0);
  });
});
