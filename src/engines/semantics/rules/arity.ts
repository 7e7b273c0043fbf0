import type { CodeFacts, CodeReference } from "../../../schema/code-facts.ts";
import type { CodeTree } from "../code-tree.ts";
import type { Finding } from "./finding.ts";
import { familyOf, isType, type Located, type Lookup } from "./lookup.ts";
import { otherOf, placeOfChange, type Direction } from "./pair.ts";
import { memberOf } from "./resolve-use.ts";
import type { AddedUse } from "./side-reading.ts";

const CONSTRUCTORS = ["constructor", "__init__", "initialize", "__construct"];
/** Callers that are opened to see whether leaving an argument away is customary. */
const MAX_CALLERS = 60;

type Found = Extract<Lookup, { state: "found" }>;

/** A call that the side's own version of the callee takes and the merged one does not. */
export async function judgeArity(
  direction: Direction,
  call: {
    readonly use: AddedUse;
    readonly inSide: Found;
    readonly inMerge: Found;
    readonly mergedFile: { readonly path: string; readonly facts: CodeFacts };
  },
): Promise<Finding | undefined> {
  const { adder, pair, place, changer } = direction;
  const { use, inSide, inMerge, mergedFile } = call;
  const { reference, path } = use;
  const given = reference.argumentCount;
  if (given === null || (reference.kind !== "call" && reference.kind !== "new")) return undefined;
  const before = await rangesOf({ tree: adder.side.tree, path, facts: use.facts }, reference, inSide.definitions);
  if (!before?.some((range) => takes(range, given))) return undefined;
  const after = await rangesOf({ tree: pair.merged, ...mergedFile }, reference, inMerge.definitions);
  if (!after || after.length === 0 || after.some((range) => takes(range, given))) return undefined;
  const [target] = inMerge.definitions as [Located];
  const [range] = after as [Range];
  const tier = await tierOf(direction, {
    language: familyOf(use.facts.language),
    isScript: isPlainScript(target, use),
    given,
    range,
    name: target.definition.name,
  });
  if (tier === undefined) return undefined;
  const name = target.definition.name;
  const { container } = target.definition;
  const paths = [...inMerge.visited, ...inSide.visited, target.path];
  const changed = paths.filter((each) =>
    changer.side.changes.some((change) => change.path === each || change.oldPath === each),
  );
  if (changed.length === 0) return undefined;
  return {
    rule: "arity-changed",
    tier,
    sentence: `$${place} adds a call of '${name}' with ${count(given)} in ${path}, and $${otherOf(place)} made it take ${rangeText(range)}`,
    places: [
      { side: place, file: path, startLine: reference.line, endLine: reference.line, symbol: name },
      await placeOfChange(direction, { paths: changed, container, name }),
    ],
    key: `arity ${path} ${target.path} ${name} ${given}`,
  };
}

interface Range {
  readonly min: number;
  readonly max: number | null;
}

function takes({ min, max }: Range, given: number): boolean {
  return given >= min && (max === null || given <= max);
}

function count(given: number): string {
  return `${given} argument${given === 1 ? "" : "s"}`;
}

function rangeText({ min, max }: Range): string {
  if (max === min) return String(min);
  return max === null ? `${min} or more` : `${min} to ${max}`;
}

/** What a callable takes, one range for each overload; undefined where the syntax does not tell. */
async function rangesOf(
  place: { readonly tree: CodeTree; readonly path: string; readonly facts: CodeFacts },
  reference: CodeReference,
  definitions: readonly Located[],
): Promise<readonly Range[] | undefined> {
  const ranges: Range[] = [];
  for (const located of definitions) {
    const { definition } = located;
    if (!isType(definition)) {
      if (definition.params === undefined || definition.open === true) return undefined;
      ranges.push(definition.params);
      continue;
    }
    if (definition.open === true) return undefined;
    for (const name of [...CONSTRUCTORS, definition.name]) {
      const found = await memberOf(place, located, name);
      if (found.state !== "found") continue;
      for (const each of found.definitions) {
        if (each.definition.params === undefined || each.definition.open === true) return undefined;
        ranges.push(each.definition.params);
      }
    }
  }
  return ranges.length === 0 && reference.kind === "new" ? undefined : ranges;
}

function isPlainScript(target: Located, use: AddedUse): boolean {
  return use.facts.language === "javascript" || /\.[cm]?jsx?$/.test(target.path);
}

/** JavaScript takes any number of arguments: a call breaks only if others had to be changed as well. */
async function tierOf(
  { changer }: Direction,
  call: {
    readonly language: ReturnType<typeof familyOf>;
    readonly isScript: boolean;
    readonly given: number;
    readonly range: Range;
    readonly name: string;
  },
): Promise<Finding["tier"] | undefined> {
  const tooMany = call.given >= call.range.min;
  if (call.language === "php" && tooMany) return undefined;
  if (!call.isScript) return "conflict";
  if (tooMany) return "risk";
  const { tree } = changer.side;
  const callers = await tree.naming(call.name);
  if (callers.length > MAX_CALLERS) return "risk";
  for (const path of callers) {
    const facts = await tree.facts(path);
    const short = facts?.references.some(
      (each) =>
        each.kind === "call" && each.name === call.name && (each.argumentCount ?? call.range.min) < call.range.min,
    );
    if (short) return "risk";
  }
  return "conflict";
}
