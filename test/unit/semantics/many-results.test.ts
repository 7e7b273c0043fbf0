import { expect, test } from "vitest";
import type { CodeTree, MeaningSide } from "../../../src/engines/semantics/code-tree.ts";
import { judgeSides, type IndexPair } from "../../../src/engines/semantics/rules/judge-sides.ts";
import { textTree } from "../../../src/engines/semantics/text-tree.ts";
import { languageOf, type CodeFacts } from "../../../src/schema/code-facts.ts";
import { factsOf } from "../../rig/facts-rig.ts";

/** More than have their pairs in one map. */
const RESULTS = 6_000;

const known = new Map<string, Promise<CodeFacts | undefined>>();

function read(path: string, text: string): Promise<CodeFacts | undefined> {
  const language = languageOf(path);
  const facts = known.get(text) ?? (language ? factsOf(language, text) : Promise.resolve(undefined));
  known.set(text, facts);
  return facts;
}

const lib = "export function run(a: number): number {\n  return a;\n}\n";
const rare = "export function rare(a: number): number {\n  return a;\n}\n";
const base = { "lib.ts": lib, "rare.ts": rare };

function treeOf(files: Readonly<Record<string, string>>): CodeTree {
  return textTree({ files: new Map(Object.entries(files)), complete: true, read });
}

interface EditedSide extends MeaningSide {
  readonly edits: Readonly<Record<string, string>>;
}

function side(place: number, edits: Readonly<Record<string, string>>): EditedSide {
  const changes = Object.keys(edits).map((path) => ({
    path,
    kind: Object.hasOwn(base, path) ? ("modified" as const) : ("added" as const),
  }));
  return { agentId: `a${place}`, taskId: `t${place}`, tree: treeOf({ ...base, ...edits }), changes, edits };
}

test("a break between two of thousands of results is found, although all of them touch one name and one file", async () => {
  const common = {
    "lib.ts": "export function run(a: number, b: number): number {\n  return a + b;\n}\n",
    "use.ts": 'import { run } from "./lib.js";\nrun(1, 2);\n',
  };
  const sides = Array.from({ length: RESULTS }, (_, place) => side(place, common));
  const [changer, caller] = [1_234, 4_321];
  sides[changer] = side(changer, { ...common, "rare.ts": "export function other(): void {}\n" });
  sides[caller] = side(caller, { ...common, "call.ts": 'import { rare } from "./rare.js";\nrare(1);\n' });
  let looked: readonly IndexPair[] = [];
  const judged = await judgeSides({
    base: treeOf(base),
    sides,
    merged: async (pairs) => {
      looked = pairs;
      return pairs.map(([left, right]) => treeOf({ ...base, ...sides[left]?.edits, ...sides[right]?.edits }));
    },
  });
  expect(looked.length).toBeLessThanOrEqual(5_000);
  const broken = judged.filter(({ findings }) => findings.some(({ tier }) => tier === "conflict"));
  expect(broken.map(({ left, right }) => [left, right])).toEqual([[changer, caller]]);
});
