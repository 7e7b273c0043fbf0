import { describe, expect, test } from "vitest";
import { compatibleSubset, type SubsetItem } from "../../../src/engines/merging/compatible-subset.ts";

function choose(items: readonly Partial<SubsetItem>[]): readonly number[] {
  const chosen = compatibleSubset(items.map((item) => ({ needs: [], conflicts: [], priority: 0, ...item })));
  return chosen.flatMap((each, index) => (each ? [index] : []));
}

describe("which results are merged", () => {
  test.each<[string, readonly Partial<SubsetItem>[], readonly number[]]>([
    ["all of them when nothing is in conflict", [{}, {}, {}], [0, 1, 2]],
    ["the earlier of two in conflict", [{}, { conflicts: [0] }], [0]],
    ["the one with the higher priority of two in conflict", [{}, { conflicts: [0], priority: 1 }], [1]],
    ["two rather than the one that is in conflict with both", [{ conflicts: [1, 2], priority: 9 }, {}, {}], [1, 2]],
    ["nothing that builds on a result left out", [{}, { conflicts: [0] }, { needs: [1] }], [1, 2]],
    [
      "the earlier one when dependents weigh the same",
      [{}, { conflicts: [0] }, { needs: [1] }, { needs: [0] }],
      [0, 3],
    ],
    ["a dependent never without what it needs", [{ needs: [1], conflicts: [1] }, {}], [1]],
    ["nothing that needs itself", [{ needs: [0] }, {}], [1]],
  ])("%s", (_name, items, expected) => {
    expect(choose(items)).toEqual(expected);
  });

  test.each<[string, number, (item: number) => number[], number]>([
    ["a ring of 39", 39, (item) => [(item + 1) % 39], 19],
    ["eight rings of 5", 40, (item) => [item - (item % 5) + (((item % 5) + 1) % 5)], 16],
    ["40 that all exclude each other", 40, (item) => Array.from({ length: item }, (_, each) => each), 1],
    ["20 pairs", 40, (item) => [item ^ 1], 20],
    ["a grid of 6 by 6", 36, (item) => [...(item % 6 < 5 ? [item + 1] : []), ...(item < 30 ? [item + 6] : [])], 18],
  ])("%s is solved exactly", (_name, size, conflictsOf, expected) => {
    const chosen = choose(Array.from({ length: size }, (_, item) => ({ conflicts: conflictsOf(item) })));
    expect(chosen).toHaveLength(expected);
  });
});
