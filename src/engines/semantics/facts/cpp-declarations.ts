import type { CodeDefinition, ParameterRange } from "../../../schema/code-facts.ts";
import { bindNode, type FactCollector } from "./fact-collector.ts";
import type { EnterNode } from "./language-reader.ts";
import {
  childByField,
  childOfType,
  childrenByField,
  childrenOfType,
  hasWord,
  nodesOf,
  parts,
  textOf,
  type SyntaxNode,
} from "./syntax-tree.ts";

const wrappers = new Set([
  "pointer_declarator",
  "reference_declarator",
  "parenthesized_declarator",
  "array_declarator",
  "init_declarator",
  "attributed_declarator",
  "variadic_declarator",
]);

/** What is declared behind `*`, `&` and brackets: a name, or a function with its parameters. */
function innerDeclarator(declarator: SyntaxNode | undefined): SyntaxNode | undefined {
  let inner = declarator;
  while (inner !== undefined && wrappers.has(inner.type)) {
    inner = childByField(inner, "declarator") ?? parts(inner).find((each) => /declarator$|identifier$/.test(each.type));
  }
  return inner;
}

/** Whether the declarator is a function and not a pointer to one. */
function isFunction(declarator: SyntaxNode | undefined): declarator is SyntaxNode {
  return (
    declarator?.type === "function_declarator" &&
    childByField(declarator, "declarator")?.type !== "parenthesized_declarator"
  );
}

function parameterRange(list: SyntaxNode | undefined): ParameterRange | undefined {
  if (list === undefined) return undefined;
  const parameters = parts(list).filter((each) => each.type.endsWith("parameter_declaration"));
  const [only] = parameters;
  if (parameters.length === 1 && only !== undefined && textOf(only) === "void") return { min: 0, max: 0 };
  const isPack = (each: SyntaxNode): boolean => each.type === "variadic_parameter_declaration";
  const needed = parameters.filter((each) => each.type === "parameter_declaration").length;
  const open = parameters.some(isPack) || hasWord(list, "...") || textOf(list).includes("...");
  return { min: needed, max: open ? null : parameters.length };
}

/** The path of a name that is written as `N::K::f`, template arguments left out. */
function pathOf(name: SyntaxNode): readonly string[] {
  const path: string[] = [];
  let rest: SyntaxNode | undefined = name;
  while (rest?.type === "qualified_identifier") {
    const scope = childByField(rest, "scope");
    if (scope !== undefined) path.push(plainName(scope));
    rest = childByField(rest, "name");
  }
  if (rest !== undefined) path.push(plainName(rest));
  return path;
}

function plainName(node: SyntaxNode): string {
  const isTemplate = /^template_(type|function|method)$/.test(node.type);
  return textOf((isTemplate ? childByField(node, "name") : undefined) ?? node).replaceAll(/\s+/g, "");
}

/** Whether a word such as `static` stands in front of the declaration. */
function isMarked(node: SyntaxNode, word: string): boolean {
  return childrenOfType(node, "storage_class_specifier").some((each) => textOf(each) === word);
}

/** Whether the last `public:`, `protected:` or `private:` before a member makes it private. */
function isPrivate(member: SyntaxNode, facts: FactCollector): boolean {
  const outer = member.parent?.type === "template_declaration" ? member.parent : member;
  if (outer.parent?.type !== "field_declaration_list") return false;
  const siblings = outer.parent.children;
  const before = siblings.slice(0, siblings.indexOf(outer)).findLast((each) => each.type === "access_specifier");
  if (before !== undefined) return textOf(before).startsWith("private");
  return facts.current() !== undefined && outer.parent.parent?.type === "class_specifier";
}

function defineFunction(node: SyntaxNode, declarator: SyntaxNode, facts: FactCollector): void {
  const name = childByField(declarator, "declarator");
  if (name === undefined) return;
  for (const each of nodesOf(name)) facts.take(each);
  const path = pathOf(name);
  const text = path.at(-1) ?? "";
  const scope = [facts.container(), ...path.slice(0, -1)].filter((part) => part !== "").join(".");
  const inType = path.length > 1 || facts.owns(node.parent) || facts.owns(node.parent?.parent);
  const owner = path.length > 1 ? path.at(-2) : facts.current()?.name;
  const parameters = childByField(declarator, "parameters");
  facts.define(node, {
    name: text,
    kind: !inType ? "function" : text === owner ? "constructor" : "method",
    exported: inType ? !isPrivate(node, facts) : !isMarked(node, "static") && !isHidden(node),
    container: scope,
    params: parameterRange(parameters),
    parameters,
    required: isPure(node),
  });
}

/** Whether a member function has to be given by a subtype: `= 0`. */
function isPure(node: SyntaxNode): boolean {
  const value = childByField(node, "default_value");
  return (value !== undefined && textOf(value) === "0") || childOfType(node, "pure_virtual_clause") !== undefined;
}

/** Whether a namespace without a name keeps it in this file. */
function isHidden(node: SyntaxNode): boolean {
  let around = node.parent;
  while (around !== undefined) {
    if (around.type === "namespace_definition" && childByField(around, "name") === undefined) return true;
    around = around.parent;
  }
  return false;
}

