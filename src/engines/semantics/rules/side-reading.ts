import type { CodeDefinition, CodeFacts, CodeImport, CodeReference } from "../../../schema/code-facts.ts";
import type { CodeTree, MeaningSide, SideChange } from "../code-tree.ts";
import { folderOf, nameOf } from "../../../util/path-parts.ts";
import { familyOf, qualifiedName } from "./lookup.ts";
import { addToGroup } from "../../../util/add-to-group.ts";

/** A file of a side that can be read, beside what it was in the base. */
export interface ReadFile {
  readonly change: SideChange;
  readonly before: CodeFacts | undefined;
  readonly after: CodeFacts | undefined;
}

/** A reference that the base does not have, or has less often. */
export interface AddedUse {
  readonly path: string;
  readonly facts: CodeFacts;
  readonly reference: CodeReference;
}

/** A name that a file brings in and did not bring in in the base; `name` is undefined for a whole module. */
export interface AddedImport {
  readonly path: string;
  readonly facts: CodeFacts;
  readonly import: CodeImport;
  readonly name: string | undefined;
}

/** A declaration that the base does not have. */
export interface AddedDefinition {
  readonly path: string;
  readonly facts: CodeFacts;
  readonly definition: CodeDefinition;
}

/** What one side did, as far as meaning can depend on it. */
export interface SideReading {
  readonly side: MeaningSide;
  readonly files: readonly ReadFile[];
  readonly uses: readonly AddedUse[];
  readonly imports: readonly AddedImport[];
  readonly added: readonly AddedDefinition[];
  /** Names of declarations that are gone or take other arguments, and of files that are gone: what others may miss. */
  readonly lostNames: ReadonlySet<string>;
  /** Names that the additions use. */
  readonly usedNames: ReadonlySet<string>;
  /** Members that subtypes now have to give, by the type's simple name. */
  readonly demands: readonly AddedDefinition[];
}

/** Compares a side's code with the base. */
export async function readSide(base: CodeTree, side: MeaningSide): Promise<SideReading> {
  const files = await Promise.all(
    side.changes.map(async (change): Promise<ReadFile> => ({
      change,
      before: change.kind === "added" ? undefined : await base.facts(change.oldPath ?? change.path),
      after: change.kind === "deleted" ? undefined : await side.tree.facts(change.path),
    })),
  );
  const compared = files.map(compareFile);
  const uses = compared.flatMap((each) => each.uses);
  const imports = compared.flatMap((each) => each.imports);
  const added = compared.flatMap((each) => each.added);
  const lostNames = new Set(compared.flatMap((each) => each.lost));
  const usedNames = new Set([
    ...uses.flatMap(({ reference }) => [reference.name, ...(reference.receiver?.split(/\W+/) ?? [])]),
    ...imports.flatMap(({ import: each, name }) => [...(name === undefined ? [] : [name]), moduleStem(each.module)]),
    ...added.flatMap(({ definition }) => definition.heritage.flatMap((name) => name.split(/\W+/))),
  ]);
  const demands = added.filter(({ definition }) => definition.required && definition.container !== "");
  return { side, files, uses, imports, added, lostNames, usedNames, demands };
}

/** What is new in a file, and what is gone from it. */
interface FileComparison {
  readonly file: ReadFile;
  readonly uses: readonly AddedUse[];
  readonly imports: readonly AddedImport[];
  readonly added: readonly AddedDefinition[];
  readonly lost: readonly string[];
}

/** By what the file is now: results are judged more than once, as they come and when they are put together. */
const comparisons = new WeakMap<CodeFacts, FileComparison>();

function compareFile(file: ReadFile): FileComparison {
  const { change, before, after } = file;
  const known = after && comparisons.get(after);
  if (known && known.file.before === before && isSameChange(known.file.change, change)) return known;
  // Without the text it had before, nothing says what is new in a file.
  const isComparable = change.kind === "added" || before !== undefined;
  const found: FileComparison = {
    file,
    uses: isComparable ? addedUses(file) : [],
    imports: isComparable ? addedImports(file) : [],
    added: isComparable ? addedDefinitions(file) : [],
    lost: namesLost(file),
  };
  if (after) comparisons.set(after, found);
  return found;
}

function isSameChange(one: SideChange, other: SideChange): boolean {
  return one.path === other.path && one.oldPath === other.oldPath && one.kind === other.kind;
}

/** What makes two references the same one, wherever they stand. */
export function referenceKey({ kind, name, receiver, argumentCount }: CodeReference): string {
  return JSON.stringify([kind, name, receiver ?? "", argumentCount]);
}

const counted = new WeakMap<CodeFacts, ReadonlyMap<string, number>>();

