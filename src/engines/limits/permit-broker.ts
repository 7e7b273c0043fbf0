/**
 * Who may call a provider next. All agents of all runs of this process ask here; the store behind it
 * may be shared with other processes.
 *
 * B1  Waiting calls go in the order of rank, lower first; those of one rank as they came.
 * B2  A call that gives up leaves the queue and has taken nothing.
 * B3  Every permit is settled once; what it reserved and did not use is given back.
 */
import type { CallAnswer, CallMeter, CallPermit, CallUse, CallWish } from "../../ports/model-calls.ts";
import type { Clock } from "../../ports/clock.ts";
import { learn, reserve, settle, type CallLimits } from "./limit-state.ts";
import type { LimitStore } from "./limit-store.ts";

/** On whose behalf calls are made. */
export interface Caller {
  /** Who sets the limits, such as a run. */
  readonly claim: string;
  readonly limits: CallLimits;
  readonly agent: string;
  /** Place in the order of urgency; lower goes first. */
  readonly rank: number;
}

/** What an agent's calls came to. */
export interface CallCounts {
  readonly calls: number;
  readonly refused: number;
  readonly tokens: number;
  readonly waitedMs: number;
}

/** Hands out permits for one provider. */
export interface PermitBroker {
  /** The way by which one agent calls the provider. */
  meter(caller: Caller): CallMeter;
  /** Takes in that a call was refused which nobody asked a permit for. */
  refused(retryAfterMs: number | undefined): void;
  /** What the calls of each of the last agents came to. */
  countsByAgent(): ReadonlyMap<string, CallCounts>;
  /** What all calls came to. */
  counts(): CallCounts;
  /** How many calls wait. */
  readonly waiting: number;
}

interface Waiting {
  readonly caller: Caller;
  readonly wish: CallWish;
  readonly number: number;
  readonly since: number;
  readonly grant: (permit: CallPermit) => void;
  /** Ends what it waits with. */
  readonly leave: () => void;
}

/** Agents whose calls are counted one by one; those before are only part of the sum. */
const countedAgents = 1_000;

/** Whoever asks at the moment at which a permit becomes free is considered with those who wait for it. */
const afterAllOthers = Number.MAX_SAFE_INTEGER;

const nothing: CallCounts = { calls: 0, refused: 0, tokens: 0, waitedMs: 0 };

/** Makes the broker of one provider. `random` spreads processes that wait for the same moment. */
export function permitBroker(world: {
  readonly clock: Clock;
  readonly store: LimitStore;
  readonly random: () => number;
}): PermitBroker {
  return new Broker(world.clock, world.store, world.random);
}

class Broker implements PermitBroker {
  readonly #clock: Clock;
  readonly #store: LimitStore;
  readonly #random: () => number;
  readonly #counts = new Map<string, CallCounts>();
  #total = nothing;
  /** In the order in which they go. */
  readonly #queue: Waiting[] = [];
  #number = 0;
  #cancelTimer: () => void = () => undefined;

  constructor(clock: Clock, store: LimitStore, random: () => number) {
    this.#clock = clock;
    this.#store = store;
    this.#random = random;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  countsByAgent(): ReadonlyMap<string, CallCounts> {
    return this.#counts;
  }

  counts(): CallCounts {
    return this.#total;
  }

  meter(caller: Caller): CallMeter {
    return { admit: (wish) => this.#admit(caller, wish) };
  }

  refused(retryAfterMs: number | undefined): void {
    this.#learn({ kind: "refused", retryAfterMs }, this.#clock.now());
  }

  #learn(answer: CallAnswer, sentAt: number): void {
    const now = this.#clock.now();
    const jitter = this.#random();
    this.#store.update((state) => [learn(state, { ...answer, sentAt, now, jitter }), undefined]);
    this.#serve();
  }

  #admit(caller: Caller, wish: CallWish): Promise<CallPermit | undefined> {
    return new Promise((resolve) => {
      if (wish.signal.aborted) return resolve(undefined);
      const giveUp = (): void => {
        const place = this.#queue.indexOf(waiting);
        if (place !== -1) this.#queue.splice(place, 1);
        resolve(undefined);
        this.#serve();
      };
      const waiting: Waiting = {
        caller,
        wish,
        number: this.#number++,
        since: this.#clock.now(),
        grant: resolve,
        leave: () => wish.signal.removeEventListener("abort", giveUp),
      };
      wish.signal.addEventListener("abort", giveUp, { once: true });
      this.#enqueue(waiting);
      this.#serve();
    });
  }

  #enqueue(waiting: Waiting): void {
    let low = 0;
    let high = this.#queue.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#queue[middle] as Waiting).caller.rank <= waiting.caller.rank) low = middle + 1;
      else high = middle;
    }
    this.#queue.splice(low, 0, waiting);
  }

  /** Lets go whoever may go now, and comes back when the next may. */
  #serve(): void {
    this.#cancelTimer();
    this.#cancelTimer = () => undefined;
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      const { caller, wish } = first;
      const now = this.#clock.now();
      const answer = this.#store.update((state) =>
        reserve(state, { claim: caller.claim, limits: caller.limits, tokens: wish.tokens, now }),
      );
      if (!answer.granted) {
        this.#cancelTimer = this.#clock.setTimer(answer.askAgainAt - now, () => this.#serve(), afterAllOthers);
        return;
      }
      this.#queue.shift();
      first.leave();
      const waitedMs = now - first.since;
      this.#count(caller, { calls: 1, waitedMs });
      first.grant(this.#permit(first, { now, waitedMs }));
    }
  }

  #permit({ caller, wish }: Waiting, granted: { readonly now: number; readonly waitedMs: number }): CallPermit {
    let settled = false;
    const reserved = wish.tokens;
    return {
      waitedMs: granted.waitedMs,
      answered: (answer: CallAnswer) => {
        if (answer.kind === "refused") this.#count(caller, { refused: 1 });
        this.#learn(answer, granted.now);
      },
      settle: (use: CallUse) => {
        if (settled) return;
        settled = true;
        const tokens = use.rateTokens ?? (use.counted ? 0 : reserved);
        this.#count(caller, { tokens });
        if (tokens === reserved || caller.limits.tokensPerMinute === undefined) return;
        this.#store.update((state) => [settle(state, { reserved, tokens, now: this.#clock.now() }), undefined]);
        this.#serve();
      },
    };
  }

  #count({ agent }: Caller, more: Partial<CallCounts>): void {
    const counts = { ...nothing, ...more };
    this.#total = addCounts(this.#total, counts);
    this.#counts.set(agent, addCounts(this.#counts.get(agent) ?? nothing, counts));
    if (this.#counts.size <= countedAgents) return;
    for (const oldest of this.#counts.keys()) {
      this.#counts.delete(oldest);
      break;
    }
  }
}

function addCounts(left: CallCounts, right: CallCounts): CallCounts {
  return {
    calls: left.calls + right.calls,
    refused: left.refused + right.refused,
    tokens: left.tokens + right.tokens,
    waitedMs: left.waitedMs + right.waitedMs,
  };
}
