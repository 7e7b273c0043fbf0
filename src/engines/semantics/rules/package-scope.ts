/** Names in languages where packages, namespaces or the whole program are one scope: Go, Java, C#, PHP, Ruby, C++. */
import type { CodeDefinition, CodeFacts, CodeImport } from "../../../schema/code-facts.ts";
import type { CodeTree } from "../code-tree.ts";
import { folderOf, foldersAbove } from "../../../util/path-parts.ts";
import { familyOf, nameParts, qualifiedName, unknown, type Family, type Located, type Lookup } from "./lookup.ts";

/** Finds the top-level declarations a simple name stands for in a file. */
export async function packageName(tree: CodeTree, from: string, facts: CodeFacts, name: string): Promise<Lookup> {
  const family = familyOf(facts.language);
  if (family === "go") return goName(tree, folderOf(from), name, facts.package);
  const spaces = visibleSpaces(facts, family, name);
  if (spaces === undefined) return unknown;
  return declaredIn(tree, family, name, (space) => spaces.includes(space));
}

/** Finds what stands behind `receiver.name` where the receiver is a package that the file imports; undefined if it is none. */
export async function importedMember(
  tree: CodeTree,
  facts: CodeFacts,
  receiver: string,
  name: string,
): Promise<Lookup | undefined> {
  if (familyOf(facts.language) !== "go") return undefined;
  const bound = facts.imports.find((each) => (each.namespace ?? each.module.split("/").at(-1)) === receiver);
  const folder = bound && (await goFolder(tree, bound.module));
  return folder === undefined ? undefined : goName(tree, folder, name);
}

async function goName(tree: CodeTree, folder: string, name: string, inPackage?: string): Promise<Lookup> {
  const paths = tree.filesIn(folder).filter((path) => path.endsWith(".go"));
  const definitions: Located[] = [];
  let sure = paths.length > 0;
  for (const path of paths) {
    const facts = await tree.facts(path);
    if (!facts || facts.broken) sure = false;
    if (!facts || (inPackage !== undefined && facts.package !== inPackage)) continue;
    const own = facts.definitions.filter((each) => each.container === "" && each.name === name);
    definitions.push(...own.map((definition) => ({ path, definition })));
  }
  if (definitions.length > 0) return { state: "found", definitions, visited: definitions.map(({ path }) => path) };
  return sure ? { state: "gone", visited: paths } : unknown;
}

/** The folder of a Go package of this repository that has files in it. */
export async function packageFolder(tree: CodeTree, module: string): Promise<string | undefined> {
  const folder = await goFolder(tree, module);
  return folder !== undefined && tree.filesIn(folder).some((path) => path.endsWith(".go")) ? folder : undefined;
}

/** The folder of a Go package of this repository, by the module path in go.mod. */
async function goFolder(tree: CodeTree, module: string): Promise<string | undefined> {
  for (const path of tree.withName("go.mod")) {
    const prefix = /^module\s+(\S+)/m.exec((await tree.text(path)) ?? "")?.[1];
    if (prefix === undefined || (module !== prefix && !module.startsWith(`${prefix}/`))) continue;
    const inside = module.slice(prefix.length + 1);
    const root = folderOf(path);
    return [root, inside].filter(Boolean).join("/");
  }
  return undefined;
}

/** Declarations of a name in all files that have the word, of the namespaces asked for. */
async function declaredIn(
  tree: CodeTree,
  family: Family,
  name: string,
  isVisible: (space: string) => boolean,
): Promise<Lookup> {
  const definitions: Located[] = [];
  let sure = true;
  for (const path of await tree.naming(name)) {
    const facts = await tree.facts(path);
    if (!facts || familyOf(facts.language) !== family) continue;
    if (facts.broken || facts.open === true) sure = false;
    for (const definition of facts.definitions) {
      if (definition.name !== name || !isTop(facts, definition)) continue;
      if (isVisible(spaceOf(facts, definition))) definitions.push({ path, definition });
    }
  }
  if (definitions.length > 0) return { state: "found", definitions, visited: definitions.map(({ path }) => path) };
  return sure ? { state: "gone", visited: [] } : unknown;
}

/** The one type of a name in a package. */
export async function declaredType(
  tree: CodeTree,
  facts: CodeFacts,
  type: { readonly name: string; readonly space: string },
): Promise<Located | undefined> {
  const found = await declaredIn(tree, familyOf(facts.language), type.name, (space) => space === type.space);
  return found.state === "found" && found.definitions.length === 1 ? found.definitions[0] : undefined;
}

/** At the top of its file, or inside of nothing but namespaces. */
function isTop(facts: CodeFacts, definition: CodeDefinition): boolean {
  if (definition.container === "") return true;
  const holder = facts.definitions.find((each) => qualifiedName(each) === definition.container);
  return holder?.kind === "module";
}

function spaceOf(facts: CodeFacts, definition: CodeDefinition): string {
  return [facts.package, definition.container].filter(Boolean).join(".").replaceAll(/\\|::/g, ".");
}

/** Namespaces whose declarations a file can name without a prefix; undefined where an import says what the name is. */
function visibleSpaces(facts: CodeFacts, family: Family, name: string): readonly string[] | undefined {
  const own = facts.package.replaceAll(/\\|::/g, ".");
  if (family === "ruby" || family === "cpp") return ["", ...spacesOf(facts)];
  for (const each of facts.imports) {
    const full = fullNames(each).find(({ local }) => local === name)?.full;
    if (full === undefined || each.wildcard) continue;
    const parts = nameParts(full);
    return parts.at(-1) === name ? [parts.slice(0, -1).join(".")] : undefined;
  }
  const whole = facts.imports.filter((each) => each.wildcard || family === "csharp");
  const opened = whole.map((each) => nameParts(each.module.replace(/\.\*$/, "")).join("."));
  const above =
    family === "csharp" ? foldersAbove(own.replaceAll(".", "/")).map((each) => each.replaceAll("/", ".")) : [own];
  // A function that a PHP namespace does not have is looked for in the global one.
  return [...above, ...spacesOf(facts), ...opened, ...(family === "php" ? [""] : [])];
}

function spacesOf(facts: CodeFacts): readonly string[] {
  const inside = facts.definitions.filter((each) => each.kind === "module").map(qualifiedName);
  return inside.map((each) => [facts.package, each].filter(Boolean).join(".").replaceAll(/\\|::/g, "."));
}

/** The full names an import brings in, and the names they have in the file. */
function fullNames(each: CodeImport): readonly { readonly full: string; readonly local: string }[] {
  if (each.names.length === 0)
    return [{ full: each.module, local: each.namespace ?? nameParts(each.module).at(-1) ?? "" }];
  return each.names.map(({ imported, local }) => ({
    full: nameParts(each.module).at(-1) === imported ? each.module : `${each.module}.${imported}`,
    local,
  }));
}
