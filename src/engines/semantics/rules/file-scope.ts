/** Names in languages where each file says what it takes from which other file: JavaScript, TypeScript, Python, Rust. */
import type { CodeDefinition, CodeFacts, CodeImport } from "../../../schema/code-facts.ts";
import { includedFile, rubyFile } from "../imports/included-files.ts";
import { pythonModule, pythonNamespaceModule, pythonSubmodule } from "../imports/python-modules.ts";
import { rustModule } from "../imports/rust-modules.ts";
import { isRelativeModule, scriptModule } from "../imports/script-modules.ts";
import type { CodeTree } from "../code-tree.ts";
import { familyOf, unknown, type Family, type Located, type Lookup } from "./lookup.ts";

/** How far chains of re-exports are followed. */
const MAX_DEPTH = 8;

/** Finds the file that a module name of an import stands for; `outside` where it need not be of this repository. */
export async function moduleFile(
  tree: CodeTree,
  from: string,
  facts: CodeFacts,
  module: string,
): Promise<{ readonly path: string; readonly inside: readonly string[] } | "missing" | "outside"> {
  const family = familyOf(facts.language);
  if (family === "script") {
    const path = await scriptModule(tree, from, module);
    return path === undefined ? (isRelativeModule(module) ? "missing" : "outside") : { path, inside: [] };
  }
  if (family === "python") {
    const path = pythonModule(tree, from, module);
    return path === undefined ? (module.startsWith(".") ? "missing" : "outside") : { path, inside: [] };
  }
  if (family === "ruby" || family === "cpp") {
    const path = family === "ruby" ? rubyFile(tree, from, module) : includedFile(tree, from, module);
    return path === undefined ? "outside" : { path, inside: [] };
  }
  if (family !== "rust") return "outside";
  return rustModule(tree, from, module) ?? (/^(?:crate|self|super)\b/.test(module) ? "missing" : "outside");
}

/** Finds what an imported name stands for. */
export async function importedName(
  tree: CodeTree,
  from: string,
  facts: CodeFacts,
  wanted: { readonly module: string; readonly name: string },
): Promise<Lookup> {
  const { module, name } = wanted;
  const target = await moduleFile(tree, from, facts, module);
  if (target === "missing" || target === "outside") {
    if (familyOf(facts.language) === "python") {
      const path = pythonNamespaceModule(tree, from, module, name);
      if (path !== undefined) return { state: "found", definitions: [], visited: [path] };
    }
    return target === "missing" ? { state: "gone", visited: [], missing: "file" } : unknown;
  }
  if (target.inside.length > 1) return unknown;
  const [container] = target.inside;
  if (container !== undefined) return memberIn(tree, target.path, container, name);
  return exportedName(tree, target.path, name);
}

async function memberIn(tree: CodeTree, path: string, container: string, name: string): Promise<Lookup> {
  const facts = await tree.facts(path);
  if (!facts || facts.broken) return unknown;
  const definitions = facts.definitions.filter((each) => each.container === container && each.name === name);
  if (definitions.length === 0) return unknown;
  return { state: "found", definitions: definitions.map((definition) => ({ path, definition })), visited: [path] };
}

/** Finds what a file offers under a name, re-exports followed. */
export async function exportedName(tree: CodeTree, path: string, name: string, depth = 0): Promise<Lookup> {
  const facts = await tree.facts(path);
  if (!facts || facts.broken || depth > MAX_DEPTH) return unknown;
  const family = familyOf(facts.language);
  const own = facts.definitions.filter((each) => each.container === "" && offersAs(each, name, family));
  if (own.length > 0) {
    return { state: "found", definitions: own.map((definition): Located => ({ path, definition })), visited: [path] };
  }
  const submodule = family === "python" ? pythonSubmodule(tree, path, name) : undefined;
  if (submodule !== undefined) return { state: "found", definitions: [], visited: [path, submodule] };
  const handedOn = facts.imports.filter((each) => each.reexported || family === "python");
  for (const each of handedOn) {
    if (each.namespace === name) return { state: "found", definitions: [], visited: [path] };
    const named = each.names.find(({ local }) => local === name);
    if (named)
      return through(path, await importedName(tree, path, facts, { module: each.module, name: named.imported }));
  }
  return fromWildcards(tree, { path, facts, name, depth, imports: handedOn.filter((each) => each.wildcard) });
}

async function fromWildcards(
  tree: CodeTree,
  asked: {
    readonly path: string;
    readonly facts: CodeFacts;
    readonly name: string;
    readonly depth: number;
    readonly imports: readonly CodeImport[];
  },
): Promise<Lookup> {
  const { path, facts, name, depth, imports } = asked;
  const visited = [path];
  let sure = true;
  for (const { module } of imports) {
    const target = await moduleFile(tree, path, facts, module);
    if (target === "missing") continue;
    const inner = target === "outside" ? unknown : await exportedName(tree, target.path, name, depth + 1);
    if (inner.state === "found") return through(path, inner);
    if (inner.state === "unknown") sure = false;
    else visited.push(...inner.visited);
  }
  return sure && facts.open !== true ? { state: "gone", visited } : unknown;
}

/** Whether a declaration at the top of a file can be got from it under a name. */
function offersAs(definition: CodeDefinition, name: string, family: Family): boolean {
  if (family !== "script") return definition.name === name;
  if (!definition.exported) return false;
  const names = definition.exportedAs ?? [definition.name];
  // The whole of a CommonJS module is what an import of its default gives.
  return names.includes(name) || (name === "default" && names.includes("module.exports"));
}

/** What was found, with one more file on the way to it. A name that is handed on without its origin being known exists. */
function through(path: string, inner: Lookup): Lookup {
  if (inner.state === "unknown") return { state: "found", definitions: [], visited: [path] };
  return { ...inner, visited: [path, ...inner.visited] };
}
