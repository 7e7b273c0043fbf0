/** A word or a mark of a text, with its place. */
export interface Token {
  /** Lower case. */
  readonly text: string;
  readonly raw: string;
  readonly start: number;
  readonly end: number;
  readonly kind: "word" | "quote" | "stop" | "comma" | "mark";
}

// Linear on any input: the separators and the word characters are disjoint.
const tokenPattern = /[\p{L}\p{N}_]+(?:[-./:@+]+[\p{L}\p{N}_]+)*|["'`“”‘’«».!?;,()#&\n]/gu;
const quotes = new Set(['"', "'", "`", "“", "”", "‘", "’", "«", "»"]);
const closing = new Map([
  ["“", "”"],
  ["‘", "’"],
  ["«", "»"],
]);

/**
 * Splits a text into words and punctuation; words keep inner -, _, ., /, : and @, so that ids and
 * paths stay whole. Linear in the length of the text.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  // Not `matchAll`, which copies the pattern for each text: most texts are ids of a single word.
  tokenPattern.lastIndex = 0;
  for (let match = tokenPattern.exec(text); match; match = tokenPattern.exec(text)) {
    const raw = match[0];
    const start = match.index;
    tokens.push({ text: raw.toLowerCase(), raw, start, end: start + raw.length, kind: kindOf(raw) });
  }
  return tokens;
}

/** The mark that ends a quotation which this mark begins. */
export function closingQuote(opening: string): string {
  return closing.get(opening) ?? opening;
}

/** The words of a text in lower case with single blanks, as titles are compared. */
export function normalizedTitle(text: string): string {
  return titleOf(tokenize(text));
}

/** The same of a text that has been taken apart already. */
export function titleOf(tokens: readonly Token[]): string {
  return tokens
    .filter((token) => token.kind === "word")
    .map((token) => token.text)
    .join(" ");
}

function kindOf(raw: string): Token["kind"] {
  if (quotes.has(raw)) return "quote";
  if (raw === "," || raw === "(" || raw === ")") return "comma";
  if (raw === "#" || raw === "&") return "mark";
  return raw.length === 1 && ".!?;\n".includes(raw) ? "stop" : "word";
}
