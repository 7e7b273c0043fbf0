import { describe, expect, test } from "vitest";
import { judgeMemory, needsExactMemory } from "../../../src/engines/limits/memory-verdict.ts";
import { fakeTree } from "../../rig/limits-rig.ts";

const types = (notices: readonly { readonly type: string; readonly limit: string }[]): string[] =>
  notices.map(({ type, limit }) => `${type} ${limit.includes("Memory") ? "memory" : "cpu"}`);

describe("memory", () => {
  test("is triggered by what is resident and decided by what is not shared", () => {
    const { tree, look, done } = fakeTree({ maxMemoryMB: 500 });
    expect(look(0, { rssMb: 100, exactMb: 90 })).toBe(true);
    expect(look(250, { rssMb: 105 })).toBe(false);
    expect(look(500, { rssMb: 2_000, exactMb: 300 })).toBe(true);
    expect(done).toEqual([]);
    expect(tree.used.peakMemoryMb).toBe(300);
  });

  test.each([
    ["once a second without a limit", {}, 300, 1_000],
    ["once a second as long as it is far below its limit", { maxMemoryMB: 8_000 }, 300, 1_000],
    ["before a program that does nothing but take memory could reach its limit", { maxMemoryMB: 500 }, 300, 100],
    ["every 50 ms from 70 % of the limit on", { maxMemoryMB: 8_000 }, 5_700, 50],
    ["every 250 ms where CPU is limited", { maxCPUPercent: 50 }, 300, 250],
  ])("is looked at %s", (_, limits, usedMb, afterMs) => {
    const { tree, look } = fakeTree(limits);
    look(5_000, { rssMb: usedMb, exactMb: usedMb });
    expect(tree.dueAt).toBe(5_000 + afterMs);
  });

  test("is looked at every 250 ms in its first two seconds, as it may end before anything is known of it", () => {
    const { tree, look } = fakeTree({});
    look(1_000, { rssMb: 300, exactMb: 300 });
    expect(tree.dueAt).toBe(1_250);
  });

  test("is warned about once at 80 %, enforced once above the limit, and forced 5 % above it (C14, C25)", () => {
    const { look, notices, done, tree } = fakeTree({ maxMemoryMB: 500 });
    look(0, { rssMb: 410, exactMb: 405 });
    look(50, { rssMb: 420, exactMb: 415 });
    expect(types(notices)).toEqual(["limit.warned memory"]);
    look(100, { rssMb: 520, exactMb: 510 });
    look(150, { rssMb: 520, exactMb: 511 });
    expect(types(notices)).toEqual(["limit.warned memory", "limit.enforced memory"]);
    expect(notices[1]).toMatchObject({ measured: 510, allowed: 500 });
    expect(done).toEqual(["over"]);
    look(200, { rssMb: 540, exactMb: 530 });
    look(250, { rssMb: 560, exactMb: 550 });
    expect(done).toEqual(["over", "kill"]);
    expect(tree.used.peakMemoryMb).toBe(550);
  });

  test("is over only at the second look where shared memory cannot be told apart", () => {
    const { look, done } = fakeTree({ maxMemoryMB: 500 });
    look(0, { rssMb: 450 });
    look(50, { rssMb: 510 });
    expect(done).toEqual([]);
    look(100, { rssMb: 510 });
    expect(done).toEqual(["over"]);
  });

  test.each([
    [340, "fine"],
    [360, "close"],
    [400, "warn"],
    [501, "over"],
    [526, "far-over"],
  ])("of %d MB against a limit of 500 is %s", (exactMb, verdict) => {
    expect(judgeMemory({ rssMb: 1_000, exactMb }, 500, false)).toBe(verdict);
  });

  test("without a limit is looked at exactly only when it has grown by a tenth", () => {
    expect(needsExactMemory({ rssMb: 109, limitMb: undefined, rssAtLastExactMb: 100 })).toBe(false);
    expect(needsExactMemory({ rssMb: 111, limitMb: undefined, rssAtLastExactMb: 100 })).toBe(true);
  });
});

describe("CPU", () => {
  test("is warned about before it is held, each once, and who was stopped is continued (C15, C25)", () => {
    const { tree, look, done, notices } = fakeTree({ maxCPUPercent: 50 });
    let cpuMs = 0;
    let at = 0;
    for (let turn = 0; turn < 200; turn++) {
      look(at, { cpuMs });
      const waitMs = tree.dueAt - at;
      if (done.filter((act) => act === "pause").length === 0 || done.at(-1) === "resume") cpuMs += waitMs;
      at += waitMs;
    }
    expect(types(notices)).toEqual(["limit.warned cpu", "limit.enforced cpu"]);
    // Its start is on credit: a quarter of a second of its share.
    expect((cpuMs - 125) / at).toBeGreaterThan(0.45);
    expect((cpuMs - 125) / at).toBeLessThan(0.55);
    expect(tree.used.throttledMs / at).toBeGreaterThan(0.4);
  });

  test("at 85 % of its limit is warned about and left alone", () => {
    const { look, done, notices } = fakeTree({ maxCPUPercent: 50 });
    for (let at = 0; at <= 5_000; at += 250) look(at, { cpuMs: 0.425 * at });
    expect(types(notices)).toEqual(["limit.warned cpu"]);
    expect(notices[0]?.measured).toBeGreaterThanOrEqual(42);
    expect(done).toEqual([]);
  });

  test("of a program that nobody follows any more is not held: it goes on", () => {
    const { tree, look, done } = fakeTree({ maxCPUPercent: 10 });
    look(0, { cpuMs: 0 });
    look(50, { cpuMs: 50 });
    expect(done.at(-1)).toBe("pause");
    tree.end();
    expect(done.at(-1)).toBe("resume");
  });

  test("is not held blindly: when the machine cannot be looked at, everybody goes on and the owner is told", () => {
    const { tree, look, done } = fakeTree({ maxCPUPercent: 10 });
    look(0, { cpuMs: 0 });
    look(50, { cpuMs: 50 });
    tree.lookFailed(300, "too many open files");
    expect(done.slice(-2)).toEqual(["resume", "too many open files"]);
  });
});
