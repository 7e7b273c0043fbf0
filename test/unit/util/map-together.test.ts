import { expect, test } from "vitest";
import { deferred } from "../../../src/util/deferred.ts";
import { mapTogether } from "../../../src/util/map-together.ts";

test("results keep the order of the items, however the work ends, and no more is done at once than allowed", async () => {
  const gates = Array.from({ length: 6 }, () => deferred<void>());
  let inside = 0;
  let most = 0;
  const all = mapTogether([0, 1, 2, 3, 4, 5], 3, async (item) => {
    most = Math.max(most, ++inside);
    await gates[item]?.promise;
    inside -= 1;
    return item * 2;
  });
  for (const gate of gates.toReversed()) gate.resolve();
  expect(await all).toEqual([0, 2, 4, 6, 8, 10]);
  expect(most).toBe(3);
});

test("after a failure nothing more is begun, and what is under way has ended when it is thrown", async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const gate = deferred<void>();
  const all = mapTogether([0, 1, 2, 3], 2, async (item) => {
    begun.push(item);
    if (item === 0) throw new Error("full");
    await gate.promise;
    ended.push(item);
  });
  gate.resolve();
  await expect(all).rejects.toThrow("full");
  expect({ begun, ended }).toEqual({ begun: [0, 1], ended: [1] });
});
