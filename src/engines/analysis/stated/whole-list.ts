import type { Token } from "../text-tokens.ts";
import { definiteWords, stemsOf, wordSet } from "./clause-tokens.ts";
import { clauseBefore } from "./order-phrases.ts";
import { isActing, roleOfVerb } from "./task-verbs.ts";

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
  last: phrases("last of all|at the end of everything"),
  first: phrases("first of all"),
};
/** "Show the form as the last step" may be a step of what is made; "As the last step, …" is one of the plan. */
const stepwise = {
  last: phrases(
    "at the very end|as the last step|as the final step|as a last step|as a final step|as the very last step|as the last task|" +
      "as the final task|final step|the final step|last step|the last step|final task|last task|finally|lastly|do this last",
  ),
  first: phrases("as the first step|as a first step|as the very first step|as the first task"),
};
const predicates = {
  last: phrases("must be done last|has to be done last|needs to be done last|do this last|do it last"),
  first: phrases("must be done first|has to be done first|needs to be done first|do this first|do it first"),
};
/** What comes or runs last may be a part of a program; a task or a step is one of the plan. */
const rankings = {
  last: phrases("must come last|comes last|must run last|runs last|goes last|must go last"),
  first: phrases("must come first|comes first|goes first|must run first|must go first"),
};
/** Work on the project itself, which no program does. */
const projectWork: ReadonlySet<string> = new Set(
  (
    "delete remove drop clean tag release publish deploy announce document merge archive ship decommission tear retire launch print proofread " +
    "translate notify tell"
  )
    .split(" ")
    .flatMap(stemsOf),
);
const papers: ReadonlySet<string> = new Set(
  "changelog notes docs documentation readme summary report announcement handbook manual guide"
    .split(" ")
    .flatMap(stemsOf),
);
/** What these do in a program comes before or after everything else that it does. */
const programWork: ReadonlySet<string> = new Set(
  "load append register mount call execute invoke apply evaluate initialise initialize init import inject preload prepend process validate"
    .split(" ")
    .flatMap(stemsOf),
);
const depending = phrases("depends on|depend on|relies on|rely on|waits for|wait for|needs");
const blocking = phrases("blocks|unblocks|precedes");
const opening = phrases(
  "then|and then|next|afterwards|subsequently|after that|after this|once that is done|when that is done|after the previous step|after the previous task",
);
/** Behind these stands what is not waited for. */
const exceptions = wordSet("except but apart excluding besides");
const selves = wordSet("this it task step");
const tasks = wordSet("task step");
const noVerbs = wordSet("is are was again only there the page");

/** What a task's text tells to do: stems of its first verb and of the things that it is done to. */
export interface MainAction {
  readonly verb: string;
  readonly things: readonly { readonly stems: readonly string[] }[];
}

/** Reads whether a task is said to be the first or the last of all, or to follow the one listed before it. */
export function readListPlace(
  text: string,
  tokens: readonly Token[],
  action: MainAction = { verb: "", things: [] },
): ListPlace | undefined {
  const then = phraseAt(opening, tokens, 0);
  if (then > 0) {
    return followsPrevious(tokens, then)
      ? { place: "after-previous", evidence: quote(text, tokens, 0, then) }
      : undefined;
  }
  const clause = { onProject: isProjectWork(tokens, action), mayRank: mayRank(action.verb) };
  let sentence = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    if (token.kind === "stop") sentence = index + 1;
    const found = placeAt(tokens, index, { ...clause, sentence });
    if (!found) continue;
    const around = clauseBefore(tokens, index);
    if (around.negated || around.related) continue;
    return { place: found.place, evidence: quote(text, tokens, index, found.end) };
  }
  return undefined;
}

/** "Then, …" and "Next, write …" follow what is listed before; "Next page button" names a button. */
function followsPrevious(tokens: readonly Token[], then: number): boolean {
  const next = tokens[0]?.text === "next";
  const comma = tokens[then]?.kind === "comma";
  if (comma && !next) return tokens[then + 1] !== undefined;
  const at = comma ? then + 1 : then;
  const word = tokens[at];
  const object = tokens[at + 1];
  if (word?.kind !== "word" || !object || noVerbs.has(word.text)) return false;
  const article = definiteWords.has(object.text) || object.text === "a" || object.text === "an";
  if (next && !comma) return article || ["write", "add", "create", "implement"].includes(word.text);
  return article || roleOfVerb(stemsOf(word.raw)[0] ?? "") !== undefined;
}

/** "Celebrate. This comes last." speaks of the task; "Add middleware. This comes last." may speak of the middleware. */
function mayRank(verb: string): boolean {
  return roleOfVerb(verb) !== "makes" && !isActing(verb) && !programWork.has(verb);
}

