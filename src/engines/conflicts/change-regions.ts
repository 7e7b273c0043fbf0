import { parsePatch, type StructuredPatch } from "diff";
import type { AgentResultInput } from "../../schema/outcome.ts";
import { baseRangeOf, type BaseRange } from "../../schema/line-overlap.ts";

/** A change as a caller gives it. */
export type ChangeInput = NonNullable<AgentResultInput["changes"]>[number];

/** One place of the base that a change replaces, and what it puts there. */
export interface Region extends BaseRange {
  /** First line in the new file, 1-based. */
  readonly newStart: number;
  readonly newLines: number;
  /** The new lines, where they are known. */
  readonly added?: string;
}

/** Where a change touches the base, and how surely that is known. */
export interface Regions {
  readonly list: readonly Region[];
  /** `hunks`: exact; `range`: from one range of lines of the new file. */
  readonly source: "hunks" | "range";
}

/** Finds where a change touches the base: its hunks, else its diff, else its lines; undefined when none of them is known. */
export function regionsOf(change: ChangeInput, file: string): Regions | undefined {
  const fromDiff = change.diff === undefined ? undefined : regionsOfDiff(change.diff, file);
  if (change.hunks) return { list: sorted(withText(change.hunks.map(toRegion), fromDiff)), source: "hunks" };
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
  return { ...baseRangeOf(hunk), newStart: hunk.newStart, newLines: hunk.newLines };
}

function sorted(regions: Region[]): Region[] {
  return regions.toSorted((left, right) => left.start - right.start || left.end - right.end);
}

function withText(regions: Region[], known: readonly Region[] | undefined): Region[] {
  if (!known) return regions;
  const texts = new Map(known.map((region) => [`${region.start}:${region.end}`, region]));
  return regions.map((region) => {
    const match = texts.get(`${region.start}:${region.end}`);
    return match?.added !== undefined && match.newLines === region.newLines
      ? { ...region, added: match.added }
      : region;
  });
}

/** The changed places of a unified diff without its context; undefined when it is no diff of this file, or was cut. */
function regionsOfDiff(diff: string, file: string): Region[] | undefined {
  let patches: StructuredPatch[];
  try {
    patches = parsePatch(diff);
  } catch (error) {
    // A diff that was cut in the middle says nothing certain about the rest.
    if (error instanceof Error) return undefined;
    throw error;
  }
  const withHunks = patches.filter((patch) => patch.hunks.length > 0);
  const named = withHunks.filter((patch) => namesFile(patch, file));
  const patch = named.length === 1 ? named[0] : withHunks.length === 1 ? withHunks[0] : undefined;
  return patch?.hunks.flatMap(regionsOfHunk);
}

function namesFile(patch: StructuredPatch, file: string): boolean {
  return [patch.newFileName, patch.oldFileName].some((name) => name === file || name?.replace(/^[ab]\//, "") === file);
}

function regionsOfHunk(hunk: StructuredPatch["hunks"][number]): Region[] {
  const regions: Region[] = [];
  // Hunks that replace nothing name the line before them.
  let oldLine = hunk.oldLines === 0 ? hunk.oldStart : hunk.oldStart - 1;
  let newLine = hunk.newLines === 0 ? hunk.newStart : hunk.newStart - 1;
  let open: { start: number; newStart: number; added: string[] } | undefined;
  const close = (): void => {
    if (!open) return;
    const { start, newStart, added } = open;
    // As in a hunk's own header, no new lines are said to lie after the line before them.
    const first = added.length === 0 ? newStart : newStart + 1;
    regions.push({ start, end: oldLine, newStart: first, newLines: added.length, added: added.join("\n") });
    open = undefined;
  };
  for (const line of hunk.lines) {
    if (line.startsWith("\\")) continue;
    if (!line.startsWith("+") && !line.startsWith("-")) {
      close();
      oldLine += 1;
      newLine += 1;
      continue;
    }
    open ??= { start: oldLine, newStart: newLine, added: [] };
    if (line.startsWith("-")) oldLine += 1;
    else {
      newLine += 1;
      open.added.push(line.slice(1));
    }
  }
  close();
  return regions;
}
