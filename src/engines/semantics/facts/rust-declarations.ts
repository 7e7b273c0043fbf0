import type { CodeDefinition, ParameterRange } from "../../../schema/code-facts.ts";
import { bindNode, type FactCollector } from "./fact-collector.ts";
import type { EnterNode } from "./language-reader.ts";
import {
  childByField,
  childOfType,
  childrenOfType,
  isComment,
  nodesOf,
  parts,
  textOf,
  type SyntaxNode,
} from "./syntax-tree.ts";

/** Attributes that change nothing of what an item looks like from outside. */
const plainAttributes =
  /^(derive|inline|must_use|allow|expect|warn|deny|doc|deprecated|test|repr|non_exhaustive|cold|track_caller|rustfmt::skip|ignore|should_panic)\b/;

/** Whether an attribute in front of the item may change or remove it: `cfg`, or a macro. */
function isOpen(node: SyntaxNode): boolean {
  const siblings = node.parent?.children ?? [];
  for (let at = siblings.indexOf(node) - 1; at >= 0; at--) {
    const before = siblings[at];
    if (before === undefined || (before.type !== "attribute_item" && !isComment(before))) return false;
    const attribute = childOfType(before, "attribute");
    if (attribute !== undefined && !plainAttributes.test(textOf(attribute))) return true;
  }
  return false;
}

function isPublic(node: SyntaxNode): boolean {
  return childOfType(node, "visibility_modifier") !== undefined;
}

/** Members of traits and of what implements them are as public as the trait. */
function isExported(node: SyntaxNode): boolean {
  const around = node.parent?.parent;
  const ofTrait =
    around?.type === "trait_item" || (around?.type === "impl_item" && childByField(around, "trait") !== undefined);
  return ofTrait || isPublic(node) || node.parent?.parent?.type === "foreign_mod_item";
}

/** A function that takes `self` can also be called by its path, with the object as its first argument. */
function parameterRange(list: SyntaxNode | undefined): ParameterRange | undefined {
  if (list === undefined) return undefined;
  const parameters = parts(list).filter((each) => each.type !== "attribute_item");
  const isSelf = (each: SyntaxNode): boolean =>
    each.type === "self_parameter" || childByField(each, "pattern")?.type === "self";
  const selves = parameters.filter(isSelf).length;
  const variadic = parameters.some((each) => each.type === "variadic_parameter");
  const count = parameters.length - (variadic ? 1 : 0);
  return { min: count - selves, max: variadic ? null : count };
}

/** The name of a type without its arguments. */
function typeName(type: SyntaxNode | undefined): string {
  const plain = type?.type === "generic_type" ? childByField(type, "type") : type;
  return plain === undefined ? "" : textOf(plain);
}

const readFunction: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  if (name === undefined) return;
  const text = textOf(name);
  if (facts.isLocal()) {
    facts.bind(text);
    return;
  }
  const around = node.parent?.parent?.type;
  const parameters = childByField(node, "parameters");
  facts.define(node, {
    name: text,
    kind: around === "impl_item" || around === "trait_item" ? "method" : "function",
    exported: isExported(node),
    params: parameterRange(parameters),
    parameters,
    required: node.type === "function_signature_item" && around === "trait_item",
    open: isOpen(node),
  });
};

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
    const heritage = parts(childByField(node, "bounds"))
      .filter((each) => each.type !== "lifetime")
      .map(typeName);
    const required = node.type === "associated_type" && childByField(node, "type") === undefined;
    facts.define(node, { name: text, kind, exported: isExported(node), heritage, required, open: isOpen(node) });
    facts.own(childByField(node, "body"));
  };
}

/** What implements a trait is told under a name that no type can have, with the trait as its heritage. */
const readImplementation: EnterNode = (node, facts) => {
  const [trait, type] = [childByField(node, "trait"), childByField(node, "type")];
  if (facts.isLocal()) return;
  const name = typeName(type);
  if (trait === undefined) {
    facts.contain(name);
    return;
  }
  const written = `impl ${textOf(trait)} for ${type === undefined ? "" : textOf(type)}`;
  facts.define(node, { name: written, kind: "class", exported: true, heritage: [typeName(trait)], open: isOpen(node) });
};

