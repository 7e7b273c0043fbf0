import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programPlace, type ProgramEnd, type ProgramPlace } from "../rig/built-program.ts";

let place: ProgramPlace;
beforeAll(() => {
  place = programPlace();
});
afterAll(() => place.remove());

interface Played {
  readonly kind: string;
  readonly scenario: string;
  readonly ok: boolean;
  readonly misses: readonly string[];
  readonly agents: number;
  readonly actual: Readonly<Record<string, unknown>>;
  readonly percentOfEstimate: number;
  readonly overheadPercent: number;
  readonly actualSpeedup: number;
  readonly maxParallel: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly written: readonly string[];
}

/** Plays scenarios and gives how each went. */
async function play(argv: readonly string[]): Promise<{ end: ProgramEnd; played: Map<string, Played> }> {
  const end = await place.run(["simulate", "--json", ...argv]);
  const { rehearsals } = JSON.parse(end.out) as { rehearsals: readonly Played[] };
  return { end, played: new Map(rehearsals.map((each) => [each.scenario, each])) };
}

describe("the simulated harness", () => {
  let played: Map<string, Played>;
  let end: ProgramEnd;
  beforeAll(async () => {
    ({ played, end } = await play([]));
  });
  const actual = (name: string) => played.get(name)?.actual;

  test("runs all scenarios of record as they must be, and leaves nothing behind (P6)", () => {
    expect(
      [...played.values()].flatMap(({ scenario, misses }) => misses.map((miss) => `${scenario}: ${miss}`)),
    ).toEqual([]);
    expect({ code: end.code, errors: end.errors, count: played.size }).toEqual({ code: 0, errors: "", count: 29 });
    expect(place.leftovers()).toEqual([]);
  });

  test("5 tasks by 3 agents in 3 batches: 4 in parallel, 1 alone, 5 successes, 0 conflicts (C7)", () => {
    expect(actual("record")).toMatchObject({ phases: 3, parallelTasks: 4, succeeded: 5, failed: 0, conflicts: 0 });
  });

  test("2 independent tasks take as long as one; with a dependent one as long as two (C22)", () => {
    expect(actual("phase1-two")).toMatchObject({ oneByOneMs: 1_200_000, parallelMs: 600_000, succeeded: 2 });
    expect(actual("phase1-three")).toMatchObject({ oneByOneMs: 1_800_000, parallelMs: 1_200_000, succeeded: 3 });
  });

  test("the figures of record: 1.2 s to 0.5 s, 2.2 s to 1.5 s, 5.0 s to 1.0 s, 1.2 s to 0.5 s (D5)", () => {
    const figures = ["d5-independent", "d5-dependent", "d5-timeout", "d5-error"].map((name) => [
      actual(name)?.["oneByOneMs"],
      actual(name)?.["parallelMs"],
    ]);
    expect(figures).toEqual([
      [1_200, 500],
      [2_200, 1_500],
      [5_000, 1_000],
      [1_200, 500],
    ]);
  });

  test("after a failure, conservative starts nothing new and aggressive only skips what builds on it (C2, E3)", () => {
    expect(actual("conservative-failure")).toMatchObject({ succeeded: 2, failed: 1, skipped: 3 });
    expect(actual("aggressive-failure")).toMatchObject({ succeeded: 4, failed: 1, skipped: 1 });
  });

  test("3 failures of 10: every one is told and no success is lost, whatever the strategy (C26)", () => {
    const none = { untold: 0, lost: 0, outOfOrder: 0 };
    expect(actual("c26-conservative")).toMatchObject({ succeeded: 2, failed: 3, skipped: 5, ...none });
    expect(actual("c26-aggressive")).toMatchObject({ succeeded: 4, failed: 3, skipped: 3, ...none });
    expect(actual("c26-independent")).toMatchObject({ succeeded: 7, failed: 3, skipped: 0, ...none });
  });

  test("one breaks and one hangs until its limit: the others take exactly as long as planned (D3)", () => {
    expect(actual("d3-isolation")).toMatchObject({ succeeded: 6, failed: 2, untold: 0, disturbed: 0 });
    expect(actual("d3-last-round")).toMatchObject({ succeeded: 3, failed: 2, untold: 0, disturbed: 0 });
  });

  test("several batches and a diamond: all agents at work, nothing out of order, the speed-up as estimated (C23)", () => {
    for (const [name, agents] of [
      ["c23-batches", 3],
      ["c23-diamond", 4],
    ] as const) {
      expect(played.get(name)).toMatchObject({ ok: true, maxParallel: agents });
      expect(played.get(name)?.percentOfEstimate).toBeGreaterThanOrEqual(80);
    }
  });

  test("10 tasks on 3 agents, 20 on 5, 50 on 10: at least 80 % of the estimate, overhead below 20 % (C27)", () => {
    for (const name of ["c27-10-3", "c27-20-5", "c27-50-10"]) {
      expect(played.get(name)?.percentOfEstimate).toBeGreaterThanOrEqual(80);
      expect(played.get(name)?.overheadPercent).toBeLessThan(20);
    }
  });

  test("the speed-up grows with the number of agents, up to 10 (C27)", () => {
    for (const agents of [1, 2, 4, 6, 8, 10]) {
      expect((played.get(`c27-linear-${agents}`)?.actualSpeedup ?? 0) / agents).toBeGreaterThanOrEqual(0.8);
    }
  });

  test("a cycle and names that do not exist are refused before anything runs (D2)", () => {
    const nothing = { events: 0, newRuns: 0 };
    expect(actual("d2-cycle")).toEqual({ code: "DEPENDENCY_CYCLE", ...nothing });
    expect(actual("d2-unknown-task")).toEqual({ code: "UNKNOWN_DEPENDENCY", ...nothing });
    expect(actual("d2-unknown-executor")).toEqual({ code: "UNKNOWN_EXECUTOR", ...nothing });
  });

  test("its tables are for people, and a scenario can be named", async () => {
    const { code, out } = await place.run(["simulate", "record", "c27-10-3", "d2-cycle"]);
    expect({ code, first: out.split("\n")[0] }).toEqual({
      code: 0,
      first: "ALL AS EXPECTED · 3 scenarios, simulated: nothing was really done",
    });
    expect(out).toMatch(/record +5 +3 +50 min +30 min +1\.7x +30 min +ok/);
    expect(out).toMatch(/c27-10-3 +10\/3 +[\d.]+ min +[\d.]+ min +2\.47x +2\.\d\dx +\d\d %/);
    expect(out).toMatch(/d2-cycle +5 +DEPENDENCY_CYCLE +nothing +ok/);
    expect(out.split("\n").every((line) => line.length <= 78)).toBe(true);
  });
});

