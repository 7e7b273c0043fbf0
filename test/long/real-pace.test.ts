/** The pace of programs that really wait, against the plan. It needs a machine that does nothing else meanwhile. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { programPlace, type ProgramPlace } from "../rig/built-program.ts";

interface Played {
  readonly scenario: string;
  readonly kind: string;
  readonly percentOfEstimate: number;
  readonly overheadPercent: number;
  readonly misses: readonly string[];
}

let place: ProgramPlace;
beforeAll(() => {
  place = programPlace();
});
afterAll(() => place.remove());

test("programs in batches, a diamond, and up to 50 on 10 agents keep at least 80 % of the estimate, at less than 20 % overhead (C23, C27)", async () => {
  const { code, out } = await place.run(["simulate", "--real", "--json"]);
  const { rehearsals } = JSON.parse(out) as { rehearsals: readonly Played[] };
  const paces = rehearsals.filter(({ kind }) => kind === "pace");
  expect(paces.map(({ scenario }) => scenario)).toEqual(
    expect.arrayContaining(["real-batches", "real-diamond", "real-10-3", "real-20-5", "real-50-10", "real-linear-10"]),
  );
  for (const { percentOfEstimate, overheadPercent } of paces) {
    expect(percentOfEstimate).toBeGreaterThanOrEqual(80);
    expect(overheadPercent).toBeLessThan(20);
  }
  expect({ code, misses: rehearsals.flatMap(({ misses }) => misses) }).toEqual({ code: 0, misses: [] });
});
