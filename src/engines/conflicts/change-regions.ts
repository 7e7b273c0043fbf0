import type { AgentResultInput } from "../../schema/outcome.ts";
import { baseRangeOf } from "../../schema/line-overlap.ts";
import { diffRegions } from "./diff-regions.ts";
import type { Region } from "./region.ts";

/** A change as a caller gives it. */
export type ChangeInput = NonNullable<AgentResultInput["changes"]>[number];

/** Where a change touches the base, and how surely that is known. */
export interface Regions {
  readonly list: readonly Region[];
  /** `hunks`: exact; `range`: from one range of lines of the new file. */
  readonly source: "hunks" | "range";
}

/** Finds where a change touches the base: its hunks, else its diff, else its lines; undefined when none of them is known. */
export function regionsOf(change: ChangeInput, file: string): Regions | undefined {
  const fromDiff = change.diff === undefined ? undefined : diffRegions(change.diff, file, change.content);
  if (change.hunks) return { list: sorted(bestOf(change.hunks.map(toRegion), fromDiff)), source: "hunks" };
  if (fromDiff) return { list: sorted(fromDiff), source: "hunks" };
  const lines = change.lineNumbers;
  if (!lines || lines.start < 1 || lines.end < lines.start) return undefined;
  const region = {
    start: lines.start - 1,
    end: lines.end,
    newStart: lines.start,
    newLines: lines.end - lines.start + 1,
  };
  return { list: [region], source: "range" };
}

function toRegion(hunk: NonNullable<ChangeInput["hunks"]>[number]): Region {
  const { start, end } = baseRangeOf(hunk);
  return { start, end, newStart: hunk.newStart, newLines: hunk.newLines };
}

function sorted(regions: Region[]): Region[] {
  if (regions.length < 2) return regions;
  return regions.toSorted((left, right) => left.start - right.start || left.end - right.end);
}

/** The diff says more than the hunks, unless it was cut and says less. */
function bestOf(hunks: Region[], fromDiff: Region[] | undefined): Region[] {
  const lines = (regions: readonly Region[]): number =>
    regions.reduce((sum, region) => sum + region.newLines - (region.end - region.start), 0);
  return fromDiff && fromDiff.length >= hunks.length && lines(fromDiff) === lines(hunks) ? fromDiff : hunks;
}
