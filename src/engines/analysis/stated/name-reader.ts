import type { Token } from "../text-tokens.ts";
import { definiteWords, isPath, stemsOf, wordSet } from "./clause-tokens.ts";
import { beginsOrder } from "./order-phrases.ts";
import { readPredicate } from "./predicate.ts";
import { isMarker, taskReference, type KnownTasks } from "./task-reference.ts";
import { taskRange } from "./task-range.ts";
import type { ThingIndex } from "./thing-index.ts";

/** What names are looked up in. */
export interface NameLookup extends KnownTasks {
  readonly things: ThingIndex;
}

/** Where names are read, and which may be meant. */
export interface NamePlace {
  readonly tokens: readonly Token[];
  readonly index: number;
  readonly self: number;
  /** Whether only a task that makes the thing can be meant. */
  readonly made: boolean;
  /** Whether something has to be said to be done: "once the parser works". */
  readonly event: boolean;
  /** Whether what is named comes later: then "starts" is said of it. */
  readonly later: boolean;
  /** Whether it is waited for: then "to fail" says that something else is. */
  readonly waited: boolean;
}

interface Fit {
  readonly tasks: readonly number[];
  readonly sure: boolean;
  /** Where the name ends in the text. */
  readonly end: number;
}

/** Names of other tasks that stand in a row. */
export interface NamedTasks {
  readonly fits: readonly Fit[];
  /** Place of the first token behind them. */
  readonly next: number;
}

const quantities = wordSet("all both every each two three four five six");
const skipped = wordSet(
  "new finished completed complete final finalised finalized whole full entire actual working finish completion end of",
);
/** Such a thing is there already, or it is none in particular. */
const strangers = wordSet(
  "a an any some another existing old older legacy current previous other own separate third-party original no everything anything each different any either",
);
const joining = new Set(["and", "or", "&", "then", "plus"]);
const bounds = wordSet(
  "is are was were has have had gets get be been exists exist works work lands land landed finishes completes ends merges passes succeeds " +
    "compiles starts start begins begin runs run happens launches ships goes comes in on at for from by with to of via into as and or but so " +
    "because then plus first too anyway beforehand already only alone itself themselves here there below above completed finished merged " +
    "passed must should can will may since while which that who if though although unless even instead rather than nor not do does & also",
);
const mostWordsOfName = 6;
const mostNames = 20;

/** Reads the names of tasks and their things from a place on: "both the parser and the type checker are done". */
export function readNames(lookup: NameLookup, place: NamePlace): NamedTasks | undefined {
  const fits: Fit[] = [];
  let { index } = place;
  let said = false;
  let either = false;
  const marked = isMarker(place.tokens[startOfName(place.tokens, index)?.index ?? -1]);
  for (let names = 0; names < mostNames; names++) {
    const name = readName(lookup, { ...place, index, marked: marked && names > 0 });
    if (!name) break;
    fits.push({ tasks: name.tasks, sure: name.sure, end: name.end });
    index = name.next;
    ({ said } = name);
    const following = said ? undefined : joinAt(place.tokens, index);
    if (following === undefined) break;
    if (place.tokens[following - 1]?.text === "or") either = true;
    index = following;
  }
  const last = fits.at(-1);
  if (!last || (place.event && !said)) return undefined;
  // "After the parser or the lexer" names one of them.
  const tasks = [...new Set(fits.flatMap((fit) => fit.tasks))];
  return { fits: either ? [{ tasks, sure: false, end: last.end }] : fits, next: index };
}

/** The place behind a comma, an "and", or both. */
function joinAt(tokens: readonly Token[], index: number): number | undefined {
  let at = index;
  if (tokens[at]?.text === ",") at += 1;
  if (joining.has(tokens[at]?.text ?? "")) at += 1;
  if (at > index && ["on", "upon", "for", "by"].includes(tokens[at]?.text ?? "")) at += 1;
  if (tokens[at]?.text === "as" && tokens[at + 1]?.text === "well") at += 3;
  return at > index ? at : undefined;
}

interface Name extends Fit {
  readonly next: number;
  /** Whether it is said to be done. */
  readonly said: boolean;
}

