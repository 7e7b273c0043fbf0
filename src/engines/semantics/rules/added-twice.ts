/** One name declared by both sides in one scope, where git sees two insertions in different places. */
import type { CodeDefinition } from "../../../schema/code-facts.ts";
import { folderOf } from "../../../util/path-parts.ts";
import type { Finding } from "./finding.ts";
import { familyOf, qualifiedName, type Family } from "./lookup.ts";
import { movedPath, type MergedPair } from "./pair.ts";
import { sameFamily, type AddedDefinition, type SideReading } from "./side-reading.ts";
import { addToGroup } from "../../../util/add-to-group.ts";

/** Languages where declarations of one name with other parameters stand beside each other. */
const OVERLOADS: ReadonlySet<Family> = new Set(["java", "csharp", "cpp"]);
/** Names that may be declared many times. */
const REPEATABLE: Readonly<Partial<Record<Family, ReadonlySet<string>>>> = {
  go: new Set(["init", "_"]),
  python: new Set(["_"]),
  rust: new Set(["_"]),
};

/** Finds declarations that both sides added to one scope. */
export async function addedTwice(pair: MergedPair): Promise<readonly Finding[]> {
  const [left, right] = pair.sides;
  const known = new Map<string, AddedDefinition[]>();
  for (const added of left.added) addToGroup(known, scopeKey(added), added);
  const found: Finding[] = [];
  const groups = new Map<string, AddedDefinition[]>();
  for (const added of right.added) {
    const key = scopeKey(added);
    if (known.has(key)) addToGroup(groups, key, added);
  }
  for (const [key, theirs] of groups) {
    const [mine, ...more] = known.get(key) ?? [];
    // Several on one side are overloads, or branches of a condition.
    if (!mine || more.length > 0 || theirs.length !== 1) continue;
    const finding = await judge(pair, mine, theirs[0] as AddedDefinition);
    if (finding && !isInside(found, mine.definition)) found.push(finding);
  }
  return found;
}

function scopeKey({ path, facts, definition }: AddedDefinition): string {
  const family = familyOf(facts.language);
  const scope = family === "go" ? `${folderOf(path)}\0${facts.package}` : path;
  return `${scope}\0${qualifiedName(definition)}`;
}

function isInside(found: readonly Finding[], { container }: CodeDefinition): boolean {
  return container !== "" && found.some(({ places }) => container.split(".").includes(places[0]?.symbol ?? ""));
}

async function judge(pair: MergedPair, mine: AddedDefinition, theirs: AddedDefinition): Promise<Finding | undefined> {
  const [left, right] = pair.sides;
  if (!sameFamily(mine.facts, theirs.facts) || !canClash(mine, theirs)) return undefined;
  const paths = new Set([movedPath(mine.path, left, right), movedPath(theirs.path, right, left)]);
  let standing = 0;
  for (const path of paths) {
    const facts = await pair.merged.facts(path);
    const same = facts?.definitions.filter((each) => qualifiedName(each) === qualifiedName(mine.definition));
    standing += same?.length ?? 0;
  }
  if (standing < 2) return undefined;
  const alike = mine.definition.bodyHash === theirs.definition.bodyHash;
  const name = qualifiedName(mine.definition);
  const file = mine.path === theirs.path ? mine.path : `${mine.path} and ${theirs.path}`;
  return {
    rule: "added-twice",
    tier: alike ? "info" : "conflict",
    sentence: `$0 and $1 both add '${name}' to ${file}${alike ? ", with the same text" : ", with different bodies"}`,
    places: [placeOf(0, mine), placeOf(1, theirs)],
    key: `twice ${file} ${name}`,
  };
}

function placeOf(side: 0 | 1, { path, definition }: AddedDefinition): Finding["places"][number] {
  const { startLine, endLine, name } = definition;
  return { side, file: path, startLine, endLine, symbol: name };
}

function canClash(mine: AddedDefinition, theirs: AddedDefinition): boolean {
  const [one, other] = [mine.definition, theirs.definition];
  const family = familyOf(mine.facts.language);
  if (REPEATABLE[family]?.has(one.name)) return false;
  const kinds = new Set([one.kind, other.kind]);
  // Namespaces and interfaces of one name are joined; a type and a value may share a name.
  if (kinds.has("module") || (family === "script" && kinds.has("interface"))) return false;
  if (family === "script" && kinds.has("type") && one.kind !== other.kind) return false;
  if (OVERLOADS.has(family) && isCallable(one) && one.signature !== other.signature) return false;
  if (family === "cpp" && (one.required || other.required)) return false;
  // Several impl blocks of one type may each have a method of that name.
  if (family === "rust" && one.container !== "") return one.signature === other.signature && one.exported;
  if (family === "go" && mine.path !== theirs.path) return !isConditional(mine) && !isConditional(theirs);
  return true;
}

function isCallable({ kind }: CodeDefinition): boolean {
  return kind === "function" || kind === "method" || kind === "constructor";
}

/** Go files that are built only for some systems say so in their name, or in a comment. */
function isConditional({ path, facts }: AddedDefinition): boolean {
  return (
    facts.open === true ||
    /_(?:linux|windows|darwin|unix|freebsd|netbsd|openbsd|plan9|js|wasm|arm|arm64|amd64|386)(?:_\w+)?\.go$/.test(path)
  );
}

/** Names of what a side adds, with the folder: sides that share one are compared. */
export function additionTopics(reading: SideReading): readonly string[] {
  return reading.added
    .filter(({ facts, definition }) => familyOf(facts.language) === "go" && definition.kind !== "field")
    .map((added) => `added ${scopeKey(added)}`);
}
