import type { Hunk } from "./change.ts";
import type { Conflict } from "./conflict.ts";

/** A range of lines of the base: 0-based, `end` not included; an insertion is empty. */
export interface BaseRange {
  readonly start: number;
  readonly end: number;
}

/** More overlapping lines than this are no detail that a glance decides. */
const GLANCE_LINES = 20;

/** The lines of the base that a hunk replaces. */
export function baseRangeOf(hunk: Hunk): BaseRange {
  // A hunk that replaces nothing names the line before it.
  const start = hunk.oldLines === 0 ? hunk.oldStart : hunk.oldStart - 1;
  return { start, end: start + hunk.oldLines };
}

/** Whether git takes two ranges for one place: they overlap, or no untouched line lies between them. */
export function rangesTouch(left: BaseRange, right: BaseRange): boolean {
  return left.start <= right.end && right.start <= left.end;
}

/** The lines that a hunk leaves in the new file, 1-based and inclusive; a deletion gives the line before it. */
export function newLinesOf(hunk: Pick<Hunk, "newStart" | "newLines">): { startLine: number; endLine: number } {
  const startLine = Math.max(1, hunk.newStart);
  return { startLine, endLine: startLine + Math.max(1, hunk.newLines) - 1 };
}

/** How bad an overlap of so many lines is. */
export function overlapSeverity(overlappingLines: number): Conflict["severity"] {
  return overlappingLines > GLANCE_LINES ? "high" : "medium";
}
