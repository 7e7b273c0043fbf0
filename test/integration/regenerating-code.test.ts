/** Generated code is made anew from what was merged, as lockfiles are, and judged in meaning only then. */
import { describe, expect, test } from "vitest";
import { testCodeReader } from "../rig/code-reader-rig.ts";
import { realPrograms } from "../rig/lock-rig.ts";
import { openMergeRig, type MergeRig } from "../rig/merge-rig.ts";

const text = async (rig: MergeRig, commit: string | undefined, file: string): Promise<string> =>
  `${await rig.show(commit, file)}\n`;

describe("generated code that several results change (C20)", () => {
  const generator = [
    process.execPath,
    "-e",
    `const fs = require("node:fs");
fs.writeFileSync("dist/schema.gen.ts", fs.readdirSync("schema").map((name) => "export type " + name.slice(0, -4) + " = 1;").join("") + "\\n");`,
  ];
  const made = (...names: readonly string[]): string => `${names.map((name) => `export type ${name} = 1;`).join("")}\n`;
  const regenerate = [{ files: ["dist/**/*.gen.ts"], command: generator }];

  test.each([
    ["it was there before", { "schema/A.txt": "", "dist/schema.gen.ts": made("A") }, ["A"]],
    ["both create it", { "schema/A.txt": "" }, ["A"]],
  ])("is generated again from the merged sources: %s", async (_, content, before) => {
    await using rig = await openMergeRig(content, { regenerate, runProgram: realPrograms() });
    const results = [];
    for (const name of ["B", "C"]) {
      const edits = { [`schema/${name}.txt`]: "", "dist/schema.gen.ts": made(...before, name) };
      results.push(await rig.task(name, edits));
    }
    const outcome = await rig.merge(results);
    expect(outcome).toMatchObject({ merged: ["B", "C"], held: [], conflicts: [{ severity: "low" }] });
    expect(await text(rig, outcome.commit, "dist/schema.gen.ts")).toBe(made(...before, "B", "C"));
  });

  test("is held without the setting where attributes mark it as generated, and the conflict names the line to add", async () => {
    const content = { ".gitattributes": "dist/* linguist-generated\n", "dist/schema.gen.ts": made("A") };
    await using rig = await openMergeRig(content);
    const results = [];
    for (const name of ["B", "C"]) results.push(await rig.task(name, { "dist/schema.gen.ts": made("A", name) }));
    const outcome = await rig.merge(results);
    expect(outcome).toMatchObject({ merged: ["B"], held: [{ taskId: "C" }] });
    expect(outcome.conflicts[0]?.description).toMatch(
      /dist\/schema\.gen\.ts is marked as generated\. .*regenerate: \[\{ files: \["dist\/schema\.gen\.ts"\]/,
    );
  });

  test.each([
    [
      "what one of them still uses is gone from it: the later one is held",
      'import { A } from "../dist/schema.gen.ts";\nexport type X = A;\n',
      ["B"],
    ],
    ["what they use is all there", "export type X = 1;\n", ["B", "C"]],
  ])("is judged in its meaning once it is made: %s (C24)", async (_, use, merged) => {
    const content = { "schema/A.txt": "", "schema/Z.txt": "", "dist/schema.gen.ts": made("A", "Z") };
    const options = { regenerate, runProgram: realPrograms(), code: testCodeReader() };
    await using rig = await openMergeRig(content, options);
    const results = [
      await rig.task("B", { "schema/B.txt": "", "dist/schema.gen.ts": made("A", "B", "Z"), "src/use.ts": use }),
      await rig.task("C", { "schema/A.txt": null, "schema/C.txt": "", "dist/schema.gen.ts": made("C", "Z") }),
    ];
    const outcome = await rig.merge(results);
    expect(outcome.merged).toEqual(merged);
    expect(await text(rig, outcome.commit, "dist/schema.gen.ts")).toBe(
      merged.length === 2 ? made("B", "C", "Z") : made("A", "B", "Z"),
    );
    const broken = outcome.conflicts.filter(({ type }) => type === "semantic");
    expect(broken.map(({ tasks }) => tasks)).toEqual(merged.length === 2 ? [] : [["B", "C"]]);
  });

  test("is no reason to hold anybody while one side's version stands in for it, whatever else merges (C24)", async () => {
    const notes = (line?: number): Readonly<Record<string, string>> => {
      const lines = Array.from({ length: 20 }, (_, at) => `line ${at}${at === line ? " changed" : ""}\n`).join("");
      return { "notes/1.md": lines, "notes/2.md": lines, "notes/3.md": lines };
    };
    const content = { ...notes(), "schema/A.txt": "", "schema/Z.txt": "", "dist/schema.gen.ts": made("A", "Z") };
    await using rig = await openMergeRig(content, { regenerate, runProgram: realPrograms(), code: testCodeReader() });
    const outcome = await rig.merge([
      await rig.task("one", notes(1)),
      await rig.task("two", notes(5)),
      // Without Z, which the generator would have left in.
      await rig.task("B", { ...notes(9), "schema/B.txt": "", "dist/schema.gen.ts": made("A", "B") }),
      await rig.task("C", {
        ...notes(13),
        "schema/C.txt": "",
        "dist/schema.gen.ts": made("A", "C", "Z"),
        "src/use.ts": 'import { Z } from "../dist/schema.gen.ts";\nexport type X = Z;\n',
      }),
    ]);
    expect(outcome).toMatchObject({ merged: ["one", "two", "B", "C"], held: [] });
    expect(await text(rig, outcome.commit, "dist/schema.gen.ts")).toBe(made("A", "B", "C", "Z"));
  });
});
