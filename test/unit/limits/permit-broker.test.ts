import { describe, expect, test } from "vitest";
import { permitBroker, type PermitBroker } from "../../../src/engines/limits/permit-broker.ts";
import { memoryLimitStore } from "../../../src/engines/limits/limit-store.ts";
import type { CallPermit } from "../../../src/ports/model-calls.ts";
import { manualClock } from "../../rig/manual-clock.ts";
import { SimulatedClock } from "../../../src/platform/simulated-clock.ts";
import { fleet, strict, wholeMinute } from "../../rig/rate-limited-fleet.ts";

describe("twenty agents at one provider's limit of 60 requests and 150,000 tokens a minute", () => {
  test("use 95 % of a limit that is enforced over seconds and counts refusals too, without a refusal (C16)", async () => {
    const { used, refused, busiest } = await fleet(strict, 0);
    expect(used).toBeGreaterThanOrEqual(0.95);
    expect(refused).toBeLessThanOrEqual(0.01);
    expect(busiest).toBeLessThanOrEqual(60);
  });

  test("use 95 % of a limit whose whole minute may be taken at once, without a refusal (C16)", async () => {
    const { used, refused, busiest } = await fleet(wholeMinute, 0);
    expect(used).toBeGreaterThanOrEqual(0.95);
    expect(refused).toBeLessThanOrEqual(0.01);
    expect(busiest).toBeLessThanOrEqual(60);
  });

  test("come to their end beside a hidden client that takes a third of a strict limit (C16)", async () => {
    const { used, refused } = await fleet(strict, 18);
    expect(used).toBeGreaterThanOrEqual(0.7);
    expect(refused).toBeLessThanOrEqual(0.06);
  });

  test("use nearly all that a hidden client leaves of a whole minute (C16)", async () => {
    const { used, refused } = await fleet(wholeMinute, 18);
    expect(used).toBeGreaterThanOrEqual(0.95);
    expect(refused).toBeLessThanOrEqual(0.03);
  });
});

describe("permits", () => {
  const { signal } = new AbortController();

  function rigged(): { readonly clock: ReturnType<typeof manualClock>; readonly broker: PermitBroker } {
    const clock = manualClock();
    clock.advance(1_000_000);
    return { clock, broker: permitBroker({ clock, store: memoryLimitStore(), random: () => 0 }) };
  }

  const asking = (
    broker: PermitBroker,
    rank: number,
    got: string[],
    stop: AbortSignal = signal,
  ): Promise<CallPermit | undefined> => {
    const meter = broker.meter({ claim: "run", limits: { requestsPerMinute: 60 }, agent: `agent-${rank}`, rank });
    const permit = meter.admit({ tokens: 1, signal: stop });
    void permit.then((given) => given && got.push(`agent-${rank}`));
    return permit;
  };
  const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

  test("go to the most urgent agent that waits, not to the first that came", async () => {
    const { clock, broker } = rigged();
    const got: string[] = [];
    for (const rank of [5, 9, 3, 7]) void asking(broker, rank, got);
    clock.advance(3_000);
    await settled();
    expect(got).toEqual(["agent-5", "agent-3", "agent-7", "agent-9"]);
  });

  test("go to the more urgent agent that asks at the very moment at which one becomes free", async () => {
    const clock = new SimulatedClock();
    const broker = permitBroker({ clock, store: memoryLimitStore(), random: () => 0 });
    const got: string[] = [];
    void asking(broker, 1, got);
    void asking(broker, 9, got);
    const last = new Promise<void>((resolve) => {
      clock.setTimer(1_000, () => void asking(broker, 2, got));
      clock.setTimer(3_000, resolve);
    });
    await last;
    expect(got).toEqual(["agent-1", "agent-2", "agent-9"]);
  });

  test("are not spent on an agent that gives up waiting", async () => {
    const { clock, broker } = rigged();
    const got: string[] = [];
    const gone = new AbortController();
    void asking(broker, 1, got);
    const given = asking(broker, 2, got, gone.signal);
    void asking(broker, 3, got);
    gone.abort();
    expect(await given).toBeUndefined();
    clock.advance(1_000);
    await settled();
    expect(got).toEqual(["agent-1", "agent-3"]);
    expect(broker.waiting).toBe(0);
  });

  test("stop for all agents as long as the provider asks to wait, then one goes ahead alone", async () => {
    const { clock, broker } = rigged();
    const got: string[] = [];
    const first = (await asking(broker, 1, got)) as CallPermit;
    first.answered({ kind: "refused", retryAfterMs: 30_000 });
    for (const rank of [2, 3]) void asking(broker, rank, got);
    clock.advance(29_999);
    await settled();
    expect(got).toEqual(["agent-1"]);
    clock.advance(10_000);
    await settled();
    expect(got).toEqual(["agent-1", "agent-2"]);
  });

  test("go on at once when the one that went ahead is answered", async () => {
    const { clock, broker } = rigged();
    const got: string[] = [];
    const first = (await asking(broker, 1, got)) as CallPermit;
    first.answered({ kind: "refused", retryAfterMs: 30_000 });
    const second = asking(broker, 2, got);
    void asking(broker, 3, got);
    clock.advance(31_000);
    ((await second) as CallPermit).answered({ kind: "accepted" });
    clock.advance(2_000);
    await settled();
    expect(got).toEqual(["agent-1", "agent-2", "agent-3"]);
  });

  test("count calls, refusals, tokens and waiting for each agent and for the provider", async () => {
    const { clock, broker } = rigged();
    const got: string[] = [];
    const first = (await asking(broker, 1, got)) as CallPermit;
    first.answered({ kind: "accepted" });
    first.settle({ counted: true, rateTokens: 700 });
    const second = asking(broker, 2, got);
    clock.advance(1_000);
    const permit = (await second) as CallPermit;
    permit.answered({ kind: "refused", retryAfterMs: 1_000 });
    permit.settle({ counted: true });
    expect(Object.fromEntries(broker.countsByAgent())).toEqual({
      "agent-1": { calls: 1, refused: 0, tokens: 700, waitedMs: 0 },
      "agent-2": { calls: 1, refused: 1, tokens: 0, waitedMs: 1_000 },
    });
    expect(broker.counts()).toEqual({ calls: 2, refused: 1, tokens: 700, waitedMs: 1_000 });
  });
});
