import type { PatchBlock } from "./parse-unified-diff.ts";

/** What a diff shows. Paths are as callers see them. */
export interface DiffRequest {
  /** Undefined where the file did not exist. */
  readonly oldFile: string | undefined;
  /** Undefined where the file no longer exists. */
  readonly newFile: string | undefined;
  /** Lines such as `new mode 100755`. */
  readonly notes: readonly string[];
  readonly blocks: readonly PatchBlock[];
  /** Most UTF-8 bytes; what does not fit is cut. */
  readonly maxBytes: number;
}

/** The `@@` line without its heading: four numbers and what stands around them. */
const MAX_BLOCK_HEAD_BYTES = 64;

/**
 * Writes a unified diff of at most so many bytes. What is cut are whole lines at the end, and the
 * head of a hunk that was cut counts the lines that are left, so that every reader of patches can
 * read it. Undefined if not even a line fits.
 */
export function renderDiff(request: DiffRequest): string | undefined {
  const { oldFile, newFile, notes, blocks, maxBytes } = request;
  const head = notes.map((note) => `${note}\n`);
  if (blocks.length > 0) head.push(`--- ${nameOf("a", oldFile)}\n`, `+++ ${nameOf("b", newFile)}\n`);
  const parts = [...head];
  let left = maxBytes - sum(head);
  if (left < 0 || parts.length === 0) return undefined;
  let shown = 0;
  for (const block of blocks) {
    const fitting = linesThatFit(block, left);
    if (fitting.length > 0) {
      const text = renderBlock(block, fitting);
      parts.push(text);
      left -= Buffer.byteLength(text);
      shown += 1;
    }
    if (fitting.length < block.lines.length) break;
  }
  return blocks.length > 0 && shown === 0 ? undefined : parts.join("");
}

function sum(texts: readonly string[]): number {
  return texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
}

function nameOf(side: "a" | "b", file: string | undefined): string {
  if (file === undefined) return "/dev/null";
  const name = `${side}/${file}`;
  const quoted = JSON.stringify(name);
  // Git puts names with control characters, quotes or backslashes into quotes.
  return quoted === `"${name}"` ? name : quoted;
}

function linesThatFit(block: PatchBlock, maxBytes: number): readonly string[] {
  let bytes = MAX_BLOCK_HEAD_BYTES + Buffer.byteLength(block.heading);
  let count = 0;
  for (const line of block.lines) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > maxBytes) break;
    count += 1;
  }
  return block.lines.slice(0, count);
}

function renderBlock(block: PatchBlock, lines: readonly string[]): string {
  const count = (marks: string): number => lines.filter((line) => marks.includes(line.charAt(0))).length;
  const oldRange = rangeOf(block.oldStart, count(" -"));
  const newRange = rangeOf(block.newStart, count(" +"));
  return `@@ -${oldRange} +${newRange} @@${block.heading}\n${lines.map((line) => `${line}\n`).join("")}`;
}

function rangeOf(start: number, lines: number): string {
  return lines === 1 ? String(start) : `${start},${lines}`;
}