const readField: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (name === undefined || !facts.owns(node.parent)) return;
  const exported = isPublic(node);
  facts.define(node, { name: textOf(name), kind: "field", exported, contains: false });
};

const readVariant: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  if (name === undefined || !facts.owns(node.parent)) return;
  facts.define(node, { name: textOf(name), kind: "field", exported: true, contains: false, open: isOpen(node) });
};

const readValue: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  if (name === undefined) return;
  const text = textOf(name);
  if (facts.isLocal()) facts.bind(text);
  else if (text !== "_") {
    const required = node.parent?.parent?.type === "trait_item" && childByField(node, "value") === undefined;
    facts.define(node, { name: text, kind: "variable", exported: isExported(node), required, open: isOpen(node) });
  }
};

const readModule: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  if (name === undefined || facts.isLocal()) return;
  const text = textOf(name);
  if (childByField(node, "body") === undefined) {
    const reexported = isPublic(node);
    facts.import(node, {
      module: text,
      names: [],
      namespace: text,
      wildcard: false,
      reexported,
      optional: isOpen(node),
    });
  } else facts.define(node, { name: text, kind: "module", exported: isPublic(node), open: isOpen(node) });
};

/** Names in a pattern that are written small are declared by it. */
function bindPattern(pattern: SyntaxNode | undefined, facts: FactCollector): void {
  if (pattern === undefined) return;
  const opaque = new Set(["scoped_identifier", "scoped_type_identifier", "match_arm", "macro_invocation"]);
  for (const node of nodesOf(pattern, (each) => !opaque.has(each.type) && each.field !== "condition")) {
    const isName = node.type === "identifier" && node.field !== "type" && node.field !== "condition";
    if (!isName && node.type !== "shorthand_field_identifier") continue;
    const name = textOf(node);
    if (!/^[\p{Ll}_]/u.test(name)) continue;
    facts.take(node);
    facts.bind(name);
  }
}

function bindField(field: string): EnterNode {
  return (node, facts) => bindPattern(childByField(node, field), facts);
}

const bindClosure: EnterNode = (node, facts) => {
  for (const parameter of parts(node)) if (parameter.type !== "parameter") bindPattern(parameter, facts);
};

const bindTypeParameter: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  bindNode(name, facts);
};

/** A macro among the items may declare anything. */
const readMacro: EnterNode = (node, facts) => {
  const around = node.parent?.type === "expression_statement" ? node.parent.parent : node.parent;
  if (!facts.isLocal() && (around?.type === "source_file" || around?.type === "declaration_list")) facts.open = true;
  const name = childByField(node, "macro");
  facts.take(name);
  for (const tokens of childrenOfType(node, "token_tree")) facts.skip(tokens);
};

/** Readers of everything that declares a name, imports aside. */
export const declarationReaders: Readonly<Record<string, EnterNode>> = {
  function_item: readFunction,
  function_signature_item: readFunction,
  struct_item: readTypeAs("class"),
  union_item: readTypeAs("class"),
  enum_item: readTypeAs("enum"),
  trait_item: readTypeAs("interface"),
  type_item: readTypeAs("type"),
  associated_type: readTypeAs("type"),
  impl_item: readImplementation,
  field_declaration: readField,
  enum_variant: readVariant,
  const_item: readValue,
  static_item: readValue,
  mod_item: readModule,
  parameter: bindField("pattern"),
  let_declaration: bindField("pattern"),
  let_condition: bindField("pattern"),
  for_expression: bindField("pattern"),
  match_arm: bindField("pattern"),
  closure_parameters: bindClosure,
  type_parameter: bindTypeParameter,
  const_parameter: bindTypeParameter,
  macro_invocation: readMacro,
  macro_definition: (node, facts) => facts.skip(node),
  attribute_item: (node, facts) => facts.skip(node),
  inner_attribute_item: (node, facts) => facts.skip(node),
};
