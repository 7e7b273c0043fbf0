import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CpuAccount } from "../../../src/platform/processes/cpu-account.ts";
import { parseUsageLine } from "../../../src/platform/processes/process-usage.ts";
import { parseStat } from "../../../src/platform/processes/parse-stat.ts";

const row = (pid: number, ownMs: number, childrenMs = 0, startedAt = 1) => ({ pid, startedAt, ownMs, childrenMs });

describe("the CPU time of a tree", () => {
  it("counts a child once, before and after its parent has collected it", () => {
    const account = new CpuAccount();
    expect(account.enter([row(1, 100), row(2, 500)])).toBe(600);
    expect(account.enter([row(1, 110, 510)])).toBe(620);
  });

  it("counts children that no look has seen", () => {
    const account = new CpuAccount();
    account.enter([row(1, 100)]);
    expect(account.enter([row(1, 100, 1_870)])).toBe(1_970);
  });

  it("keeps what a process has used whose time goes to nobody of the tree", () => {
    const account = new CpuAccount();
    account.enter([row(1, 100), row(2, 500)]);
    expect(account.enter([row(1, 120)])).toBe(620);
    expect(account.enter([row(1, 130)])).toBe(630);
  });

  it("does not take a later process with the same pid for the earlier one", () => {
    const account = new CpuAccount();
    account.enter([row(1, 0), row(2, 500, 0, 7)]);
    expect(account.enter([row(1, 0), row(2, 10, 0, 8)])).toBe(510);
  });

  it("never goes back", () => {
    const rows = fc.uniqueArray(
      fc.record({
        pid: fc.integer({ min: 1, max: 5 }),
        startedAt: fc.constant(1),
        ownMs: fc.nat(500),
        childrenMs: fc.nat(500),
      }),
      { selector: ({ pid }) => pid },
    );
    fc.assert(
      fc.property(fc.array(rows), (looks) => {
        const account = new CpuAccount();
        const totals = looks.map((look) => account.enter(look));
        expect(totals).toEqual(totals.toSorted((left, right) => left - right));
      }),
    );
  });
});

describe("what the system tells of a process", () => {
  it("is read from /proc also where its name holds blanks and parentheses", () => {
    const line = "42 (a) b (c) S 7 42 41 0 -1 4194304 1 2 3 4 50 6 700 80 20 0 1 0 9000 123456 2560 184467";
    expect(parseStat(Buffer.from(line), line.length)).toEqual({
      parent: 7,
      group: 42,
      session: 41,
      startedAt: 9_000,
      ended: false,
      ticks: 56,
      childTicks: 780,
      pages: 2_560,
    });
  });

  it.each([
    ["00:01:02", 62_000],
    ["1-02:03:04", 93_784_000],
    ["  0:00.43", 430],
    ["12:34.50", 754_500],
  ])("is read from ps with its CPU time written as %s", (time, ownMs) => {
    const line = `  501   1   501 0 Ss  20480 ${time} Fri Nov 21 08:00:00 2026`;
    expect(parseUsageLine(line)).toMatchObject({ pid: 501, rssMb: 20, ownMs, childrenMs: 0 });
  });

  it.each(["", "PID TTY", "1 2 3 4 S x 00:00:01 Fri Nov 21 08:00:00 2026"])("is nothing for %j", (line) => {
    expect(parseUsageLine(line)).toBeUndefined();
  });
});
