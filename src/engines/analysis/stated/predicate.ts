import { stemOf } from "../evidence/word-forms.ts";
import type { Token } from "../text-tokens.ts";
import { wordSet } from "./clause-tokens.ts";
import { beginsOrder } from "./order-phrases.ts";
import { roleOfVerb } from "./task-verbs.ts";

/** What is said of a name behind an ordering word. */
export interface Predicate {
  /** Place of the first token behind it. */
  readonly next: number;
  /** Whether the named thing is said to be done, there or begun. */
  readonly said: boolean;
  /** Stem of what has been done to it, where that is more than finishing: "has been trained". */
  readonly done: string | undefined;
}

const auxiliaries = wordSet("is are was were has have had gets get be been being");
const adverbs = wordSet(
  "fully all both already completely finally successfully been being also properly itself actually first",
);
const finished = wordSet(
  "done finished complete completed ready merged available there live stable landed green up over through shipped usable working final " +
    "finalised finalized passed existing existent created built written implemented defined set delivered released",
);
const happens = wordSet(
  "exists exist works work lands land landed finishes finish completes complete ends merges merge passes pass succeeds compiles completed " +
    "finished merged passed",
);
const begins = wordSet("starts start begins begin runs run happens launches goes comes ships opens");
const behind = wordSet(
  "in on at for from by with via into as and or but so because then plus first too anyway beforehand already only alone itself here " +
    "there below above since while & also themselves",
);
const places = wordSet("place main master production");

/**
 * Reads what follows a name: nothing, a preposition, or that it is done ("is in place", "has been
 * trained", "works"). Undefined where something else is said of it, as in "the parser returns an error" and,
 * of what is waited for, "wait for the parser to fail".
 */
export function readPredicate(
  tokens: readonly Token[],
  index: number,
  { later, waited }: { readonly later: boolean; readonly waited: boolean },
): Predicate | undefined {
  let at = index;
  while (tokens[at]?.kind === "quote") at += 1;
  const token = tokens[at];
  if (!token || token.kind !== "word") return { next: at, said: false, done: undefined };
  if (happens.has(token.text)) return { next: at + 1, said: true, done: undefined };
  if (later && begins.has(token.text)) return { next: at + 1, said: true, done: undefined };
  if (auxiliaries.has(token.text)) return readCompletion(tokens, at + 1, later);
  if (token.text === "to") {
    const verb = tokens[at + 1]?.text ?? "";
    if (verb === "be") return readCompletion(tokens, at + 2, later);
    if (happens.has(verb)) return { next: at + 2, said: true, done: undefined };
    return waited ? undefined : { next: at, said: false, done: undefined };
  }
  return behind.has(token.text) || beginsOrder(token.text) ? { next: at, said: false, done: undefined } : undefined;
}

function readCompletion(tokens: readonly Token[], index: number, later: boolean): Predicate | undefined {
  let at = index;
  while (adverbs.has(tokens[at]?.text ?? "")) at += 1;
  const word = tokens[at]?.text ?? "";
  if (finished.has(word)) return { next: at + 1, said: true, done: undefined };
  if (later && ["started", "begun", "run"].includes(word)) return { next: at + 1, said: true, done: undefined };
  if (word === "in" && places.has(tokens[at + 1]?.text ?? "")) return { next: at + 2, said: true, done: undefined };
  const stem = stemOf(word);
  if (stem === word || !roleOfVerb(stem)) return undefined;
  return { next: at + 1, said: true, done: stem };
}
