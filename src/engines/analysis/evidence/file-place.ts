import { nameOf } from "../../../util/path-parts.ts";
import { wordSet } from "../stated/clause-tokens.ts";
import { tokenize, type Token } from "../text-tokens.ts";
import { stemOf } from "./word-forms.ts";

const negations = wordSet("not without never avoid avoiding cannot no instead rather don't dont");
const clauseEnds = wordSet("but then so which that where");
/** "do not forget to read it" asks for reading it. */
const undoing = wordSet("only just forget fail");
const untouched = wordSet("untouched alone unchanged");
const auxiliaries = wordSet("is are was were been be being has have had got gets");
const gone = wordSet("removed deleted dropped gone");
const removal = wordSet("removal deletion");
const joined = wordSet("and or");
const placing = wordSet("for in of inside under within");
const determiners = wordSet("the a an this that our their its my your all each every");
const tokensLookedAt = 8;
const wordsOfPlace = 3;
const commonName = /^(?:(?:index|main|config|utils|types)\..+|readme.*|package\.json)$/i;

/** Whether the clause says that the path at this place is not used or changed: "without using src/api.ts"; or that it was removed. */
export function isSpokenAway(tokens: readonly Token[], index: number): boolean {
  return isNegated(tokens, index) || untouched.has(tokens[index + 1]?.text ?? "") || isGone(tokens, index);
}

/** Whether the path is only an example of its kind: "files such as config.json". */
export function isExample(tokens: readonly Token[], index: number): boolean {
  let at = index - 1;
  while (at >= Math.max(0, index - tokensLookedAt) && isListed(tokens[at] as Token)) at -= 1;
  const [before, word] = [tokens[at - 1]?.text, tokens[at]?.text];
  return (
    word === "like" ||
    (word === "as" && before === "such") ||
    (before === "for" && /^(?:example|instance)$/.test(word ?? ""))
  );
}

/** Whether two texts that name a file of an everyday name, without its folder, may mean two files: "index.html for the shop", "index.html for the blog". */
export function mayBeTwoFiles(path: string, texts: readonly [string, string]): boolean {
  if (path.includes("/") || !commonName.test(nameOf(path))) return false;
  const [left, right] = [placesNamed(texts[0]), placesNamed(texts[1])];
  const covers = (whole: ReadonlySet<string>, part: ReadonlySet<string>): boolean =>
    [...part].every((word) => whole.has(word));
  return !covers(left, right) && !covers(right, left);
}

function isNegated(tokens: readonly Token[], index: number): boolean {
  let after = "";
  for (let at = index - 1; at >= Math.max(0, index - tokensLookedAt); at--) {
    const { text, kind } = tokens[at] as Token;
    if (kind === "stop" || kind === "comma" || clauseEnds.has(text)) return false;
    const short = text === "t" && tokens[at - 1]?.kind === "quote";
    if (short || negations.has(text)) return !undoing.has(after);
    if (kind === "word") after = text;
  }
  return false;
}

/** "why src/old.ts was removed", "the removal of src/old.ts". */
function isGone(tokens: readonly Token[], index: number): boolean {
  if (tokens.slice(Math.max(0, index - 3), index).some(({ text }) => removal.has(text))) return true;
  let at = index + 1;
  while (auxiliaries.has(tokens[at]?.text ?? "")) at += 1;
  return at > index + 1 && gone.has(tokens[at]?.text ?? "");
}

function isListed({ text, kind }: Token): boolean {
  return kind === "comma" || kind === "quote" || joined.has(text) || text.includes(".");
}

/** The words behind "for", "in" and "of", as stems. */
function placesNamed(text: string): ReadonlySet<string> {
  const tokens = tokenize(text);
  const named = new Set<string>();
  tokens.forEach((token, index) => {
    if (!placing.has(token.text)) return;
    let words = 0;
    for (const { text: word, kind } of tokens.slice(index + 1, index + 1 + wordsOfPlace + 1)) {
      if (kind !== "word" || placing.has(word) || joined.has(word) || words === wordsOfPlace) break;
      if (determiners.has(word) || word.includes(".")) continue;
      named.add(stemOf(word));
      words += 1;
    }
  });
  return named;
}
