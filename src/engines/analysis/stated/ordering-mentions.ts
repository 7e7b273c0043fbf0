import { clauseBefore } from "./order-phrases.ts";
import { isDisarmed, isFailing, isHedged, quotedPlaces, subjectTask } from "./phrase-context.ts";
import type { NameMatch, NameShape, TaskNames } from "./task-names.ts";
import { closingQuote, tokenize, type Token } from "../text-tokens.ts";

/** A place where one task's text puts another task before or after it. */
export interface OrderingMention {
  readonly task: number;
  /** Whether the named task comes first. */
  readonly direction: "needs" | "precedes";
  /** 0-1. */
  readonly confidence: number;
  /** The words of the text, from the ordering word to the name. */
  readonly evidence: string;
}

const needsPhrases = [
  "after",
  "once",
  "depends on",
  "depend on",
  "dependent on",
  "depending on",
  "relies on",
  "rely on",
  "builds on",
  "build on",
  "building on",
  "based on",
  "requires",
  "require",
  "requiring",
  "needs",
  "output of",
  "outputs of",
  "output from",
  "outputs from",
  "result of",
  "results of",
  "result from",
  "results from",
  "waits for",
  "wait for",
  "waiting for",
  "blocked by",
];
const precedesPhrases = ["before"];
/** "Look after" and "named after" put nothing before or after anything. */
const otherSenses = new Set(["look", "looks", "looking", "named", "called"]);
const completions = new Set([
  "is",
  "are",
  "has",
  "have",
  "was",
  "and",
  "or",
  "as",
  "complete",
  "completes",
  "completed",
  "finish",
  "finishes",
  "finished",
  "done",
  "ends",
  "lands",
  "merges",
  "merged",
  "succeeds",
  "passes",
  "passed",
  "exists",
  "first",
  "to",
]);
const listWords = new Set(["and", "or", "both", "task", "tasks", "&", "#"]);
const markers = new Set(["task", "tasks", "subtask", "subtasks", "ticket", "#"]);
/** "After everything except t1" does not wait for t1. */
const exceptions = new Set(["except", "but", "apart", "excluding", "besides", "without"]);
const wordsBetween = 3;
const quotationCharacters = 200;
const evidenceCharacters = 160;

/** Whether a name stands alone ("after x.") or may belong to a longer phrase ("after x the user"). */
const confidences: Readonly<Record<NameShape, { readonly alone: number; readonly within: number }>> = {
  distinct: { alone: 0.92, within: 0.85 },
  hyphenated: { alone: 0.85, within: 0.65 },
  phrase: { alone: 0.7, within: 0.5 },
  word: { alone: 0.5, within: 0.4 },
  bare: { alone: 0, within: 0 },
};
const markedConfidence = 0.95;
const beforePenalty = 0.05;

interface Phrase {
  readonly words: readonly string[];
  readonly direction: OrderingMention["direction"];
}

const phrasesByFirstWord = new Map<string, Phrase[]>();
for (const [texts, direction] of [
  [needsPhrases, "needs"],
  [precedesPhrases, "precedes"],
] as const) {
  for (const text of texts) {
    const words = text.split(" ");
    const first = words[0] as string;
    phrasesByFirstWord.set(first, [...(phrasesByFirstWord.get(first) ?? []), { words, direction }]);
  }
}
const quickWords = [
  "after",
  "once",
  "depend",
  "rel",
  "buil",
  "based",
  "requir",
  "needs",
  "output",
  "result",
  "wait",
  "blocked",
  "before",
];
const quickWord = new RegExp(quickWords.join("|"));

interface Armed {
  readonly direction: OrderingMention["direction"];
  readonly start: number;
  /** Place of the ordering word among the tokens. */
  readonly index: number;
  wordsLeft: number;
  /** After a first name only a list of more names goes on. */
  listOnly: boolean;
}

/**
 * Finds the names of tasks that stand at most three words behind an ordering word ("after task
 * api", "using the output of db_schema") in the same sentence and without a negation. One pass
 * over the words; texts without an ordering word cost a substring search only.
 */
