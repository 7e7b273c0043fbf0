import type { Token } from "../text-tokens.ts";
import { definiteWords, stemsOf, wordSet } from "./clause-tokens.ts";
import { hasOwnRelative, hasStranger, isBarredTask, isOwnVerb } from "./clause-subject.ts";
import { readNames, type NameLookup, type NamedTasks, type NamePlace } from "./name-reader.ts";
import { clauseBefore, orderPhraseAt, type OrderPhrase } from "./order-phrases.ts";
import { barredBefore } from "./not-before.ts";
import { isDisarmed, isHedged, isLooseUse, quotedPlaces, subjectTask } from "./phrase-context.ts";
import { readPredicate } from "./predicate.ts";
import { isActing, isHappening } from "./task-verbs.ts";
import type { TaskSubject } from "./title-things.ts";

/** A place where a text puts its task before or after others, in words. */
export interface StatedOrder {
  /** The tasks that its words fit. */
  readonly tasks: readonly number[];
  /** Whether they fit no other task, and can mean nothing else. */
  readonly sure: boolean;
  readonly direction: "needs" | "precedes";
  readonly evidence: string;
}

/** The task whose text is read. */
export interface Speaker {
  readonly id: string;
  readonly number: number;
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly subject: TaskSubject;
}

const evidenceCharacters = 160;
/** A text with more words of order is no description of a task. */
const mostPhrases = 60;
const wordsOfClause = 24;
const wordsOfName = 8;
const failures = wordSet(
  "crash crashes bug bugs error errors exception exceptions failure failures hang hangs freeze leak deadlock",
);
const modals = wordSet("must has have needs need should is are comes come goes go will ought");
const possessing = wordSet("have has got is are");
const closings = wordSet("first beforehand prerequisite prerequisites precondition required");
const backReferences = wordSet("this it that we you starting beginning");

/** Reads what a text says of its place among other tasks; linear in its length. */
export function readOrder(speaker: Speaker, lookup: NameLookup): StatedOrder[] {
  const { tokens } = speaker;
  const found: StatedOrder[] = [];
  const quoted = quotedPlaces(tokens);
  let sentence = 0;
  let phrases = 0;
  for (let index = 0; index < tokens.length && phrases < mostPhrases; index++) {
    const token = tokens[index] as Token;
    if (token.kind === "stop") sentence = index + 1;
    if (quoted.has(index)) continue;
    const first = saysFirst(tokens, index);
    const phrase = first ? undefined : orderPhraseAt(tokens, index);
    if (!first && !phrase) continue;
    phrases += 1;
    const reading: Reading = { speaker, lookup, tokens, index, sentence };
    const read = phrase ? readPhrase(reading, phrase) : readFirst(reading);
    if (!read) continue;
    found.push(...read.found);
    index = Math.max(index, read.next - 1);
  }
  return found;
}

interface Reading {
  readonly speaker: Speaker;
  readonly lookup: NameLookup;
  readonly tokens: readonly Token[];
  readonly index: number;
  /** Place of the first token of the sentence. */
  readonly sentence: number;
}

interface Read {
  readonly found: readonly StatedOrder[];
  readonly next: number;
}

function readPhrase(reading: Reading, phrase: OrderPhrase): Read | undefined {
  const { speaker, lookup, tokens, index } = reading;
  const barred = bars(phrase) ? barredBefore(tokens, index) : undefined;
  if (!barred && !isMeant(reading, phrase)) return undefined;
  const subject = subjectTask(tokens, index, lookup.names);
  if (isDisarmed(tokens, index) || (subject ?? speaker.number) !== speaker.number) return undefined;
  const { start, event } = startOfNames(tokens, index, phrase);
  const sought = {
    self: speaker.number,
    made: phrase.made,
    event,
    later: phrase.direction === "precedes" && !barred,
    waited: (phrase.words[0] ?? "").startsWith("wait"),
  };
  const named = readNames(lookup, { ...sought, tokens, index: start }) ?? readAntecedent(reading, start, sought);
  if (!named) return undefined;
  const describes = mayDescribe(reading, phrase);
  if (describes && phrase.kind === "event" && !isOnce(phrase)) return undefined;
  const own = barred ? barred === "task" && isBarredTask(reading) : !needsOwn(phrase) || isOwnBar(reading);
  const certain =
    own &&
    !isHedged(tokens, index) &&
    !isLooseUse(tokens, named.next) &&
    !describes &&
    !isBare(tokens, reading, phrase);
  return {
    found: statements({ reading, named, certain, direction: barred ? "needs" : phrase.direction }),
    next: named.next,
  };
}

