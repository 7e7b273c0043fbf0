import { nameOf, type FactCollector } from "./fact-collector.ts";
import { defineValue } from "./javascript-exports.ts";
import { patternNames } from "./javascript-names.ts";
import type { EnterNode } from "./language-reader.ts";
import {
  ancestorOfType,
  childByField,
  childOfType,
  childrenOfType,
  hasWord,
  parts,
  textOf,
  type SyntaxNode,
} from "./syntax-tree.ts";

const conditions = new Set([
  "if_statement",
  "try_statement",
  "ternary_expression",
  "switch_case",
  "binary_expression",
  "catch_clause",
]);

const readImport: EnterNode = (node, facts) => {
  facts.skip(node);
  const required = childOfType(node, "import_require_clause");
  const source = childByField(required ?? node, "source");
  if (source === undefined) return;
  const plain = { module: nameOf(source), wildcard: false, reexported: false, optional: false };
  if (required !== undefined) {
    const name = childOfType(required, "identifier");
    facts.import(node, { ...plain, names: [], ...(name === undefined ? {} : { namespace: textOf(name) }) });
    return;
  }
  const clause = childOfType(node, "import_clause");
  const names = childrenOfType(childOfType(clause, "named_imports"), "import_specifier").map(specifierNames);
  const main = childOfType(clause, "identifier");
  if (main !== undefined) names.unshift({ imported: "default", local: textOf(main) });
  const whole = childOfType(childOfType(clause, "namespace_import"), "identifier");
  facts.import(node, { ...plain, names, ...(whole === undefined ? {} : { namespace: textOf(whole) }) });
};

function specifierNames(specifier: SyntaxNode): { readonly imported: string; readonly local: string } {
  const name = childByField(specifier, "name");
  const imported = name === undefined ? "" : nameOf(name);
  const alias = childByField(specifier, "alias");
  return { imported, local: alias === undefined ? imported : nameOf(alias) };
}

const readExport: EnterNode = (node, facts) => {
  const source = childByField(node, "source");
  const clause = childOfType(node, "export_clause");
  if (source !== undefined) {
    facts.skip(node);
    const whole = childOfType(childOfType(node, "namespace_export"), "identifier", "string");
    facts.handOn(node, {
      module: nameOf(source),
      names: childrenOfType(clause, "export_specifier").map(specifierNames),
      ...(whole === undefined ? {} : { namespace: nameOf(whole) }),
      wildcard: clause === undefined && whole === undefined,
      reexported: true,
      optional: false,
    });
    return;
  }
  if (facts.container() !== "") return;
  for (const specifier of childrenOfType(clause, "export_specifier")) {
    const { imported, local } = specifierNames(specifier);
    facts.handedOut.push({ node: specifier, local: imported, as: local });
    facts.refer(specifier, { name: imported, kind: "read" });
    for (const name of parts(specifier)) facts.take(name);
  }
  if (childByField(node, "declaration") !== undefined || clause !== undefined) return;
  const value = childByField(node, "value") ?? parts(node).find((each) => each.type !== "decorator");
  if (value !== undefined) readWholeExport(node, value, facts);
};

/** `export default …` and `export = …`. */
function readWholeExport(node: SyntaxNode, value: SyntaxNode, facts: FactCollector): void {
  const as = hasWord(node, "default") ? "default" : "module.exports";
  if (!hasWord(node, "default")) facts.open = true;
  if (value.type === "identifier") facts.handedOut.push({ node, local: textOf(value), as });
  else if (hasWord(node, "default") || hasWord(node, "=")) defineValue(node, { name: as, value }, facts);
}

/** A module that is asked for by `require` or `import()`, with a fixed name. */
function requiredModule(
  value: SyntaxNode | undefined,
): { readonly call: SyntaxNode; readonly module: string } | undefined {
  const call = value?.type === "await_expression" ? parts(value)[0] : value;
  if (call?.type !== "call_expression") return undefined;
  const callee = childByField(call, "function");
  if (callee === undefined || (callee.type !== "import" && textOf(callee) !== "require")) return undefined;
  const [given, ...more] = parts(childByField(call, "arguments"));
  if (given?.type !== "string" || (more.length > 0 && callee.type !== "import")) return undefined;
  return { call, module: nameOf(given) };
}

function importWords(call: SyntaxNode, module: string) {
  const isDynamic = childByField(call, "function")?.type === "import";
  const optional = isDynamic || ancestorOfType(call, conditions) !== undefined;
  return { module, wildcard: false, reexported: false, optional };
}

function takeCall(call: SyntaxNode, facts: FactCollector): void {
  facts.take(call);
  facts.take(childByField(call, "function"));
}

/** `const a = require("m")`, `const { b } = require("m")`, `const c = require("m").c`; says whether it was one. */
export function bindRequired(declarator: SyntaxNode, facts: FactCollector): boolean {
  const [pattern, value] = [childByField(declarator, "name"), childByField(declarator, "value")];
  const member = value?.type === "member_expression" ? childByField(value, "property") : undefined;
  const required = requiredModule(member === undefined ? value : childByField(value, "object"));
  if (pattern === undefined || required === undefined) return false;
  const found = patternNames(pattern);
  if (member !== undefined && pattern.type !== "identifier") return false;
  const isWhole = pattern.type === "identifier" && member === undefined;
  const known = found.filter(({ property }) => pattern.type === "identifier" || property !== undefined);
  const names = known.map(({ node, property }) => ({
    imported: property ?? (member === undefined ? "" : textOf(member)),
    local: textOf(node),
  }));
  takeCall(required.call, facts);
  if (member !== undefined) facts.take(value);
  for (const { node } of found) facts.take(node);
  for (const { node } of found.filter((each) => !known.includes(each))) {
    if (facts.isLocal()) facts.bind(textOf(node));
    else facts.define(declarator, { name: textOf(node), kind: "variable", exported: false, contains: false });
  }
  const words = importWords(required.call, required.module);
  if (isWhole) facts.import(declarator, { ...words, names: [], namespace: textOf(pattern) });
  else facts.import(declarator, { ...words, names });
  return true;
}

/** A module that is asked for without a name of its own, or somewhere in an expression. */
export const readRequire: EnterNode = (node, facts) => {
  if (facts.isTaken(node)) return;
  const required = requiredModule(node);
  if (required === undefined) return;
  takeCall(node, facts);
  facts.handOn(node, { ...importWords(node, required.module), names: [] });
};

/** Statements that bring in modules or hand out names. */
export const moduleReaders: Readonly<Record<string, EnterNode>> = {
  import_statement: readImport,
  export_statement: readExport,
};
