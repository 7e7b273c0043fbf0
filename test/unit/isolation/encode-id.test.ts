import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeId } from "../../../src/util/encode-id.ts";

describe("encodeId", () => {
  it.each([
    ["task-1", "task-1"],
    ["Task 1", "_54ask_201"],
    ["a_b", "a_5fb"],
    ["../x", "_2e_2e_2fx"],
    ["-rf", "_2drf"],
    ["con", "_63on"],
    ["é", "_u00e9"],
    ["", "_"],
  ])("writes %j as %s", async (id, encoded) => {
    expect(await encodeId(id)).toBe(encoded);
  });

  it("keeps the beginning of a long id and tells long ids apart by a hash", async () => {
    const [left, right] = await Promise.all([encodeId(`${"a".repeat(199)}1`), encodeId(`${"a".repeat(199)}2`)]);
    expect(left).toMatch(/^a{24}_h[0-9a-f]{32}$/);
    expect(left).not.toBe(right);
  });

  it("gives different words for different ids, in an alphabet that is safe in file names and refs", async () => {
    const id = fc.string({ unit: "binary", maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(id, id, async (left, right) => {
        const [first, second] = await Promise.all([encodeId(left), encodeId(right)]);
        expect(first).toMatch(/^[a-z0-9_][a-z0-9_-]{0,59}$/);
        expect(first === second).toBe(left === right);
      }),
    );
  });
});
