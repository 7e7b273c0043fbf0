import { rangesTouch } from "../../schema/line-overlap.ts";
import type { Region } from "./region.ts";
import type { Edit } from "./edits.ts";

/**
 * Whether two edits of one file cannot both stand: an edit that concerns the whole file (created,
 * deleted, binary, or nobody knows where) meets every other one; edits of lines meet where their
 * places in the base overlap or adjoin, unless both wrote the same there.
 */
export function editsClash(left: Edit, right: Edit): boolean {
  if (left.target !== undefined && right.target !== undefined && left.target !== right.target) return true;
  const leftRegions = lineRegions(left);
  const rightRegions = lineRegions(right);
  if (!leftRegions || !rightRegions) return true;
  let from = 0;
  for (const region of leftRegions) {
    while (from < rightRegions.length && (rightRegions[from] as Region).end < region.start) from += 1;
    for (let index = from; index < rightRegions.length; index++) {
      const other = rightRegions[index] as Region;
      if (other.start > region.end) break;
      if (rangesTouch(region, other) && !isSameText(region, other)) return true;
    }
  }
  return false;
}

/** The places of an edit that concerns some lines only; undefined when it concerns the whole file. */
export function lineRegions(edit: Edit): readonly Region[] | undefined {
  const wholeFile = edit.binary || edit.kind === "create" || edit.kind === "delete";
  return wholeFile ? undefined : edit.regions?.list;
}

/** Whether both replace the same lines by the same lines. */
function isSameText(left: Region, right: Region): boolean {
  const isSamePlace = left.start === right.start && left.end === right.end;
  // No line and one empty line are the same text.
  const isAlike = left.newLines === right.newLines && left.added === right.added && left.unended === right.unended;
  return left.added !== undefined && isSamePlace && isAlike;
}

/** What makes two edits the same one: equal keys leave equal files. Undefined when that is not known. */
export function identityOf(edit: Edit): string | undefined {
  if (edit.kind === "delete") return "deleted";
  if (edit.source !== undefined && (edit.regions?.list.length ?? 0) === 0) return `from ${edit.source}`;
  const regions = edit.binary ? undefined : edit.regions?.list;
  if (!regions && edit.content === undefined) return undefined;
  const destination = edit.target ?? "";
  if (edit.content !== undefined) return `content ${destination}\0${edit.content}`;
  if (!regions || regions.some((region) => region.added === undefined)) return undefined;
  return `lines ${destination}\0${regions.map(({ start, end, newLines, added, unended }) => `${start}-${end} ${newLines} ${unended ? "\0" : ""}${added}`).join("\0")}`;
}

/** The regions of each edit that touch a differing region of another, and how many base or new lines they span. */
export function touchingRegions(edits: readonly Edit[]): { regions: readonly (readonly Region[])[]; lines: number } {
  const all = edits.flatMap((edit, owner) => (lineRegions(edit) ?? []).map((region) => ({ region, owner })));
  all.sort((left, right) => left.region.start - right.region.start || left.region.end - right.region.end);
  const regions: Region[][] = edits.map(() => []);
  let lines = 0;
  for (let first = 0; first < all.length;) {
    let end = (all[first] as (typeof all)[number]).region.end;
    let next = first + 1;
    while (next < all.length && (all[next] as (typeof all)[number]).region.start <= end) {
      end = Math.max(end, (all[next] as (typeof all)[number]).region.end);
      next += 1;
    }
    const cluster = all.slice(first, next);
    const lead = cluster[0] as (typeof all)[number];
    if (cluster.some((each) => each.owner !== lead.owner && !isSameText(each.region, lead.region))) {
      lines += Math.max(end - lead.region.start, ...cluster.map((each) => each.region.newLines));
      for (const { region, owner } of cluster) regions[owner]?.push(region);
    }
    first = next;
  }
  return { regions, lines };
}
