/** Ends a line that has no line end; no line of a text holds it. */
export const UNENDED = "\0";

/** The lines of a text; the last one is marked where it has no line end. */
export function splitLines(text: string): string[] {
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  if (last !== "") lines.push(`${last}${UNENDED}`);
  return lines;
}

/** The text of such lines. */
export function joinLines(lines: readonly string[]): string {
  return lines.map((line) => (line.endsWith(UNENDED) ? line.slice(0, -UNENDED.length) : `${line}\n`)).join("");
}
