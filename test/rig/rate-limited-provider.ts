import type { Clock } from "../../src/ports/clock.ts";
import type { CallAnswer } from "../../src/ports/model-calls.ts";

/** A provider that enforces a limit of requests by a bucket that refills steadily, as providers say they do. */
export interface RateLimitedProvider {
  /** Takes or refuses a request at this moment. */
  call(tokens: number): CallAnswer;
  /** When each request was taken. */
  readonly taken: readonly number[];
  readonly refused: number;
}

/** How a provider counts. */
export interface ProviderRules {
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
  /** Seconds of both limits that fit in the buckets. */
  readonly capacitySeconds: number;
  /** Whether refused requests count against the limit too. */
  readonly refusalsCount: boolean;
}

/** Makes a provider with full buckets. */
export function rateLimitedProvider(clock: Clock, rules: ProviderRules): RateLimitedProvider {
  const requests = bucket(clock, rules.requestsPerMinute, rules.capacitySeconds);
  const tokensOf = bucket(clock, rules.tokensPerMinute, rules.capacitySeconds);
  const taken: number[] = [];
  let refused = 0;
  return {
    taken,
    get refused() {
      return refused;
    },
    call(tokens) {
      const waitMs = Math.max(requests.waitFor(1), tokensOf.waitFor(Math.min(tokens, tokensOf.capacity)));
      if (waitMs === 0) {
        requests.take(1);
        tokensOf.take(tokens);
        taken.push(clock.now());
        return { kind: "accepted", requestsLeft: requests.left(), tokensLeft: tokensOf.left() };
      }
      refused += 1;
      if (rules.refusalsCount) requests.take(1);
      return { kind: "refused", requestsLeft: 0, retryAfterMs: 1_000 * Math.max(1, Math.ceil(waitMs / 1_000)) };
    },
  };
}

interface Bucket {
  readonly capacity: number;
  waitFor(amount: number): number;
  take(amount: number): void;
  left(): number;
}

/** A bucket that refills steadily; it can be overdrawn by no more than it holds. */
function bucket(clock: Clock, perMinute: number, seconds: number): Bucket {
  const perMs = perMinute / 60_000;
  const capacity = perMs * seconds * 1_000;
  let amount = capacity;
  let seen = clock.now();
  const fill = (): void => {
    const now = clock.now();
    amount = Math.min(capacity, amount + (now - seen) * perMs);
    seen = now;
  };
  return {
    capacity,
    waitFor(wanted) {
      fill();
      return amount >= wanted - 1e-6 ? 0 : (wanted - amount) / perMs;
    },
    take(wanted) {
      fill();
      amount = Math.max(-capacity, amount - wanted);
    },
    left: () => Math.max(0, Math.floor(amount)),
  };
}