/** "Not before the parser is done" says what has to be done first. */
function bars({ direction, kind, words }: OrderPhrase): boolean {
  return direction === "precedes" && kind === "time" && (words[0] === "before" || words[0] === "prior");
}

function isOnce({ words }: OrderPhrase): boolean {
  return words[0] === "once" || words[0] === "as";
}

function needsOwn({ kind }: OrderPhrase): boolean {
  return kind === "until" || kind === "without";
}

/** "Do not show the menu until …" and "requests must wait until …" may say what the work does when it is in use. */
function isOwnBar(reading: Reading): boolean {
  const { tokens, index, sentence } = reading;
  const around = clauseBefore(tokens, index);
  const shown = tokens.slice(sentence, Math.min(index, sentence + wordsOfClause));
  const acts = shown.some((token) => token.kind === "word" && isActing(stemsOf(token.raw)[0] ?? ""));
  return !acts && !around.related && !hasStranger(reading) && isBarredTask(reading);
}

/** Behind "depends on:" a list begins; "once we have the schema" says that it is done. */
function startOfNames(
  tokens: readonly Token[],
  index: number,
  { words, kind }: OrderPhrase,
): { readonly start: number; readonly event: boolean } {
  const start = index + words.length;
  const event = kind === "event" || kind === "until";
  if (tokens[start]?.raw === ":") return { start: start + 1, event: false };
  const has =
    ["we", "you", "there"].includes(tokens[start]?.text ?? "") && possessing.has(tokens[start + 1]?.text ?? "");
  return event && has ? { start: start + 2, event: false } : { start, event };
}

type Sought = Omit<NamePlace, "tokens" | "index">;

/** "A story for the button once it exists": what "it" stands for stands right before the phrase. */
function readAntecedent(reading: Reading, start: number, sought: Sought): NamedTasks | undefined {
  const { lookup, tokens, index, sentence } = reading;
  if (!sought.event || !["it", "they", "these", "that"].includes(tokens[start]?.text ?? "")) return undefined;
  const predicate = readPredicate(tokens, start + 1, sought);
  if (!predicate?.said) return undefined;
  const window = tokens.slice(Math.max(sentence, index - wordsOfName), index);
  for (let at = window.length - 1; at >= 0; at--) {
    if (!definiteWords.has(window[at]?.text ?? "")) continue;
    const named = readNames(lookup, { ...sought, event: false, tokens: window, index: at });
    if (named && named.next >= window.length) return { ...named, next: predicate.next };
  }
  return undefined;
}

function statements(given: {
  readonly reading: Reading;
  readonly named: NamedTasks;
  readonly certain: boolean;
  readonly direction: StatedOrder["direction"];
}): StatedOrder[] {
  const { reading, named, certain, direction } = given;
  const start = (reading.tokens[reading.index] as Token).start;
  return named.fits.map(({ tasks, sure, end }) => {
    const evidence = reading.speaker.text.slice(start, end).slice(0, evidenceCharacters);
    return { tasks, sure: sure && certain, direction, evidence };
  });
}

/** Whether the words around a phrase let it be one of order between tasks. */
function isMeant(reading: Reading, phrase: OrderPhrase): boolean {
  const { tokens, index } = reading;
  const around = clauseBefore(tokens, index);
  if (phrase.kind === "until") return around.negated || around.waiting;
  if (phrase.kind === "without") return around.forbids;
  if (around.negated) return false;
  if (phrase.kind === "label") return tokens[index + phrase.words.length]?.raw === ":";
  if (phrase.kind === "verb") return isOwnVerb(reading, phrase);
  if (around.related && !hasOwnRelative(reading)) return false;
  if (phrase.direction === "precedes" && phrase.kind === "time" && around.permitted) return false;
  if (phrase.kind === "time" && isEitherWay(tokens, index)) return false;
  return phrase.kind === "maker" || !hasStranger(reading);
}

