import type { CodeDefinition, ParameterRange } from "../../../schema/code-facts.ts";
import { bindNode, nameOf, type FactCollector } from "./fact-collector.ts";
import type { EnterNode, LanguageReader } from "./language-reader.ts";
import {
  childByField,
  childOfType,
  childrenByField,
  childrenOfType,
  nodesOf,
  parts,
  textOf,
  type SyntaxNode,
} from "./syntax-tree.ts";

const functions = new Set([
  "function_declaration",
  "method_declaration",
  "func_literal",
  "function_type",
  "method_elem",
]);

/** A name is exported when it begins with a capital letter. */
function isExported(name: string): boolean {
  return /^\p{Lu}/u.test(name);
}

function parameterRange(list: SyntaxNode | undefined): ParameterRange | undefined {
  if (list === undefined) return undefined;
  const count = childrenOfType(list, "parameter_declaration")
    .map((each) => Math.max(1, namesOf(each).length))
    .reduce((sum, each) => sum + each, 0);
  return { min: count, max: childOfType(list, "variadic_parameter_declaration") === undefined ? count : null };
}

/** Names a declaration gives; the commas between them carry the same field. */
function namesOf(node: SyntaxNode): readonly SyntaxNode[] {
  return childrenByField(node, "name").filter((each) => each.named);
}

function callableWords(node: SyntaxNode) {
  const parameters = childByField(node, "parameters");
  return { params: parameterRange(parameters), parameters };
}

const readFunction: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (name === undefined) return;
  facts.take(name);
  const text = textOf(name);
  const receiver = childByField(node, "receiver");
  const words = { name: text, exported: isExported(text), ...callableWords(node) };
  if (receiver === undefined) facts.define(node, { ...words, kind: "function" });
  else facts.define(node, { ...words, kind: "method", container: receiverType(receiver) });
};

/** Name of the type that a method belongs to. */
function receiverType(receiver: SyntaxNode): string {
  const type = childByField(parts(receiver)[0], "type");
  const names = type === undefined ? [] : [...nodesOf(type)].filter((each) => each.type === "type_identifier");
  return names[0] === undefined ? "" : textOf(names[0]);
}

const readType: EnterNode = (node, facts) => {
  const [name, type] = [childByField(node, "name"), childByField(node, "type")];
  if (name === undefined) return;
  facts.take(name);
  const text = textOf(name);
  if (facts.isLocal()) {
    facts.bind(text);
    return;
  }
  const kinds: Readonly<Record<string, CodeDefinition["kind"]>> = { struct_type: "class", interface_type: "interface" };
  const heritage = embeddedTypes(type).map((each) => nameOfType(each));
  facts.define(node, { name: text, kind: kinds[type?.type ?? ""] ?? "type", exported: isExported(text), heritage });
  facts.own(type?.type === "struct_type" ? childOfType(type, "field_declaration_list") : type);
};

function embeddedTypes(type: SyntaxNode | undefined): readonly SyntaxNode[] {
  const fields = childrenOfType(childOfType(type, "field_declaration_list"), "field_declaration");
  const embedded = fields
    .filter((each) => namesOf(each).length === 0)
    .flatMap((each) => childByField(each, "type") ?? []);
  const elements = type?.type === "interface_type" ? childrenOfType(type, "type_elem") : [];
  return [...embedded, ...elements.map(parts).flatMap((each) => (each.length === 1 ? each : []))];
}

function nameOfType(type: SyntaxNode): string {
  const plain = type.type === "generic_type" ? childByField(type, "type") : parts(type).at(0);
  const isWrapped = type.type === "generic_type" || type.type === "pointer_type";
  return textOf(isWrapped ? (plain ?? type) : type);
}

const readField: EnterNode = (node, facts) => {
  if (!facts.owns(node.parent)) return;
  for (const name of namesOf(node)) {
    const text = textOf(name);
    facts.define(node, { name: text, kind: "field", exported: isExported(text), contains: false });
  }
};

const readElement: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (name === undefined || !facts.owns(node.parent)) return;
  const text = textOf(name);
  facts.define(node, {
    name: text,
    kind: "method",
    exported: isExported(text),
    required: true,
    ...callableWords(node),
  });
};

const readVariable: EnterNode = (node, facts) => {
  for (const name of namesOf(node)) {
    facts.take(name);
    const text = textOf(name);
    if (facts.isLocal()) facts.bind(text);
    else if (text !== "_") {
      facts.define(node, { name: text, kind: "variable", exported: isExported(text), contains: false });
    }
  }
};

