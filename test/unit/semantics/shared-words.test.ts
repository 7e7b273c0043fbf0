import { describe, expect, test, vi } from "vitest";
import { sidesWithSharedWords } from "../../../src/engines/semantics/rules/shared-words.ts";

const added = (path: string, ...lines: string[]) => ({ path, lost: [], added: lines, gone: false });
const changed = (path: string, lost: string, now: string) => ({ path, lost: [lost], added: [now], gone: false });

describe("which results are read at all", () => {
  test.each([
    [
      "one uses a name that another changed",
      [[changed("a.ts", "function area() {}", "function size() {}")], [added("b.ts", "area();")]],
      [0, 1],
    ],
    [
      "only words of the language are shared",
      [[changed("a.ts", "return 1", "return 2")], [added("b.ts", "return 3")]],
      [],
    ],
    [
      "a file is gone whose name another says",
      [[{ path: "src/math.ts", lost: [], added: [], gone: true }], [added("b.ts", 'import "./math.ts"')]],
      [0, 1],
    ],
    ["two touch one file", [[changed("a.ts", "x1", "x2")], [], [changed("a.ts", "y1", "y2")]], [0, 2]],
  ] as const)("%s", (_sentence, sides, expected) => {
    expect([...sidesWithSharedWords(sides)].toSorted((left, right) => left - right)).toEqual(expected);
  });

  test("are found by looking at each of thousands that share many names a few times only", () => {
    const words = (count: number): string => Array.from({ length: count }, (_, word) => `name${word}`).join(" ");
    const steps = [200, 400].map((results) => {
      const sides = Array.from({ length: results }, (_, place) => [changed(`f${place}.ts`, words(50), words(50))]);
      const counted = [vi.spyOn(Set.prototype, "add"), vi.spyOn(Set.prototype, "has")];
      expect(sidesWithSharedWords(sides).size).toBe(results);
      const count = counted.reduce((sum, { mock }) => sum + mock.calls.length, 0);
      vi.restoreAllMocks();
      return count;
    });
    expect(steps[1]).toBeLessThan(2.1 * (steps[0] ?? 0));
  });
});
