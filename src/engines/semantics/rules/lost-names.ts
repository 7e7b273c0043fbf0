/** Uses that were added of what the other side has removed, renamed, moved, or given other parameters. */
import { nameOf } from "../../../util/path-parts.ts";
import { judgeArity } from "./arity.ts";
import { exportedName, importedName, moduleFile } from "./file-scope.ts";
import type { Finding } from "./finding.ts";
import { familyOf } from "./lookup.ts";
import { packageFolder } from "./package-scope.ts";
import { mergedFile, otherOf, placeOfChange, survives, type Direction } from "./pair.ts";
import { resolveUse } from "./resolve-use.ts";
import type { AddedImport, AddedUse } from "./side-reading.ts";

/** Most additions of one side that are looked up against one other. */
const MAX_LOOKED_UP = 2_000;

/** Judges what one side adds against what the other takes away. */
export async function lostNames(direction: Direction): Promise<readonly Finding[]> {
  const { adder, changer } = direction;
  const found: Finding[] = [];
  const lost = changer.lostNames;
  if (lost.size === 0) return found;
  const seen = new Set<string>();
  const keep = (finding: Finding | undefined): void => {
    if (finding && !seen.has(finding.key)) {
      seen.add(finding.key);
      found.push(finding);
    }
  };
  for (const added of adder.imports.slice(0, MAX_LOOKED_UP)) keep(await judgeImport(direction, added));
  const uses = adder.uses.filter((use) => namesAny(use, lost));
  for (const use of uses.slice(0, MAX_LOOKED_UP)) keep(await judgeUse(direction, use));
  return found;
}

/** Whether a use names something, or is of something, that is among these words. */
export function namesAny({ reference }: AddedUse, words: ReadonlySet<string>): boolean {
  return [reference.name, ...(reference.receiver?.split(/\W+/) ?? [])].some((word) => words.has(word));
}

async function judgeImport(direction: Direction, added: AddedImport): Promise<Finding | undefined> {
  const { adder, changer, pair } = direction;
  const { import: each, name, path, facts } = added;
  const words = [...each.module.split(/[^\w-]+/), ...(name === undefined ? [] : [name])];
  if (!words.some((word) => changer.lostNames.has(word)) && !mayHandOn(each.module)) return undefined;
  const before = await fileOf(adder.side.tree, path, facts, each.module);
  if (before === undefined) return undefined;
  const merged = await mergedFile(direction, path);
  if (!merged || !hasImport(merged.facts.imports, added)) return undefined;
  const after = await fileOf(pair.merged, merged.path, merged.facts, each.module);
  if (after === undefined) {
    if (!touches(direction, [before])) return undefined;
    return describe(direction, { added, target: before, rule: "file-gone", visited: [before], name: nameOf(before) });
  }
  if (name === undefined) return undefined;
  const wanted = { module: each.module, name };
  const inSide = await importedName(adder.side.tree, path, facts, wanted);
  if (inSide.state !== "found" || !touches(direction, inSide.visited)) return undefined;
  const inMerge = await importedName(pair.merged, merged.path, merged.facts, wanted);
  if (inMerge.state !== "gone") return undefined;
  const target = inSide.definitions[0]?.path ?? before;
  return describe(direction, { added, target, rule: "name-gone", visited: inSide.visited, name });
}

/** Files that mostly hand on what others declare. */
function mayHandOn(module: string): boolean {
  return /(?:^|[/.])(?:index(?:\.\w+)?|\.{1,2}|main|mod|lib|__init__)?$/.test(module) || !/[/.:]/.test(module);
}

async function fileOf(
  tree: Direction["pair"]["merged"],
  path: string,
  facts: AddedImport["facts"],
  module: string,
): Promise<string | undefined> {
  if (familyOf(facts.language) === "go") return packageFolder(tree, module);
  const target = await moduleFile(tree, path, facts, module);
  if (typeof target === "string") return undefined;
  const [first] = target.inside;
  if (first === undefined) return target.path;
  // What follows the file in a Rust path has to be declared in it, or be handed on by it.
  const holder = await exportedName(tree, target.path, first);
  // `mod name;` alone declares nothing: the file it names is the module.
  const isThere = holder.state === "unknown" || (holder.state === "found" && holder.definitions.length > 0);
  return isThere ? target.path : undefined;
}

function hasImport(imports: AddedImport["facts"]["imports"], { import: wanted, name }: AddedImport): boolean {
  return imports.some(
    (each) =>
      each.module === wanted.module && (name === undefined || each.names.some(({ imported }) => imported === name)),
  );
}

/** Whether the side that changes has changed one of these files, or a file of one of these folders. */
function touches({ changer }: Direction, paths: readonly string[]): boolean {
  return changer.side.changes.some(({ path, oldPath }) =>
    paths.some((each) => each === path || each === oldPath || path.startsWith(`${each}/`)),
  );
}

