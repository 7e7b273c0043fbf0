import { tokenize, type Token } from "../text-tokens.ts";
import { stemOf } from "./word-forms.ts";

/** A task whose text says that it makes a thing, and one whose text has to do with that thing. */
export interface MadeThing {
  readonly from: number;
  readonly to: number;
  /** The thing as the maker's text writes it. */
  readonly thing: string;
  /** `name`: spelled like an identifier; `phrase`: two or more words of plain language. */
  readonly shape: "name" | "phrase";
  /** The words of the maker and of the user that it rests on. */
  readonly evidence: string;
  /** Whether "the" or a word of use stands before it in the user's text. */
  readonly used: boolean;
}

const wordSet = (text: string): ReadonlySet<string> => new Set(text.split(" "));
const makingStems = new Set(
  "create implement build define introduce write generate develop scaffold draft prepare produce export expose design set|up setup establish add"
    .split(" ")
    .map(stemOf),
);
const between = wordSet("a an the new our its their this that small simple basic");
const ends = wordSet(
  "for to in on at by from with of that which and or using via as so when where into onto under through against between per " +
    "if then than but while after before once is are be",
);
const usingWords = wordSet(
  "use uses using used from via call calls calling import imports with through on against consume consumes consuming test tests " +
    "testing document documents read reads wire wires connect extend extends integrate based the",
);
const charactersRead = 2_000;
const wordsOfThing = 4;
const mostUsers = 40;
const evidenceWords = 6;

/**
 * Pairs of tasks of which one makes what the other speaks of: names spelled like identifiers
 * (`parseUser`, `user_store`) and phrases of two words and more ("payment service"). A thing that
 * several tasks make, or that more than 40 speak of, is passed over. Linear in the length of the texts.
 */
export function madeThings(texts: readonly string[]): MadeThing[] {
  const tokens = texts.map((text) => tokenize(text.slice(0, charactersRead)));
  const makers = new Map<string, Making[]>();
  tokens.forEach((list, task) => {
    for (const making of makingsIn(list, task)) push(makers, making);
  });
  const users = new Map<string, Mention[]>();
  tokens.forEach((list, task) => {
    for (const mention of mentionsIn(list, { task, makers })) push(users, mention);
  });
  return [...users].flatMap(([key, mentions]) => pairsOf(makers.get(key) ?? [], mentions, texts));
}

function push<Item extends { readonly key: string }>(lists: Map<string, Item[]>, item: Item): void {
  const list = lists.get(item.key);
  if (list) list.push(item);
  else lists.set(item.key, [item]);
}

interface Making {
  readonly key: string;
  readonly task: number;
  readonly shape: MadeThing["shape"];
  readonly start: number;
  readonly end: number;
  /** Where the thing itself begins. */
  readonly thingAt: number;
}

interface Mention {
  readonly key: string;
  readonly task: number;
  readonly start: number;
  readonly end: number;
  readonly used: boolean;
}

function pairsOf(makings: readonly Making[], mentions: readonly Mention[], texts: readonly string[]): MadeThing[] {
  const [maker] = makings;
  if (!maker || makings.some(({ task }) => task !== maker.task)) return [];
  const first = new Map<number, Mention>();
  for (const mention of mentions) {
    const known = first.get(mention.task);
    if (mention.task !== maker.task && !known?.used) first.set(mention.task, mention);
  }
  if (first.size > mostUsers) return [];
  const text = texts[maker.task] ?? "";
  return [...first.values()].map((mention) => ({
    from: maker.task,
    to: mention.task,
    thing: text.slice(maker.thingAt, maker.end),
    shape: maker.shape,
    evidence: `"${text.slice(maker.start, maker.end)}" … "${(texts[mention.task] ?? "").slice(mention.start, mention.end)}"`,
    used: mention.used,
  }));
}

/** The things behind the words of making in a text. */
function makingsIn(tokens: readonly Token[], task: number): Making[] {
  const found: Making[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const verb = tokens[index] as Token;
    if (verb.kind !== "word" || !makingStems.has(stemOf(verb.text))) continue;
    const thing = thingFrom(tokens, index + 1);
    if (thing) found.push({ ...thing, task, start: verb.start });
  }
  return found;
}

function thingFrom(tokens: readonly Token[], start: number): Omit<Making, "task" | "start"> | undefined {
  const words: Token[] = [];
  for (const token of tokens.slice(start, start + evidenceWords)) {
    if (token.kind === "quote") continue;
    if (token.kind !== "word" || ends.has(token.text)) break;
    if (isName(token) || (isTypeName(token) && saysDefined(tokens, tokens.indexOf(token, start)))) {
      return { key: token.raw, shape: "name", thingAt: token.start, end: token.end };
    }
    if (!between.has(token.text)) words.push(token);
    if (words.length === wordsOfThing) break;
  }
  const [first, last] = words.slice(-2);
  if (!first || !last) return undefined;
  return { key: phraseKey(first, last), shape: "phrase", thingAt: (words[0] as Token).start, end: last.end };
}

const definingWords = wordSet("class type interface component module struct enum function hook service helper store");

/** Whether a mark of code or a word such as "class" stands beside a name. */
function saysDefined(tokens: readonly Token[], index: number): boolean {
  const beside = [tokens[index - 1], tokens[index + 1]];
  return beside.some((token) => token?.raw === "`" || definingWords.has(token?.text ?? ""));
}

function mentionsIn(
  tokens: readonly Token[],
  { task, makers }: { readonly task: number; readonly makers: ReadonlyMap<string, unknown> },
): Mention[] {
  const found: Mention[] = [];
  tokens.forEach((token, index) => {
    if (token.kind !== "word") return;
    const next = tokens[index + 1];
    const named = isName(token) || (isTypeName(token) && makers.has(token.raw));
    if (!named && next?.kind !== "word") return;
    const key = named ? token.raw : phraseKey(token, next as Token);
    if (!makers.has(key)) return;
    const end = named ? token.end : (next as Token).end;
    const before = tokens.slice(Math.max(0, index - 3), index).filter((each) => each.kind === "word");
    const used = before.some((each) => usingWords.has(each.text));
    found.push({ key, task, start: before[0]?.start ?? token.start, end, used });
  });
  return found;
}

function phraseKey(first: Token, last: Token): string {
  return `${stemOf(first.text)} ${stemOf(last.text)}`;
}

/** Spelled as programs spell what they define. */
function isName({ raw }: Token): boolean {
  if (raw.length < 4 || raw.includes("/")) return false;
  return /^\p{Ll}[\p{Ll}\p{N}]*\p{Lu}/u.test(raw) || /\p{L}_\p{L}/u.test(raw);
}

/** UserStore, but also TypeScript: a name of something made only where the text says so. */
function isTypeName({ raw }: Token): boolean {
  return /^\p{Lu}\p{Ll}+\p{Lu}\p{L}*$/u.test(raw);
}
