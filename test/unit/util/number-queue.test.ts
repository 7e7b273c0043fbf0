import fc from "fast-check";
import { expect, test } from "vitest";
import { numberHeap } from "../../../src/util/number-heap.ts";
import { numberQueue } from "../../../src/util/number-queue.ts";

test.each([1, 32, 33, 1_025, 40_000])("of numbers below %i the lowest comes out first, whatever the order", (bound) => {
  const step = fc.oneof(fc.nat({ max: bound - 1 }), fc.constant(-1));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const queue = numberQueue(bound);
      const heap = numberHeap();
      const inside = new Set<number>();
      const taken = steps.flatMap((item) => {
        if (item !== -1 && !inside.has(item)) {
          inside.add(item);
          queue.add(item);
          heap.push(item);
        }
        const lowest = item === -1 ? queue.takeLowest() : undefined;
        inside.delete(lowest ?? -1);
        return lowest === undefined ? [] : [[lowest, heap.pop() ?? -1]];
      });
      for (const [lowest, expected] of taken) expect(lowest).toBe(expected);
      queue.clear();
      expect(queue.takeLowest()).toBe(-1);
    }),
  );
});