function isProjectWork(tokens: readonly Token[], { verb, things }: MainAction): boolean {
  const first = stemsOf(tokens[0]?.raw ?? "")[0] ?? "";
  if (projectWork.has(verb) || projectWork.has(first)) return true;
  return verb === "writ" && papers.has(things[0]?.stems.at(-1) ?? "");
}

interface FoundPlace {
  readonly place: "first" | "last";
  readonly end: number;
}

interface Clause {
  /** Place of the first token of the sentence. */
  readonly sentence: number;
  /** Whether the task does what no program does. */
  readonly onProject: boolean;
  /** Whether "this comes last" can speak of nothing but the task. */
  readonly mayRank: boolean;
}

function placeAt(tokens: readonly Token[], index: number, clause: Clause): FoundPlace | undefined {
  const { text } = tokens[index] as Token;
  if (afterWords.has(text) || text === "before") {
    const whole = phraseAt(wholes, tokens, index + 1);
    if (whole === 0) return undefined;
    const end = index + 1 + whole;
    if (exceptions.has(tokens[end]?.text ?? "")) return undefined;
    const said = isDone(tokens, end);
    if (said === 0 && programWork.has(stemsOf(tokens[0]?.raw ?? "")[0] ?? "")) return undefined;
    if (text === "before") return endsClause(tokens, end) ? { place: "first", end } : undefined;
    if (tokens[index + 1]?.text === "anything") return undefined;
    return said || (text === "after" && endsClause(tokens, end))
      ? { place: "last", end: said ? end + said : end }
      : undefined;
  }
  const depending = dependingPlace(tokens, index, clause.sentence);
  if (depending) return depending;
  for (const place of ["last", "first"] as const) {
    const end = rankEnd(tokens, index, { ...clause, place }) || adverbEnd(tokens, index, { ...clause, place });
    if (end > 0) return { place, end };
  }
  return undefined;
}

/** "Everything else depends on this", "blocks everything else" and "depends on everything else". */
function dependingPlace(tokens: readonly Token[], index: number, sentence: number): FoundPlace | undefined {
  const whole = index === sentence ? phraseAt(wholes, tokens, index) : 0;
  const back = whole > 0 ? index + whole + phraseAt(depending, tokens, index + whole) : 0;
  if (back > index + whole && ["this", "it"].includes(tokens[back]?.text ?? "") && endsClause(tokens, back + 1)) {
    return { place: "first", end: back + 1 };
  }
  const begins = index === sentence || tokens[index - 1]?.kind !== "word" || isSelf(tokens, index - 1, sentence);
  for (const [verbs, place] of [
    [depending, "last"],
    [blocking, "first"],
  ] as const) {
    const verb = phraseAt(verbs, tokens, index);
    const named = verb > 0 && begins ? phraseAt(wholes, tokens, index + verb) : 0;
    if (named > 0 && endsClause(tokens, index + verb + named)) return { place, end: index + verb + named };
  }
  return undefined;
}

/** Whether "it" or "this" stands here as the subject of its sentence. */
function isSelf(tokens: readonly Token[], at: number, sentence: number): boolean {
  return at === sentence && ["this", "it"].includes(tokens[at]?.text ?? "");
}

/** Where "must be done last" or "this task comes last" ends; 0 where no such words are. */
function rankEnd(tokens: readonly Token[], index: number, clause: Clause & Pick<FoundPlace, "place">): number {
  const { place, sentence, mayRank } = clause;
  const said = phraseAt(predicates[place], tokens, index);
  if (said > 0 && isOfThis(tokens, index, sentence) && endsClause(tokens, index + said)) return index + said;
  const ranked = phraseAt(rankings[place], tokens, index);
  const subject = tokens[index - 1]?.text ?? "";
  const ofTask = tasks.has(subject) || (mayRank && subject === "this");
  return ranked > 0 && ofTask && endsClause(tokens, index + ranked) ? index + ranked : 0;
}

/** Where "last of all" or, of work on the project, "as the last step" ends; 0 where no such words are. */
function adverbEnd(tokens: readonly Token[], index: number, clause: Clause & Pick<FoundPlace, "place">): number {
  const { place, sentence, onProject } = clause;
  // Behind the first sentence such words order what is done within the task.
  if (sentence !== 0) return 0;
  const plain = phraseAt(adverbial[place], tokens, index);
  const step = phraseAt(stepwise[place], tokens, index);
  const following = tokens[index + Math.max(plain, step)];
  if (index === 0 && step > 0) return following && following.kind !== "word" ? step : 0;
  if (index === 0 && plain > 0) return ["of", "in", "for"].includes(following?.text ?? "") ? 0 : plain;
  const placed = onProject ? Math.max(plain, step) : plain;
  return placed > 0 && endsClause(tokens, index + placed) ? index + placed : 0;
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
