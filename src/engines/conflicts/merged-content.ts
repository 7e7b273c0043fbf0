import { joinOwnEdits, type Edit } from "./edits.ts";
import { identityOf, lineRegions } from "./overlap.ts";
import type { Region } from "./region.ts";
import { joinLines, splitLines } from "./text-lines.ts";

/** One edit with everything that is needed to merge it without the base. */
interface KnownEdit {
  readonly lines: readonly string[];
  readonly regions: readonly Region[];
}

/**
 * Joins edits of one file that do not meet, from the new files and the places they changed. Gives
 * undefined when something is not known, or when the files contradict one another outside of those
 * places, and `null` when the file is gone.
 */
export function mergedContent(allEdits: readonly Edit[]): string | null | undefined {
  const edits = joinOwnEdits(allEdits);
  const [first] = edits;
  if (!first) return undefined;
  const identity = identityOf(first);
  if (edits.length === 1 || (identity !== undefined && edits.every((edit) => identityOf(edit) === identity))) {
    if (first.kind === "delete" || first.kind === "rename") return null;
    return edits.find((edit) => edit.content !== undefined)?.content;
  }
  if (edits.some((edit) => edit.kind !== "modify")) return undefined;
  const known = edits.map(knownEdit);
  if (known.some((edit) => edit === undefined)) return undefined;
  return mergeKnown(known as readonly KnownEdit[]);
}

function knownEdit(edit: Edit): KnownEdit | undefined {
  const regions = lineRegions(edit);
  if (!regions || edit.regions?.source !== "hunks" || edit.content === undefined) return undefined;
  return { lines: splitLines(edit.content), regions };
}

function mergeKnown(edits: readonly KnownEdit[]): string | undefined {
  const [first, ...others] = edits as readonly [KnownEdit, ...KnownEdit[]];
  if (others.some((other) => !agree(first, other))) return undefined;
  const merged = [...first.lines];
  // From the end to the start, so that what is spliced in moves nothing that is still to come.
  const pending = others.flatMap((other) => other.regions.map((region) => ({ region, lines: other.lines })));
  pending.sort((left, right) => right.region.start - left.region.start || right.region.end - left.region.end);
  const done = new Set(first.regions.map(keyOf));
  for (const { region, lines } of pending) {
    if (done.has(keyOf(region))) continue;
    done.add(keyOf(region));
    merged.splice(inNew(first, region.start), region.end - region.start, ...newLines(region, lines));
  }
  return joinLines(merged);
}

function keyOf(region: Region): string {
  return `${region.start}-${region.end}`;
}

function newLines(region: Region, lines: readonly string[]): readonly string[] {
  return region.newLines === 0 ? [] : lines.slice(region.newStart - 1, region.newStart - 1 + region.newLines);
}

/** Where a base line outside of the edit's own regions lies in its new file. */
function inNew(edit: KnownEdit, baseLine: number): number {
  let shift = 0;
  for (const region of edit.regions) {
    if (region.end <= baseLine && region.start < baseLine) shift += region.newLines - (region.end - region.start);
  }
  return baseLine + shift;
}

/** Whether two edits tell the same story about the base outside of what either changed. */
function agree(left: KnownEdit, right: KnownEdit): boolean {
  const length = baseLength(left);
  if (length !== baseLength(right)) return false;
  const inside = [...left.regions, ...right.regions];
  const touched = new Uint8Array(length);
  for (const region of inside) touched.fill(1, region.start, region.end);
  const leftBase = untouchedLines(left, length);
  const rightBase = untouchedLines(right, length);
  return touched.every((mark, line) => mark === 1 || leftBase[line] === rightBase[line]);
}

function baseLength(edit: KnownEdit): number {
  return edit.regions.reduce(
    (length, region) => length - region.newLines + region.end - region.start,
    edit.lines.length,
  );
}

/** The base's lines as far as the edit left them alone, by base line. */
function untouchedLines(edit: KnownEdit, length: number): (string | undefined)[] {
  const lines: (string | undefined)[] = Array.from({ length });
  let base = 0;
  let now = 0;
  for (const region of edit.regions) {
    while (base < region.start) lines[base++] = edit.lines[now++];
    base = region.end;
    now += region.newLines;
  }
  while (base < length) lines[base++] = edit.lines[now++];
  return lines;
}
