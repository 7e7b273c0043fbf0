import { stemOf } from "./word-forms.ts";

/** What part of a piece of software a task is about. */
export const workAreas = [
  "foundation",
  "types",
  "data",
  "model",
  "core",
  "interface",
  "surface",
  "joint",
  "quality",
  "test",
  "document",
  "build",
  "release",
  "operate",
] as const;

/** What part of a piece of software a task is about. */
export type WorkArea = (typeof workAreas)[number];

/**
 * In what order such parts are usually made: what stores data before what reads it (schema, model, repository and
 * service, endpoint, page), all of them before they are tried, described and shipped. Neither tests nor documents wait
 * for one another, so that they share a place.
 */
const places: Readonly<Record<WorkArea, number>> = {
  foundation: 0,
  types: 1,
  data: 2,
  model: 3,
  core: 4,
  interface: 5,
  surface: 6,
  joint: 7,
  quality: 8,
  test: 9,
  document: 9,
  build: 10,
  release: 11,
  operate: 12,
};

const things: Readonly<Record<WorkArea, string>> = {
  foundation: "scaffold scaffolding boilerplate skeleton toolchain monorepo workspace project",
  types: "openapi protobuf dto",
  data: "schema database migration table storage",
  model: "model entity orm seed fixture",
  core: "core engine parser logic algorithm auth authentication authorization middleware repository dao service store persistence",
  interface: "api endpoint backend server route router controller handler webhook resolver",
  surface: "ui frontend client sdk component page form dashboard layout screen view button widget navigation styling",
  joint: "integration end-to-end",
  quality: "optimization optimisation performance accessibility caching polish hardening",
  test: "test e2e coverage qa benchmark",
  document: "documentation docs readme guide tutorial changelog",
  build: "build bundle artifact artefact docker dockerfile container package ci",
  release: "deployment release launch production rollout",
  operate: "monitoring alerting maintenance",
};

/** Verbs that tell the part whatever they are done to: "test the API" and "deploy the pages". */
const verbs: Partial<Record<WorkArea, string>> = {
  foundation: "scaffold bootstrap",
  joint: "integrate connect wire sync",
  quality: "optimize optimise polish harden",
  test: "test benchmark",
  document: "document",
  build: "bundle package dockerize containerize",
  release: "deploy release launch publish",
  operate: "monitor maintain",
};

/** Words that tell the part by their plural alone: a type checker is no collection of types. */
const plurals = new Map<string, WorkArea>([
  ["types", "types"],
  ["interfaces", "types"],
  ["typings", "types"],
]);

const begins = new Set(
  "setup set configure initialize initialise init create bootstrap scaffold start".split(" ").map(stemOf),
);
const grounds = new Set("repository repo project environment".split(" ").map(stemOf));
/** These may be about anything, and tell the part where nothing else does. */
const setUp = new Set("setup configuration config environment".split(" ").map(stemOf));
const ends = new Set(
  "for to in on at by from with of into onto through against via using so that which when after before and".split(" "),
);
const wordsRead = 12;

const areaOfThing = byStem(things);
const areaOfVerb = byStem(verbs);

/** How early the part is usually made; parts with one place have no order. */
export function placeOfArea(area: WorkArea): number {
  return places[area];
}

/**
 * The part of software that a title is about: what its verb tells ("test the API"), else the head of
 * its first thing ("API documentation" is a document), else the first word that tells one.
 */
export function areaOfTitle(words: readonly string[]): WorkArea | undefined {
  const read = words.slice(0, wordsRead);
  const stems = read.map(stemOf);
  const byVerb = areaOfVerb.get(stems[0] ?? "");
  if (byVerb !== undefined) return byVerb;
  const end = read.findIndex((word, index) => index > 0 && ends.has(word));
  const thing = (end < 0 ? read : read.slice(0, end)).slice(1);
  if (begins.has(stems[0] ?? "") && setsUpGround(stems.slice(1, end < 0 ? undefined : end))) return "foundation";
  const head = thing
    .toReversed()
    .map(areaOfWord)
    .find((area) => area !== undefined);
  // "Build" and "form" as the first word are what is done; "schema" and "parser" are what it is done to.
  const first = stems[0] === "build" || stems[0] === "form" ? 1 : 0;
  const any =
    head ??
    read
      .slice(first)
      .map(areaOfWord)
      .find((area) => area !== undefined);
  return any ?? (stems.some((stem) => setUp.has(stem)) ? "foundation" : undefined);
}

function areaOfWord(word: string): WorkArea | undefined {
  return plurals.get(word) ?? areaOfThing.get(stemOf(word));
}

/** "Set up the repository" begins a piece of work, "create the user repository" is a part of it. */
function setsUpGround(stems: readonly string[]): boolean {
  const [first, second] = stems.filter(
    (stem) => !["up", "the", "a", "an", "git", "github", "new", "our"].includes(stem),
  );
  return first !== undefined && grounds.has(first) && (second === undefined || second === "structur");
}

function byStem(words: Partial<Record<WorkArea, string>>): ReadonlyMap<string, WorkArea> {
  const areas = new Map<string, WorkArea>();
  for (const area of workAreas) {
    for (const word of (words[area] ?? "").split(" ")) if (word !== "") areas.set(stemOf(word), area);
  }
  return areas;
}
