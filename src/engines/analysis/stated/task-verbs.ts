import { actionAt } from "../evidence/action-words.ts";
import { stemOf } from "../evidence/word-forms.ts";

/**
 * What a task does to its thing: it makes it, it changes it or does something with it that may be
 * over (`does`), or it only looks at it (`looks`), so that nobody waits for the thing because of it.
 */
export type TaskRole = "makes" | "does" | "looks";

const stems = (text: string): ReadonlySet<string> => new Set(text.split(" ").map(stemOf));
const making = stems(
  "create implement build define introduce write generate develop scaffold draft prepare produce expose design set setup establish add " +
    "make provision train record bootstrap install configure model author compose code sketch code-generate compile assemble collect " +
    "gather extract initialize initialise init construct render sketch specify outline stand spin bring wire start finish",
);
const changing = stems(
  "refactor fix update migrate deploy optimize optimise extend translate rename move upgrade change edit improve adjust tune rewrite patch " +
    "split merge release ship publish launch run rerun simplify polish clean harden speed convert port correct revise rework replace",
);
const producing: ReadonlySet<string> = new Set(["make", "acquire", "ready", "schedule", "list", "fund"]);
const looking = stems(
  "test document review use check verify validate benchmark profile explain describe compare audit inspect read study evaluate monitor " +
    "show display call remove delete drop deprecate cover proofread measure watch consider discuss",
);
/** What these do in a program and what is done to make the program are told in the same words. */
const acting = stems(
  "show display emit redirect highlight hide return flush trigger log warn accept reject explain describe render notify send alert fail " +
    "throw raise skip retry cancel close stop disable enable",
);
/** What these begin may be told of a program as well; as nouns they are parts of names ("email templates"). */
const happening = stems(
  "start play unlock lock rotate archive email refresh reload spawn vacuum preload prompt scroll navigate persist animate fade blink beep " +
    "open dismiss expire purge ping focus",
);
const particles = new Set(["up", "out", "in", "off", "down"]);
const nounEndings = [
  "ification",
  "isation",
  "ization",
  "ation",
  "ment",
  "ition",
  "tion",
  "sion",
  "ion",
  "ing",
  "al",
  "up",
];
const activities = stems(
  "implementation design setup development creation definition work task step completion refactoring implementing building writing " +
    "migration module class function package library",
);

/** What a verb says of its object; undefined where the word is not known as a verb. */
export function roleOfVerb(stem: string): TaskRole | undefined {
  if (making.has(stem)) return "makes";
  if (looking.has(stem)) return "looks";
  if (changing.has(stem) || acting.has(stem)) return "does";
  const action = actionAt([stem], 0);
  if (!action) return undefined;
  return producing.has(action.kind) ? "makes" : "does";
}

/** Whether a text that begins with this verb may describe what a program does and when. */
export function isActing(stem: string): boolean {
  return acting.has(stem);
}

/** The same of verbs that are nouns as often, so that they say nothing of what a task is about. */
export function isHappening(stem: string): boolean {
  return happening.has(stem);
}

/** Whether the word belongs to the verb before it: "set up". */
export function isParticle(word: string): boolean {
  return particles.has(word);
}

/** Whether a noun adds little to what stands before it: "the parser implementation", "the users table migration". */
export function isActivity(stem: string): boolean {
  return activities.has(stem);
}

/** One form for a verb and the noun of its action: "deploy" and "deployment", "migrate" and "migration". */
export function actionKey(stem: string): string {
  for (const ending of nounEndings) {
    if (stem.endsWith(ending) && stem.length - ending.length >= 4) return shortened(stem.slice(0, -ending.length));
  }
  return shortened(stem);
}

function shortened(stem: string): string {
  return stem.endsWith("at") && stem.length > 5 ? stem.slice(0, -2) : stem;
}
