import type { EnterNode, LanguageReader } from "./language-reader.ts";
import { declarationReaders } from "./java-declarations.ts";
import type { FactCollector } from "./fact-collector.ts";
import { childByField, childOfType, hasWord, parts, textOf, type SyntaxNode } from "./syntax-tree.ts";

const locals = new Set([
  "method_declaration",
  "constructor_declaration",
  "compact_constructor_declaration",
  "lambda_expression",
  "static_initializer",
]);
const types = new Set(["class_declaration", "interface_declaration", "record_declaration", "enum_declaration"]);

const readImport: EnterNode = (node, facts) => {
  facts.skip(node);
  const path = childOfType(node, "scoped_identifier", "identifier");
  if (path === undefined) return;
  const wildcard = childOfType(node, "asterisk") !== undefined;
  const plain = { wildcard, reexported: false, optional: false };
  const [scope, name] = [childByField(path, "scope"), childByField(path, "name")];
  if (wildcard || scope === undefined || name === undefined) {
    facts.import(node, { ...plain, module: textOf(path), names: [] });
    return;
  }
  const text = textOf(name);
  facts.import(node, { ...plain, module: textOf(scope), names: [{ imported: text, local: text }] });
};

function countOf(list: SyntaxNode | undefined): number {
  return parts(list).length;
}

const readCall: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (name === undefined) return;
  facts.take(name);
  const argumentCount = countOf(childByField(node, "arguments"));
  facts.refer(name, { name: textOf(name), kind: "call", argumentCount, receiver: childByField(node, "object") });
};

/** `this(…)` and `super(…)` at the beginning of a constructor. */
const readConstructorCall: EnterNode = (node, facts) => {
  const called = childByField(node, "constructor");
  const argumentCount = countOf(childByField(node, "arguments"));
  if (called !== undefined) facts.refer(called, { name: textOf(called), kind: "call", argumentCount });
};

const readNew: EnterNode = (node, facts) => {
  const type = childByField(node, "type");
  const plain = type?.type === "generic_type" ? parts(type)[0] : type;
  const argumentCount = countOf(childByField(node, "arguments"));
  if (plain !== undefined) referToType(plain, { kind: "new", argumentCount }, facts);
};

/** A constant of an enumeration makes an object of it. */
const readConstant: EnterNode = (node, facts) => {
  const owner = facts.current();
  const given = childByField(node, "arguments");
  if (owner?.kind !== "enum") return;
  facts.refer(node, { name: owner.name, kind: "new", argumentCount: countOf(given) });
};

function referToType(
  type: SyntaxNode,
  use: { readonly kind: "type" | "new"; readonly argumentCount?: number },
  facts: FactCollector,
): void {
  facts.take(type);
  if (type.type !== "scoped_type_identifier") {
    facts.refer(type, { name: textOf(type), ...use });
    return;
  }
  const names = parts(type).filter((each) => each.type.endsWith("identifier"));
  const name = names.at(-1);
  for (const each of names) facts.take(each);
  if (name !== undefined) facts.refer(name, { name: textOf(name), ...use, receiver: names[0] });
}

const readType: EnterNode = (node, facts) => {
  if (!facts.isTaken(node)) referToType(node, { kind: "type" }, facts);
};

const readField: EnterNode = (node, facts) => {
  const field = childByField(node, "field");
  if (field === undefined) return;
  facts.take(field);
  facts.refer(field, { name: textOf(field), kind: "member", receiver: childByField(node, "object") });
};

const readMethodReference: EnterNode = (node, facts) => {
  const [receiver, name] = [parts(node)[0], parts(node).at(-1)];
  if (name?.type !== "identifier" || name === receiver) return;
  facts.take(name);
  facts.refer(name, { name: textOf(name), kind: "member", receiver });
};

const readScoped: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (name === undefined) return;
  facts.take(name);
  facts.refer(name, { name: textOf(name), kind: "member", receiver: childByField(node, "scope") });
};

/** Names that only their surroundings give a meaning: labels, constants of what is switched on, keys of annotations. */
const takeNames: EnterNode = (node, facts) => {
  for (const name of node.children) if (name.type === "identifier") facts.take(name);
};

const readAnnotation: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (name?.type !== "identifier") return;
  facts.take(name);
  facts.refer(name, { name: textOf(name), kind: "type" });
};

/** Java. */
export const java: LanguageReader = {
  enter: {
    ...declarationReaders,
    package_declaration: (node, facts) => {
      facts.skip(node);
      const name = childOfType(node, "scoped_identifier", "identifier");
      if (name !== undefined) facts.package = textOf(name);
    },
    import_declaration: readImport,
    method_invocation: readCall,
    explicit_constructor_invocation: readConstructorCall,
    object_creation_expression: readNew,
    enum_constant: (node, facts) => {
      declarationReaders["enum_constant"]?.(node, facts);
      readConstant(node, facts);
    },
    type_identifier: readType,
    scoped_type_identifier: readType,
    field_access: readField,
    method_reference: readMethodReference,
    scoped_identifier: readScoped,
    switch_label: takeNames,
    labeled_statement: takeNames,
    break_statement: takeNames,
    continue_statement: takeNames,
    element_value_pair: (node, facts) => facts.take(childByField(node, "key")),
    annotation: readAnnotation,
    marker_annotation: readAnnotation,
    identifier: (node, facts) => {
      if (!facts.isTaken(node)) facts.refer(node, { name: textOf(node), kind: "read" });
    },
  },
  scope: (node) => {
    if (locals.has(node.type)) return "local";
    if (node.type === "block" && node.parent?.type === "class_body") return "local";
    if (node.type === "class_body" && node.parent?.type === "object_creation_expression") return "local";
    if (node.type === "class_body" && node.parent?.type === "enum_constant") return "local";
    return types.has(node.type) && !hasWord(node, "@interface") ? "type" : undefined;
  },
};
