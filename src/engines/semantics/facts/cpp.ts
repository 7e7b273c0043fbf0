import { declarationReaders } from "./cpp-declarations.ts";
import type { FactCollector } from "./fact-collector.ts";
import type { EnterNode, LanguageReader } from "./language-reader.ts";
import { ancestorOfType, childByField, childOfType, parts, textOf, type SyntaxNode } from "./syntax-tree.ts";

const conditions = new Set(["preproc_if", "preproc_ifdef", "preproc_elif", "preproc_else"]);
const types = new Set(["template_declaration", "class_specifier", "struct_specifier"]);

/** What a file includes, it has and hands on. */
const readInclude: EnterNode = (node, facts) => {
  facts.skip(node);
  const path = childByField(node, "path");
  if (path?.type !== "string_literal" && path?.type !== "system_lib_string") {
    facts.open = true;
    return;
  }
  const module = textOf(path).replaceAll('"', "");
  const optional = isConditional(node);
  facts.import(node, { module, names: [], wildcard: true, reexported: true, optional });
};

/** Whether a condition of the preprocessor stands around it, other than the guard against being included twice. */
function isConditional(node: SyntaxNode): boolean {
  const condition = ancestorOfType(node, conditions);
  if (condition === undefined) return false;
  const isGuard = condition.type === "preproc_ifdef" && condition.parent?.type === "translation_unit";
  return !(isGuard && childOfType(condition, "#ifndef") !== undefined);
}

function plain(node: SyntaxNode): SyntaxNode {
  const isTemplate = /^template_(function|method|type)$/.test(node.type);
  return (isTemplate ? childByField(node, "name") : undefined) ?? node;
}

function argumentCount(list: SyntaxNode | undefined): number | null {
  if (list === undefined) return 0;
  const given = parts(list);
  return given.some((each) => each.type === "parameter_pack_expansion") ? null : given.length;
}

const readCall: EnterNode = (node, facts) => {
  const callee = childByField(node, "function");
  if (callee === undefined) return;
  const count = argumentCount(childByField(node, "arguments"));
  const name = plain(callee);
  if (name.type === "identifier") {
    facts.take(name);
    facts.refer(name, { name: textOf(name), kind: "call", argumentCount: count });
  } else if (callee.type === "qualified_identifier") referToQualified(callee, "call", count, facts);
  else if (callee.type === "field_expression") {
    const field = childByField(callee, "field");
    facts.take(callee);
    if (field === undefined) return;
    const named = plain(field);
    facts.take(named);
    const receiver = childByField(callee, "argument");
    facts.refer(named, { name: textOf(named), kind: "call", argumentCount: count, receiver });
  }
};

/** `N::K::f`: the last name, with the one before it as its receiver. */
function referToQualified(
  node: SyntaxNode,
  kind: "call" | "new" | "type" | "member",
  count: number | null,
  facts: FactCollector,
): void {
  let [scope, rest] = [childByField(node, "scope"), childByField(node, "name")];
  facts.take(node);
  facts.take(scope);
  while (rest?.type === "qualified_identifier") {
    facts.take(rest);
    scope = childByField(rest, "scope");
    facts.take(scope);
    rest = childByField(rest, "name");
  }
  if (rest === undefined) return;
  const name = plain(rest);
  facts.take(name);
  facts.refer(name, { name: textOf(name), kind, argumentCount: count, receiver: scope });
}

const readNew: EnterNode = (node, facts) => {
  const type = childByField(node, "type");
  if (type === undefined) return;
  const list = childByField(node, "arguments");
  const count = list?.type === "initializer_list" ? null : argumentCount(list);
  if (type.type === "qualified_identifier") {
    referToQualified(type, "new", count, facts);
    return;
  }
  const name = plain(type);
  if (name.type !== "type_identifier") return;
  facts.take(name);
  facts.refer(name, { name: textOf(name), kind: "new", argumentCount: count });
};

const readQualified: EnterNode = (node, facts) => {
  if (facts.isTaken(node)) return;
  referToQualified(node, node.field === "type" ? "type" : "member", null, facts);
};

const readField: EnterNode = (node, facts) => {
  const field = childByField(node, "field");
  if (field === undefined || facts.isTaken(node)) return;
  facts.refer(field, { name: textOf(field), kind: "member", receiver: childByField(node, "argument") });
};

function readNameAs(kind: "read" | "type"): EnterNode {
  return (node, facts) => {
    if (!facts.isTaken(node)) facts.refer(node, { name: textOf(node), kind });
  };
}

const skip: EnterNode = (node, facts) => facts.skip(node);

/** C++. Overloads and macros of included files are not seen. */
export const cpp: LanguageReader = {
  enter: {
    ...declarationReaders,
    preproc_include: readInclude,
    using_declaration: skip,
    namespace_alias_definition: skip,
    friend_declaration: skip,
    call_expression: readCall,
    new_expression: readNew,
    qualified_identifier: readQualified,
    field_expression: readField,
    identifier: readNameAs("read"),
    type_identifier: readNameAs("type"),
  },
  scope: (node) => {
    if (node.type === "function_definition" || node.type === "lambda_expression") return "local";
    const isDeclared = node.type === "function_declarator" && node.parent?.type !== "function_definition";
    if (isDeclared || node.type === "catch_clause") return "local";
    return types.has(node.type) ? "type" : undefined;
  },
};