/** Only what is done is judged here; how fast it is done is what `simulate --real` itself is for. */
describe("the harness with programs in real time", () => {
  let played: Map<string, Played>;
  beforeAll(async () => {
    const names = ["real-c26-conservative", "real-c26-aggressive", "real-d3-isolation", "real-batches", "real-diamond"];
    ({ played } = await play(["--real", ...names]));
  }, 300_000);

  test("3 failing programs of 10: every one is told, the work of the others is kept and written (C26)", () => {
    expect(played.get("real-c26-conservative")).toMatchObject({ succeeded: 2, failed: 3, skipped: 5 });
    expect(played.get("real-c26-aggressive")).toMatchObject({
      succeeded: 4,
      failed: 3,
      skipped: 3,
      written: ["first-2.txt", "first-4.txt", "second-2.txt", "second-4.txt"],
    });
  });

  test("one program breaks and one hangs: it is ended, the others go on (D3)", () => {
    expect(played.get("real-d3-isolation")).toMatchObject({ succeeded: 4, failed: 2, skipped: 0 });
  });

  test("several batches and a diamond of programs run with all agents at work (C23)", () => {
    expect(played.get("real-batches")).toMatchObject({ maxParallel: 3 });
    expect(played.get("real-diamond")).toMatchObject({ maxParallel: 4 });
    expect(place.leftovers()).toEqual([]);
  });
});
