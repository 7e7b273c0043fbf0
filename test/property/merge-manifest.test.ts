import fc from "fast-check";
import { expect, test } from "vitest";
import { keepsChanges, mergeManifest } from "../../src/engines/merging/by-kind/merge-manifest.ts";

const key = fc.constantFrom("name", "version", "dependencies", "a", "b", "c", "d", "e");
const value = fc.oneof(fc.constantFrom("1", "2", "3"), fc.dictionary(key, fc.constantFrom("1", "2"), { maxKeys: 4 }));
const manifest = fc
  .dictionary(key, value, { maxKeys: 5 })
  .map((content) => `${JSON.stringify(content, undefined, 2)}\n`);

test("a manifest merged by key holds what both sides changed, and takes nothing back", () => {
  fc.assert(
    fc.property(manifest, manifest, manifest, (base, left, right) => {
      const merged = mergeManifest({ base, left, right });
      if (merged === undefined) return;
      expect(keepsChanges(base, left, merged)).toBe(true);
      expect(keepsChanges(base, right, merged)).toBe(true);
      expect(`${JSON.stringify(JSON.parse(merged), undefined, 2)}\n`).toBe(merged);
      const keys = Object.keys(JSON.parse(merged) as object);
      const known = new Set([left, right].flatMap((text) => Object.keys(JSON.parse(text) as object)));
      expect(keys.every((each) => known.has(each))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("it does not matter which side is called left, but for the order of keys", () => {
  const sortedKeys = (text: string | undefined): unknown =>
    text === undefined
      ? undefined
      : JSON.parse(text, (_, each: unknown) => {
          if (typeof each !== "object" || each === null) return each;
          return Object.fromEntries(Object.entries(each).toSorted(([one], [other]) => (one < other ? -1 : 1)));
        });
  fc.assert(
    fc.property(manifest, manifest, manifest, (base, left, right) => {
      const [one, other] = [mergeManifest({ base, left, right }), mergeManifest({ base, left: right, right: left })];
      expect(sortedKeys(one)).toEqual(sortedKeys(other));
    }),
    { numRuns: 1_000 },
  );
});
