import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineSplitter } from "../../../src/platform/line-splitter.ts";

function split(
  chunks: readonly Buffer[],
  maxLineBytes: number,
): { readonly lines: string[]; readonly cutLines: number } {
  const lines: string[] = [];
  const splitter = new LineSplitter({ maxLineBytes, onLine: (line) => lines.push(line) });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return { lines, cutLines: splitter.cutLines };
}

describe("the line splitter", () => {
  it("gives the same lines however the bytes arrive", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), fc.array(fc.nat(40), { maxLength: 20 }), (texts, cuts) => {
        const lines = texts.map((text) => text.replaceAll(/[\r\n]/g, ""));
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        const chunks: Buffer[] = [];
        let from = 0;
        for (const cut of cuts) chunks.push(bytes.subarray(from, (from = Math.min(bytes.length, from + cut))));
        expect(split([...chunks, bytes.subarray(from)], 1e6)).toEqual({ lines, cutLines: 0 });
      }),
    );
  });

  it("cuts what is too long, counts it, and takes the last line also without its end", () => {
    const chunks = ["ab", "cdef\ngh", "i\r\n", "\n", "abc", "d"].map((text) => Buffer.from(text));
    expect(split(chunks, 3)).toEqual({ lines: ["abc", "ghi", "", "abc"], cutLines: 3 });
    expect(split([], 3)).toEqual({ lines: [], cutLines: 0 });
  });
});
