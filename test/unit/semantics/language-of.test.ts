import { expect, test } from "vitest";
import { languageOf } from "../../../src/schema/code-facts.ts";

test.each([
  ["src/a.ts", "typescript"],
  ["a.d.mts", "typescript"],
  ["a.TSX", "tsx"],
  ["a.b/c.cjs", "javascript"],
  ["a.pyi", "python"],
  ["main.go", "go"],
  ["A.java", "java"],
  ["lib.rs", "rust"],
  ["A.cs", "csharp"],
  ["index.php", "php"],
  ["Rakefile", "ruby"],
  ["a.hpp", "cpp"],
  ["a.h", undefined],
  ["a.json", undefined],
  ["bin/tool", undefined],
  [".ts", undefined],
  ["constructor", undefined],
  ["a.constructor", undefined],
])("the language of %s is %s", (path, language) => {
  expect(languageOf(path)).toBe(language);
});
