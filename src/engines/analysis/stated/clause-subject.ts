import type { Token } from "../text-tokens.ts";
import { definiteWords, stemsOf, wordSet } from "./clause-tokens.ts";
import type { OrderPhrase } from "./order-phrases.ts";
import type { TaskSubject } from "./title-things.ts";

/** A place in a text, and what the text's task is about. */
export interface SubjectPlace {
  readonly speaker: { readonly id: string; readonly subject: TaskSubject };
  readonly tokens: readonly Token[];
  readonly index: number;
  /** Place of the first token of the sentence. */
  readonly sentence: number;
}

const wordsOfClause = 24;
const selves = wordSet("it this we you i they task step these");
const relatives = wordSet("which that who");
const idle = wordSet(
  "will would also only still just already really clearly obviously strictly must should to and but so then here too first can may " +
    "therefore thus hence however note now has have had is be been being s ll re ve not or run runs start starts started done begin work built written",
);
const openings = wordSet("and but so then note also however therefore please ideally");
const bars = wordSet("must can cannot cant should may shall could will ought");
const adverbs = wordSet("only still therefore thus also");

/** Whether the sentence begins with a subject that is neither this task nor what it makes. */
export function hasStranger({ speaker, tokens, index, sentence }: SubjectPlace): boolean {
  const first = tokens[sentence];
  if (sentence === 0 || sentence >= index || !first) return false;
  if (!definiteWords.has(first.text) && !["a", "an", "each", "every", "users"].includes(first.text)) return false;
  if (selves.has(first.text)) return false;
  return !isOwnThing(tokens.slice(sentence, Math.min(index, sentence + wordsOfClause)), speaker.subject);
}

function isOwnThing(tokens: readonly Token[], subject: TaskSubject, made = false): boolean {
  const things = subject.things.filter(({ role }) => !made || role === "makes");
  const own = new Set(things.map(({ stems }) => stems.at(-1)));
  return tokens.some((token) => token.kind === "word" && own.has(stemsOf(token.raw).at(-1)));
}

/** ", which needs" speaks of the task; "people that need" speaks of people. */
export function hasOwnRelative({ speaker, tokens, index, sentence }: SubjectPlace): boolean {
  let at = index - 1;
  while (at > sentence && index - at < wordsOfClause && idle.has(tokens[at]?.text ?? "")) at -= 1;
  if (!relatives.has(tokens[at]?.text ?? "")) return false;
  const antecedent = tokens[at - 1];
  return at === sentence || antecedent?.kind !== "word" || isOwnThing([antecedent], speaker.subject, true);
}

/** Whether what "needs" or "waits" is this task: nothing, "it", "which", or what the task makes stands before it. */
export function isOwnVerb(place: SubjectPlace, phrase: OrderPhrase): boolean {
  const { speaker, tokens, index, sentence } = place;
  let at = index - 1;
  while (at >= sentence && index - at < wordsOfClause && idle.has(tokens[at]?.text ?? "")) at -= 1;
  const before = tokens[at];
  if (at < sentence || !before || before.kind !== "word") return before?.kind !== "quote";
  if (relatives.has(before.text)) return hasOwnRelative(place);
  if (selves.has(before.text) || before.raw === speaker.id) return true;
  if (tokens.slice(Math.max(sentence, at - 2), at).some(({ text }) => text === "whose")) return false;
  const agrees = (phrase.words[0] ?? "").endsWith("s") || before.text.endsWith("s");
  return agrees && isOwnThing([before], speaker.subject);
}

/**
 * Whether what may not be done earlier is this task: "This must not start", "Do not begin" and "Cannot be
 * merged" say so; "Requests must not be sent" and "so that visitors cannot see" speak of something else.
 */
export function isBarredTask(place: SubjectPlace): boolean {
  const { speaker, tokens, index } = place;
  let start = index;
  while (start > 0 && index - start < wordsOfClause && goesOn(tokens, start - 1)) start -= 1;
  while (start < index && openings.has(tokens[start]?.text ?? "")) start += 1;
  const end = tokens.findIndex((token, at) => at >= start && (at >= index || bars.has(token.text)));
  if (end < 0 || end >= index) return true;
  const subject = tokens.slice(start, end).filter(({ text }) => !adverbs.has(text) && !definiteWords.has(text));
  const [word] = subject;
  if (!word) return true;
  if (subject.length > 1) return false;
  return selves.has(word.text) || word.raw === speaker.id || isOwnThing([word], speaker.subject);
}

/** Whether a clause goes on over this place; the mark in "can't" ends none. */
function goesOn(tokens: readonly Token[], at: number): boolean {
  const { kind } = tokens[at] as Token;
  return kind === "word" || (kind === "quote" && ["t", "s", "re", "ll", "ve"].includes(tokens[at + 1]?.text ?? ""));
}
