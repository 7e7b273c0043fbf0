import { describe, expect, test } from "vitest";
import { detectConflicts } from "../../../src/engines/conflicts/detect.ts";
import type { AgentResultInput } from "../../../src/schema/outcome.ts";
import { detect, hunks, result, verdicts } from "../../rig/agent-results.ts";

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
    const cycle = {
      edges: [
        { from: "t1", to: "t2" },
        { from: "t2", to: "t1" },
      ],
    };
    expect(detect([result(1, [{ file: "a" }]), result(2, [{ file: "a" }])], cycle).conflicts).toHaveLength(1);
  });
});

describe("paths that lead out of the workspace are refused", () => {
  test.each(["../x", "a/../../x", "/../x", "C:..\\x", "C:x", "/", "", ".", "a\0b"])("%j", (path) => {
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

describe("agents may report whole paths", () => {
  test.each([
    ["/home/me/shop/src/a.ts", "/home/me/shop/lib/../src//a.ts"],
    ["C:\\shop\\src\\a.ts", "c:/shop/./src/a.ts"],
  ])("%s and %s are one file", (one, other) => {
    const report = detect([result(1, [{ file: one }]), result(2, [{ file: other }])]);
    expect(report.conflicts).toHaveLength(1);
  });

  test("and a whole path is not the same as the path behind its root", () => {
    expect(detect([result(1, [{ file: "/a" }]), result(2, [{ file: "a" }])]).conflicts).toEqual([]);
  });
});

describe("many results", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index);
  const thousand = Array.from({ length: 1_000 }, (_, index) => index);

  test.each<[string, number, () => AgentResultInput[]]>([
    [
      "100 agents with 1,000 files each, none shared",
      0,
      () =>
        hundred.map((agent) =>
          result(
            agent,
            thousand.map((file) => ({ file: `a${agent}/d/f${file}.ts` })),
          ),
        ),
    ],
    [
      "100 agents on the same 1,000 files",
      1_000,
      () =>
        hundred.map((agent) =>
          result(
            agent,
            thousand.map((file) => ({ file: `d/f${file}.ts` })),
          ),
        ),
    ],
    [
      "100 agents in different places of one file",
      1,
      () => hundred.map((agent) => result(agent, [hunks(agent * 10 + 1, 1, agent * 10 + 1, 1)])),
    ],
    [
      "2,000 results without a shared path",
      0,
      () =>
        thousand.concat(thousand.map((each) => each + 1_000)).map((agent) => result(agent, [{ file: `f${agent}.ts` }])),
    ],
  ])("%s give %d conflicts", (_name, expected, make) => {
    expect(detect(make()).conflicts).toHaveLength(expected);
  });
});
