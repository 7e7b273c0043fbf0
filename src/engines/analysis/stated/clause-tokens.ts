import { stemOf } from "../evidence/word-forms.ts";
import { tokenize, type Token } from "../text-tokens.ts";

const breaks = /[:—–]|\s-\s/;
const plainWord = /^[a-z]+$/;
const innerBreaks = /[-_./:@+]+|(?<=\p{Ll})(?=\p{Lu})/u;

/** The words and marks of a text, with a stop also where a colon or a dash parts two clauses. Linear. */
export function clauseTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const token of tokenize(text)) {
    const gap = token.start - end;
    if ((gap > 1 || (gap === 1 && text[end] !== " ")) && breaks.test(text.slice(end, token.start))) {
      tokens.push({ text: ":", raw: ":", start: end, end, kind: "stop" });
    }
    tokens.push(token);
    end = token.end;
  }
  return tokens;
}

/** The stems that a word is made of: `typeChecker` and `type-checker` read like "type checker". */
export function stemsOf(raw: string): readonly string[] {
  // Most words are one, and taking them apart costs more than all the rest.
  if (plainWord.test(raw)) return [stemOf(raw)];
  return raw
    .split(innerBreaks)
    .filter((part) => part !== "")
    .map((part) => stemOf(part.toLowerCase()));
}

/** A set of words written with blanks between them. */
export function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}

/** Words of which one says that something known is spoken of. */
export const definiteWords = wordSet("the this that these those its our your their my both all");

/** Whether a word is a path or a file's name, which other rules look for. */
export function isPath(raw: string): boolean {
  return raw.includes("/") || /\w\.\p{L}/u.test(raw);
}
