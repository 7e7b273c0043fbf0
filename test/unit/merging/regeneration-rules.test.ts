import { describe, expect, test } from "vitest";
import { usualRule } from "../../../src/engines/merging/by-kind/file-kinds.ts";
import { commandOf, namedByRules, namesFile, ruleOf } from "../../../src/engines/merging/by-kind/regeneration-rules.ts";

describe("a pattern of a file that is made anew", () => {
  test.each([
    ["package-lock.json", "package-lock.json", true],
    ["package-lock.json", "web/package-lock.json", false],
    ["**/package-lock.json", "package-lock.json", true],
    ["**/package-lock.json", "web/app/package-lock.json", true],
    ["dist/*.gen.ts", "dist/schema.gen.ts", true],
    ["dist/*.gen.ts", "dist/deep/schema.gen.ts", false],
    ["dist/**", "dist/deep/schema.gen.ts", true],
    ["dist/**", "distant", false],
    ["a.b", "a-b", false],
    ["a+(b)[c]", "a+(b)[c]", true],
    ["*", "a\nb", true],
  ])("%j names %j: %s", (pattern, file, named) => {
    expect(namesFile(pattern, file)).toBe(named);
  });

  test("counts from the workspace, which may lie below the root of its repository", () => {
    const isNamed = namedByRules([{ files: ["yarn.lock"], command: ["yarn"] }], "web/");
    expect([isNamed("web/yarn.lock"), isNamed("yarn.lock"), isNamed("web/deep/yarn.lock")]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("is one of several: the first rule that names a file is the one that counts", () => {
    const rules = [["a.lock"], ["*.lock"]].map((files, index) => ({ files, command: [`c${index}`] }));
    expect(["a.lock", "b.lock", "c"].map((file) => ruleOf(rules, file)?.command[0])).toEqual(["c0", "c1", undefined]);
  });
});

test("the command that is proposed runs no program of a package, and none is proposed for a file below the root", () => {
  const npm = ["npm", "install", "--package-lock-only", "--ignore-scripts"];
  expect(usualRule("package-lock.json")).toEqual(npm);
  expect(usualRule("Cargo.lock")).toEqual(["cargo", "generate-lockfile"]);
  expect(["web/package-lock.json", "a.pb.go"].map(usualRule)).toEqual([undefined, undefined]);
});

test("a long command is cut where it is shown", () => {
  expect(commandOf({ files: ["a"], command: ["x".repeat(300)] })).toHaveLength(200);
});