/** How often each reference stands in a file. */
export function countReferences(facts: CodeFacts | undefined): ReadonlyMap<string, number> {
  const known = facts && counted.get(facts);
  if (known) return known;
  const counts = new Map<string, number>();
  if (facts) counted.set(facts, counts);
  for (const reference of facts?.references ?? []) {
    const key = referenceKey(reference);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function addedUses({ change, before, after }: ReadFile): AddedUse[] {
  if (!after || after.broken) return [];
  const known = new Map<string, CodeReference[]>();
  for (const reference of before?.references ?? []) addToGroup(known, referenceKey(reference), reference);
  const groups = new Map<string, CodeReference[]>();
  for (const reference of after.references) addToGroup(groups, referenceKey(reference), reference);
  return [...groups].flatMap(([key, references]) => {
    const old = known.get(key) ?? [];
    const surplus = references.length - old.length;
    if (surplus <= 0) return [];
    // Which of equal ones is new is told by the declaration it stands in.
    const holders = old.map(({ within }) => within);
    const fresh = references.filter(({ within }) => {
      const place = holders.indexOf(within);
      if (place >= 0) holders.splice(place, 1);
      return place < 0;
    });
    return fresh.slice(-surplus).map((reference) => ({ path: change.path, facts: after, reference }));
  });
}

/** What makes two imported names the same one. */
function importKeys(each: CodeImport): readonly { readonly key: string; readonly name: string | undefined }[] {
  const keys = each.names.map(({ imported, local }) => ({
    key: JSON.stringify([each.module, imported, local]),
    name: imported as string | undefined,
  }));
  if (keys.length === 0 || each.namespace !== undefined || each.wildcard)
    keys.push({ key: JSON.stringify([each.module, each.namespace ?? (each.wildcard ? "*" : "")]), name: undefined });
  return keys;
}

function addedImports({ change, before, after }: ReadFile): AddedImport[] {
  if (!after || after.broken) return [];
  // In a file that moved, every relative import means another file.
  const known = change.oldPath !== undefined ? new Set<string>() : new Set(keysOf(before));
  return after.imports
    .filter((each) => !each.optional)
    .flatMap((each) =>
      importKeys(each)
        .filter(({ key }) => !known.has(key))
        .map(({ name }) => ({ path: change.path, facts: after, import: each, name })),
    );
}

function keysOf(facts: CodeFacts | undefined): readonly string[] {
  return (facts?.imports ?? []).flatMap((each) => importKeys(each).map(({ key }) => key));
}

function addedDefinitions({ change, before, after }: ReadFile): AddedDefinition[] {
  if (!after) return [];
  const known = new Set((before?.definitions ?? []).map(definitionKey));
  return after.definitions
    .filter((each) => !known.has(definitionKey(each)))
    .map((definition) => ({ path: change.path, facts: after, definition }));
}

function definitionKey(definition: CodeDefinition): string {
  return `${definition.kind === "module" ? "module " : ""}${definition.required ? "required " : ""}${qualifiedName(definition)}`;
}

function namesLost({ change, before, after }: ReadFile): string[] {
  const names: string[] = [];
  const moved = change.kind === "deleted" || change.kind === "renamed";
  if (moved) names.push(...fileStems(change.oldPath ?? change.path));
  if (!before) return names;
  const now = new Map<string, string[]>();
  for (const each of after?.definitions ?? []) addToGroup(now, qualifiedName(each), rangeKey(each));
  const then = new Map<string, CodeDefinition[]>();
  for (const each of before.definitions) addToGroup(then, qualifiedName(each), each);
  for (const [name, definitions] of then) {
    const ranges = definitions.map(rangeKey).toSorted();
    const [first] = definitions as [CodeDefinition];
    if (!moved && ranges.join() === (now.get(name) ?? []).toSorted().join()) continue;
    names.push(first.name, ...(first.exportedAs ?? []));
    // What a constructor takes is met under the name of its class.
    if (first.container !== "") names.push(first.container.slice(first.container.lastIndexOf(".") + 1));
  }
  const offered = new Set((after?.imports ?? []).flatMap(localNames));
  const withdrawn = before.imports.flatMap(localNames).filter((name) => !offered.has(name) || moved);
  return [...names, ...withdrawn];
}

function localNames(each: CodeImport): string[] {
  const names = each.names.flatMap(({ imported, local }) => [local, imported]);
  return each.wildcard ? [...names, moduleStem(each.module)] : names;
}

function rangeKey({ params, exported, exportedAs }: CodeDefinition): string {
  return JSON.stringify([params?.min, params?.max, exported, exportedAs]);
}

/** The words by which a file is imported: its name without endings, and its folder's for an index. */
function fileStems(path: string): readonly string[] {
  const stem = nameOf(path).replace(/\..*$/, "");
  return [stem, nameOf(folderOf(path))];
}

/** Last word of a module's name, without its ending. */
function moduleStem(module: string): string {
  const last = module.split(/[/\\:]+/).findLast((part) => part !== "" && part !== "." && part !== "..") ?? "";
  const bare =
    /[/\\]/.test(module) || /^\.+\w*$/.test(module) ? last.replace(/\.[cm]?[jt]sx?$|\.hpp$|\.h$|\.rb$/, "") : last;
  return bare.split(".").findLast(Boolean) ?? "";
}

/** Whether two files are of one family of languages. */
export function sameFamily(left: CodeFacts, right: CodeFacts): boolean {
  return familyOf(left.language) === familyOf(right.language);
}
