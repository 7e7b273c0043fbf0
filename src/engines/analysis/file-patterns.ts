import type { TaskInput } from "../../schema/task.ts";
import { nameOf } from "../../util/path-parts.ts";

/** A path or glob as a task declares it, taken apart for comparison. */
export interface FilePattern {
  readonly text: string;
  readonly isGlob: boolean;
  /** What every match begins with. */
  readonly prefix: string;
  /** What every match ends with. */
  readonly suffix: string;
}

// Linear: one class of characters, no nesting.
const pathCandidates = /[\w@~./\\\-\u0080-\uFFFF]+/g;
const bareFileExtensions = new Set(
  (
    "c cc cpp cs css csv env go gradle h hpp html ini java js json jsx kt less lock lua md mjs cjs mts cts php pl proto ps1 py rb " +
    "rs scala scss sh sql svelte swift tf toml ts tsx txt vue xml yaml yml"
  ).split(" "),
);
const productNames = new Set([
  "node.js",
  "next.js",
  "vue.js",
  "nuxt.js",
  "express.js",
  "react.js",
  "three.js",
  "d3.js",
  "asp.net",
  "socket.io",
]);

const noPaths: ReadonlySet<string> = new Set();

/** Brings a path or glob to one spelling: / separators, no leading ./, no empty segments. */
export function normalizedPath(path: string): string {
  const parts = path.trim().replaceAll("\\", "/").split("/");
  return parts.filter((part, index) => part !== "." && (part !== "" || index === 0)).join("/");
}

/** Takes a glob apart at its first and last wildcard. */
export function filePattern(path: string): FilePattern {
  const text = normalizedPath(path);
  const first = text.search(/[*?[{]/);
  if (first === -1) return { text, isGlob: false, prefix: text, suffix: text };
  const last = Math.max(text.lastIndexOf("*"), text.lastIndexOf("?"), text.lastIndexOf("]"), text.lastIndexOf("}"));
  return { text, isGlob: true, prefix: text.slice(0, first), suffix: text.slice(last + 1) };
}

/** Whether two patterns may match a common file, judged by how their matches begin and end. */
export function patternsOverlap(left: FilePattern, right: FilePattern): boolean {
  if (!left.isGlob && !right.isGlob) return left.text === right.text;
  const begins = left.prefix.startsWith(right.prefix) || right.prefix.startsWith(left.prefix);
  return begins && (left.suffix.endsWith(right.suffix) || right.suffix.endsWith(left.suffix));
}

/** The files that a task's text names literally: `src/user.ts`, `package.json`. */
export function filesNamedIn(text: string): ReadonlySet<string> {
  // Most texts name none, and every file has a dot.
  if (!text.includes(".")) return noPaths;
  const files = new Set<string>();
  for (const [candidate] of text.matchAll(pathCandidates)) {
    if (!candidate.includes(".") || candidate.startsWith("//")) continue;
    const path = normalizedPath(withoutTrailingDots(candidate));
    if (looksLikeFile(path)) files.add(path);
  }
  return files;
}

/** The files and globs a task declares to write, one spelling each. */
export function declaredWrites({ writes = [] }: TaskInput): ReadonlySet<string> {
  if (writes.length === 0) return noPaths;
  return new Set(writes.map(normalizedPath).filter((path) => path !== ""));
}

function withoutTrailingDots(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === "." || text[end - 1] === "/" || text[end - 1] === "-")) end -= 1;
  return text.slice(0, end);
}

function looksLikeFile(path: string): boolean {
  const name = nameOf(path);
  const dot = name.lastIndexOf(".");
  const extension = name.slice(dot + 1).toLowerCase();
  if (dot < 0 || extension === "" || productNames.has(name.toLowerCase())) return false;
  if (!path.includes("/")) return bareFileExtensions.has(extension) && dot > 0;
  return extension.length <= 10 && /^[a-z][a-z0-9]*$/.test(extension);
}
