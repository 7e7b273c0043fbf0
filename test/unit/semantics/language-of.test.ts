import { expect, test } from "vitest";
import { languageOf } from "../../../src/schema/code-facts.ts";

test.each([
  ["src/a.ts", undefined, "typescript"],
  ["a.d.mts", undefined, "typescript"],
  ["a.TSX", undefined, "tsx"],
  ["a.b/c.cjs", undefined, "javascript"],
  ["a.pyi", undefined, "python"],
  ["main.go", undefined, "go"],
  ["A.java", undefined, "java"],
  ["lib.rs", undefined, "rust"],
  ["A.cs", undefined, "csharp"],
  ["index.php", undefined, "php"],
  ["Rakefile", undefined, "ruby"],
  ["a.hpp", undefined, "cpp"],
  ["bin/tool", "#!/usr/bin/env -S node --flag", "javascript"],
  ["bin/tool", "#! /usr/bin/python3", "python"],
  ["bin/tool", "#!/bin/sh", undefined],
  ["a.h", undefined, undefined],
  ["a.json", undefined, undefined],
  [".ts", undefined, undefined],
  ["constructor", undefined, undefined],
  ["a.constructor", undefined, undefined],
])("the language of %s with the first line %s is %s", (path, firstLine, language) => {
  expect(languageOf(path, firstLine)).toBe(language);
});
