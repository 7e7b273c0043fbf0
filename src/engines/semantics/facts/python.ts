import type { ScopeKind } from "./name-scopes.ts";
import type { EnterNode, LanguageReader } from "./language-reader.ts";
import { declarationReaders } from "./python-declarations.ts";
import { argumentCount, importedNames } from "./python-names.ts";
import { ancestorOfType, childByField, childOfType, squeezedText, textOf, type SyntaxNode } from "./syntax-tree.ts";

const locals = new Set([
  "function_definition",
  "lambda",
  "list_comprehension",
  "set_comprehension",
  "dictionary_comprehension",
  "generator_expression",
]);
const conditions = new Set(["if_statement", "try_statement", "conditional_expression", "with_statement"]);

/** Calls after which names may exist that no statement declares. */
const inventing = new Set(["globals", "exec", "setattr"]);

function scope(node: SyntaxNode): ScopeKind | undefined {
  if (locals.has(node.type)) return "local";
  if (node.type === "class_definition") return "class";
  return node.type === "type_alias_statement" ? "type" : undefined;
}

const readDelete: EnterNode = (_node, facts) => {
  if (!facts.isLocal()) facts.open = true;
};

const readImport: EnterNode = (node, facts) => {
  facts.skip(node);
  for (const { imported, alias } of importedNames(node)) {
    facts.import(node, {
      module: imported,
      names: [],
      namespace: alias ?? imported,
      wildcard: false,
      reexported: false,
      optional: isOptional(node),
    });
  }
};

const readImportFrom: EnterNode = (node, facts) => {
  facts.skip(node);
  const module = childByField(node, "module_name");
  const names = importedNames(node).map(({ imported, alias }) => ({ imported, local: alias ?? imported }));
  facts.import(node, {
    module: module === undefined ? "__future__" : squeezedText(module),
    names,
    wildcard: childOfType(node, "wildcard_import") !== undefined,
    reexported: !facts.isLocal() && facts.container() === "",
    optional: isOptional(node),
  });
};

function isOptional(node: SyntaxNode): boolean {
  return ancestorOfType(node, conditions) !== undefined;
}

const readCall: EnterNode = (node, facts) => {
  const callee = childByField(node, "function");
  const count = argumentCount(childByField(node, "arguments"));
  if (callee?.type === "identifier") {
    const name = textOf(callee);
    if (inventing.has(name)) facts.open = true;
    facts.take(callee);
    facts.refer(callee, { name, kind: "call", argumentCount: count });
  } else if (callee?.type === "attribute") {
    const attribute = childByField(callee, "attribute");
    if (attribute === undefined) return;
    facts.take(callee);
    facts.take(attribute);
    facts.refer(attribute, {
      name: textOf(attribute),
      kind: "call",
      argumentCount: count,
      receiver: childByField(callee, "object"),
    });
  }
};

const readAttribute: EnterNode = (node, facts) => {
  const attribute = childByField(node, "attribute");
  if (attribute === undefined) return;
  facts.take(attribute);
  if (facts.isTaken(node)) return;
  const kind = node.parent?.type === "type" ? "type" : "member";
  facts.refer(attribute, { name: textOf(attribute), kind, receiver: childByField(node, "object") });
};

const readName: EnterNode = (node, facts) => {
  if (facts.isTaken(node)) return;
  const around = node.parent?.type ?? "";
  const isType = around === "type" || around === "generic_type" || isBase(node);
  facts.refer(node, { name: textOf(node), kind: isType ? "type" : "read" });
};

function isBase(node: SyntaxNode): boolean {
  return node.parent?.field === "superclasses";
}

/** Python 3. */
export const python: LanguageReader = {
  enter: {
    ...declarationReaders,
    keyword_argument: (node, facts) => facts.take(childByField(node, "name")),
    delete_statement: readDelete,
    import_statement: readImport,
    import_from_statement: readImportFrom,
    future_import_statement: (node, facts) => facts.skip(node),
    call: readCall,
    attribute: readAttribute,
    identifier: readName,
  },
  scope,
};
