import { parsePatch, type StructuredPatch } from "diff";
import type { Region } from "./region.ts";
import { compactChanges, type ComparedSide } from "./compact-changes.ts";
import { splitLines, UNENDED } from "./text-lines.ts";

type PatchHunk = StructuredPatch["hunks"][number];

/** A stretch of both versions of a file in which every line is known. */
interface Stretch {
  /** Lines of the base above it. */
  readonly baseLine: number;
  /** Lines of the new file above it. */
  readonly newLine: number;
  readonly before: ComparedSide;
  readonly after: ComparedSide;
}

/** Says that permissions or the name changed. */
const LINES_STAY = /^(old mode|similarity index|rename from) /m;

/** Whether a diff says no more than that a binary file changed. */
export function isBinaryDiff(diff: string): boolean {
  return /^(Binary files .* differ|GIT binary patch)$/m.test(diff);
}

/**
 * The changed places of a unified diff without its context, where git's merge sees them; undefined when it is no diff
 * of this file, or was cut. With the new file's content, ambiguous places are looked at in the whole file.
 */
export function diffRegions(diff: string, file: string, content: string | undefined): Region[] | undefined {
  const hunks = hunksOf(diff, file);
  if (!hunks) return LINES_STAY.test(diff) && !isBinaryDiff(diff) ? [] : undefined;
  const whole = content === undefined ? undefined : wholeFile(hunks, content);
  const stretches = whole ? [whole] : hunks.map(stretchOf);
  return stretches.flatMap((stretch) => {
    compactChanges(stretch.before, stretch.after);
    return regionsIn(stretch);
  });
}

function hunksOf(diff: string, file: string): readonly PatchHunk[] | undefined {
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
  return patch?.hunks;
}

function namesFile(patch: StructuredPatch, file: string): boolean {
  return [patch.newFileName, patch.oldFileName].some((name) => name === file || name?.replace(/^[ab]\//, "") === file);
}

function stretchOf(hunk: PatchHunk): Stretch {
  const before: Side = { lines: [], changed: [] };
  const after: Side = { lines: [], changed: [] };
  addHunk(hunk, before, after);
  // The parser has already turned "after line n", which hunks without lines on a side say, into a first line.
  return {
    baseLine: hunk.oldStart - 1,
    newLine: hunk.newStart - 1,
    before,
    after,
  };
}

interface Side {
  readonly lines: string[];
  readonly changed: boolean[];
}

function addHunk(hunk: PatchHunk, before: Side, after: Side): void {
  let latest: readonly Side[] = [];
  for (const line of hunk.lines) {
    const mark = line.charAt(0);
    if (mark === "\\") {
      for (const { lines } of latest) lines.push(`${lines.pop() ?? ""}${UNENDED}`);
      continue;
    }
    latest = mark === "+" ? [after] : mark === "-" ? [before] : [before, after];
    for (const side of latest) {
      side.lines.push(line.slice(1));
      side.changed.push(latest.length === 1);
    }
  }
}

/** Both versions from the first line to the last; undefined where the content is not what the diff leads to. */
function wholeFile(hunks: readonly PatchHunk[], content: string): Stretch | undefined {
  const lines = splitLines(content);
  const before: Side = { lines: [], changed: [] };
  const after: Side = { lines: [], changed: [] };
  const addUntouched = (end: number): void => {
    const untouched = lines.slice(after.lines.length, end);
    for (const side of [before, after]) {
      for (const line of untouched) {
        side.lines.push(line);
        side.changed.push(false);
      }
    }
  };
  for (const hunk of hunks) {
    const above = hunk.newStart - 1;
    addUntouched(above);
    if (after.lines.length !== above || before.lines.length !== hunk.oldStart - 1) return undefined;
    addHunk(hunk, before, after);
  }
  addUntouched(lines.length);
  const fits = after.lines.length === lines.length && after.lines.every((line, index) => line === lines[index]);
  return fits ? { baseLine: 0, newLine: 0, before, after } : undefined;
}

function regionsIn({ before, after, baseLine, newLine }: Stretch): Region[] {
  const regions: Region[] = [];
  let old = 0;
  let now = 0;
  while (old < before.lines.length || now < after.lines.length) {
    if (!before.changed[old] && !after.changed[now]) {
      old += 1;
      now += 1;
      continue;
    }
    const [firstOld, firstNew] = [old, now];
    while (before.changed[old]) old += 1;
    while (after.changed[now]) now += 1;
    const added = after.lines.slice(firstNew, now);
    const unended = added.at(-1)?.endsWith(UNENDED) === true;
    regions.push({
      start: baseLine + firstOld,
      end: baseLine + old,
      // As in a hunk's own header, no new lines are said to lie after the line before them.
      newStart: newLine + firstNew + (added.length === 0 ? 0 : 1),
      newLines: added.length,
      added: unended ? added.join("\n").slice(0, -UNENDED.length) : added.join("\n"),
      ...(unended ? { unended } : {}),
    });
  }
  return regions;
}
