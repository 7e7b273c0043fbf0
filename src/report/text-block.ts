import { fit, maxColumns, maxLines } from "./text-layout.ts";

/** A group of lines under a heading; every item stays together. */
export interface TextSection {
  readonly heading: string;
  readonly items: readonly (readonly string[])[];
  /** What is said of the items there is no room for. */
  readonly more?: (left: number) => string;
}

/** A text for a person: the verdict, then sections with the most urgent first, then the closing lines. */
export interface TextBlock {
  readonly head: readonly string[];
  readonly sections: readonly TextSection[];
  readonly tail: readonly string[];
}

/**
 * Lays a text out so that it never exceeds 40 lines of 76 columns. Earlier sections get room first;
 * every later one keeps at least its heading and the number of what it holds.
 */
export function layOut(block: TextBlock): string {
  const head = block.head.slice(0, 20);
  const tail = block.tail.slice(0, 8);
  const sections = block.sections.filter((section) => section.items.length > 0).slice(0, 8);
  let room = maxLines - head.length - tail.length - (tail.length > 0 ? 1 : 0);
  const lines = [...head];
  sections.forEach((section, index) => {
    const reserved = sections.slice(index + 1).reduce((sum, later) => sum + leastLines(later), 0);
    const chosen = fillSection(section, room - reserved);
    room -= chosen.length;
    lines.push(...chosen);
  });
  if (tail.length > 0) lines.push("", ...tail);
  return lines.map((line) => fit(line, maxColumns).trimEnd()).join("\n");
}

/** A section takes a blank line, its heading, and at least one line below. */
function leastLines(section: TextSection): number {
  return section.items.length === 0 ? 0 : 3;
}

function fillSection(section: TextSection, room: number): string[] {
  const lines = ["", section.heading];
  let free = room - lines.length;
  let shown = 0;
  for (const item of section.items) {
    const isLast = shown === section.items.length - 1;
    if (item.length > free - (isLast ? 0 : 1)) break;
    lines.push(...item);
    free -= item.length;
    shown += 1;
  }
  const left = section.items.length - shown;
  if (left === 0) return lines;
  const say = section.more ?? ((count) => `… and ${count} more`);
  if (shown === 0 && free > 1) {
    // The first item is too tall: its beginning says more than a number.
    const first = section.items[0] ?? [];
    lines.push(...first.slice(0, free - 1));
    return left > 1 ? [...lines, `  ${say(left - 1)}`] : lines;
  }
  return [...lines, `  ${say(left)}`];
}
