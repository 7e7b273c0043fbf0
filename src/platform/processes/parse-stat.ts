/** What is read from a line of /proc/<pid>/stat: CPU time in the kernel's ticks, its own and that of collected children, and resident pages. */
export interface StatLine {
  readonly ended: boolean;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly startedAt: number;
  readonly ticks: number;
  readonly childTicks: number;
  readonly pages: number;
}

const CLOSING = 41;
const BLANK = 32;
const ZERO = 48;
const ENDED = new Set(["Z", "X"].map((state) => state.charCodeAt(0)));
/** Numbers that follow the state, up to the resident pages. */
const NUMBERS = 21;

/**
 * Reads such a line, byte by byte, as all lines of the machine are read many times a second. The program's name
 * stands in parentheses and may itself hold blanks and parentheses; the fields begin after the last one.
 */
export function parseStat(line: Buffer, length: number): StatLine | undefined {
  const state = line.lastIndexOf(CLOSING, length - 1) + 2;
  if (state < 2 || state >= length) return undefined;
  const numbers: number[] = [];
  for (let at = state + 2; at < length && numbers.length < NUMBERS; at++) {
    let number = 0;
    for (; at < length && line[at] !== BLANK; at++) {
      const digit = (line[at] as number) - ZERO;
      if (digit >= 0 && digit <= 9) number = 10 * number + digit;
    }
    numbers.push(number);
  }
  if (numbers.length < NUMBERS) return undefined;
  const numberAt = (index: number): number => numbers[index] as number;
  const ended = ENDED.has(line[state] as number);
  return {
    ended,
    parent: numberAt(0),
    group: numberAt(1),
    session: numberAt(2),
    ticks: numberAt(10) + numberAt(11),
    childTicks: numberAt(12) + numberAt(13),
    startedAt: numberAt(18),
    // Memory is given back before its process is collected.
    pages: ended ? 0 : numberAt(20),
  };
}
