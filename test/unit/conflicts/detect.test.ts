import { structuredPatch, formatPatch } from "diff";
import { describe, expect, test } from "vitest";
import type { AgentResultInput } from "../../../src/schema/outcome.ts";
import { detect, hunks, result, verdicts, type Change } from "../../rig/agent-results.ts";

const base = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);

/** The base with some lines replaced, as a change with a unified diff of the usual context. */
function edited(file: string, replaced: Readonly<Record<number, string>>, withContent = false): Change {
  const after = `${base.map((line, index) => replaced[index + 1] ?? line).join("\n")}\n`;
  const diff = formatPatch(structuredPatch(`a/${file}`, `b/${file}`, `${base.join("\n")}\n`, after));
  return { file, type: "modify", diff, ...(withContent ? { content: after } : {}) };
}

const modeDiff = "diff --git a/a b/a\nold mode 100644\nnew mode 100755\n";
const submoduleDiff = (from: string, to: string): string =>
  `@@ -1 +1 @@\n-Subproject commit ${from}\n+Subproject commit ${to}\n`;

describe("two agents and one file", () => {
  test("the same lines are a conflict with both places and a way out for each agent (C24)", () => {
    const report = detect([
      result(1, [edited("src/a.ts", { 5: "one", 6: "one" })]),
      result(2, [edited("src/a.ts", { 6: "two" })]),
    ]);
    expect(report).toMatchObject({
      hasConflicts: true,
      resolutionStrategy: "manual",
      conflicts: [
        {
          id: "c1",
          type: "file-level",
          severity: "medium",
          agents: ["agent-1", "agent-2"],
          tasks: ["t1", "t2"],
          affectedResources: ["src/a.ts"],
          locations: [
            { file: "src/a.ts", startLine: 5, endLine: 6, agentId: "agent-1" },
            { file: "src/a.ts", startLine: 6, endLine: 6, agentId: "agent-2" },
          ],
        },
      ],
    });
    const options = report.conflicts[0]?.resolutionOptions ?? [];
    expect(options.map(({ strategy, agentId, preview }) => [strategy, agentId, preview])).toEqual([
      ["prefer-agent", "agent-1", "one\none"],
      ["prefer-agent", "agent-2", "two"],
      ["sequential-retry", undefined, undefined],
      ["manual", undefined, undefined],
      ["rollback", undefined, undefined],
    ]);
    expect(options.some((option) => option.automatic)).toBe(false);
  });

  test("lines with an untouched line between them merge by themselves, and adjoining lines do not", () => {
    const apart = detect([result(1, [edited("a.ts", { 5: "x" })]), result(2, [edited("a.ts", { 7: "y" })])]);
    expect(verdicts(apart)).toEqual(["file-level low a.ts"]);
    expect(apart.hasConflicts).toBe(false);
    expect(apart.resolutionStrategy).toBe("auto");
    expect(apart.conflicts[0]?.resolutionOptions[0]).toMatchObject({ strategy: "merge", automatic: true });

    const adjoining = detect([result(1, [edited("a.ts", { 5: "x" })]), result(2, [edited("a.ts", { 6: "y" })])]);
    expect(verdicts(adjoining)).toEqual(["file-level medium a.ts"]);
  });

  test("a merge by itself comes with the merged file when both contents are known", () => {
    const report = detect([
      result(1, [edited("a.ts", { 5: "x\nx2" }, true)]),
      result(2, [edited("a.ts", { 3: "w", 9: "y" }, true)]),
      result(3, [edited("a.ts", { 20: "z" }, true)]),
    ]);
    const merged = base.map((line, index) => ({ 3: "w", 5: "x\nx2", 9: "y", 20: "z" })[index + 1] ?? line);
    expect(report.mergedResult).toEqual({ files: [{ file: "a.ts", content: `${merged.join("\n")}\n` }] });
  });

  test("contents that contradict one another outside of the changes are not merged", () => {
    const other = edited("a.ts", { 9: "y" }, true);
    const report = detect([
      result(1, [edited("a.ts", { 5: "x" }, true)]),
      result(2, [{ ...other, content: other.content?.replace("line 25", "line 25!") ?? "" }]),
    ]);
    expect(report.conflicts[0]?.severity).toBe("low");
    expect(report.mergedResult).toBeUndefined();
  });

  test.each<[string, Change, Change, string]>([
    ["only the file's name is known", { file: "a" }, { file: "a" }, "medium"],
    ["one is deleted, the other changed", { file: "a", type: "delete" }, edited("a", { 3: "x" }), "high"],
    ["both delete it", { file: "a", type: "delete" }, { file: "a", type: "delete" }, "low"],
    [
      "both create it differently",
      { file: "a", type: "create", content: "1" },
      { file: "a", type: "create", content: "2" },
      "high",
    ],
    [
      "both create it alike",
      { file: "a", type: "create", content: "1" },
      { file: "a", type: "create", content: "1" },
      "low",
    ],
    ["both create it, contents unknown", { file: "a", type: "create" }, { file: "a", type: "create" }, "medium"],
    ["the same change twice", edited("a", { 3: "x" }), edited("a", { 3: "x" }), "low"],
    ["the same change and one more elsewhere", edited("a", { 3: "x" }), edited("a", { 3: "x", 20: "y" }), "low"],
    [
      "line numbers overlap",
      { file: "a", lineNumbers: { start: 3, end: 9 } },
      { file: "a", lineNumbers: { start: 9, end: 12 } },
      "medium",
    ],
    [
      "line numbers far apart",
      { file: "a", lineNumbers: { start: 3, end: 9 } },
      { file: "a", lineNumbers: { start: 19, end: 22 } },
      "low",
    ],
    [
      "many lines overlap",
      { file: "a", lineNumbers: { start: 1, end: 90 } },
      { file: "a", lineNumbers: { start: 2, end: 80 } },
      "high",
    ],
    ["two insertions at one place", hunks(4, 0, 5, 2), hunks(4, 0, 5, 1), "medium"],
    ["insertions at two places", hunks(4, 0, 5, 2), hunks(14, 0, 15, 1), "low"],
    ["renamed away and changed, places unknown", { file: "b", oldFile: "a", type: "rename" }, { file: "a" }, "medium"],
    [
      "renamed unchanged and changed",
      { file: "b", oldFile: "a", type: "rename", hunks: [] },
      edited("a", { 3: "x" }),
      "low",
    ],
    [
      "renamed to two names",
      { file: "b", oldFile: "a", type: "rename", hunks: [] },
      { file: "c", oldFile: "a", type: "rename", hunks: [] },
      "high",
    ],
    [
      "renamed alike",
      { file: "b", oldFile: "a", type: "rename", hunks: [] },
      { file: "b", oldFile: "a", type: "rename", hunks: [] },
      "low",
    ],
    [
      "deleted and renamed",
      { file: "a", type: "delete" },
      { file: "b", oldFile: "a", type: "rename", hunks: [] },
      "high",
    ],
    [
      "binary on both sides",
      { file: "a", type: "modify", binary: true, hunks: [] },
      { file: "a", type: "modify", binary: true, hunks: [] },
      "high",
    ],
    [
      "binary on both sides, known from diffs alone",
      { file: "a", diff: "diff --git a/a b/a\nindex 1..2 100644\nBinary files a/a and b/a differ\n" },
      { file: "a", diff: "diff --git a/a b/a\nindex 1..3 100644\nBinary files a/a and b/a differ\n" },
      "high",
    ],
    ["only the permissions are changed, and lines", { file: "a", diff: modeDiff }, edited("a", { 3: "x" }), "low"],
    [
      "one submodule set to two commits",
      { file: "a", diff: submoduleDiff("1111111", "2222222") },
      { file: "a", diff: submoduleDiff("1111111", "3333333") },
      "medium",
    ],
    [
      "one submodule set to the same commit",
      { file: "a", diff: submoduleDiff("1111111", "2222222") },
      { file: "a", diff: submoduleDiff("1111111", "2222222") },
      "low",
    ],
    [
      "one deletes the line that the other empties",
      { file: "a", diff: "--- a/a\n+++ b/a\n@@ -1,3 +1,2 @@\n one\n-two\n three\n" },
      { file: "a", diff: "--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n one\n-two\n+\n three\n" },
      "medium",
    ],
    [
      "the same last line, with and without a line end",
      { file: "a", diff: "@@ -1 +1,2 @@\n one\n+two\n" },
      { file: "a", diff: "@@ -1 +1,2 @@\n one\n+two\n\\ No newline at end of file\n" },
      "medium",
    ],
    [
      "a line doubled where a diff shows the first of two, and one inserted after it",
      { file: "a", diff: "@@ -4,2 +4,3 @@\n four\n+five\n five\n" },
      { file: "a", diff: "@@ -5,2 +5,3 @@\n five\n+more\n six\n" },
      "medium",
    ],
    [
      "insertions known without context",
      { file: "a", diff: "@@ -4,0 +5 @@\n+x\n" },
      { file: "a", diff: "@@ -5,0 +6 @@\n+y\n" },
      "low",
    ],
    [
      "line ends alone on one side, a line on the other",
      { file: "a", diff: "@@ -1,2 +1,2 @@\n-one\n-two\n+one\r\n+two\r\n" },
      { file: "a", diff: "@@ -1,2 +1,2 @@\n one\n-two\n+zwei\n" },
      "medium",
    ],
    ["a diff that was cut", { file: "a", diff: "@@ -1,9 +1,9 @@\n a\n-b" }, edited("a", { 3: "x" }), "medium"],
    ["other spellings of the path", { file: "./x/../a" }, { file: "a" }, "medium"],
  ])("%s", (_name, left, right, severity) => {
    const report = detect([result(1, [left]), result(2, [right])]);
    expect(verdicts(report)).toEqual([`file-level ${severity} a`]);
    expect(report.hasConflicts).toBe(severity !== "low");
    expect(report.resolutionStrategy).toBe(severity === "low" ? "auto" : "manual");
  });

  test("back slashes and dots are the same path", () => {
    const report = detect([result(1, [{ file: "src\\a.ts" }]), result(2, [{ file: "./src//a.ts" }])]);
    expect(report.conflicts[0]?.affectedResources).toEqual(["src/a.ts"]);
  });

  test("names that differ only in case, or in how an accent is written, are told", () => {
    const create = (file: string): Change => ({ file, type: "create", content: "1" });
    const report = detect([
      result(1, [create("Read.md"), create("caf\u00e9")]),
      result(2, [create("read.md"), create("cafe\u0301")]),
    ]);
    expect(verdicts(report)).toEqual(["file-level low Read.md", "file-level low caf\u00e9"]);
    expect(verdicts(detect([result(1, [create("a.md"), create("A.md")])]))).toEqual([]);
  });

  test("a file where another agent made a folder is a conflict", () => {
    const report = detect([
      result(1, [{ file: "lib", type: "create", content: "x" }]),
      result(2, [{ file: "lib/deep/a.ts", type: "create", content: "y" }]),
    ]);
    expect(verdicts(report)).toEqual(["file-level high lib"]);
  });
});

