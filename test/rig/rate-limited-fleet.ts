/** Twenty agents at the limit of one provider, on virtual time. */
import { setMaxListeners } from "node:events";
import { memoryLimitStore } from "../../src/engines/limits/limit-store.ts";
import { permitBroker } from "../../src/engines/limits/permit-broker.ts";
import { SimulatedClock } from "../../src/platform/simulated-clock.ts";
import type { CallPermit } from "../../src/ports/model-calls.ts";
import { seededRandom } from "../../src/util/seeded-random.ts";
import { rateLimitedProvider, type ProviderRules } from "./rate-limited-provider.ts";

const limits = { requestsPerMinute: 60, tokensPerMinute: 150_000 };
const agents = 20;
const callsEach = 30;

/** A limit that is enforced over five seconds, and that refused requests use up too. */
export const strict: ProviderRules = { ...limits, capacitySeconds: 5, refusalsCount: true };
/** A limit whose whole minute may be taken at once. */
export const wholeMinute: ProviderRules = { ...limits, capacitySeconds: 60, refusalsCount: false };

/** What came of a fleet of agents, averaged over several seeds. */
export interface Fleet {
  /** Requests that the provider took, of those that its limit would have let through in the time. */
  readonly used: number;
  /** Refused requests of ours for each that went through. */
  readonly refused: number;
  /** The most requests of ours in any 60 seconds. */
  readonly busiest: number;
}

/** Lets 20 agents make 30 calls each, beside a client that nobody tells us of. */
export async function fleet(rules: ProviderRules, hiddenPerMinute: number): Promise<Fleet> {
  const seeds = [1, 2, 3, 4, 5];
  const runs: Fleet[] = [];
  for (const seed of seeds) runs.push(await oneFleet(rules, hiddenPerMinute, seed));
  const mean = (part: (run: Fleet) => number): number => runs.reduce((sum, run) => sum + part(run), 0) / runs.length;
  return {
    used: mean((run) => run.used),
    refused: mean((run) => run.refused),
    busiest: Math.max(...runs.map((run) => run.busiest)),
  };
}

async function oneFleet(rules: ProviderRules, hiddenPerMinute: number, seed: number): Promise<Fleet> {
  const clock = new SimulatedClock();
  const random = seededRandom(seed);
  const provider = rateLimitedProvider(clock, rules);
  const broker = permitBroker({ clock, store: memoryLimitStore(), random: () => random.next() });
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void clock.setTimer(ms, resolve));
  const sent: number[] = [];
  let over = false;
  const agent = async (name: string): Promise<void> => {
    const meter = broker.meter({ claim: "run", limits, agent: name, rank: 0 });
    for (let made = 0; made < callsEach;) {
      const permit = (await meter.admit({ tokens: 1_500, signal })) as CallPermit;
      const answer = provider.call(1_500);
      permit.answered(answer);
      if (answer.kind === "accepted") {
        sent.push(clock.now());
        made += 1;
        await wait(3_000 + 6_000 * random.next());
      }
      permit.settle({ counted: true, rateTokens: answer.kind === "accepted" ? 1_200 + 600 * random.next() : 0 });
    }
  };
  const hidden = (): void => {
    clock.setTimer((-Math.log(1 - random.next()) * 60_000) / hiddenPerMinute, () => {
      if (over) return;
      provider.call(1_500);
      hidden();
    });
  };
  if (hiddenPerMinute > 0) hidden();
  await Promise.all(Array.from({ length: agents }, (_, index) => agent(`agent-${index}`)));
  over = true;
  const last = sent.at(-1) ?? 0;
  const possible = (rules.requestsPerMinute * (last / 1_000 + rules.capacitySeconds)) / 60;
  return {
    used: provider.taken.filter((at) => at <= last).length / possible,
    refused: broker.counts().refused / sent.length,
    busiest: Math.max(...sent.map((from) => sent.filter((at) => at >= from && at < from + 60_000).length)),
  };
}
