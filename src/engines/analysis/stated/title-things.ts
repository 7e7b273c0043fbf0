import type { TaskInput } from "../../../schema/task.ts";
import type { Token } from "../text-tokens.ts";
import { clauseTokens, definiteWords, isPath, stemsOf, wordSet } from "./clause-tokens.ts";
import { isCommonWord } from "./task-names.ts";
import { isActivity, isParticle, roleOfVerb, type TaskRole } from "./task-verbs.ts";

/** A thing that a task's own words say it is about. */
export interface TaskThing {
  readonly task: number;
  /** Stems of its name; the last one is its head. */
  readonly stems: readonly string[];
  readonly role: TaskRole;
  /** Stem of what is done to it; empty where its name is the whole title. */
  readonly verb: string;
}

/** What a task is about. */
export interface TaskSubject {
  readonly things: readonly TaskThing[];
  /** Stems of all words of its titles and its id, for names such as "the schema of the orders". */
  readonly words: ReadonlySet<string>;
  /** Stem of what its first sentence tells to do; empty where that is no verb. */
  readonly verb: string;
}

const charactersRead = 600;
const mostThings = 8;
const mostWordsOfThing = 6;
const lead = wordSet(
  "then next finally lastly afterwards please now also we you should must to first and let last of all it this",
);
const articles = new Set([...definiteWords, ..."a an new small simple basic some any it them".split(" ")]);
const ends = wordSet(
  "for to in on at by from with of that which who and or as so into onto under through against between per if than but while " +
    "is are be was were has have via within without because can will when where about across over",
);
/** From here on a sentence speaks of other tasks. */
const ordering = wordSet(
  "after before once when until following based using needs need requires require depends depend relies rely waits wait builds " +
    "blocked prior unlike without independent regardless whether assumes",
);

/** Reads what a task is about from its id and from the beginnings of its sentences. */
export function readSubject(task: TaskInput, number: number): TaskSubject {
  const things: TaskThing[] = [];
  const words = new Set<string>();
  const sentences = sentencesOf(clauseTokens(task.description.slice(0, charactersRead)));
  let verb = "";
  sentences.forEach((sentence, place) => {
    const read = readSentence(sentence, number);
    if (place > 0 && read.things[0]?.role !== "makes") return;
    if (place > 0 && read.verb === "") return;
    if (place === 0) ({ verb } = read);
    things.push(...read.things);
    for (const stem of read.words) words.add(stem);
  });
  const idStems = stemsOf(task.id);
  for (const stem of idStems) words.add(stem);
  const named = thingOfId(idStems, number, things[0]);
  return { things: [...things.slice(0, mostThings), ...named], words, verb };
}

/** `type-checker` names what it says; `t1`, `step-2` and `q` say nothing. */
function thingOfId(stems: readonly string[], task: number, first: TaskThing | undefined): TaskThing[] {
  if (stems.some((stem) => /\p{N}/u.test(stem)) || isCommonWord(stems.join(""))) return [];
  const role = first?.role ?? "does";
  const verb = first?.verb ?? "";
  const rest = stems.length > 1 && roleOfVerb(stems[0] as string) ? stems.slice(1) : stems;
  return [{ task, stems: rest, role, verb }];
}

function sentencesOf(tokens: readonly Token[]): Token[][] {
  const sentences: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === "stop") sentences.push([]);
    else if (token.kind !== "quote") sentences.at(-1)?.push(token);
  }
  return sentences.filter((sentence) => sentence.length > 0);
}

interface Sentence {
  readonly things: readonly TaskThing[];
  readonly words: readonly string[];
  readonly verb: string;
}

/** "Write the lexer and the parser for queries" makes a lexer and a parser; its words are all of them. */
function readSentence(given: readonly Token[], task: number): Sentence {
  const tokens = mainClause(given);
  const words = tokens.flatMap((token) => (token.kind === "word" ? stemsOf(token.raw) : []));
  const things: TaskThing[] = [];
  let at = tokens.findIndex((token) => token.kind === "word" && !lead.has(token.text));
  if (at < 0) return { things, words, verb: "" };
  let action = verbAt(tokens, at);
  const verb = action?.stem ?? "";
  if (action) at = action.next;
  while (at < tokens.length && things.length < mostThings) {
    const run = runAt(tokens, at);
    if (run.stems.length > 0) {
      const role = action?.role ?? "makes";
      things.push({ task, stems: run.stems, role, verb: action?.stem ?? "" });
      if (isActivity(run.stems.at(-1) ?? "") && run.stems.length > 1) {
        things.push({ task, stems: run.stems.slice(0, -1), role, verb: action?.stem ?? "" });
      }
    }
    const mark = tokens[run.next];
    if (!mark || (mark.kind === "word" && mark.text !== "and" && mark.text !== "or")) break;
    at = run.next + 1;
    const following = verbAt(tokens, at);
    // "Build and push the image" does both to it; "create users and tests" has no verb behind the "and".
    if (following && tokens[following.next]) {
      action = following;
      at = following.next;
    }
  }
  return { things, words, verb };
}

/** The sentence without what it says of other tasks, in front ("After the parser, write …") or behind. */
function mainClause(sentence: readonly Token[]): readonly Token[] {
  const leading = ordering.has(sentence[0]?.text ?? "");
  const comma = leading ? sentence.findIndex((token) => token.kind === "comma") : -1;
  if (leading && comma < 0) return [];
  const main = sentence.slice(comma + 1);
  const end = main.findIndex((token) => ordering.has(token.text));
  return end < 0 ? main : main.slice(0, end);
}

interface FoundVerb {
  readonly stem: string;
  readonly role: TaskRole;
  readonly next: number;
}

function verbAt(tokens: readonly Token[], at: number): FoundVerb | undefined {
  const token = tokens[at];
  if (token?.kind !== "word") return undefined;
  const stem = stemsOf(token.raw)[0] ?? "";
  const following = tokens[at + 1];
  const role = roleOfVerb(stem) ?? (definiteWords.has(following?.text ?? "") ? "does" : undefined);
  if (role === undefined || ends.has(token.text)) return undefined;
  return { stem, role, next: isParticle(following?.text ?? "") ? at + 2 : at + 1 };
}

function runAt(tokens: readonly Token[], start: number): { readonly stems: string[]; readonly next: number } {
  const stems: string[] = [];
  let next = start;
  for (; next < tokens.length; next++) {
    const token = tokens[next] as Token;
    if (token.kind !== "word" || ends.has(token.text)) break;
    if (!articles.has(token.text) && !isPath(token.raw) && stems.length < mostWordsOfThing)
      stems.push(...stemsOf(token.raw));
  }
  return { stems, next };
}
