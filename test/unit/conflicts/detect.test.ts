import { structuredPatch, formatPatch } from "diff";
import { describe, expect, test } from "vitest";
import { detectConflicts, type ConflictQuestion } from "../../../src/engines/conflicts/detect.ts";
import type { ConflictReport } from "../../../src/schema/conflict.ts";
import type { AgentResultInput } from "../../../src/schema/outcome.ts";

type Change = NonNullable<AgentResultInput["changes"]>[number];

/** A result of agent N for task N; changes name their files. */
function result(number: number, changes: readonly Change[], more: Partial<AgentResultInput> = {}): AgentResultInput {
  return {
    agentId: `agent-${number}`,
    taskId: `t${number}`,
    success: true,
    filesModified: changes.map((change) => change.file),
    changes: [...changes],
    ...more,
  };
}

function detect(agentResults: readonly AgentResultInput[], dependencyGraph?: ConflictQuestion["dependencyGraph"]): ConflictReport {
  const found = detectConflicts({ agentResults, dependencyGraph });
  if (!found.ok) throw new Error(found.error.error);
  return found.value;
}

function verdicts(report: ConflictReport): readonly string[] {
  return report.conflicts.map(({ type, severity, affectedResources }) => `${type} ${severity} ${affectedResources[0] ?? ""}`);
}

const base = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);

/** The base with some lines replaced, as a change with a unified diff of the usual context. */
function edited(file: string, replaced: Readonly<Record<number, string>>, withContent = false): Change {
  const after = `${base.map((line, index) => replaced[index + 1] ?? line).join("\n")}\n`;
  const diff = formatPatch(structuredPatch(`a/${file}`, `b/${file}`, `${base.join("\n")}\n`, after));
  return { file, type: "modify", diff, ...(withContent ? { content: after } : {}) };
}

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
    ["both create it differently", { file: "a", type: "create", content: "1" }, { file: "a", type: "create", content: "2" }, "high"],
    ["both create it alike", { file: "a", type: "create", content: "1" }, { file: "a", type: "create", content: "1" }, "low"],
    ["both create it, contents unknown", { file: "a", type: "create" }, { file: "a", type: "create" }, "medium"],
    ["the same change twice", edited("a", { 3: "x" }), edited("a", { 3: "x" }), "low"],
    ["the same change and one more elsewhere", edited("a", { 3: "x" }), edited("a", { 3: "x", 20: "y" }), "low"],
    ["line numbers overlap", { file: "a", lineNumbers: { start: 3, end: 9 } }, { file: "a", lineNumbers: { start: 9, end: 12 } }, "medium"],
    ["line numbers far apart", { file: "a", lineNumbers: { start: 3, end: 9 } }, { file: "a", lineNumbers: { start: 19, end: 22 } }, "low"],
    ["many lines overlap", { file: "a", lineNumbers: { start: 1, end: 90 } }, { file: "a", lineNumbers: { start: 2, end: 80 } }, "high"],
    ["two insertions at one place", hunks(4, 0, 5, 2), hunks(4, 0, 5, 1), "medium"],
    ["insertions at two places", hunks(4, 0, 5, 2), hunks(14, 0, 15, 1), "low"],
    ["renamed away and changed, places unknown", { file: "b", oldFile: "a", type: "rename" }, { file: "a" }, "medium"],
    ["renamed unchanged and changed", { file: "b", oldFile: "a", type: "rename", hunks: [] }, edited("a", { 3: "x" }), "low"],
    ["renamed to two names", { file: "b", oldFile: "a", type: "rename", hunks: [] }, { file: "c", oldFile: "a", type: "rename", hunks: [] }, "high"],
    ["renamed alike", { file: "b", oldFile: "a", type: "rename", hunks: [] }, { file: "b", oldFile: "a", type: "rename", hunks: [] }, "low"],
    ["deleted and renamed", { file: "a", type: "delete" }, { file: "b", oldFile: "a", type: "rename", hunks: [] }, "high"],
    ["binary on both sides", { file: "a", type: "modify", binary: true, hunks: [] }, { file: "a", type: "modify", binary: true, hunks: [] }, "high"],
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

  test("a file where another agent made a folder is a conflict", () => {
    const report = detect([
      result(1, [{ file: "lib", type: "create", content: "x" }]),
      result(2, [{ file: "lib/deep/a.ts", type: "create", content: "y" }]),
    ]);
    expect(verdicts(report)).toEqual(["file-level high lib"]);
  });
});

