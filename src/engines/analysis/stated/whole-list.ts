import type { Token } from "../text-tokens.ts";
import { wordSet } from "./clause-tokens.ts";
import { clauseBefore } from "./order-phrases.ts";

/** What a text says of its task's place in the whole list. */
export interface ListPlace {
  readonly place: "first" | "last" | "after-previous";
  readonly evidence: string;
}

const every =
  "everything else|everything|anything else|all else|all others|all the others|all of the others|all other tasks|all the other tasks|all other steps|all the other steps|all the rest|any other task|all of the other tasks|every other task|the rest";
const wholes = phrases(every);
const afterWords = wordSet("after once when");
const adverbial = {
  last: phrases(
    "last of all|at the very end|at the end of everything|as the last step|as the final step|as a last step|as a final step|" +
      "as the very last step|as the last task|as the final task",
  ),
  first: phrases("first of all|as the first step|as a first step|as the very first step|as the first task"),
};
const predicates = {
  last: phrases(
    "must be done last|has to be done last|needs to be done last|must come last|comes last|must run last|runs last|goes last",
  ),
  first: phrases(
    "must be done first|has to be done first|must come first|comes first|goes first|needs to be done first|do this first",
  ),
};
const opening = phrases(
  "then|and then|next|afterwards|subsequently|after that|after this|once that is done|when that is done|after the previous step|after the previous task",
);
const selves = wordSet("this it task");

/** Reads whether a task is said to be the first or the last of all, or to follow the one listed before it. */
export function readListPlace(text: string, tokens: readonly Token[]): ListPlace | undefined {
  const then = phraseAt(opening, tokens, 0);
  if (then > 0 && tokens[then]) return { place: "after-previous", evidence: quote(text, tokens, 0, then) };
  let sentence = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    if (token.kind === "stop") sentence = index + 1;
    const found = placeAt(tokens, index, sentence);
    if (!found || clauseBefore(tokens, index).negated) continue;
    return { place: found.place, evidence: quote(text, tokens, index, found.end) };
  }
  return undefined;
}

interface FoundPlace {
  readonly place: "first" | "last";
  readonly end: number;
}

function placeAt(tokens: readonly Token[], index: number, sentence: number): FoundPlace | undefined {
  const { text } = tokens[index] as Token;
  if (afterWords.has(text) || text === "before") {
    const whole = phraseAt(wholes, tokens, index + 1);
    if (whole === 0) return undefined;
    const end = index + 1 + whole;
    if (text === "before") return endsClause(tokens, end) ? { place: "first", end } : undefined;
    if (tokens[index + 1]?.text === "anything") return undefined;
    const said = isDone(tokens, end);
    return said || (text === "after" && endsClause(tokens, end))
      ? { place: "last", end: said ? end + said : end }
      : undefined;
  }
  for (const place of ["last", "first"] as const) {
    const said = phraseAt(predicates[place], tokens, index);
    if (said > 0 && isOfThis(tokens, index, sentence) && endsClause(tokens, index + said))
      return { place, end: index + said };
    // Behind the first sentence such words order what is done within the task.
    const placed = sentence === 0 ? phraseAt(adverbial[place], tokens, index) : 0;
    const opens = index === 0 && !["of", "in", "for"].includes(tokens[placed]?.text ?? "");
    if (placed > 0 && (opens || endsClause(tokens, index + placed))) return { place, end: index + placed };
  }
  return undefined;
}

/** How many words say that it is done: "is finished", "has landed". */
function isDone(tokens: readonly Token[], at: number): number {
  const words = ["is", "are", "has", "have"];
  const done = wordSet("done finished complete completed merged ready landed in works passed implemented");
  if (!words.includes(tokens[at]?.text ?? "")) return 0;
  const been = tokens[at + 1]?.text === "been" ? 2 : 1;
  return done.has(tokens[at + been]?.text ?? "") ? been + 1 : 0;
}

/** Whether the clause has no subject of its own but this task. */
function isOfThis(tokens: readonly Token[], index: number, sentence: number): boolean {
  return (
    tokens[index]?.text === "do" ||
    index === sentence ||
    tokens[index - 1]?.kind !== "word" ||
    selves.has(tokens[index - 1]?.text ?? "")
  );
}

function endsClause(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  return (
    !token ||
    token.kind !== "word" ||
    ["and", "but", "so", "because", "starts", "is", "can", "begins"].includes(token.text)
  );
}

type Phrases = ReadonlyMap<string, readonly (readonly string[])[]>;

/** Phrases by their first words. */
function phrases(text: string): Phrases {
  const byFirst = new Map<string, (readonly string[])[]>();
  for (const phrase of text.split("|")) {
    const words = phrase.split(" ");
    const first = words[0] as string;
    byFirst.set(first, [...(byFirst.get(first) ?? []), words]);
  }
  return byFirst;
}

/** How many words the longest of the phrases has that begins here; 0 where none does. */
function phraseAt(known: Phrases, tokens: readonly Token[], index: number): number {
  let longest = 0;
  for (const words of known.get(tokens[index]?.text ?? "") ?? []) {
    if (words.length > longest && words.every((word, offset) => tokens[index + offset]?.text === word))
      longest = words.length;
  }
  return longest;
}

function quote(text: string, tokens: readonly Token[], from: number, to: number): string {
  return text.slice(tokens[from]?.start ?? 0, tokens[to - 1]?.end ?? 0);
}
