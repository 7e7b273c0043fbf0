/** A text for a person never exceeds this many lines. */
export const maxLines = 40;

/** A line of a text for a person never exceeds this many columns: chat clients indent and terminals are 80 wide. */
export const maxColumns = 76;

const ansi =
  // oxlint-disable-next-line no-control-regex -- escape sequences are exactly what is removed here
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])|\u009b[0-?]*[ -/]*[@-~]/g;
const blanks = /[\s\u2028\u2029\u0085]+/g;
/** Controls, marks that turn the reading direction, halves of characters, and characters that are not to be seen. */
const unsafe = /\p{C}|\p{Variation_Selector}/gu;

/** Makes one harmless line of any text: no escape sequences, control bytes, reading-direction tricks or line breaks. */
export function sanitise(text: string): string {
  return text.slice(0, 20_000).replace(ansi, "").replace(blanks, " ").replace(unsafe, "").trim();
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const zeroWidth = /^\p{M}$/u;

/** Columns that a text takes in a terminal, by the East Asian width of its characters. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (zeroWidth.test(character)) continue;
    width += wide.test(character) ? 2 : 1;
  }
  return width;
}

/** Cuts a text to a number of columns; what was cut is marked by an ellipsis. */
export function fit(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 1) return "";
  let kept = "";
  let width = 0;
  for (const character of text) {
    const next = displayWidth(character);
    if (width + next > columns - 1) break;
    kept += character;
    width += next;
  }
  return `${kept}…`;
}

/**
 * Breaks a line that is too wide into several without losing anything, after a slash where there is one, so that a long
 * path can still be read whole.
 */
export function fold(line: string, columns: number = maxColumns): string[] {
  const lines: string[] = [];
  let rest = line;
  while (displayWidth(rest) > columns) {
    const room = fit(rest, columns + 1).slice(0, -1);
    const end = room.lastIndexOf("/") + 1 || room.length;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...lines, rest];
}

/** Fills a text up with blanks to a number of columns, cutting it where it is longer. */
export function pad(text: string, columns: number): string {
  const cut = fit(text, columns);
  return cut + " ".repeat(Math.max(0, columns - displayWidth(cut)));
}

/** How a paragraph is broken into lines. */
export interface Wrapping {
  readonly columns?: number;
  /** Put before the first line. */
  readonly first?: string;
  /** Put before every other line. */
  readonly rest?: string;
  /** Lines beyond this are dropped, and the last kept one ends in an ellipsis. */
  readonly lines?: number;
}

/** Breaks a text at blanks into lines that fit. */
export function wrap(text: string, wrapping: Wrapping = {}): string[] {
  const { columns = maxColumns, first = "", rest = first, lines = maxLines } = wrapping;
  const wrapped: string[] = [];
  let line = first;
  let empty = true;
  for (const word of sanitise(text).split(" ")) {
    if (word === "") continue;
    if (!empty && displayWidth(line) + 1 + displayWidth(word) > columns) {
      wrapped.push(line);
      line = rest;
      empty = true;
    }
    line = empty ? line + word : `${line} ${word}`;
    empty = false;
  }
  if (!empty) wrapped.push(line);
  if (wrapped.length <= lines) return wrapped.map((each) => fit(each, columns));
  return wrapped.slice(0, lines).map((each, index) => fit(index === lines - 1 ? `${each} …` : each, columns));
}

/**
 * Names for tasks and agents that fit a column and stay different from one another: long ones keep
 * head and tail, and get a number where that is not enough.
 */
export function shortLabels(ids: Iterable<string>, columns: number): (id: string) => string {
  const labels = new Map<string, string>();
  const taken = new Set<string>();
  const lastNumber = new Map<string, number>();
  for (const id of ids) {
    if (labels.has(id)) continue;
    const name = sanitise(id) || "?";
    const base = shorten(name, columns);
    let label = base;
    while (taken.has(label)) {
      // Counted on per name, so that thousands of alike names are not tried again and again.
      const number = (lastNumber.get(base) ?? 1) + 1;
      lastNumber.set(base, number);
      label = `${shorten(name, columns - `~${number}`.length)}~${number}`;
    }
    taken.add(label);
    labels.set(id, label);
  }
  return (id) => labels.get(id) ?? shorten(sanitise(id), columns);
}

function shorten(id: string, columns: number): string {
  if (displayWidth(id) <= columns) return id;
  const tail = Math.floor((columns - 1) / 3);
  const characters = [...id];
  let end = "";
  for (let index = characters.length - 1; index >= 0; index--) {
    const longer = `${characters[index]}${end}`;
    if (displayWidth(longer) > tail) break;
    end = longer;
  }
  return fit(id, columns - displayWidth(end)) + end;
}