function hunks(oldStart: number, oldLines: number, newStart: number, newLines: number): Change {
  return { file: "a", type: "modify", hunks: [{ oldStart, oldLines, newStart, newLines }] };
}

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
    ["an agent of a pool that did two tasks", [result(1, [{ file: "a" }]), result(2, [{ file: "a" }], { agentId: "agent-1" })]],
    ["a task that was reported twice", [result(1, [{ file: "a" }]), result(2, [{ file: "a" }], { taskId: "t1" })]],
    ["one result given twice", [result(1, [{ file: "a" }]), result(1, [{ file: "a" }])]],
    ["files with similar names", [result(1, [{ file: "src/a.ts" }]), result(2, [{ file: "src/a.tsx" }])]],
    ["a folder and a file below it", [result(1, [{ file: "src/a.ts" }]), result(2, [{ file: "src/a/b.ts", type: "create" }])]],
    ["no results", []],
  ])("%s", (_name, results) => {
    expect(detect(results).conflicts).toEqual([]);
  });

  test("the order of the results changes nothing", () => {
    const results = [result(1, [edited("a", { 3: "x" })]), result(2, [{ file: "a", type: "delete" }]), result(3, [edited("a", { 9: "z" })])];
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

describe("with a dependency graph", () => {
  const graph = { nodes: {}, edges: [{ from: "t1", to: "t2" }] };

  test("a task that ran although its dependency failed is a conflict (C24)", () => {
    const report = detect([result(1, [], { success: false }), result(2, [{ file: "b" }])], graph);
    expect(verdicts(report)).toEqual(["dependency high b"]);
    expect(report.conflicts[0]).toMatchObject({ tasks: ["t1", "t2"], agents: ["agent-1", "agent-2"] });
  });

  test("a dependency that succeeded on a second attempt is none", () => {
    const failed = result(1, [], { success: false });
    expect(detect([failed, result(1, []), result(2, [{ file: "b" }])], graph).conflicts).toEqual([]);
  });

  test("a dependent that never ran is none", () => {
    const skipped = result(2, [], { success: false, skipped: true });
    expect(detect([result(1, [], { success: false }), skipped], graph).conflicts).toEqual([]);
  });

  test("a task that changes a file after the one it depends on stands in nobody's way", () => {
    const report = detect([result(2, [{ file: "a" }]), result(1, [{ file: "a" }])], graph);
    expect(verdicts(report)).toEqual(["file-level low a"]);
    expect(report.conflicts[0]?.description).toBe("agent-2 and agent-1 change a one after the other.");
  });

  test.each<[string, unknown]>([
    ["an object", { t2: { id: "t2", task: { id: "t2", dependsOn: ["t1"] } } }],
    ["a list", [{ id: "t2", dependsOn: ["t1"] }]],
    ["a list of entries", [["t2", { task: { dependsOn: ["t1"] } }]]],
  ])("dependencies are read from nodes sent as %s", (_name, nodes) => {
    const report = detect([result(1, [], { success: false }), result(2, [{ file: "b" }])], { nodes });
    expect(report.conflicts.map((conflict) => conflict.type)).toEqual(["dependency"]);
  });

  test("a cycle in the graph does no harm", () => {
    const cycle = { edges: [{ from: "t1", to: "t2" }, { from: "t2", to: "t1" }] };
    expect(detect([result(1, [{ file: "a" }]), result(2, [{ file: "a" }])], cycle).conflicts).toHaveLength(1);
  });
});

describe("paths that lead out of the workspace are refused", () => {
  test.each(["../x", "/etc/passwd", "a/../../x", "C:\\x", "\\x", "", ".", "a\0b"])("%j", (path) => {
    const found = detectConflicts({ agentResults: [result(1, []), { ...result(2, []), filesModified: ["ok", path] }] });
    expect(found).toMatchObject({
      ok: false,
      error: { code: "PATH_OUTSIDE_WORKSPACE", field: "agentResults[1].filesModified[1]" },
    });
  });

  test("and the refusal names the change at fault", () => {
    const found = detectConflicts({ agentResults: [result(1, [{ file: "a", oldFile: "../b", type: "rename" }])] });
    expect(found).toMatchObject({ error: { field: "agentResults[0].changes[0].oldFile" } });
  });
});

describe("many results", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index);
  const thousand = Array.from({ length: 1_000 }, (_, index) => index);

  test.each<[string, number, () => AgentResultInput[]]>([
    ["100 agents with 1,000 files each, none shared", 200, () => hundred.map((agent) => result(agent, thousand.map((file) => ({ file: `a${agent}/d/f${file}.ts` }))))],
    ["100 agents on the same 1,000 files", 1_000, () => hundred.map((agent) => result(agent, thousand.map((file) => ({ file: `d/f${file}.ts` }))))],
    ["100 agents in different places of one file", 200, () => hundred.map((agent) => result(agent, [hunks(agent * 10 + 1, 1, agent * 10 + 1, 1)]))],
    ["2,000 results without a shared path", 1_000, () => thousand.concat(thousand.map((each) => each + 1_000)).map((agent) => result(agent, [{ file: `f${agent}.ts` }]))],
  ])("%s are judged in time", (_name, limitMs, make) => {
    const results = make();
    detect(results.slice(0, 3));
    const times = [1, 2, 3].map(() => {
      const startedAt = performance.now();
      detect(results);
      return performance.now() - startedAt;
    });
    // Other work on the machine slows a single try.
    expect(Math.min(...times)).toBeLessThan(limitMs);
  });
});
