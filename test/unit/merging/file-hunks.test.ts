import { expect, test } from "vitest";
import { parseHunks } from "../../../src/engines/merging/file-hunks.ts";

const ids = `${"1".repeat(40)} ${"2".repeat(40)}`;

test("hunks are read file by file, in the order of the records, whatever the names and lines look like", () => {
  const text = [
    `:100644 100644 ${ids} M\0odd\nname\0:100644 100644 ${ids} R090\0old\0new\0:100644 120000 ${ids} T\0link\0:100644 100644 ${ids} M\0bin\0\0`,
    'diff --git "a/odd\\nname" "b/odd\\nname"\n--- x\n+++ y\n@@ -2 +2,2 @@ a\n-l2\n+++ looks like a header\n+l3\n@@ -9,2 +9,0 @@\n-x\n-y\n',
    "diff --git a/old b/new\nsimilarity index 90%\n--- a/old\n+++ b/new\n@@ -0,0 +1 @@\n+no end\n\\ No newline at end of file\n",
    "diff --git a/link b/link\ndeleted file mode 100644\n@@ -1 +0,0 @@\n-x\ndiff --git a/link b/link\nnew file mode 120000\n@@ -0,0 +1 @@\n+target\n\\ No newline at end of file\n",
    "diff --git a/bin b/bin\nBinary files a/bin and b/bin differ\n",
  ].join("");
  expect(parseHunks(text)).toEqual([
    {
      path: "odd\nname",
      binary: false,
      hunks: [
        { oldStart: 2, oldLines: 1, newStart: 2, newLines: 2, added: "++ looks like a header\nl3\n" },
        { oldStart: 9, oldLines: 2, newStart: 9, newLines: 0, added: "" },
      ],
    },
    { path: "new", binary: false, hunks: [{ oldStart: 0, oldLines: 0, newStart: 1, newLines: 1, added: "no end" }] },
    {
      path: "link",
      binary: false,
      hunks: [
        { oldStart: 1, oldLines: 1, newStart: 0, newLines: 0, added: "" },
        { oldStart: 0, oldLines: 0, newStart: 1, newLines: 1, added: "target" },
      ],
    },
    { path: "bin", binary: true, hunks: [] },
  ]);
});