const readFunction: EnterNode = (node, facts) => {
  const declarator = innerDeclarator(childByField(node, "declarator"));
  if (isFunction(declarator) && !facts.isLocal()) defineFunction(node, declarator, facts);
};

/** Variables, fields, and functions that are declared here and written elsewhere. */
const readDeclaration: EnterNode = (node, facts) => {
  // A structure without a name of its own keeps its fields.
  if (node.type === "field_declaration" && !facts.owns(node.parent)) return;
  for (const declared of childrenByField(node, "declarator")) {
    const declarator = innerDeclarator(declared);
    if (declarator === undefined) continue;
    if (isFunction(declarator) && !facts.isLocal()) {
      defineFunction(node, declarator, facts);
      continue;
    }
    const name = variableName(declarator);
    if (name === undefined) continue;
    facts.take(name);
    if (facts.isLocal()) facts.bind(textOf(name));
    else defineVariable(node, name, facts);
  }
};

function variableName(declarator: SyntaxNode): SyntaxNode | undefined {
  const named = [...nodesOf(declarator)].find((each) => each.type === "identifier" || each.type === "field_identifier");
  return declarator.type === "qualified_identifier" || declarator.type === "structured_binding_declarator"
    ? undefined
    : named;
}

function defineVariable(node: SyntaxNode, name: SyntaxNode, facts: FactCollector): void {
  const inType = facts.owns(node.parent);
  facts.define(node, {
    name: textOf(name),
    kind: inType ? "field" : "variable",
    exported: inType ? !isPrivate(node, facts) : !isMarked(node, "static") && !isHidden(node),
    contains: false,
  });
}

function readTypeAs(kind: CodeDefinition["kind"]): EnterNode {
  return (node, facts) => {
    const name = childByField(node, "name");
    const body = childByField(node, "body");
    if (name === undefined || body === undefined) return;
    for (const each of nodesOf(name)) facts.take(each);
    const path = pathOf(name);
    const text = path.at(-1) ?? "";
    if (facts.isLocal()) {
      facts.bind(text);
      return;
    }
    const bases = parts(childOfType(node, "base_class_clause")).filter((each) => /type|identifier/.test(each.type));
    const heritage = bases.map((each) => (each.type === "template_type" ? plainName(each) : textOf(each)));
    const scope = [facts.container(), ...path.slice(0, -1)].filter((part) => part !== "").join(".");
    facts.define(node, { name: text, kind, exported: !isPrivate(node, facts), container: scope, heritage });
    facts.own(body);
  };
}

const readEnumerator: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  if (name === undefined || facts.isLocal()) return;
  facts.define(node, { name: textOf(name), kind: "field", exported: true, contains: false });
};

const readAlias: EnterNode = (node, facts) => {
  const names = node.type === "alias_declaration" ? [childByField(node, "name")] : childrenByField(node, "declarator");
  for (const declared of names) {
    const name = innerDeclarator(declared);
    if (name?.type !== "type_identifier") continue;
    facts.take(name);
    if (facts.isLocal()) facts.bind(textOf(name));
    else facts.define(node, { name: textOf(name), kind: "type", exported: true, contains: false });
  }
};

/** A namespace can be opened again anywhere, so that it always may have more. */
const readNamespace: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (name === undefined) return;
  for (const each of nodesOf(name)) facts.take(each);
  const text = textOf(name).replaceAll(/\s+/g, "").replaceAll("::", ".");
  facts.define(node, { name: text, kind: "module", exported: true, open: true });
};

const readMacro: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.skip(node);
  if (name === undefined) return;
  facts.define(node, { name: textOf(name), kind: "variable", exported: true, contains: false, open: true });
};

/** Parameters, of functions and of what is caught. */
const bindParameter: EnterNode = (node, facts) => {
  const declarator = innerDeclarator(childByField(node, "declarator"));
  const name = declarator === undefined ? undefined : variableName(declarator);
  if (name === undefined) return;
  facts.take(name);
  if (facts.isLocal()) facts.bind(textOf(name));
};

const bindAll: EnterNode = (node, facts) => {
  for (const name of parts(node)) {
    if (name.type !== "identifier") continue;
    bindNode(name, facts);
  }
};

const bindTypeParameter: EnterNode = (node, facts) => {
  const name = childOfType(node, "type_identifier");
  bindNode(name, facts);
};

/** Readers of everything that declares a name. */
export const declarationReaders: Readonly<Record<string, EnterNode>> = {
  function_definition: readFunction,
  declaration: readDeclaration,
  field_declaration: readDeclaration,
  class_specifier: readTypeAs("class"),
  struct_specifier: readTypeAs("class"),
  union_specifier: readTypeAs("class"),
  enum_specifier: readTypeAs("enum"),
  enumerator: readEnumerator,
  alias_declaration: readAlias,
  type_definition: readAlias,
  namespace_definition: readNamespace,
  preproc_def: readMacro,
  preproc_function_def: readMacro,
  parameter_declaration: bindParameter,
  optional_parameter_declaration: bindParameter,
  variadic_parameter_declaration: bindParameter,
  for_range_loop: bindParameter,
  structured_binding_declarator: bindAll,
  type_parameter_declaration: bindTypeParameter,
  variadic_type_parameter_declaration: bindTypeParameter,
  optional_type_parameter_declaration: (node, facts) => {
    const name = childByField(node, "name");
    bindNode(name, facts);
  },
};
