/**
 * The generic cell rate algorithm (ITU-T I.371) for two amounts at once: requests and tokens. Each is
 * a moment at which all that was taken so far would have been used up at the steady rate; a request is
 * admitted when neither lies further ahead than the burst allows, and moves both or none.
 */

/** How far the requests and the tokens taken reach into the future, in milliseconds of the clock. */
export interface CellState {
  readonly requestsUntil: number;
  readonly tokensUntil: number;
}

/** The steady rates, and how much may be taken at once on top of them. 0 for an interval: no limit. */
export interface CellRate {
  /** Milliseconds between two requests. */
  readonly requestIntervalMs: number;
  /** Milliseconds per token. */
  readonly tokenIntervalMs: number;
  /** Requests at once; 1 paces them evenly. */
  readonly requestBurst: number;
  /** Tokens at once; 0 waits until those before are used up. */
  readonly tokenBurst: number;
}

/** Nothing has been taken yet. */
export const untouched: CellState = { requestsUntil: 0, tokensUntil: 0 };

/** The first moment at which a request of that many tokens may go. */
export function admittedFrom(state: CellState, rate: CellRate, tokens: number): number {
  const ahead = Math.max(0, rate.requestBurst - 1) * rate.requestIntervalMs;
  const tokensAhead = Math.max(0, rate.tokenBurst - tokens) * rate.tokenIntervalMs;
  return Math.max(
    rate.requestIntervalMs === 0 ? 0 : state.requestsUntil - ahead,
    rate.tokenIntervalMs === 0 ? 0 : state.tokensUntil - tokensAhead,
  );
}

/** Takes one request and its tokens at this moment, whether or not they are admitted. */
export function take(
  state: CellState,
  rate: CellRate,
  taken: { readonly now: number; readonly tokens: number },
): CellState {
  const { now, tokens } = taken;
  return {
    requestsUntil: Math.max(state.requestsUntil, now) + rate.requestIntervalMs,
    tokensUntil: Math.max(state.tokensUntil, now) + tokens * rate.tokenIntervalMs,
  };
}

/** Charges tokens that were used beyond those taken, or gives back what was not used (negative). */
export function reconcile(
  state: CellState,
  rate: CellRate,
  change: { readonly now: number; readonly tokens: number },
): CellState {
  const { now, tokens } = change;
  const from = tokens > 0 ? Math.max(state.tokensUntil, now) : state.tokensUntil;
  return { ...state, tokensUntil: from + tokens * rate.tokenIntervalMs };
}
