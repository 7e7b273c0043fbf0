import { describe, expect, test } from "vitest";
import { testCodeReader } from "../rig/code-reader-rig.ts";
import { openMergeRig } from "../rig/merge-rig.ts";

const math = "export function add(a: number, b: number): number {\n  return a + b;\n}\n\nexport const zero = 0;\n";
const using = 'import { add } from "./math.ts";\n\nexport const two = add(1, 1);\n';
const files = { "src/math.ts": math, "src/other.ts": "export const other = 1;\n", "README.md": "# A\n" };

describe("results that merge as text and break together", () => {
  test("two agents change related code: one is held, with both places and the ways out (C24)", async () => {
    await using rig = await openMergeRig(files, { code: testCodeReader() });
    const rename = await rig.task("rename", { "src/math.ts": math.replace("add(", "sum(") });
    const use = await rig.task("use", { "src/use.ts": using });
    const outcome = await rig.merge([rename, use]);
    expect(outcome.merged).toEqual(["rename"]);
    expect(outcome.held).toEqual([
      { taskId: "use", conflictIds: ["c1"], reason: "in conflict with 'rename' over src/use.ts and src/math.ts" },
    ]);
    expect(outcome.conflicts).toMatchObject([
      {
        type: "semantic",
        severity: "high",
        agents: ["agent-1", "agent-2"],
        tasks: ["rename", "use"],
        detectionMethod: "meaning: name-gone",
        locations: [
          { file: "src/use.ts", startLine: 1, agentId: "agent-2", symbol: "add" },
          { file: "src/math.ts", startLine: 1, agentId: "agent-1", symbol: "add" },
        ],
      },
    ]);
    expect(outcome.conflicts[0]?.resolutionOptions.map(({ strategy }) => strategy)).toEqual(
      expect.arrayContaining(["prefer-agent", "sequential-retry", "rollback"]),
    );
  });

  test("three agents in unrelated files are merged without a word (C24)", async () => {
    await using rig = await openMergeRig(files, { code: testCodeReader() });
    const outcome = await rig.merge([
      await rig.task("one", { "src/use.ts": using }),
      await rig.task("two", { "src/other.ts": "export const other = 2;\n" }),
      await rig.task("three", { "README.md": "# B\n" }),
    ]);
    expect(outcome).toMatchObject({ merged: ["one", "two", "three"], held: [], conflicts: [] });
  });

  test("a mend on either side counts, because the merged files are judged", async () => {
    const both = { ...files, "src/use.ts": `${using}\n\n\n\n\nexport const last = 1;\n` };
    await using rig = await openMergeRig(both, { code: testCodeReader() });
    const lines = `${using}\n\n\n\n\nexport const last = 1;\n`;
    const outcome = await rig.merge([
      await rig.task("rename", {
        "src/math.ts": math.replace("add(", "sum("),
        "src/use.ts": lines.replace("{ add }", "{ sum as add }"),
      }),
      await rig.task("use", { "src/use.ts": lines.replace("last = 1", "last = add(2, 3)") }),
    ]);
    expect(outcome).toMatchObject({ merged: ["rename", "use"], held: [] });
    expect(outcome.conflicts.filter(({ severity }) => severity !== "low")).toEqual([]);
  });

  test("a file that moved is gone for whoever begins to import it", async () => {
    await using rig = await openMergeRig(files, { code: testCodeReader() });
    const outcome = await rig.merge([
      await rig.task("move", { "src/math.ts": null, "src/sums.ts": math }),
      await rig.task("use", { "src/use.ts": using }),
    ]);
    expect(outcome.conflicts).toMatchObject([
      { severity: "critical", description: expect.stringContaining("moved it to src/sums.ts") as string },
    ]);
  });

  test("a remark is listed and holds nobody", async () => {
    const long = `${"// a line\n".repeat(3)}export function f(a: number) {\n  const b = a + 1;\n\n\n\n  return b;\n}\n`;
    await using rig = await openMergeRig({ "a.ts": long }, { code: testCodeReader() });
    const outcome = await rig.merge([
      await rig.task("one", { "a.ts": long.replace("a + 1", "a + 2") }),
      await rig.task("two", { "a.ts": long.replace("return b", "return -b") }),
    ]);
    expect(outcome.merged).toEqual(["one", "two"]);
    expect(outcome.conflicts).toMatchObject([
      { type: "semantic", severity: "low", detectionMethod: "meaning: same-function" },
      { type: "file-level", severity: "low" },
    ]);
  });

  test("a name that moved to another file behind the same barrel is found where it is now", async () => {
    const barrel = {
      "a.ts": 'export * from "./b.ts";\nexport * from "./c.ts";\n',
      "b.ts": "export const x = 1;\n",
      "c.ts": "export const y = 1;\n",
    };
    await using rig = await openMergeRig(barrel, { code: testCodeReader() });
    const outcome = await rig.merge([
      await rig.task("first", {
        "b.ts": "export const z = 1;\n",
        "c.ts": "export const y = 1;\nexport const x = 1;\n",
      }),
      await rig.task("second", { "d.ts": 'import { x } from "./a.ts";\nexport const d = x;\n' }),
      await rig.task("third", { "e.ts": "export const e = 1;\n" }),
    ]);
    expect(outcome).toMatchObject({ merged: ["first", "second", "third"], conflicts: [] });
  });

  test("what breaks only when all are put together is found in the whole", async () => {
    const [fast, slow] = ["    def f():\n        return 1\n", "    def f():\n        return 2\n"];
    const gap = "    a = 1\n    b = 2\n    c = 3\n    d = 4\n";
    const either = (one: string, other: string): string =>
      `import sys\nif sys.platform:\n${gap}${one}else:\n${gap}${other}`;
    await using rig = await openMergeRig({ "either.py": either(fast, slow) }, { code: testCodeReader() });
    const outcome = await rig.merge([
      await rig.task("first", { "either.py": either("", slow) }),
      await rig.task("second", { "either.py": either(fast, "") }),
      await rig.task("third", { "use.py": "from either import f\n\nf()\n" }),
    ]);
    expect(outcome).toMatchObject({
      merged: ["first", "second"],
      held: [{ taskId: "third", conflictIds: ["c3"], reason: "breaks what 'first' and the others do" }],
    });
  });

  test("a name that is looked for in the whole repository: a Java class that others declare no more", async () => {
    const shapes =
      "package org.lib;\n\npublic class Shapes {\n    public static int area(int a) {\n        return a;\n    }\n}\n";
    const app =
      "package org.app;\n\nimport org.lib.Shapes;\n\nclass App {\n    int run() {\n        return Shapes.area(1);\n    }\n}\n";
    await using rig = await openMergeRig(
      { "org/lib/Shapes.java": shapes, "README.md": "# Shapes\n" },
      { code: testCodeReader() },
    );
    const outcome = await rig.merge([
      await rig.task("remove", {
        "org/lib/Shapes.java": null,
        "org/lib/Forms.java": shapes.replace("Shapes", "Forms"),
      }),
      await rig.task("use", { "org/app/App.java": app }),
    ]);
    expect(outcome.merged).toEqual(["remove"]);
    expect(outcome.conflicts).toMatchObject([{ type: "semantic", severity: "high", tasks: ["remove", "use"] }]);
  });
});
