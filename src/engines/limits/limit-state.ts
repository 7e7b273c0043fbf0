/**
 * What is known of one provider's limits, and the four things that change it: a reservation, the
 * provider's answer, the count of what was really used, and time. Pure, so that it can be kept in
 * memory or in a file that all processes of a machine share.
 *
 * L1  A request goes only when requests and tokens admit it; then both are taken at once.
 * L2  No 60 seconds hold more requests than the lowest limit that anybody asked for in the last minutes.
 * L3  After a refusal everybody waits as long as the provider says; then one request probes the way.
 * L4  A refusal lowers the rate (x0.8) and halves the bursts, once for all requests that were already on
 *     their way; successes raise the rate to where that refusal came within forty calls, and beyond it later.
 * L5  Bursts start at one request and grow to nine tenths of what the provider says is left.
 */
import { admittedFrom, reconcile, take, untouched, type CellRate, type CellState } from "./gcra.ts";
import { addTo, fitsFrom, recentOnly, type MinuteWindow } from "./minute-window.ts";

/** What somebody allows per minute; at least one of both. */
export interface CallLimits {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
}

/** What is known of a provider's limits. Times are milliseconds of the clock. */
export interface LimitState {
  readonly cells: CellState;
  readonly requests: MinuteWindow;
  readonly tokens: MinuteWindow;
  /** Share of the limit that is used for now, 0-1. */
  readonly rate: number;
  /** The rate at which the last refusal came. */
  readonly ceiling: number;
  /** Calls that were taken since. */
  readonly successes: number;
  readonly requestBurst: number;
  readonly tokenBurst: number;
  /** Largest bursts that refusals have left. */
  readonly requestBurstCap: number;
  readonly tokenBurstCap: number;
  readonly pausedUntil: number;
  /** The next request goes alone. */
  readonly probing: boolean;
  /** The one that goes alone counts as lost from then on. */
  readonly probeUntil: number;
  readonly congestedAt: number;
  /** Refusals since the last success. */
  readonly refusals: number;
  readonly touchedAt: number;
  /** Who has asked for which limit, and how long that holds without being repeated. */
  readonly claims: Readonly<Record<string, CallLimits & { readonly until: number }>>;
}

/** A wish for one call. */
export interface Reservation {
  /** Who sets the limits, such as a run. */
  readonly claim: string;
  readonly limits: CallLimits;
  /** Tokens it is expected to use, answer included. */
  readonly tokens: number;
  readonly now: number;
}

/** Granted, or when to ask again. */
export type ReservationAnswer = { readonly granted: true } | { readonly granted: false; readonly askAgainAt: number };

/** What the provider said to a call. */
export interface ProviderAnswer {
  readonly kind: "accepted" | "refused" | "failed";
  /** When the call was made. */
  readonly sentAt: number;
  readonly now: number;
  /** How long the provider asks to wait. */
  readonly retryAfterMs?: number | undefined;
  readonly requestsLeft?: number | undefined;
  readonly tokensLeft?: number | undefined;
  /** 0-1, spreads the processes that wait for the same moment. */
  readonly jitter: number;
}

const lowered = 0.8;
/** Successes after which the rate is back where the last refusal met it. */
const successesBack = 40;
/** What is left of the ceiling when a refusal comes below it: somebody else has come who needs room. */
const yielded = 0.95;
const lowestRate = 0.05;
const burstShare = 0.9;
const claimMs = 120_000;
const forgetMs = 600_000;
const probeMs = 30_000;
const pollMs = 250;
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
const longestRetryMs = 3_600_000;
const jitterMs = 250;

/** What an answer that is no refusal can change. */
const learnt = ["rate", "successes", "requestBurst", "tokenBurst", "refusals", "probing", "probeUntil"] as const;

/** Nothing is known yet. */
export const freshLimits: LimitState = {
  cells: untouched,
  requests: [],
  tokens: [],
  rate: 1,
  ceiling: 1,
  successes: 0,
  requestBurst: 1,
  tokenBurst: 0,
  requestBurstCap: Number.MAX_SAFE_INTEGER,
  tokenBurstCap: Number.MAX_SAFE_INTEGER,
  pausedUntil: 0,
  probing: false,
  probeUntil: 0,
  congestedAt: 0,
  refusals: 0,
  touchedAt: 0,
  claims: {},
};

/** Takes a call if it may go now. */
export function reserve(known: LimitState, wish: Reservation): readonly [LimitState, ReservationAnswer] {
  const { now, tokens } = wish;
  const held = claimed(known, wish);
  const state = current(held, now);
  // A refusal changes nothing but the claims, and those seldom: what is shared need not be written again.
  const later = (askAgainAt: number): readonly [LimitState, ReservationAnswer] => [
    held,
    { granted: false, askAgainAt: Math.max(now + 1, askAgainAt) },
  ];
  if (state.pausedUntil > now) return later(state.pausedUntil);
  if (state.probing && state.probeUntil > now) return later(Math.min(state.probeUntil, now + pollMs));
  const limits = lowestLimits(state);
  const rate = cellRate(state, limits);
  const from = Math.max(
    admittedFrom(state.cells, rate, tokens),
    fitsFrom(state.requests, limits.requestsPerMinute ?? Number.POSITIVE_INFINITY, { now, amount: 1 }),
    fitsFrom(state.tokens, limits.tokensPerMinute ?? Number.POSITIVE_INFINITY, { now, amount: tokens }),
  );
  if (from > now) return later(from);
  const taken: LimitState = {
    ...state,
    cells: take(state.cells, rate, { now, tokens }),
    requests: addTo(state.requests, now, 1),
    tokens: limits.tokensPerMinute === undefined ? state.tokens : addTo(state.tokens, now, tokens),
    probeUntil: state.probing ? now + probeMs : 0,
  };
  return [taken, { granted: true }];
}