/** Names declared by a parameter, in the scope that is open. */
const bindNames: EnterNode = (node, facts) => {
  for (const name of namesOf(node)) {
    bindNode(name, facts);
  }
};

function bindList(...fields: readonly string[]): EnterNode {
  return (node, facts) => {
    for (const name of fields.flatMap((field) => parts(childByField(node, field)))) {
      if (name.type !== "identifier") continue;
      bindNode(name, facts);
    }
  };
}

const readImport: EnterNode = (node, facts) => {
  facts.skip(node);
  const path = childByField(node, "path");
  if (path === undefined) return;
  const [name, module] = [childByField(node, "name"), nameOf(path)];
  const words = { module, names: [], wildcard: name?.type === "dot", reexported: false, optional: false };
  if (name?.type === "dot" || name?.type === "blank_identifier") facts.import(node, words);
  else facts.import(node, { ...words, namespace: name === undefined ? packageName(module) : textOf(name) });
};

/** The name that a package has by custom: its path's last part, without a version. */
function packageName(path: string): string {
  const names = path.split("/").filter((part) => !/^v\d+$/.test(part));
  return (names.at(-1) ?? path).replace(/\.v\d+$/, "");
}

const readCall: EnterNode = (node, facts) => {
  const callee = childByField(node, "function");
  const given = parts(childByField(node, "arguments"));
  // `f(g())` hands on everything that g returns.
  const unclear = given.length === 1 && given[0]?.type === "call_expression";
  const spread = given.some((each) => each.type === "variadic_argument");
  const argumentCount = unclear || spread ? null : given.length;
  if (callee?.type === "identifier") {
    facts.take(callee);
    facts.refer(callee, { name: textOf(callee), kind: "call", argumentCount });
  } else if (callee?.type === "selector_expression") {
    facts.take(callee);
    readSelected(callee, "call", argumentCount, facts);
  }
};

function readSelected(
  node: SyntaxNode,
  kind: "call" | "member",
  argumentCount: number | null,
  facts: FactCollector,
): void {
  const field = childByField(node, "field");
  if (field === undefined) return;
  facts.refer(field, { name: textOf(field), kind, argumentCount, receiver: childByField(node, "operand") });
}

const readQualifiedType: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (name === undefined) return;
  facts.take(name);
  facts.refer(name, { name: textOf(name), kind: "type", receiver: childByField(node, "package") });
};

/** In `T{Name: 1}` the name is a field as a rule, and nobody knows which. */
const takeKey: EnterNode = (node, facts) => {
  const key = childByField(node, "key");
  const inner = key?.type === "literal_element" ? parts(key)[0] : key;
  if (inner?.type === "identifier") facts.take(inner);
};

/** A file for some systems only stands beside others that declare the same. */
const readComment: EnterNode = (node, facts) => {
  if (/^\/\/(go:build| \+build)/.test(textOf(node).slice(0, 12))) facts.open = true;
};

/** Go. */
export const go: LanguageReader = {
  enter: {
    comment: readComment,
    package_clause: (node, facts) => {
      const name = parts(node)[0];
      if (name !== undefined) facts.package = textOf(name);
    },
    import_spec: readImport,
    function_declaration: readFunction,
    method_declaration: readFunction,
    type_spec: readType,
    type_alias: readType,
    field_declaration: readField,
    method_elem: readElement,
    var_spec: readVariable,
    const_spec: readVariable,
    parameter_declaration: bindNames,
    variadic_parameter_declaration: bindNames,
    type_parameter_declaration: bindNames,
    short_var_declaration: bindList("left"),
    range_clause: bindList("left"),
    receive_statement: bindList("left"),
    type_switch_statement: bindList("alias"),
    call_expression: readCall,
    selector_expression: (node, facts) => {
      if (!facts.isTaken(node)) readSelected(node, "member", null, facts);
    },
    qualified_type: readQualifiedType,
    keyed_element: takeKey,
    identifier: (node, facts) => {
      if (!facts.isTaken(node)) facts.refer(node, { name: textOf(node), kind: "read" });
    },
    type_identifier: (node, facts) => {
      if (!facts.isTaken(node)) facts.refer(node, { name: textOf(node), kind: "type" });
    },
  },
  scope: (node) => {
    if (functions.has(node.type)) return "local";
    return node.type === "type_spec" || node.type === "type_alias" ? "type" : undefined;
  },
};
