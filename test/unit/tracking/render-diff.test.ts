import { parsePatch } from "diff";
import { describe, expect, it } from "vitest";
import { renderDiff } from "../../../src/engines/tracking/render-diff.ts";

const block = { oldStart: 1, newStart: 1, heading: " main", lines: [" one", "-two", "+TWO", "+three", " four"] };
const request = { oldFile: "a.ts", newFile: "a.ts", notes: [], blocks: [block], maxBytes: 10_000 };

describe("renderDiff", () => {
  it("writes a diff that other programs can read", () => {
    const diff = renderDiff(request);
    expect(diff).toBe("--- a/a.ts\n+++ b/a.ts\n@@ -1,3 +1,4 @@ main\n one\n-two\n+TWO\n+three\n four\n");
    expect(parsePatch(diff ?? "")[0]?.hunks).toHaveLength(1);
  });

  it("names /dev/null where there was no file, or is none", () => {
    expect(renderDiff({ ...request, oldFile: undefined })).toContain("--- /dev/null\n");
    expect(renderDiff({ ...request, newFile: undefined })).toContain("+++ /dev/null\n");
  });

  it("cuts a long diff at a line, and what is left is still a valid diff", () => {
    const lines = Array.from({ length: 500 }, (_, index) => `+line ${index}`);
    const long = { oldStart: 0, newStart: 1, heading: "", lines };
    const diff = renderDiff({ ...request, blocks: [long, block], maxBytes: 1_000 }) ?? "";
    expect(Buffer.byteLength(diff)).toBeLessThanOrEqual(1_000);
    const [hunk, ...rest] = parsePatch(diff)[0]?.hunks ?? [];
    expect(rest).toEqual([]);
    expect(hunk?.newLines).toBe(hunk?.lines.length);
    expect(hunk?.newLines).toBeGreaterThan(50);
  });

  it("gives nothing where not even a line fits", () => {
    expect(renderDiff({ ...request, maxBytes: 20 })).toBeUndefined();
    expect(renderDiff({ ...request, maxBytes: 0 })).toBeUndefined();
  });

  it("quotes names that would break a line", () => {
    expect(renderDiff({ ...request, newFile: "line\nend" })).toContain('+++ "b/line\\nend"\n');
  });
});
