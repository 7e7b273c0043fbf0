import type { BaseRange } from "../../schema/line-overlap.ts";

/** One place of the base that a change replaces, and what it puts there. */
export interface Region extends BaseRange {
  /** First line in the new file, 1-based. */
  readonly newStart: number;
  readonly newLines: number;
  /** The new lines, where they are known. */
  readonly added?: string;
  /** The last of the new lines has no line end. */
  readonly unended?: boolean;
}
