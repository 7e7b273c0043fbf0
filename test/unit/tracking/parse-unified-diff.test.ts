import { describe, expect, it } from "vitest";
import { parseUnifiedDiff } from "../../../src/engines/tracking/parse-unified-diff.ts";

function section(...lines: readonly string[]): string {
  return ["diff --git a/file b/file", "index 1..2 100644", "--- a/file", "+++ b/file", ...lines, ""].join("\n");
}

describe("parseUnifiedDiff", () => {
  it("finds the lines that really changed within a hunk and its context", () => {
    const [file] = parseUnifiedDiff(
      section("@@ -1,7 +1,8 @@ function", " one", "-two", "+TWO", " three", " four", "+new", " five", " six", " seven"),
    );
    expect(file?.hunks).toEqual([
      { oldStart: 2, oldLines: 1, newStart: 2, newLines: 1 },
      { oldStart: 4, oldLines: 0, newStart: 5, newLines: 1 },
    ]);
    expect(file?.blocks).toHaveLength(1);
    expect(file?.blocks[0]?.heading).toBe(" function");
  });

  it.each([
    ["a new file", ["@@ -0,0 +1,2 @@", "+a", "+b"], { oldStart: 0, oldLines: 0, newStart: 1, newLines: 2 }],
    ["a deleted file", ["@@ -1,2 +0,0 @@", "-a", "-b"], { oldStart: 1, oldLines: 2, newStart: 0, newLines: 0 }],
    ["a line put first", ["@@ -1,1 +1,2 @@", "+a", " b"], { oldStart: 0, oldLines: 0, newStart: 1, newLines: 1 }],
    ["the last line removed", ["@@ -1,2 +1 @@", " a", "-b"], { oldStart: 2, oldLines: 1, newStart: 1, newLines: 0 }],
    [
      "lines removed in between",
      ["@@ -4,3 +4,2 @@", " a", "-b", " c"],
      { oldStart: 5, oldLines: 1, newStart: 4, newLines: 0 },
    ],
  ])("counts %s as git does without context", (_name, lines, hunk) => {
    expect(parseUnifiedDiff(section(...lines))[0]?.hunks).toEqual([hunk]);
  });

  it("takes content that looks like a head line for what it is", () => {
    const [file, second] = parseUnifiedDiff(
      section("@@ -1,2 +1,3 @@", " diff --git a/x b/x", "-@@ -1 +1 @@", "+--- a/x", "+@@ -9,9 +9,9 @@") +
        section("@@ -1 +1 @@", "-a", "+b"),
    );
    expect(file?.hunks).toEqual([{ oldStart: 2, oldLines: 1, newStart: 2, newLines: 2 }]);
    expect(second?.hunks).toEqual([{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 1 }]);
  });

  it("keeps the remark that a file does not end its last line", () => {
    const remark = "\\ No newline at end of file";
    const [file] = parseUnifiedDiff(section("@@ -1 +1 @@", "-a", remark, "+b", remark));
    expect(file?.blocks[0]?.lines).toEqual(["-a", remark, "+b", remark]);
    expect(file?.hunks).toEqual([{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 1 }]);
  });

  it("has a part without hunks for a file whose mode changed and for a binary file", () => {
    const text =
      "diff --git a/x b/x\nold mode 100644\nnew mode 100755\ndiff --git a/y b/y\nBinary files a/y and b/y differ\n";
    expect(parseUnifiedDiff(text)).toEqual([
      { hunks: [], blocks: [] },
      { hunks: [], blocks: [] },
    ]);
  });
});
