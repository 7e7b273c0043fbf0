/** Version ranges as sets of releases, so that two can be told to have no release in common. Pre-releases count as their release. */

/** Releases from `from` up to, not including, `to`; as arrays of numbers. */
interface Span {
  readonly from: readonly number[];
  readonly to: readonly number[] | undefined;
}

const EVERYTHING: Span = { from: [0], to: undefined };

/** Whether no release satisfies both; false where one of them is no range that can be read. */
export function areDisjoint(left: string, right: string, dialect: "npm" | "python"): boolean {
  const [one, other] = [left, right].map((text) => (dialect === "npm" ? npmSpans(text) : pythonSpans(text)));
  if (!one || !other) return false;
  return !one.some((mine) => other.some((theirs) => meet(mine, theirs) !== undefined));
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (let place = 0; place < Math.max(left.length, right.length); place++) {
    const difference = (left[place] ?? 0) - (right[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function meet(left: Span, right: Span): Span | undefined {
  const from = compare(left.from, right.from) >= 0 ? left.from : right.from;
  const ends = [left.to, right.to].filter((end) => end !== undefined);
  const to = ends.toSorted(compare)[0];
  return to !== undefined && compare(from, to) >= 0 ? undefined : { from, to };
}

function meetAll(spans: readonly Span[]): Span | undefined {
  let whole: Span | undefined = EVERYTHING;
  for (const span of spans) whole = whole && meet(whole, span);
  return whole;
}

/** The first release after all that begin with these numbers. */
function after(numbers: readonly number[], place = numbers.length - 1): readonly number[] {
  return [...numbers.slice(0, place), (numbers[place] ?? 0) + 1];
}

function npmSpans(text: string): readonly Span[] | undefined {
  const spans: Span[] = [];
  for (const alternative of text.split("||")) {
    const ranged = alternative
      .trim()
      .replace(/^(\S+)\s+-\s+(\S+)$/, ">=$1 <=$2")
      .replaceAll(/([<>=~^])\s+/g, "$1");
    const parts = ranged.split(/\s+/).filter(Boolean).map(npmSpan);
    if (parts.some((part) => part === undefined)) return undefined;
    const whole = meetAll(parts as Span[]);
    if (whole) spans.push(whole);
  }
  return spans.length > 0 ? spans : undefined;
}

function npmSpan(part: string): Span | undefined {
  const found = /^([<>]=?|[~^=])?v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:[-+][\w.+-]+)?$/.exec(part);
  if (!found) return undefined;
  const [, operator = "", ...written] = found;
  const numbers: number[] = [];
  for (const each of written) {
    if (each === undefined || !/^\d+$/.test(each)) break;
    numbers.push(Number(each));
  }
  if (numbers.length === 0) return EVERYTHING;
  if (operator === ">=") return { from: numbers, to: undefined };
  if (operator === ">") return { from: after(numbers), to: undefined };
  if (operator === "<") return { from: [0], to: numbers };
  if (operator === "<=") return { from: [0], to: after(numbers) };
  if (operator === "~") return { from: numbers, to: after(numbers, Math.min(1, numbers.length - 1)) };
  if (operator !== "^") return { from: numbers, to: after(numbers) };
  const leading = numbers.findIndex((number) => number > 0);
  return { from: numbers, to: after(numbers, leading < 0 ? numbers.length - 1 : leading) };
}

function pythonSpans(text: string): readonly Span[] | undefined {
  const written = text.trim();
  if (written === "" || written === "*") return [EVERYTHING];
  if (/^[\^~]\d/.test(written) || /^\d/.test(written)) return npmSpans(written);
  const parts = written
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "" && !part.startsWith("!="));
  const spans = parts.map(pythonSpan);
  if (spans.some((span) => span === undefined)) return undefined;
  const whole = meetAll(spans as Span[]);
  return whole ? [whole] : undefined;
}

function pythonSpan(part: string): Span | undefined {
  const found = /^(===?|~=|[<>]=?)\s*v?(\d+(?:\.\d+)*)(\.\*)?(?:[-.]?(?:a|b|rc|post|dev)\d*)*$/.exec(part);
  if (!found) return undefined;
  const [, operator, release = "", all] = found;
  const numbers = release.split(".").map(Number);
  if (operator === ">=") return { from: numbers, to: undefined };
  if (operator === ">") return { from: [...numbers, 0, 0, 0, 1], to: undefined };
  if (operator === "<") return { from: [0], to: numbers };
  if (operator === "<=") return { from: [0], to: [...numbers, 0, 0, 0, 1] };
  if (operator === "~=") return { from: numbers, to: after(numbers, Math.max(0, numbers.length - 2)) };
  return { from: numbers, to: all === undefined ? [...numbers, 0, 0, 0, 1] : after(numbers) };
}