export function orderingMentions(text: string, names: TaskNames): OrderingMention[] {
  if (!mayMention(text)) return [];
  const tokens = tokenize(text);
  const mentions: OrderingMention[] = [];
  const quoted = quotedPlaces(tokens);
  let armed: Armed | undefined;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    const phrase = quoted.has(index) ? undefined : phraseAt(tokens, index);
    if (phrase) {
      armed = isNegated(tokens, index, phrase)
        ? undefined
        : { direction: phrase.direction, start: token.start, index, wordsLeft: wordsBetween, listOnly: false };
      index += phrase.words.length - 1;
      continue;
    }
    if (!armed) continue;
    const found = nameAt({ text, tokens, index, names, gap: armed.listOnly ? 0 : wordsBetween - armed.wordsLeft });
    if (found) {
      if (isOwn(tokens, armed.index, names) && !isFailing(tokens[found.last + 1]))
        mentions.push(toMention(text, armed, found));
      armed.listOnly = true;
      index = found.last;
    } else if (!staysArmed(armed, token)) {
      armed = undefined;
    }
  }
  return mentions.filter((mention) => mention.confidence > 0);
}

/** Whether an ordering word speaks of the task whose text it is, and as more than a wish. */
function isOwn(tokens: readonly Token[], index: number, names: TaskNames): boolean {
  return !isDisarmed(tokens, index) && !isHedged(tokens, index) && subjectTask(tokens, index, names) === undefined;
}

/** Whether a text has an ordering word at all; one search for all of them. */
export function mayMention(text: string): boolean {
  return quickWord.test(text.toLowerCase());
}

interface FoundName {
  readonly task: number;
  readonly confidence: number;
  readonly end: number;
  /** Index of its last token. */
  readonly last: number;
}

interface Position {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly index: number;
  readonly names: TaskNames;
  /** Words since the ordering word or the name before. */
  readonly gap: number;
}

function nameAt(position: Position): FoundName | undefined {
  const { tokens, index, names } = position;
  const token = tokens[index] as Token;
  if (token.kind === "quote") return quotedName(position, token);
  const match = names.idAt(tokens, index);
  if (!match) return undefined;
  const last = index + match.length - 1;
  const marked = markers.has(tokens[index - 1]?.text ?? "");
  const confidence = marked
    ? markedConfidence
    : unmarkedConfidence(match, { next: tokens[last + 1], gap: position.gap });
  return { task: match.task, confidence, end: (tokens[last] as Token).end, last };
}

function quotedName(position: Position, opening: Token): FoundName | undefined {
  const { text, tokens, index, names } = position;
  const close = text.slice(opening.end, opening.end + quotationCharacters).indexOf(closingQuote(opening.raw));
  if (close <= 0) return undefined;
  const end = opening.end + close;
  const task = names.quoted(text.slice(opening.end, end));
  if (task === undefined) return undefined;
  let last = index;
  while ((tokens[last + 1]?.start ?? Infinity) <= end) last += 1;
  return { task, confidence: markedConfidence, end: end + 1, last };
}

function unmarkedConfidence(
  match: NameMatch,
  around: { readonly next: Token | undefined; readonly gap: number },
): number {
  const { next, gap } = around;
  // "after lunch for the user" does not speak of a task "user".
  if (gap > 1 && (match.shape === "word" || match.shape === "phrase")) return 0;
  const alone = next === undefined || next.kind === "stop" || next.kind === "comma" || completions.has(next.text);
  return confidences[match.shape][alone ? "alone" : "within"];
}

function toMention(text: string, armed: Armed, found: FoundName): OrderingMention {
  const penalty = armed.direction === "precedes" ? beforePenalty : 0;
  return {
    task: found.task,
    direction: armed.direction,
    confidence: Math.max(0, Math.round((found.confidence - penalty) * 100) / 100),
    evidence: text.slice(armed.start, found.end).slice(0, evidenceCharacters),
  };
}

function phraseAt(tokens: readonly Token[], index: number): Phrase | undefined {
  const candidates = phrasesByFirstWord.get(tokens[index]?.text ?? "");
  return candidates?.find((phrase) => phrase.words.every((word, offset) => tokens[index + offset]?.text === word));
}

function isNegated(tokens: readonly Token[], index: number, { direction }: Phrase): boolean {
  const before = tokens[index - 1]?.text ?? "";
  if (before === "or" || otherSenses.has(before)) return true;
  const { negated, permitted } = clauseBefore(tokens, index);
  return negated || (permitted && direction === "precedes");
}

function staysArmed(armed: Armed, token: Token): boolean {
  if (token.kind === "stop" || exceptions.has(token.text)) return false;
  if (armed.listOnly) return token.kind === "comma" || token.kind === "quote" || listWords.has(token.text);
  if (token.kind === "comma") return false;
  if (token.kind === "word") armed.wordsLeft -= 1;
  return armed.wordsLeft >= 0;
}
