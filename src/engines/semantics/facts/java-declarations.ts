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

/** Annotations that add nothing to what is written. */
const plainAnnotations = new Set([
  "Override",
  "Deprecated",
  "SuppressWarnings",
  "FunctionalInterface",
  "SafeVarargs",
  "Nullable",
  "NonNull",
  "NotNull",
]);

function isMarked(node: SyntaxNode, word: string): boolean {
  const modifiers = childOfType(node, "modifiers");
  return modifiers !== undefined && hasWord(modifiers, word);
}

/** Whether an annotation may make a tool add members. */
function isOpen(node: SyntaxNode): boolean {
  const annotations = childrenOfType(childOfType(node, "modifiers"), "marker_annotation", "annotation");
  return annotations.some((each) => !plainAnnotations.has(textOf(childByField(each, "name") ?? each)));
}

function heritageOf(node: SyntaxNode): readonly string[] {
  const clauses = childrenOfType(node, "superclass", "super_interfaces", "extends_interfaces");
  const types = clauses.flatMap(parts).flatMap((each) => (each.type === "type_list" ? parts(each) : [each]));
  return types.map((type) => textOf((type.type === "generic_type" ? parts(type)[0] : undefined) ?? type));
}

function parameterRange(list: SyntaxNode | undefined): ParameterRange | undefined {
  if (list === undefined) return undefined;
  const count = childrenOfType(list, "formal_parameter").length;
  return { min: count, max: childOfType(list, "spread_parameter") === undefined ? count : null };
}

function readTypeAs(kind: CodeDefinition["kind"]): EnterNode {
  return (node, facts) => {
    const name = childByField(node, "name");
    facts.take(name);
    if (name === undefined) return;
    const text = textOf(name);
    if (facts.isLocal()) {
      facts.bind(text);
      return;
    }
    facts.define(node, {
      name: text,
      kind,
      exported: !isMarked(node, "private"),
      heritage: heritageOf(node),
      abstract: isMarked(node, "abstract"),
      open: isOpen(node),
    });
    const body = childByField(node, "body");
    facts.own(body);
    facts.own(childOfType(body, "enum_body_declarations"));
    if (node.type === "record_declaration") readComponents(node, text, facts);
  };
}

/** A record declares its constructor, and a field and a method for each component. */
function readComponents(node: SyntaxNode, name: string, facts: FactCollector): void {
  const list = childByField(node, "parameters");
  const container = facts.container() === "" ? name : `${facts.container()}.${name}`;
  const words = { exported: true, contains: false, container };
  if (list === undefined) return;
  facts.define(list, { ...words, name, kind: "constructor", params: parameterRange(list), parameters: list });
  for (const component of parts(list)) {
    const field = childByField(component, "name");
    if (field === undefined) continue;
    facts.define(component, { ...words, name: textOf(field), kind: "field" });
    facts.define(component, { ...words, name: textOf(field), kind: "method", params: { min: 0, max: 0 } });
  }
}

const readMethod: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  const owner = facts.current();
  if (name === undefined || facts.isLocal() || !facts.owns(node.parent)) return;
  const parameters = childByField(node, "parameters");
  const isBare = owner?.kind === "interface" && childByField(node, "body") === undefined;
  facts.define(node, {
    name: textOf(name),
    kind: node.type === "method_declaration" ? "method" : "constructor",
    exported: !isMarked(node, "private"),
    ...(parameters === undefined ? {} : { params: parameterRange(parameters), parameters }),
    required: isBare || isMarked(node, "abstract"),
    open: isOpen(node),
  });
};

const readElement: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  if (name === undefined || !facts.owns(node.parent)) return;
  const required = childByField(node, "value") === undefined;
  facts.define(node, { name: textOf(name), kind: "field", exported: true, required });
};

const readFields: EnterNode = (node, facts) => {
  for (const declarator of childrenByField(node, "declarator")) {
    const name = childByField(declarator, "name");
    facts.take(name);
    if (name === undefined || facts.isLocal() || !facts.owns(node.parent)) continue;
    const exported = !isMarked(node, "private");
    facts.define(declarator, { name: textOf(name), kind: "field", exported, contains: false });
  }
};

const readConstant: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  if (name === undefined || !facts.owns(node.parent)) return;
  facts.define(node, { name: textOf(name), kind: "field", exported: true, contains: false });
};

/** A parameter, a resource, what is caught, a variable in a pattern. */
const bindName: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (name === undefined || facts.isTaken(name)) return;
  facts.take(name);
  if (facts.isLocal()) facts.bind(textOf(name));
};

const bindLast: EnterNode = (node, facts) => {
  const name = parts(node).findLast((each) => each.type === "identifier");
  if (name === undefined) return;
  bindNode(name, facts);
};

const bindLambda: EnterNode = (node, facts) => {
  const parameters = childByField(node, "parameters");
  const names = parameters?.type === "identifier" ? [parameters] : parts(parameters);
  for (const name of names) {
    if (name.type !== "identifier") continue;
    facts.take(name);
    facts.bindInside(textOf(name));
  }
};

const bindTypeParameter: EnterNode = (node, facts) => {
  const name = childOfType(node, "type_identifier");
  bindNode(name, facts);
};

/** `Point(int x, var y)`: the names in it are declared. */
const bindRecordPattern: EnterNode = (node, facts) => {
  const type = childOfType(node, "identifier");
  if (type !== undefined) facts.refer(type, { name: textOf(type), kind: "type" });
  facts.take(type);
  for (const each of nodesOf(node)) if (each.type === "record_pattern_component") bindLast(each, facts);
};

/** Readers of everything that declares a name, imports aside. */
export const declarationReaders: Readonly<Record<string, EnterNode>> = {
  class_declaration: readTypeAs("class"),
  interface_declaration: readTypeAs("interface"),
  enum_declaration: readTypeAs("enum"),
  record_declaration: readTypeAs("class"),
  annotation_type_declaration: readTypeAs("interface"),
  annotation_type_element_declaration: readElement,
  method_declaration: readMethod,
  constructor_declaration: readMethod,
  compact_constructor_declaration: (node, facts) => facts.take(childByField(node, "name")),
  field_declaration: readFields,
  constant_declaration: readFields,
  enum_constant: readConstant,
  variable_declarator: bindName,
  formal_parameter: bindName,
  enhanced_for_statement: bindName,
  resource: bindName,
  catch_formal_parameter: bindName,
  instanceof_expression: bindName,
  type_pattern: bindLast,
  record_pattern: bindRecordPattern,
  lambda_expression: bindLambda,
  type_parameter: bindTypeParameter,
};
