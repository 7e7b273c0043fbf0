import type { CodeFacts, CodeReference } from "../../../schema/code-facts.ts";
import type { CodeTree } from "../code-tree.ts";
import { exportedName, importedName, moduleFile } from "./file-scope.ts";
import {
  enclosingType,
  familyOf,
  isType,
  nameParts,
  plainTypeName,
  qualifiedName,
  unknown,
  type Located,
  type Lookup,
} from "./lookup.ts";
import { declaredType, importedMember, packageName } from "./package-scope.ts";

/** A place in one state of the files. */
interface Place {
  readonly tree: CodeTree;
  readonly path: string;
  readonly facts: CodeFacts;
}

const SELF = new Set(["this", "self", "cls", "Self", "static", "$this"]);
/** How many types up an inherited member is looked for. */
const MAX_PARENTS = 6;

/** Finds what a reference stands for in one state of the files; `unknown` for members of values. */
export async function resolveUse(place: Place, reference: CodeReference): Promise<Lookup> {
  const { receiver, name } = reference;
  if (reference.shadowed) return unknown;
  if (receiver === undefined || receiver === "") return simpleName(place, name, reference.within);
  if (SELF.has(receiver)) {
    const holder = enclosingType(place.facts, reference.within);
    return holder ? memberOf(place, { path: place.path, definition: holder }, name) : unknown;
  }
  const parts = nameParts(receiver);
  if (parts.length === 1) return ofReceiver(place, parts[0] ?? "", name);
  return familyOf(place.facts.language) === "python" || familyOf(place.facts.language) === "rust"
    ? ofModulePath(place, receiver, name)
    : unknown;
}

/** Finds what a name without anything before it stands for. */
export async function simpleName(place: Place, name: string, within = ""): Promise<Lookup> {
  const { tree, path, facts } = place;
  const family = familyOf(facts.language);
  const own = facts.definitions.filter((each) => each.name === name && each.container === "");
  if (own.length > 0 && family !== "go" && family !== "cpp" && family !== "csharp")
    return { state: "found", definitions: own.map((definition) => ({ path, definition })), visited: [path] };
  for (const each of facts.imports) {
    const named = each.names.find(({ local }) => local === name);
    if (named && isFileScoped(family))
      return importedName(tree, path, facts, { module: each.module, name: named.imported });
    if (each.namespace === name && isFileScoped(family)) return moduleAsValue(place, each.module);
  }
  if (!isFileScoped(family)) {
    const holder = family === "go" || family === "cpp" ? undefined : enclosingType(facts, within);
    const member = holder && (await memberOf(place, { path, definition: holder }, name));
    if (member?.state === "found") return member;
    const inherited = await staticImport(place, name);
    if (inherited) return inherited;
    const found = await packageName(tree, path, facts, name);
    // What is no member, and not in sight, may be inherited.
    return found.state === "gone" && member?.state === "unknown" ? unknown : found;
  }
  // A name that comes from nowhere may come from a wildcard, or be one of the language's own.
  const open = facts.open === true || facts.imports.some((each) => each.wildcard && !isOnlyHandedOn(each, family));
  return open ? unknown : { state: "gone", visited: [path] };
}

/** Java can import members of classes by their simple names. */
async function staticImport(place: Place, name: string): Promise<Lookup | undefined> {
  const { tree, facts } = place;
  if (familyOf(facts.language) !== "java") return undefined;
  const bound = facts.imports.find((each) => each.names.some(({ local }) => local === name));
  const [type = "", ...space] = nameParts(bound?.module ?? "").toReversed();
  if (!/^\p{Lu}/u.test(type)) return undefined;
  const holder = await declaredType(tree, facts, { name: type, space: space.toReversed().join(".") });
  return holder ? memberOf(place, holder, name) : unknown;
}

/** `export * from` brings nothing into the file itself; Python has every import in both ways. */
function isOnlyHandedOn(each: CodeFacts["imports"][number], family: ReturnType<typeof familyOf>): boolean {
  return family === "script" && each.reexported;
}

function isFileScoped(family: ReturnType<typeof familyOf>): boolean {
  return family === "script" || family === "python" || family === "rust";
}

async function moduleAsValue({ tree, path, facts }: Place, module: string): Promise<Lookup> {
  const target = await moduleFile(tree, path, facts, module);
  if (target === "outside") return unknown;
  if (target === "missing") return { state: "gone", visited: [], missing: "file" };
  const whole = await exportedName(tree, target.path, "module.exports");
  return whole.state === "found" ? whole : { state: "found", definitions: [], visited: [target.path] };
}

