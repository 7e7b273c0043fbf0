import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compatibleSubset, type SubsetItem } from "../../src/engines/merging/compatible-subset.ts";

/** Up to 10 items whose needs point backwards, with any conflicts; small enough to try every subset. */
const problem = fc.integer({ min: 0, max: 10 }).chain((size) =>
  fc.tuple(
    ...Array.from({ length: size }, (_, index) =>
      fc.record({
        needs: fc.subarray(
          Array.from({ length: index }, (_unused, each) => each),
          { maxLength: Math.min(2, index) },
        ),
        conflicts: fc.subarray(
          Array.from({ length: size }, (_unused, each) => each).filter((each) => each !== index),
          { maxLength: Math.min(3, size - 1) },
        ),
        priority: fc.integer({ min: 0, max: 2 }),
      }),
    ),
  ),
) as fc.Arbitrary<readonly SubsetItem[]>;

function isValid(items: readonly SubsetItem[], chosen: readonly boolean[]): boolean {
  return items.every(
    (item, index) =>
      !chosen[index] || (item.needs.every((need) => chosen[need]) && item.conflicts.every((rival) => !chosen[rival])),
  );
}

/** The best of all subsets, by trying each. */
function bruteForce(items: readonly SubsetItem[]): readonly boolean[] {
  const ranked = items.map((_, index) => index);
  ranked.sort((left, right) => items[right]!.priority - items[left]!.priority || left - right);
  let best: { readonly chosen: readonly boolean[]; readonly key: string } | undefined;
  for (let mask = 0; mask < 1 << items.length; mask++) {
    const chosen = items.map((_, index) => ((mask >> index) & 1) === 1);
    if (!isValid(items, chosen)) continue;
    const count = chosen.filter(Boolean).length;
    const key = `${String(count).padStart(3, "0")} ${ranked.map((index) => (chosen[index] ? "1" : "0")).join("")}`;
    if (!best || key > best.key) best = { chosen, key };
  }
  return best?.chosen ?? [];
}

test("the chosen results are the largest compatible set, and the preferred one of that size", () => {
  fc.assert(
    fc.property(problem, (items) => {
      expect(compatibleSubset(items)).toEqual(bruteForce(items));
    }),
    { numRuns: 1_500 },
  );
});

test("beyond the reach of the exact search the choice is still valid, and no item could be added", () => {
  const big = fc.array(fc.record({ a: fc.nat(119), b: fc.nat(119) }), { minLength: 150, maxLength: 400 });
  fc.assert(
    fc.property(big, (edges) => {
      const items = Array.from({ length: 120 }, (_, index) => ({
        needs: index > 0 && index % 7 === 0 ? [index - 1] : [],
        conflicts: edges.flatMap(({ a, b }) =>
          a === index && b !== index && b !== index - 1 && b !== index + 1 ? [b] : [],
        ),
        priority: 0,
      }));
      const chosen = compatibleSubset(items);
      expect(isValid(items, chosen)).toBe(true);
      const left = items.flatMap((_, index) => (chosen[index] ? [] : [index]));
      const addable = left.filter((index) =>
        isValid(
          items,
          chosen.map((each, at) => each || at === index),
        ),
      );
      expect(addable).toEqual([]);
    }),
    { numRuns: 30 },
  );
});
