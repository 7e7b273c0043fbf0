import { createTwoFilesPatch } from "diff";
import { describe, expect, test } from "vitest";
import { answerOf, toolWorld } from "../../rig/tool-world.ts";

const math = "export function add(a: number, b: number): number {\n  return a + b;\n}\n";
const using = 'import { add } from "./math.ts";\n\nexport const two = add(1, 1);\n';

/** One agent's result with the content and the diff of each file; `null` deletes. */
function result(agentId: string, files: Readonly<Record<string, readonly [string | null, string | null]>>): object {
  const changes = Object.entries(files).map(([file, [before, after]]) => ({
    file,
    type: before === null ? "create" : after === null ? "delete" : "modify",
    ...(after === null ? {} : { content: after }),
    diff: createTwoFilesPatch(file, file, before ?? "", after ?? ""),
  }));
  return { agentId, taskId: `task of ${agentId}`, success: true, filesModified: Object.keys(files), changes };
}

describe("detect_conflicts on results with contents and diffs", () => {
  test("two break together however much code others have written that has nothing to do with it", async () => {
    const { call } = toolWorld();
    const others = Array.from(
      { length: 2_001 },
      (_, place) => [`other/o${place}.ts`, [null, `zebra${place}();\n`]] as const,
    );
    const agentResults = [
      result("a1", { "src/math.ts": [math, math.replace("add(", "sum(")] }),
      result("a2", { "src/use.ts": [null, using] }),
      result("a3", Object.fromEntries(others)),
    ];
    const { conflicts } = answerOf(await call("detect_conflicts", { agentResults }));
    expect(conflicts).toEqual([expect.objectContaining({ type: "semantic", agents: ["a1", "a2"] })]);
  });

  test("two agents whose files differ and whose code breaks together are in conflict, with both places (C24)", async () => {
    const { call } = toolWorld();
    const renamed = math.replace("add(", "sum(");
    const agentResults = [
      result("a1", { "src/math.ts": [math, renamed] }),
      result("a2", { "src/use.ts": [null, using] }),
    ];
    expect(answerOf(await call("detect_conflicts", { agentResults }))).toMatchObject({
      hasConflicts: true,
      resolutionStrategy: "manual",
      conflicts: [
        {
          id: "c1",
          type: "semantic",
          severity: "high",
          agents: ["a1", "a2"],
          locations: [
            { file: "src/use.ts", startLine: 1, agentId: "a2" },
            { file: "src/math.ts", startLine: 1, agentId: "a1" },
          ],
        },
      ],
    });
  });

  test("three agents whose code goes together give nothing (C24)", async () => {
    const { call } = toolWorld();
    const agentResults = [
      result("a1", { "src/math.ts": [math, math.replace("a + b", "b + a")] }),
      result("a2", { "src/use.ts": [null, using] }),
      result("a3", { "src/other.ts": [null, "export const add = 1;\n"] }),
    ];
    expect(answerOf(await call("detect_conflicts", { agentResults }))).toMatchObject({
      hasConflicts: false,
      conflicts: [],
    });
  });

  test("a file that one deletes and the other begins to import", async () => {
    const { call } = toolWorld();
    const agentResults = [result("a1", { "src/math.ts": [math, null] }), result("a2", { "src/use.ts": [null, using] })];
    expect(answerOf(await call("detect_conflicts", { agentResults }))).toMatchObject({
      conflicts: [{ type: "semantic", severity: "critical" }],
    });
  });

  test("the same two files with names alone say nothing of their code", async () => {
    const { call } = toolWorld();
    const agentResults = ["src/math.ts", "src/use.ts"].map((file, index) => ({
      ...{ agentId: `a${index}`, taskId: `t${index}`, success: true },
      filesModified: [file],
    }));
    expect(answerOf(await call("detect_conflicts", { agentResults }))).toMatchObject({ conflicts: [] });
  });
});
