import fc from "fast-check";
import { expect, test } from "vitest";
import { minimizeFailure } from "../../../src/util/minimize-failure.ts";

test("a group that fails together is found among the others, and each smaller part of it passes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }).chain((size) =>
        fc.record({
          size: fc.constant(size),
          culprits: fc.uniqueArray(fc.integer({ min: 0, max: size - 1 }), { minLength: 1, maxLength: 4 }),
        }),
      ),
      async ({ size, culprits }) => {
        const items = Array.from({ length: size }, (_, index) => index);
        const fails = async (part: readonly number[]): Promise<boolean> =>
          culprits.every((item) => part.includes(item));
        const found = await minimizeFailure(items, fails);
        expect(found).toEqual({ items: culprits.toSorted((left, right) => left - right), minimal: true });
      },
    ),
  );
});

test("two culprits among 24 are found with fewer than 60 trials", async () => {
  for (let left = 0; left < 24; left++) {
    for (let right = left + 1; right < 24; right++) {
      let trials = 0;
      const items = Array.from({ length: 24 }, (_, index) => index);
      await minimizeFailure(items, async (part) => {
        trials += 1;
        return part.includes(left) && part.includes(right);
      });
      expect(trials).toBeLessThan(60);
    }
  }
});

test("where no more may be asked, what is known to fail is given, and that it may not be the smallest", async () => {
  let asked = 0;
  const fails = async (part: readonly number[]): Promise<boolean | undefined> =>
    ++asked > 1 ? undefined : part.includes(1);
  expect(await minimizeFailure([1, 2, 3, 4], fails)).toEqual({ items: [1, 2], minimal: false });
});