async function ofReceiver(place: Place, receiver: string, name: string): Promise<Lookup> {
  const { tree, path, facts } = place;
  const family = familyOf(facts.language);
  for (const each of isFileScoped(family) ? facts.imports : []) {
    if (each.namespace === receiver) {
      const target = await moduleFile(tree, path, facts, each.module);
      return typeof target === "string" ? unknown : exportedName(tree, target.path, name);
    }
    const named = each.names.find(({ local }) => local === receiver);
    if (named && family === "python") {
      // `from package import module`, then `module.name`.
      const inside = each.module.endsWith(".") ? `${each.module}${named.imported}` : `${each.module}.${named.imported}`;
      const target = await moduleFile(tree, path, facts, inside);
      if (typeof target !== "string") return exportedName(tree, target.path, name);
    }
    if (named && family === "rust") {
      const target = await moduleFile(tree, path, facts, `${each.module}::${named.imported}`);
      if (typeof target !== "string" && target.inside.length === 0) return exportedName(tree, target.path, name);
    }
  }
  const member = await importedMember(tree, facts, receiver, name);
  if (member) return member;
  const holder = await simpleName(place, receiver);
  if (holder.state !== "found") return unknown;
  const types = holder.definitions.filter(({ definition }) => isType(definition));
  const [type] = types;
  return type && types.length === holder.definitions.length ? memberOf(place, type, name) : unknown;
}

/** `package.module.name` and `crate::module::name`. */
async function ofModulePath({ tree, path, facts }: Place, receiver: string, name: string): Promise<Lookup> {
  if (familyOf(facts.language) === "python" && !facts.imports.some((each) => each.module === receiver)) return unknown;
  const target = await moduleFile(tree, path, facts, receiver);
  if (typeof target === "string" || target.inside.length > 0) return unknown;
  return exportedName(tree, target.path, name);
}

/** Finds a member of a type, those of its parents included. */
export async function memberOf(place: Place, type: Located, name: string, depth = 0): Promise<Lookup> {
  const { tree } = place;
  const facts = type.path === place.path ? place.facts : await tree.facts(type.path);
  if (!facts || facts.broken || depth > MAX_PARENTS) return unknown;
  const holders = await partsOf(place, type, facts);
  const definitions: Located[] = [];
  const heritage: string[] = [];
  let open = false;
  for (const holder of holders) {
    if (holder.definition.open === true) open = true;
    const container = qualifiedName(holder.definition);
    const members = holder.facts.definitions.filter((each) => each.name === name && each.container === container);
    definitions.push(...members.map((definition) => ({ path: holder.path, definition })));
    heritage.push(...holder.definition.heritage);
  }
  const visited = [...new Set(holders.map((holder) => holder.path))];
  if (definitions.length > 0) return { state: "found", definitions, visited };
  for (const parent of heritage) {
    const parentName = nameParts(plainTypeName(parent)).at(-1) ?? "";
    const at = { tree, path: type.path, facts };
    const found = await simpleName(at, parentName);
    const [above] = found.state === "found" ? found.definitions : [];
    const inherited = above && isType(above.definition) ? await memberOf(at, above, name, depth + 1) : unknown;
    if (inherited.state !== "gone") return inherited;
    visited.push(...inherited.visited);
  }
  return holders.length > 0 && !open ? { state: "gone", visited } : unknown;
}

/** All places where one type is declared: partial classes, reopened classes, impl blocks, methods of other files. */
async function partsOf(
  { tree }: Place,
  type: Located,
  facts: CodeFacts,
): Promise<readonly (Located & { readonly facts: CodeFacts })[]> {
  const own = { ...type, facts };
  const family = familyOf(facts.language);
  if (family === "script" || family === "python" || family === "java" || family === "php") return [own];
  const parts = [own];
  for (const path of await tree.naming(type.definition.name)) {
    if (path === type.path) continue;
    const other = await tree.facts(path);
    if (!other || familyOf(other.language) !== family) continue;
    if (other.broken) return [];
    const container = qualifiedName(type.definition);
    const same = other.definitions.find((each) => isType(each) && qualifiedName(each) === container);
    const holds = same ?? other.definitions.find((each) => each.container === container);
    if (holds) parts.push({ path, definition: same ?? { ...type.definition, heritage: [] }, facts: other });
  }
  return parts;
}
