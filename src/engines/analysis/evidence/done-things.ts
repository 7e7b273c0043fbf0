import { tokenize, type Token } from "../text-tokens.ts";
import { wordSet } from "../stated/clause-tokens.ts";
import type { ActionKind } from "./action-words.ts";
import type { StepReading } from "./step-reading.ts";
import { stemOf } from "./word-forms.ts";

/** A thing that a text speaks of as something done: "the trained classifier", "once the draft is saved". */
export interface DoneThing {
  /** Stem of the participle. */
  readonly verb: string;
  /** Stem of the thing. */
  readonly thing: string;
  /** "once the draft is saved": what a program does may be told so as well. */
  readonly told: boolean;
  readonly evidence: string;
}

/** What the words of two steps say of their order. */
export type DoneOrder = "made-by-other" | "there-already";

const charactersRead = 400;
const irregular = wordSet(
  "bought built made written chosen found taken baked frozen sent sold drawn grown known kept paid shown given broken eaten " +
    "brought worn spent won held driven",
);
/** Such words say what a thing is like or is to become, not that something was done to it. */
const undone = wordSet(
  "needed required desired wanted preferred recommended suggested proposed planned expected intended assorted related detailed " +
    "advanced limited used red hundred indeed speed",
);
const auxiliaries = wordSet("is are was were been gets got");
/** Words that are no things. */
const nounless = wordSet(
  "a an the this that these those his her their its my our your to of by for from in into on onto at with without and or but " +
    "i you he she it they we who which what not never until till before unless about",
);
const notYet = wordSet("until till before unless not never isn't aren't if");
const lookedBack = 5;
/** Who eats, pays or tidies may well come after others who speak of the thing as done. */
const bringsAbout: ReadonlySet<ActionKind | undefined> = new Set<ActionKind | undefined>([
  undefined,
  "think",
  "choose",
  "list",
  "acquire",
  "ready",
  "make",
  "heat",
]);

/** The things that a text speaks of as done; linear, and of at most 400 characters. */
export function doneThings(text: string): DoneThing[] {
  const tokens = tokenize(text.slice(0, charactersRead));
  return tokens.flatMap((token, index) => {
    if (index === 0 || !isParticiple(token.text)) return [];
    return auxiliaries.has(tokens[index - 1]?.text ?? "")
      ? saidOf(text, tokens, index)
      : standingBefore(text, tokens, index);
  });
}

/**
 * What the earlier step's words say against coming before the later one: it speaks of a thing in the
 * form in which the later one leaves it, or of a thing that is there already while the later one has yet to see to it.
 */
export function doneOrder(earlier: readonly DoneThing[], later: Doing): DoneOrder | undefined {
  const { reading, verbs, done } = later;
  const about = earlier.filter(({ thing }) => reading.things.has(thing) && !done.some((own) => own.thing === thing));
  if (about.some(({ verb }) => verbs.has(verb))) return "made-by-other";
  return about.length > 0 && bringsAbout.has(reading.kind) ? "there-already" : undefined;
}

/** A step with what it does and what it speaks of as done. */
export interface Doing {
  readonly reading: StepReading;
  /** Stems of its action. */
  readonly verbs: ReadonlySet<string>;
  readonly done: readonly DoneThing[];
}

/** Reads what a step does: its recognised action, or the word that it begins with. */
export function readDoing(reading: StepReading): Doing {
  const first = tokenize(reading.text.slice(0, charactersRead)).find(({ kind }) => kind === "word");
  const verbs = new Set([reading.action, stemOf(first?.text ?? "")]);
  verbs.delete("");
  return { reading, verbs, done: doneThings(reading.text) };
}

function isParticiple(word: string): boolean {
  if (undone.has(word)) return false;
  return irregular.has(word) || (word.length > 4 && word.endsWith("ed") && stemOf(word) !== word);
}

/** "the trained classifier", "the cleaned old tweets": one of the two words behind it. */
function standingBefore(text: string, tokens: readonly Token[], index: number): DoneThing[] {
  const participle = tokens[index] as Token;
  const things: DoneThing[] = [];
  for (const token of tokens.slice(index + 1, index + 3)) {
    if (token.kind !== "word" || nounless.has(token.text)) break;
    const evidence = text.slice(participle.start, token.end);
    things.push({ verb: stemOf(participle.text), thing: stemOf(token.text), told: false, evidence });
  }
  return things;
}

/** "the draft is saved", "the tweets have been cleaned". */
function saidOf(text: string, tokens: readonly Token[], index: number): DoneThing[] {
  const before = tokens.slice(Math.max(0, index - lookedBack), index);
  if (before.some((token) => notYet.has(token.text))) return [];
  const subject = before.findLast(
    ({ text: word, kind }) => kind === "word" && !auxiliaries.has(word) && !["has", "have", "had"].includes(word),
  );
  if (!subject || nounless.has(subject.text)) return [];
  const participle = tokens[index] as Token;
  const evidence = text.slice(subject.start, participle.end);
  return [{ verb: stemOf(participle.text), thing: stemOf(subject.text), told: true, evidence }];
}