/** Learns from what the provider said. */
export function learn(known: LimitState, answer: ProviderAnswer): LimitState {
  const state = current(known, answer.now);
  if (answer.kind === "refused") return slowDown(state, answer);
  const next = answer.kind === "failed" ? { ...state, probeUntil: 0 } : speedUp(state, answer);
  return learnt.some((part) => next[part] !== known[part]) ? next : known;
}

/** Charges what a call has really used, against what was reserved for it. */
export function settle(
  known: LimitState,
  used: { readonly reserved: number; readonly tokens: number; readonly now: number },
): LimitState {
  const { reserved, tokens, now } = used;
  const state = current(known, now);
  const limits = lowestLimits(state);
  if (limits.tokensPerMinute === undefined || tokens === reserved) return state;
  const change = tokens - reserved;
  return {
    ...state,
    cells: reconcile(state.cells, cellRate(state, limits), { now, tokens: change }),
    tokens: addTo(state.tokens, now, change),
  };
}

/** The lowest limits that anybody asks for. */
export function lowestLimits(state: LimitState): CallLimits {
  const lowest = (values: readonly (number | undefined)[]): number | undefined => {
    const given = values.filter((value) => value !== undefined);
    return given.length === 0 ? undefined : Math.min(...given);
  };
  const claims = Object.values(state.claims);
  const requestsPerMinute = lowest(claims.map((claim) => claim.requestsPerMinute));
  const tokensPerMinute = lowest(claims.map((claim) => claim.tokensPerMinute));
  return {
    ...(requestsPerMinute !== undefined && { requestsPerMinute }),
    ...(tokensPerMinute !== undefined && { tokensPerMinute }),
  };
}

function claimed(state: LimitState, { claim, limits, now }: Reservation): LimitState {
  const own = state.claims[claim];
  const isFresh =
    own !== undefined &&
    own.requestsPerMinute === limits.requestsPerMinute &&
    own.tokensPerMinute === limits.tokensPerMinute &&
    own.until > now + claimMs / 2;
  if (isFresh && Object.values(state.claims).every(({ until }) => until > now)) return state;
  const held = Object.entries(state.claims).filter(([name, { until }]) => name !== claim && until > now);
  return { ...state, claims: { ...Object.fromEntries(held), [claim]: { ...limits, until: now + claimMs } } };
}

/** What still holds at this moment; a clock that was set back cannot keep anybody waiting for long. */
function current(state: LimitState, now: number): LimitState {
  if (now - state.touchedAt > forgetMs || state.touchedAt - now > forgetMs) {
    return { ...freshLimits, touchedAt: now, claims: state.claims };
  }
  return {
    ...state,
    touchedAt: now,
    requests: recentOnly(state.requests, now),
    tokens: recentOnly(state.tokens, now),
    pausedUntil: Math.min(state.pausedUntil, now + longestRetryMs),
  };
}

function cellRate(state: LimitState, limits: CallLimits): CellRate {
  const interval = (perMinute: number | undefined): number =>
    perMinute === undefined ? 0 : 60_000 / (perMinute * state.rate);
  return {
    requestIntervalMs: interval(limits.requestsPerMinute),
    tokenIntervalMs: interval(limits.tokensPerMinute),
    requestBurst: state.requestBurst,
    tokenBurst: state.tokenBurst,
  };
}

function slowDown(state: LimitState, answer: ProviderAnswer): LimitState {
  const { now, sentAt, retryAfterMs, jitter } = answer;
  const pauseMs = retryAfterMs ?? Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(state.refusals, 6));
  const pausedUntil = Math.max(state.pausedUntil, now + Math.min(pauseMs, longestRetryMs) + jitter * jitterMs);
  const paused: LimitState = { ...state, pausedUntil, probing: true, probeUntil: 0, refusals: state.refusals + 1 };
  if (sentAt < state.congestedAt) return paused;
  const requestBurst = Math.max(1, state.requestBurst / 2);
  const tokenBurst = state.tokenBurst / 2;
  return {
    ...paused,
    rate: Math.max(lowestRate, state.rate * lowered),
    ceiling: state.rate < state.ceiling ? state.rate * yielded : state.rate,
    successes: 0,
    requestBurst,
    tokenBurst,
    requestBurstCap: requestBurst,
    tokenBurstCap: tokenBurst,
    congestedAt: now,
  };
}

/**
 * The rate after one more success, by the curve of CUBIC (RFC 9438): soon near the rate at which the last refusal
 * came, long about there, and then faster and faster away from it.
 */
function raised(state: LimitState): Pick<LimitState, "rate" | "successes"> {
  const { rate, ceiling } = state;
  if (rate >= 1) return { rate, successes: state.successes };
  const successes = state.successes + 1;
  const ahead = (successes - successesBack) / successesBack;
  return { successes, rate: Math.min(1, Math.max(rate, ceiling * (1 + (1 - lowered) * ahead ** 3))) };
}

function speedUp(state: LimitState, answer: ProviderAnswer): LimitState {
  const { requestsLeft, tokensLeft } = answer;
  const grown = (burst: number, cap: number, left: number | undefined): number =>
    left === undefined ? burst : Math.max(burst, Math.min(cap, burstShare * left));
  return {
    ...state,
    ...raised(state),
    requestBurst: grown(state.requestBurst, state.requestBurstCap, requestsLeft),
    tokenBurst: grown(state.tokenBurst, state.tokenBurstCap, tokensLeft),
    refusals: 0,
    probing: state.probing && state.pausedUntil > answer.now,
    probeUntil: 0,
  };
}