describe("no false alarms", () => {
  test("three agents on three files give nothing at all (C24)", () => {
    const report = detect([
      result(1, [edited("a.ts", { 1: "function x() {}" })]),
      result(2, [edited("b.ts", { 1: "y()" })]),
      result(3, [{ file: "c.py", type: "create", content: "print(1)\n" }]),
    ]);
    expect(report).toEqual({
      hasConflicts: false,
      conflicts: [],
      resolutionStrategy: "auto",
    });
  });

  test.each<[string, readonly AgentResultInput[]]>([
    [
      "an agent of a pool that did two tasks",
      [result(1, [{ file: "a" }]), result(2, [{ file: "a" }], { agentId: "agent-1" })],
    ],
    ["a task that was reported twice", [result(1, [{ file: "a" }]), result(2, [{ file: "a" }], { taskId: "t1" })]],
    ["one result given twice", [result(1, [{ file: "a" }]), result(1, [{ file: "a" }])]],
    ["files with similar names", [result(1, [{ file: "src/a.ts" }]), result(2, [{ file: "src/a.tsx" }])]],
    [
      "a folder and a file below it",
      [result(1, [{ file: "src/a.ts" }]), result(2, [{ file: "src/a/b.ts", type: "create" }])],
    ],
    ["no results", []],
  ])("%s", (_name, results) => {
    expect(detect(results).conflicts).toEqual([]);
  });

  test("the order of the results changes nothing", () => {
    const results = [
      result(1, [edited("a", { 3: "x" })]),
      result(2, [{ file: "a", type: "delete" }]),
      result(3, [edited("a", { 9: "z" })]),
    ];
    const forwards = detect(results);
    const backwards = detect(results.toReversed());
    expect(verdicts(backwards)).toEqual(verdicts(forwards));
  });
});

describe("several agents and one file", () => {
  test("only those who meet are in the conflict, the others are said to merge", () => {
    const report = detect([
      result(1, [edited("a", { 3: "x" })]),
      result(2, [edited("a", { 3: "y" })]),
      result(3, [edited("a", { 20: "z" })]),
    ]);
    expect(report.conflicts.map(({ severity, tasks }) => [severity, tasks])).toEqual([
      ["medium", ["t1", "t2"]],
      ["low", ["t1", "t2", "t3"]],
    ]);
    expect(report.resolutionStrategy).toBe("manual");
  });
});
