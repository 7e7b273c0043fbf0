import { describe, expect, test } from "vitest";
import type { SideChange } from "../../../src/engines/semantics/code-tree.ts";
import { textTree } from "../../../src/engines/semantics/text-tree.ts";
import { undoneTree } from "../../../src/engines/semantics/undone-tree.ts";
import { readFactsOf } from "../../rig/meaning-rig.ts";

const treeOf = (files: Readonly<Record<string, string>>) =>
  textTree({ files: new Map(Object.entries(files)), complete: true, read: readFactsOf });

const before = {
  "a.ts": 'import { x } from "./x.ts";\n\nexport function one(a: number) {\n  return x + a;\n}\n',
  "x.ts": "export const x = 1;\n",
  "package.json": "{}\n",
};
const after = {
  "a.ts": 'import { y } from "./y.ts";\n\nexport function two(a: number) {\n  return y + a;\n}\n',
  "y.ts": "export const y = 1;\n",
  "package.json": '{ "name": "a" }\n',
};
const changes: readonly SideChange[] = [
  { path: "a.ts", kind: "modified" },
  { path: "package.json", kind: "modified" },
  { path: "y.ts", oldPath: "x.ts", kind: "renamed" },
];
const undone = (now: Readonly<Record<string, string>>) =>
  undoneTree(treeOf(now), { before: treeOf(before), after: treeOf(after), changes });

const namesIn = async (tree: ReturnType<typeof undone>, path: string) =>
  (await tree.facts(path))?.definitions.map(({ name }) => name);

describe("files without a change that was made to them", () => {
  test("declare and import what they did before it, besides what was added on top", async () => {
    const tree = undone({
      ...after,
      "a.ts": `import { z } from "z";\n${after["a.ts"]}\nexport const three = two(z);\n`,
    });
    const facts = await tree.facts("a.ts");
    expect(facts?.definitions.map(({ name }) => name)).toEqual(["three", "one"]);
    expect(facts?.imports.map(({ module }) => module)).toEqual(["z", "./x.ts"]);
    // What is used, and where, is what stands there now.
    expect(facts?.references.find(({ name }) => name === "two")).toMatchObject({ line: 8 });
  });

  test("are there again where they were deleted or moved away, unless somebody made them again", async () => {
    const tree = undone(after);
    expect([tree.has("x.ts"), tree.filesIn("").includes("x.ts"), tree.withName("x.ts")]).toEqual([
      true,
      true,
      ["x.ts"],
    ]);
    expect(await tree.text("x.ts")).toBe(before["x.ts"]);
    expect(await tree.naming("x")).toContain("x.ts");
    expect(await namesIn(tree, "x.ts")).toEqual(["x"]);
    const again = undone({ ...after, "x.ts": "export const other = 1;\n" });
    expect(await again.text("x.ts")).toBe("export const other = 1;\n");
    expect(await namesIn(again, "x.ts")).toEqual(["other", "x"]);
  });

  test("have the text of before where nobody wrote on", async () => {
    expect(await undone(after).text("package.json")).toBe(before["package.json"]);
    expect(await undone({ ...after, "package.json": "[]\n" }).text("package.json")).toBe("[]\n");
  });

  test("leave a declaration to whoever changed it once more", async () => {
    const wide = { ...after, "a.ts": before["a.ts"].replace("a: number", "a: number, b: number") };
    const widened = (text: string) =>
      undoneTree(treeOf({ ...wide, "a.ts": text }), { before: treeOf(before), after: treeOf(wide), changes });
    const paramsIn = async (text: string) => (await widened(text).facts("a.ts"))?.definitions[0]?.params;
    expect(await paramsIn(wide["a.ts"])).toEqual({ min: 1, max: 1 });
    expect(await paramsIn(wide["a.ts"].replace("b: number", "b = 1"))).toEqual({ min: 1, max: 2 });
  });

  test("prove nothing where one of the versions cannot be read in full", async () => {
    expect(await undone({ ...after, "a.ts": `${after["a.ts"]}export const = ;\n` }).facts("a.ts")).toMatchObject({
      broken: true,
    });
  });
});
