import fc from "fast-check";
import { expect, test } from "vitest";
import { orderByKey } from "../../../src/util/order-by-key.ts";

const finite = fc.double({ noNaN: true });

test("keys of any size and sign come in order, and equal ones in their own", () => {
  const keys = fc.oneof(
    fc.array(finite, { maxLength: 300 }),
    fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 65, maxLength: 300 }),
  );
  fc.assert(
    fc.property(keys, (given) => {
      const expected = given.map((_, index) => index).toSorted((left, right) => compare(given, left, right));
      expect([...orderByKey(Float64Array.from(given))]).toEqual(expected);
    }),
  );
});

function compare(keys: readonly number[], left: number, right: number): number {
  const [first = 0, second = 0] = [keys[left], keys[right]];
  return first < second ? -1 : first > second ? 1 : left - right;
}
