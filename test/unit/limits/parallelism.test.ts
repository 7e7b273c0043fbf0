import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agentsThatFit, forecastMemory } from "../../../src/engines/limits/memory-admission.ts";
import { decideParallelism, openParallelism, type MachineReading } from "../../../src/engines/limits/parallelism.ts";

const calm: MachineReading = {
  freeMb: 16_000,
  totalMb: 24_000,
  cores: 4,
  load: 1,
  expectedMb: 300,
  present: [],
  running: 0,
  heldBack: 0,
};
const busy = (agents: number, cpuPercent: number) =>
  Array.from({ length: agents }, () => ({ memoryMb: 300, cpuPercent, expectedMb: 300 }));

describe("memory for new agents", () => {
  test("is what is free, less a reserve and what those at work still grow by", () => {
    const young = Array.from({ length: 2 }, () => ({ memoryMb: 100, cpuPercent: 0, expectedMb: 300 }));
    // 3,000 free, less a tenth of 8,000, less 2 x 200 to come: six more of 300.
    const outlook = { freeMb: 3_000, totalMb: 8_000, expectedMb: 300, present: young, running: 2 };
    expect(agentsThatFit(outlook)).toEqual({ agents: 8, spareMb: 1_800 });
  });

  test("always lets one work, as a run without any would wait for nobody", () => {
    expect(agentsThatFit({ ...calm, freeMb: 0 }).agents).toBe(1);
  });

  test("is expected by the highest peak of the kind, and never above its limit", () => {
    expect(forecastMemory("claude-code", undefined, undefined)).toBe(300);
    expect(forecastMemory("claude-code", 900, undefined)).toBe(900);
    expect(forecastMemory("claude-code", 900, 512)).toBe(512);
  });
});

describe("the number of agents (A9)", () => {
  test("is all of them as long as the machine is calm", () => {
    const { next, reason } = decideParallelism(openParallelism(8), calm, { most: 8, now: 0 });
    expect(next.agents).toBe(8);
    expect(reason).toBeUndefined();
  });

  test("is at first what memory has room for, and says what one more would need", () => {
    const { next, reason } = decideParallelism(openParallelism(8), { ...calm, freeMb: 2_900 }, { most: 8, now: 0 });
    expect(next.agents).toBe(2);
    expect(reason).toBe("a further agent needs about 300 MB of memory, and 852 MB are to spare");
  });

  test("is halved when memory is short, again after five seconds, and grows by one every five seconds of calm", () => {
    let state = openParallelism(8);
    const story: string[] = [];
    const at = (now: number, reading: Partial<MachineReading>): void => {
      const { next, reason } = decideParallelism(state, { ...calm, ...reading }, { most: 8, now });
      state = next;
      if (reason !== undefined) story.push(`${now} ${next.agents} ${reason}`);
    };
    const overworked = { load: 20, running: 8, present: busy(8, 45) };
    at(0, { running: 8 });
    at(1_000, overworked);
    at(2_000, overworked);
    at(6_000, { ...overworked, running: 4, present: busy(4, 90) });
    for (let now = 7_000; now <= 30_000; now += 1_000) at(now, { running: state.agents });
    expect(story).toEqual([
      "1000 4 the agents take 90 % of the machine's CPU, and 20 processes want its 4 cores",
      "6000 2 the agents take 90 % of the machine's CPU, and 20 processes want its 4 cores",
      "11000 3 the machine has room for 3 of 8 agents",
      "16000 4 the machine has room for 4 of 8 agents",
      "21000 5 the machine has room for 5 of 8 agents",
      "26000 6 the machine has room for 6 of 8 agents",
    ]);
  });

  test("is halved when most agents have waited for calls for five seconds, and comes back when they do not (A9)", () => {
    let state = openParallelism(6);
    const story: string[] = [];
    const at = (now: number, running: number, heldBack: number): void => {
      const reading = { ...calm, running, heldBack };
      const { next, reason } = decideParallelism(state, reading, { most: 6, now });
      state = next;
      if (reason !== undefined) story.push(`${now} ${next.agents} ${reason}`);
    };
    // Sometimes most of them wait: a limit that is used well.
    for (let now = 0; now < 20_000; now += 1_000) at(now, 6, now % 4_000 === 0 ? 2 : 4);
    expect(story).toEqual([]);
    for (let now = 20_000; now < 30_000; now += 1_000) at(now, 6, 4);
    for (let now = 30_000; now < 40_000; now += 1_000) at(now, 3, 1);
    expect(story).toEqual([
      "22000 3 4 of 6 agents wait for calls at the limit, which fewer agents use as well",
      "34000 4 the machine has room for 4 of 6 agents",
      "39000 5 the machine has room for 5 of 6 agents",
    ]);
  });

  test("does not shrink for load that others make", () => {
    const { reason } = decideParallelism(
      openParallelism(8),
      { ...calm, load: 40, running: 8, present: busy(8, 5) },
      { most: 8, now: 0 },
    );
    expect(reason).toBeUndefined();
  });

  test("is never below one and never above what was asked for, whatever the machine does", () => {
    const reading = fc.record({
      freeMb: fc.integer({ min: 0, max: 24_000 }),
      load: fc.integer({ min: 0, max: 100 }),
      running: fc.integer({ min: 0, max: 20 }),
      expectedMb: fc.integer({ min: 0, max: 5_000 }),
      heldBack: fc.integer({ min: 0, max: 20 }),
      present: fc.integer({ min: 0, max: 20 }).map((agents) => busy(agents, 50)),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(reading, { maxLength: 40 }), (most, readings) => {
        let state = openParallelism(most);
        readings.forEach((changes, index) => {
          const former = state;
          const { next, reason } = decideParallelism(state, { ...calm, ...changes }, { most, now: 1_000 * index });
          expect(next.agents).toBeGreaterThanOrEqual(1);
          expect(next.agents).toBeLessThanOrEqual(most);
          expect(reason === undefined).toBe(next.agents === former.agents);
          state = next;
        });
      }),
    );
  });
});
