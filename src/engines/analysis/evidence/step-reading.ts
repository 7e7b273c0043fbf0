import { tokenize, type Token } from "../text-tokens.ts";
import { actionAt, kindAtPlace, type ActionKind } from "./action-words.ts";
import { areaOfTitle, type WorkArea } from "./area-words.ts";
import { sceneOf, type Scene } from "./scene-words.ts";
import { stemOf } from "./word-forms.ts";

/** A thing that a step speaks of. */
export interface Mention {
  readonly stem: string;
  readonly raw: string;
  /** "the dough", "their ticket", "it": something that is there already. */
  readonly definite: boolean;
  /** What the action is done to, and not where, with what or for whom. */
  readonly direct: boolean;
}

/** What a step says, as far as its order among others can be read from it. */
export interface StepReading {
  readonly text: string;
  /** Stem of the action; empty where none was recognised. */
  readonly action: string;
  readonly kind: ActionKind | undefined;
  /** By stem, the first mention of each thing. */
  readonly things: ReadonlyMap<string, Mention>;
  readonly area: WorkArea | undefined;
  readonly scenes: ReadonlySet<Scene>;
  /** Where it goes home or back. */
  readonly homeward: boolean;
}

const wordsRead = 40;
const charactersRead = 400;
const wordSet = (text: string): ReadonlySet<string> => new Set(text.split(" "));
const stopWords = wordSet(
  "a an the this that these those his her their its my our your i you he she it they them we us one some any no all each every " +
    "both few more most much many other another such own same and or but nor so if then than as at by for from in into of off on " +
    "onto out over per to toward towards under up upon with within without about above across after again against along among around " +
    "back be been being before behind below between is are was were am do does did done doing have has had having will would can could " +
    "should may might must not there here when where while who whom which what why how very just also too only even still yet until " +
    "once during need needs needed necessary new good best well way lot thing things etc e g person people someone everyone down away " +
    "task step using via like make sure time able together properly including support basic",
);
const definiteWords = wordSet("the this that these those his her their its my our your both");
const prepositions = wordSet(
  "at by for from in into of on onto out over to toward towards under with within without about across after along among around " +
    "before behind between through until via using inside near",
);
const skipped = wordSet(
  "then next finally lastly first firstly second third please now also to and let's start begin by",
);

/** Reads the first words of a step's text; linear in their number, and never more than 400 characters. */
export function readStep(text: string): StepReading {
  const words = tokenize(text.slice(0, charactersRead))
    .filter((token) => token.kind === "word" || token.kind === "comma")
    .slice(0, wordsRead);
  const stems = words.map((word) => stemOf(word.text));
  const action = findAction(words, stems);
  return {
    text,
    action: action === undefined ? "" : (stems[action.index] as string),
    kind: action && kindAtPlace(action.kind, stems.slice(action.index + action.length)),
    things: thingsIn(words, stems, action),
    area: areaOfTitle(words.filter((word) => word.kind === "word" && !skipped.has(word.text)).map((word) => word.text)),
    scenes: new Set(stems.flatMap((stem) => sceneOf(stem) ?? [])),
    homeward: words.some((word) => word.text === "home" || word.text === "back"),
  };
}

interface FoundAction {
  readonly index: number;
  readonly length: number;
  readonly kind: ActionKind;
}

function findAction(words: readonly Token[], stems: readonly string[]): FoundAction | undefined {
  let fallback: FoundAction | undefined;
  for (let index = 0, seen = 0; index < words.length && seen < 4; index++) {
    const found = actionAt(stems, index);
    if (found && !skipped.has(words[index]?.text ?? "")) return { index, ...found };
    if (found) fallback ??= { index, ...found };
    if (!skipped.has(words[index]?.text ?? "")) seen += 1;
  }
  return fallback;
}

function thingsIn(
  words: readonly Token[],
  stems: readonly string[],
  action: FoundAction | undefined,
): ReadonlyMap<string, Mention> {
  const things = new Map<string, Mention>();
  let direct = true;
  let definiteFor = 0;
  for (let index = action === undefined ? 0 : action.index + action.length; index < words.length; index++) {
    const { text, raw, kind } = words[index] as Token;
    if (kind === "comma" || text === "and" || text === "then") direct = true;
    if (prepositions.has(text)) direct = false;
    if (definiteWords.has(text) || text.endsWith("'s")) definiteFor = 4;
    const stem = stems[index] as string;
    if (kind === "word" && text.length > 1 && !stopWords.has(text) && !things.has(stem)) {
      things.set(stem, { stem, raw, definite: definiteFor > 0, direct });
    }
    definiteFor -= 1;
  }
  return things;
}