async function judgeUse(direction: Direction, use: AddedUse): Promise<Finding | undefined> {
  const { adder, pair } = direction;
  const { reference, path, facts } = use;
  const inSide = await resolveUse({ tree: adder.side.tree, path, facts }, reference);
  if (inSide.state === "gone") return undefined;
  const merged = await mergedFile(direction, path);
  if (!merged || !(await survives(direction, use, merged.facts))) return undefined;
  if (inSide.state === "unknown") return judgeUnknown(direction, use);
  const inMerge = await resolveUse({ tree: pair.merged, ...merged }, withinMerged(use, merged.facts));
  if (inMerge.state === "found") return judgeArity(direction, { use, inSide, inMerge, mergedFile: merged });
  if (inMerge.state === "unknown" || !touches(direction, [path, ...inSide.visited])) return undefined;
  const [first] = inSide.definitions;
  const rule = inMerge.missing === "file" ? "file-gone" : "name-gone";
  const target = first?.path ?? inSide.visited.at(-1) ?? path;
  return describe(direction, {
    added: use,
    target,
    rule,
    visited: inSide.visited,
    name: first?.definition.name ?? reference.name,
    container: first?.definition.container ?? "",
  });
}

/** The same reference in the merged file, where a declaration of that name may now hide what it meant. */
function withinMerged(use: AddedUse, facts: AddedUse["facts"]): AddedUse["reference"] {
  const { kind, name, receiver, argumentCount, within } = use.reference;
  const same = facts.references.filter(
    (each) =>
      each.kind === kind && each.name === name && each.receiver === receiver && each.argumentCount === argumentCount,
  );
  return same.find((each) => each.within === within) ?? same[0] ?? use.reference;
}

/** A member of a value whose type the syntax does not tell: worth a look if the only member of that name has changed. */
async function judgeUnknown(direction: Direction, use: AddedUse): Promise<Finding | undefined> {
  const { changer, place, pair } = direction;
  const { reference, path } = use;
  if (reference.receiver === undefined || reference.kind !== "call" || reference.name.length < 4) return undefined;
  for (const { change, before, after } of changer.files) {
    if (!before || before.broken || after?.broken || familyOf(before.language) !== familyOf(use.facts.language))
      continue;
    const isMember = (each: { name: string; container: string }): boolean =>
      each.name === reference.name && each.container !== "";
    const member = before.definitions.find((each) => isMember(each) && each.kind === "method");
    if (!member || after?.definitions.some((each) => isMember(each))) continue;
    const elsewhere = await definedElsewhere(pair.merged, reference.name);
    if (elsewhere) return undefined;
    const target = { paths: [change.oldPath ?? change.path], container: member.container, name: member.name };
    return {
      rule: "member-of-value",
      tier: "risk",
      sentence: `$${place} calls '${reference.receiver}.${reference.name}' in ${path}, and $${otherOf(place)} took '${reference.name}' out of '${member.container}'`,
      places: [placeOfUse(direction, use), await placeOfChange(direction, target)],
      key: `member ${path} ${reference.name}`,
    };
  }
  return undefined;
}

/** Files that are opened to see whether a name is still declared anywhere. */
const MAX_OPENED = 60;

async function definedElsewhere(tree: Direction["pair"]["merged"], name: string): Promise<boolean> {
  const paths = await tree.naming(name);
  if (paths.length > MAX_OPENED) return true;
  for (const path of paths) {
    const facts = await tree.facts(path);
    if (facts?.definitions.some((each) => each.name === name)) return true;
  }
  return false;
}

function placeOfUse({ place }: Direction, added: AddedUse | AddedImport): Finding["places"][number] {
  const line = "reference" in added ? added.reference.line : added.import.line;
  const symbol = "reference" in added ? added.reference.name : (added.name ?? added.import.module);
  return { side: place, file: added.path, startLine: line, endLine: line, symbol };
}

async function describe(
  direction: Direction,
  found: {
    readonly added: AddedUse | AddedImport;
    readonly target: string;
    readonly rule: "name-gone" | "file-gone";
    readonly visited: readonly string[];
    readonly name: string;
    readonly container?: string;
  },
): Promise<Finding> {
  const { place, changer } = direction;
  const { added, target, rule, name, container = "", visited } = found;
  const paths = [target, ...visited.toReversed(), added.path];
  const changed = placeOfChange(direction, { paths, container, name });
  const moved = changer.side.changes.find((each) => each.oldPath === target);
  const gone =
    rule === "file-gone"
      ? moved
        ? `moved it to ${moved.path}`
        : "removed it"
      : `removed or renamed it${movedTo(direction, name)}`;
  const what = rule === "file-gone" ? target : `'${container === "" ? "" : `${container}.`}${name}' of ${target}`;
  return {
    rule,
    tier: "conflict",
    sentence: `$${place} begins to use ${what} in ${added.path}, and $${otherOf(place)} ${gone}`,
    places: [placeOfUse(direction, added), await changed],
    key: `gone ${added.path} ${target} ${rule === "file-gone" ? "" : name}`,
  };
}

/** Where a name that is gone from its place can be found now. */
function movedTo({ changer }: Direction, name: string): string {
  const places = changer.added.filter(({ definition }) => definition.name === name && definition.container === "");
  return places.length === 1 ? ` (it is in ${places[0]?.path} now)` : "";
}
