import type { CodeLanguage } from "../../schema/code-facts.ts";
import { nameOf } from "./rules/code-tree.ts";

const languages: Readonly<Record<string, CodeLanguage>> = {
  ts: "typescript",
  mts: "typescript",
  cts: "typescript",
  tsx: "tsx",
  js: "javascript",
  mjs: "javascript",
  cjs: "javascript",
  jsx: "javascript",
  py: "python",
  pyi: "python",
  go: "go",
  java: "java",
  rs: "rust",
  cs: "csharp",
  php: "php",
  rb: "ruby",
  cc: "cpp",
  cpp: "cpp",
  cxx: "cpp",
  h: "cpp",
  hh: "cpp",
  hpp: "cpp",
  hxx: "cpp",
};

/** The language a file is read in, by the ending of its name; undefined where no facts can be read. */
export function codeLanguageOf(path: string): CodeLanguage | undefined {
  const name = nameOf(path);
  return name.includes(".min.") ? undefined : languages[name.slice(name.lastIndexOf(".") + 1).toLowerCase()];
}