function readName(lookup: NameLookup, place: NamePlace & { readonly marked: boolean }): Name | undefined {
  const { tokens, self } = place;
  const start = startOfName(tokens, place.index);
  if (!start) return undefined;
  const range = taskRange(tokens, start.index, { ...lookup, self });
  if (range) {
    const predicate = readPredicate(tokens, range.next, place);
    const { end } = tokens[range.next - 1] as Token;
    return predicate && { tasks: range.tasks, sure: true, end, next: predicate.next, said: predicate.said };
  }
  const reference = taskReference(tokens, start.index, { ...lookup, self, marked: place.marked });
  if (reference) {
    const predicate = readPredicate(tokens, behindOwned(tokens, reference.next), place);
    const end = (tokens[reference.next - 1] as Token).end;
    if (!predicate || reference.task === self) return undefined;
    return { tasks: [reference.task], sure: true, end, next: predicate.next, said: predicate.said };
  }
  const run = runFrom(tokens, start.index);
  if (run.stems.length === 0) return undefined;
  const origin = originAt(lookup, { tokens, index: run.next, self });
  if (origin) return { ...origin, sure: true, said: false };
  const complement = tokens[run.next]?.text === "of" ? runFrom(tokens, run.next + 1) : undefined;
  const predicate = readPredicate(tokens, complement?.next ?? run.next, place);
  if (!predicate) return undefined;
  const several = start.all || run.plural;
  const named = {
    stems: run.stems,
    complement: complement?.stems ?? [],
    done: predicate.done,
    several,
    made: place.made,
  };
  const fitting = lookup.things(named, self);
  if (!fitting) return undefined;
  return { ...fitting, end: run.end, next: predicate.next, said: predicate.said };
}

/** "t1's completion" is t1. */
function behindOwned(tokens: readonly Token[], index: number): number {
  const owned = tokens[index]?.kind === "quote" && tokens[index + 1]?.text === "s";
  return owned && ["completion", "end", "merge", "release", "output", "result"].includes(tokens[index + 2]?.text ?? "")
    ? index + 3
    : index;
}

/** Where a name begins behind articles and such; undefined where no known thing is spoken of. */
function startOfName(
  tokens: readonly Token[],
  from: number,
): { readonly index: number; readonly all: boolean } | undefined {
  let all = false;
  for (let index = from; index < Math.min(tokens.length, from + 8); index++) {
    const { text, kind } = tokens[index] as Token;
    if (quantities.has(text) && text !== "each") all = true;
    else if (strangers.has(text) && !isLetter(tokens, index)) return undefined;
    else if (kind !== "quote" && !definiteWords.has(text) && !skipped.has(text)) return { index, all };
  }
  return undefined;
}

/** "Needs A and B": the letter is no article where no noun follows. */
function isLetter(tokens: readonly Token[], index: number): boolean {
  const following = tokens[index + 1];
  return tokens[index]?.text === "a" && (following?.kind !== "word" || bounds.has(following.text));
}

/** "the schema from the first task": whose schema is said. */
function originAt(
  lookup: NameLookup,
  place: { readonly tokens: readonly Token[]; readonly index: number; readonly self: number },
): { readonly tasks: readonly number[]; readonly end: number; readonly next: number } | undefined {
  const { tokens, self } = place;
  if (!["from", "by", "in", "of"].includes(tokens[place.index]?.text ?? "")) return undefined;
  const start = startOfName(tokens, place.index + 1);
  const reference = start && taskReference(tokens, start.index, { ...lookup, self });
  if (!reference || reference.task === self) return undefined;
  return { tasks: [reference.task], end: (tokens[reference.next - 1] as Token).end, next: reference.next };
}

interface Run {
  readonly stems: readonly string[];
  readonly plural: boolean;
  readonly end: number;
  readonly next: number;
}

function runFrom(tokens: readonly Token[], from: number): Run {
  const stems: string[] = [];
  let next = from;
  let last: Token | undefined;
  for (; next < tokens.length && next - from <= mostWordsOfName; next++) {
    const token = tokens[next] as Token;
    if (token.kind === "quote") continue;
    if (token.kind !== "word" || bounds.has(token.text) || beginsOrder(token.text)) break;
    if (definiteWords.has(token.text)) {
      // "deploying the app": the article stands behind the verb.
      if (stems.length !== 1 || !last?.text.endsWith("ing")) break;
      continue;
    }
    if (isPath(token.raw)) return { stems: [], plural: false, end: token.end, next: next + 1 };
    stems.push(...stemsOf(token.raw));
    last = token;
  }
  const plural = /[^su]s$/.test(last?.text ?? "");
  return { stems, plural, end: last?.end ?? 0, next };
}
