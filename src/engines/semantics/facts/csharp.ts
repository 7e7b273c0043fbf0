import { declarationReaders } from "./csharp-declarations.ts";
import type { FactCollector } from "./fact-collector.ts";
import type { EnterNode, LanguageReader } from "./language-reader.ts";
import { childByField, childOfType, hasWord, parts, textOf, type SyntaxNode } from "./syntax-tree.ts";

const locals = new Set([
  "method_declaration",
  "constructor_declaration",
  "destructor_declaration",
  "operator_declaration",
  "conversion_operator_declaration",
  "property_declaration",
  "indexer_declaration",
  "event_declaration",
  "delegate_declaration",
  "lambda_expression",
  "anonymous_method_expression",
  "local_function_statement",
  "global_statement",
]);
const types = new Set(["class_declaration", "struct_declaration", "record_declaration", "interface_declaration"]);

/** Around a plain name these say that it is a type. */
const typePlaces = new Set([
  "base_list",
  "type_argument_list",
  "type_parameter_constraint",
  "nullable_type",
  "array_type",
  "attribute",
  "tuple_element",
  "explicit_interface_specifier",
  "type_parameter_constraints_clause",
]);

const readUsing: EnterNode = (node, facts) => {
  facts.skip(node);
  const alias = childByField(node, "name");
  const path = parts(node).find((each) => each !== alias);
  if (path === undefined) return;
  const plain = { reexported: hasWord(node, "global"), optional: false };
  if (alias === undefined) {
    facts.import(node, { ...plain, module: textOf(path), names: [], wildcard: true });
    return;
  }
  const [module, name] = [childByField(path, "qualifier"), childByField(path, "name")];
  const imported = textOf(name === undefined ? path : name);
  const names = [{ imported, local: textOf(alias) }];
  facts.import(node, { ...plain, module: module === undefined ? "" : textOf(module), names, wildcard: false });
};

function plainName(node: SyntaxNode): SyntaxNode {
  return (node.type === "generic_name" ? childOfType(node, "identifier") : undefined) ?? node;
}

const readCall: EnterNode = (node, facts) => {
  const callee = childByField(node, "function");
  const argumentCount = parts(childByField(node, "arguments")).length;
  if (callee === undefined) return;
  if (callee.type === "identifier" || callee.type === "generic_name") {
    const name = plainName(callee);
    facts.take(name);
    facts.refer(name, { name: textOf(name), kind: "call", argumentCount });
    return;
  }
  const member = callee.type === "conditional_access_expression" ? parts(callee).at(-1) : callee;
  const named = member === undefined ? undefined : childByField(member, "name");
  if (member === undefined || named === undefined) return;
  facts.take(member);
  const name = plainName(named);
  facts.take(name);
  const receiver = childByField(callee, "expression") ?? childByField(callee, "condition");
  facts.refer(name, { name: textOf(name), kind: "call", argumentCount, receiver });
};

const readNew: EnterNode = (node, facts) => {
  const type = childByField(node, "type");
  if (type === undefined) return;
  const argumentCount = parts(childByField(node, "arguments")).length;
  if (type.type === "qualified_name") {
    facts.take(type);
    readQualified(type, "new", argumentCount, facts);
    return;
  }
  const name = plainName(type);
  if (name.type !== "identifier") return;
  facts.take(name);
  facts.refer(name, { name: textOf(name), kind: "new", argumentCount });
};

/** `this(…)` and `base(…)` in front of a constructor's body. */
const readConstructorCall: EnterNode = (node, facts) => {
  const name = hasWord(node, "base") ? "base" : "this";
  const argumentCount = parts(childOfType(node, "argument_list")).length;
  facts.refer(node, { name, kind: "call", argumentCount });
};

function readQualified(node: SyntaxNode, kind: "type" | "new", count: number | null, facts: FactCollector): void {
  const named = childByField(node, "name");
  if (named === undefined) return;
  const name = plainName(named);
  facts.take(name);
  const receiver = childByField(node, "qualifier");
  facts.refer(name, { name: textOf(name), kind, argumentCount: count, receiver });
}

const readMember: EnterNode = (node, facts) => {
  const named = childByField(node, "name");
  if (named === undefined || facts.isTaken(node)) return;
  const name = plainName(named);
  facts.take(name);
  const receiver = childByField(node, "expression") ?? childByField(node.parent, "condition");
  facts.refer(name, { name: textOf(name), kind: "member", receiver });
};

const readName: EnterNode = (node, facts) => {
  if (facts.isTaken(node)) return;
  const holder = node.parent?.type === "generic_name" ? node.parent : node;
  const isType = holder.field === "type" || holder.field === "returns" || typePlaces.has(holder.parent?.type ?? "");
  facts.refer(node, { name: textOf(node), kind: isType ? "type" : "read" });
};

/** `new T { Name = 1 }`: the name is a member of T. */
const takeInitialized: EnterNode = (node, facts) => {
  for (const each of parts(node)) {
    const left = each.type === "assignment_expression" ? childByField(each, "left") : undefined;
    if (left?.type === "identifier") facts.take(left);
  }
};

const takeName: EnterNode = (node, facts) => facts.take(childByField(node, "name"));

const takeNames: EnterNode = (node, facts) => {
  for (const name of node.children) if (name.type === "identifier") facts.take(name);
};

/** C#. */
export const csharp: LanguageReader = {
  enter: {
    ...declarationReaders,
    using_directive: readUsing,
    invocation_expression: readCall,
    object_creation_expression: readNew,
    constructor_initializer: readConstructorCall,
    qualified_name: (node, facts) => {
      if (!facts.isTaken(node)) readQualified(node, "type", null, facts);
    },
    member_access_expression: readMember,
    member_binding_expression: readMember,
    initializer_expression: takeInitialized,
    argument: takeName,
    attribute_argument: takeName,
    tuple_element: takeName,
    name_colon: takeNames,
    labeled_statement: takeNames,
    goto_statement: takeNames,
    identifier: readName,
  },
  scope: (node) => {
    if (locals.has(node.type)) return "local";
    return types.has(node.type) ? "type" : undefined;
  },
};