/** "Before or after", "before and after": whichever it is, nothing waits. */
function isEitherWay(tokens: readonly Token[], index: number): boolean {
  const joined = tokens[index - 1]?.text;
  if (joined === "or") return true;
  return (joined === "and" || joined === "&") && orderPhraseAt(tokens, index - 2)?.kind === "time";
}

/** "Show a banner after the payment": a program may do so, with no order of tasks meant. */
function mayDescribe({ speaker, tokens, index, sentence }: Reading, phrase: OrderPhrase): boolean {
  const first = tokens[sentence];
  const verb = stemsOf(first?.raw ?? "")[0] ?? "";
  // "Log verbosity depends on the config": the verb may well be a noun.
  if (phrase.kind === "verb" && sentence === 0 && index > 1)
    return isActing(verb) && tokens[index - 1]?.kind === "word";
  if (phrase.kind !== "time" && phrase.kind !== "event") return false;
  if (sentence >= index) return false;
  if (isHappening(verb) || (verb === "fix" && isFailureOnly(tokens, sentence + 1, index))) return true;
  return isActing(verb) || (sentence === 0 && isActing(speaker.subject.verb));
}

/** "Fix crash after the export" says when it crashes. */
function isFailureOnly(tokens: readonly Token[], from: number, to: number): boolean {
  const last = tokens[to - 1];
  return to - from <= 4 && last?.kind === "word" && failures.has(last.text);
}

/** "It requires authentication" may speak of what is made; "requires the authentication" and "needs parser." do not. */
function isBare(tokens: readonly Token[], { index, sentence }: Reading, phrase: OrderPhrase): boolean {
  if (phrase.kind !== "verb" || !phrase.made) return false;
  const begins = index === sentence || tokens[index - 1]?.kind !== "word";
  const after = index + phrase.words.length;
  const long = tokens[after + 1]?.kind === "word";
  return !begins && !long;
}

/** "first" at the end of a clause, or "before this", "before you start". */
function saysFirst(tokens: readonly Token[], index: number): boolean {
  const { text } = tokens[index] as Token;
  const following = tokens[index + 1];
  if (closings.has(text)) return !following || (following.kind !== "word" && following.raw !== ":");
  if (text !== "before") return false;
  return (
    backReferences.has(following?.text ?? "") && !["must", "is", "should"].includes(tokens[index + 2]?.text ?? "x")
  );
}

/** "The parser must be done first": what the clause begins with comes before this task. */
function readFirst(reading: Reading): Read | undefined {
  const { speaker, lookup, tokens, index, sentence } = reading;
  if (clauseBefore(tokens, index).negated) return undefined;
  let start = index;
  while (start > sentence && tokens[start - 1]?.kind === "word" && index - start < wordsOfClause) start -= 1;
  while (["and", "but", "so", "then", "note", "that"].includes(tokens[start]?.text ?? "")) start += 1;
  const verb = stemsOf(tokens[start]?.raw ?? "")[0] ?? "";
  const imperative = ["finish", "complet", "do", "build", "writ", "merg", "land"].includes(verb);
  const clause = tokens.slice(imperative ? start + 1 : start, index);
  const verbAt = clause.findIndex((token) => modals.has(token.text));
  if (verbAt < 0 && !imperative) return undefined;
  // The name alone is read: what is said of it ("must be done") is no report that it is.
  const subject = verbAt < 0 ? clause : clause.slice(0, verbAt);
  const whole = { index: 0, made: false, event: false, later: false, waited: false };
  const named = readNames(lookup, { tokens: subject, self: speaker.number, ...whole });
  if (!named || named.next < subject.length) return undefined;
  const found = statements({ reading: { ...reading, index: start }, named, certain: true, direction: "needs" });
  return { found, next: index + 1 };
}
