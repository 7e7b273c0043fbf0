import { expect, test } from "vitest";
import { parseLooseJson } from "../../../src/engines/semantics/imports/loose-json.ts";
import { scriptModule } from "../../../src/engines/semantics/imports/script-modules.ts";
import { readKeys } from "../../../src/engines/semantics/rules/file-keys.ts";
import { readDemands } from "../../../src/engines/semantics/rules/manifests.ts";
import { readRoutes } from "../../../src/engines/semantics/rules/routes.ts";
import { textTree } from "../../../src/engines/semantics/text-tree.ts";
import { areDisjoint } from "../../../src/engines/semantics/rules/version-range.ts";

const many = (text: string): string => text.repeat(400_000);

// Each is read in milliseconds by what looks at every place once, and in minutes by what looks back.
test.each<readonly [string, () => unknown, unknown]>([
  ["quotes in a string without an end", () => parseLooseJson(`{"${many('\\"')}`), undefined],
  ["comments without an end", () => parseLooseJson(`{${many("/* ")}`), undefined],
  ["spaces inside of a value", () => readKeys(".env", `a=x${many(" ")}x`)?.length, 1],
  ["spaces inside of a value of a table", () => readKeys("a.toml", `a=x${many(" ")}x`)?.length, 1],
  ["spaces inside of a value of a mapping", () => readKeys("a.yaml", `a: x${many(" ")}x`)?.length, 1],
  ["quotes in a key without an end", () => readKeys("a.json", `"${many('\\"')}\\`), []],
  ["dots in the host of a module", () => readDemands("go.mod", many("a.")), []],
  ["brackets around a section", () => readDemands("pyproject.toml", many("[")), []],
  [
    "spaces behind a requirement",
    () => readDemands("pyproject.toml", `[project]\ndependencies = [\n"a<1${many(" ")}#"\n]`),
    [],
  ],
  ["lists of methods without an end", () => readRoutes("a.py", `@a.get("/x", ${many("methods=[")}`)?.length, 1],
  ["operators of a version", () => areDisjoint(many("<"), "1", "npm"), false],
])("a file of an agent that is made to be slow is read as fast as any other: %s", (_, read, expected) => {
  expect(read()).toEqual(expected);
});

test.each<readonly [string, unknown]>([
  ['{ "a": [1, 2, /* the last */ ], } // end', { a: [1, 2] }],
  ['{ "a": "// no comment, ]" , }', { a: "// no comment, ]" }],
  ["{ a: 1 }", undefined],
])("JSON as people write it is read: %s", (text, expected) => {
  expect(parseLooseJson(text)).toEqual(expected);
});

test.each(["null", "[]", '{"compilerOptions":null}', '{"compilerOptions":{"paths":{"a":[1,null]}},"extends":5}'])(
  "a tsconfig.json of another shape says nothing: %s",
  async (text) => {
    const files = new Map([["tsconfig.json", text]]);
    const tree = textTree({ files, complete: true, read: () => Promise.resolve(undefined) });
    expect(await scriptModule(tree, "src/a.ts", "a")).toBeUndefined();
  },
);

test("a tsconfig.json with comments says where the modules of a pattern lie", async () => {
  const text = '{ "compilerOptions": { "paths": { "@/*": ["./src/*"], /* the last */ } } }';
  const files = new Map([
    ["tsconfig.json", text],
    ["src/b.ts", ""],
  ]);
  const tree = textTree({ files, complete: true, read: () => Promise.resolve(undefined) });
  expect(await scriptModule(tree, "src/a.ts", "@/b.js")).toBe("src/b.ts");
});
