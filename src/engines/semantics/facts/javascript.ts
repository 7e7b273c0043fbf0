import type { FactCollector } from "./fact-collector.ts";
import type { ScopeKind } from "./name-scopes.ts";
import { nameOf } from "./fact-collector.ts";
import { finishExports, readAssignment, readDefinedProperty, readModuleName } from "./javascript-exports.ts";
import { moduleReaders, readRequire } from "./javascript-modules.ts";
import { declarationReaders } from "./javascript-declarations.ts";
import { argumentCount, bindPattern, parameterPattern } from "./javascript-names.ts";
import type { EnterNode, LanguageReader } from "./language-reader.ts";
import { childByField, childOfType, parts, textOf, type SyntaxNode } from "./syntax-tree.ts";

const functions = new Set([
  "function_declaration",
  "function_expression",
  "generator_function_declaration",
  "generator_function",
  "arrow_function",
  "method_definition",
  "class_static_block",
  "function_signature",
  "method_signature",
  "abstract_method_signature",
  "call_signature",
  "construct_signature",
  "function_type",
  "constructor_type",
]);
const typeScopes = new Set([
  "class_declaration",
  "abstract_class_declaration",
  "class",
  "interface_declaration",
  "type_alias_declaration",
]);
const blocks = new Set(["statement_block", "for_statement", "for_in_statement", "catch_clause", "switch_statement"]);
const modules = new Set(["module", "internal_module", "ambient_declaration"]);

function scope(node: SyntaxNode, facts: FactCollector): ScopeKind | undefined {
  if (functions.has(node.type)) return "local";
  if (typeScopes.has(node.type)) return "type";
  if (facts.isLocal() || !blocks.has(node.type) || modules.has(node.parent?.type ?? "")) return undefined;
  return "local";
}

/** A name of a binding in front of a function or class expression: seen inside only. */
const nameInside: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (name === undefined || facts.isTaken(name)) return;
  facts.take(name);
  facts.bindInside(textOf(name));
};

const readCall: EnterNode = (node, facts) => {
  const callee = childByField(node, "function");
  if (callee === undefined || facts.isTaken(node)) return;
  use(node, callee, "call", facts);
};

const readNew: EnterNode = (node, facts) => {
  const made = childByField(node, "constructor");
  if (made !== undefined) use(node, made, "new", facts);
};

function use(node: SyntaxNode, callee: SyntaxNode, kind: "call" | "new", facts: FactCollector): void {
  const count = argumentCount(childByField(node, "arguments"));
  if (callee.type === "identifier" || callee.type === "super") {
    facts.take(callee);
    facts.refer(node, { name: textOf(callee), kind, argumentCount: count });
  } else if (callee.type === "member_expression") {
    const property = childByField(callee, "property");
    if (property === undefined) return;
    facts.take(callee);
    facts.refer(property, {
      name: textOf(property),
      kind,
      argumentCount: count,
      receiver: childByField(callee, "object"),
    });
  }
}

const readMember: EnterNode = (node, facts) => {
  const property = childByField(node, "property");
  if (facts.isTaken(node) || property === undefined) return;
  facts.refer(property, { name: textOf(property), kind: "member", receiver: childByField(node, "object") });
};

const readName: EnterNode = (node, facts) => {
  if (!facts.isTaken(node)) facts.refer(node, { name: textOf(node), kind: "read" });
};

const readTypeName: EnterNode = (node, facts) => {
  if (!facts.isTaken(node)) facts.refer(node, { name: textOf(node), kind: "type" });
};

const readNestedType: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (name === undefined) return;
  facts.take(name);
  facts.refer(name, { name: textOf(name), kind: "type", receiver: childByField(node, "module") });
};

/** The parts of a name such as `A.B` where no expression stands. */
const readNestedName: EnterNode = (node, facts) => {
  if (!facts.isTaken(node)) readMember(node, facts);
};

const readTag: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  // A tag in small letters is an element of the page, and no name of the program.
  if (name?.type === "identifier" && (/^[a-z]/.test(textOf(name)) || node.type === "jsx_closing_element")) {
    facts.take(name);
  }
};

const bindParameters: EnterNode = (node, facts) => {
  for (const parameter of parts(node)) bindPattern(parameterPattern(parameter), facts);
};

const readLoop: EnterNode = (node, facts) => {
  if (childByField(node, "kind") === undefined) return;
  const left = childByField(node, "left");
  if (left !== undefined) bindBelow(left, facts);
};

/** Names of patterns are told when the node's own scope is open: at its first child. */
function bindBelow(pattern: SyntaxNode, facts: FactCollector): void {
  bindPattern(pattern, { ...facts, bind: facts.isLocal() ? facts.bind : facts.bindInside });
}

const readCatch: EnterNode = (node, facts) => {
  const caught = childByField(node, "parameter");
  if (caught !== undefined) bindBelow(caught, facts);
};

const readArrow: EnterNode = (node, facts) => {
  const parameter = childByField(node, "parameter");
  if (parameter === undefined) return;
  facts.take(parameter);
  facts.bindInside(textOf(parameter));
};

/** A type's own name: parameters, `infer`, keys of mapped types. */
const bindTypeName: EnterNode = (node, facts) => {
  const name = childByField(node, "name") ?? childOfType(node, "type_identifier");
  if (name === undefined) return;
  facts.take(name);
  facts.bind(nameOf(name));
};

const takeName: EnterNode = (node, facts) => facts.take(childByField(node, "name"));

/** TypeScript, with and without JSX, and JavaScript. */
export const javascript: LanguageReader = {
  enter: {
    ...declarationReaders,
    ...moduleReaders,
    call_expression: (node, facts) => {
      readRequire(node, facts);
      readDefinedProperty(node, facts);
      readCall(node, facts);
    },
    new_expression: readNew,
    assignment_expression: readAssignment,
    member_expression: readMember,
    nested_identifier: readNestedName,
    nested_type_identifier: readNestedType,
    identifier: (node, facts) => {
      readModuleName(node, facts);
      readName(node, facts);
    },
    shorthand_property_identifier: readName,
    type_identifier: readTypeName,
    jsx_opening_element: readTag,
    jsx_self_closing_element: readTag,
    jsx_closing_element: (node, facts) => facts.skip(node),
    formal_parameters: bindParameters,
    for_in_statement: readLoop,
    catch_clause: readCatch,
    arrow_function: readArrow,
    function_expression: nameInside,
    generator_function: nameInside,
    class: nameInside,
    type_parameter: bindTypeName,
    infer_type: bindTypeName,
    mapped_type_clause: bindTypeName,
    index_signature: takeName,
  },
  scope,
  finish: finishExports,
};
