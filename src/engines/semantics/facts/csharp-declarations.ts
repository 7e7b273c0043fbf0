import type { CodeDefinition, ParameterRange } from "../../../schema/code-facts.ts";
import { bindNode, type FactCollector } from "./fact-collector.ts";
import type { EnterNode } from "./language-reader.ts";
import {
  childByField,
  childOfType,
  childrenOfType,
  hasWord,
  nodesOf,
  parts,
  textOf,
  type SyntaxNode,
} from "./syntax-tree.ts";

function isMarked(node: SyntaxNode, ...words: readonly string[]): boolean {
  return childrenOfType(node, "modifier").some((each) => words.includes(textOf(each)));
}

/** Members are private where nothing else is said, except in interfaces. */
function isExported(node: SyntaxNode, facts: FactCollector): boolean {
  if (facts.current()?.kind === "interface") return !isMarked(node, "private");
  return isMarked(node, "public", "internal", "protected");
}

function parameterRange(list: SyntaxNode | undefined): ParameterRange | undefined {
  if (list === undefined) return undefined;
  const parameters = childrenOfType(list, "parameter");
  const needed = parameters.filter((each) => !hasWord(each, "=") && !/\bparams\b/.test(modifierOf(each))).length;
  // A method that extends a type is called with what it extends in front of it or inside.
  const inFront = parameters[0] !== undefined && modifierOf(parameters[0]) === "this" ? 1 : 0;
  const rest = hasWord(list, "params") || parameters.some((each) => /\bparams\b/.test(modifierOf(each)));
  return { min: needed - inFront, max: rest ? null : parameters.length };
}

function modifierOf(parameter: SyntaxNode): string {
  return childrenOfType(parameter, "modifier").map(textOf).join(" ");
}

function heritageOf(node: SyntaxNode): readonly string[] {
  return parts(childOfType(node, "base_list"))
    .filter((each) => each.type !== "argument_list")
    .map((each) => {
      const type = each.type === "primary_constructor_base_type" ? (childByField(each, "type") ?? each) : each;
      return textOf((type.type === "generic_name" ? parts(type)[0] : undefined) ?? type);
    });
}

function readTypeAs(kind: CodeDefinition["kind"]): EnterNode {
  return (node, facts) => {
    const name = childByField(node, "name");
    facts.take(name);
    if (name === undefined || facts.isLocal()) return;
    const text = textOf(name);
    const nested = facts.current() !== undefined && facts.current()?.kind !== "module";
    facts.define(node, {
      name: text,
      kind,
      exported: nested ? isExported(node, facts) : !isMarked(node, "file"),
      heritage: heritageOf(node),
      abstract: isMarked(node, "abstract"),
      open: isMarked(node, "partial"),
    });
    facts.own(childByField(node, "body") ?? childOfType(node, "declaration_list"));
    const list = childOfType(node, "parameter_list");
    if (list !== undefined && kind === "class") readPrimaryConstructor(node, { name: text, list }, facts);
  };
}

/** `record R(int A)` and `class C(int a)` declare a constructor; the components of a record are fields as well. */
function readPrimaryConstructor(
  node: SyntaxNode,
  { name, list }: { readonly name: string; readonly list: SyntaxNode },
  facts: FactCollector,
): void {
  const container = facts.container() === "" ? name : `${facts.container()}.${name}`;
  const words = { exported: true, contains: false, container };
  facts.define(list, { ...words, name, kind: "constructor", params: parameterRange(list), parameters: list });
  for (const parameter of childrenOfType(list, "parameter")) {
    const field = childByField(parameter, "name");
    if (field === undefined) continue;
    facts.take(field);
    facts.bindInside(textOf(field));
    if (node.type === "record_declaration") facts.define(parameter, { ...words, name: textOf(field), kind: "field" });
  }
}

const readMethod: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  if (name === undefined || facts.isLocal() || !facts.owns(node.parent)) return;
  const isBare = facts.current()?.kind === "interface" && !hasBody(node) && !isMarked(node, "static");
  const parameters = childByField(node, "parameters");
  facts.define(node, {
    name: textOf(name),
    kind: node.type === "constructor_declaration" ? "constructor" : "method",
    exported: isExported(node, facts) || childOfType(node, "explicit_interface_specifier") !== undefined,
    params: parameterRange(parameters),
    parameters,
    required: isBare || isMarked(node, "abstract"),
    open: isMarked(node, "partial"),
  });
};

function hasBody(node: SyntaxNode): boolean {
  return (
    childByField(node, "body") !== undefined || childOfType(node, "block", "arrow_expression_clause") !== undefined
  );
}

const readProperty: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  if (name === undefined || !facts.owns(node.parent)) return;
  const accessors = childrenOfType(childByField(node, "accessors"), "accessor_declaration");
  const isBare = childByField(node, "value") === undefined && !accessors.some(hasBody);
  const inInterface = facts.current()?.kind === "interface" && !isMarked(node, "static");
  facts.define(node, {
    name: textOf(name),
    kind: "field",
    exported: isExported(node, facts) || childOfType(node, "explicit_interface_specifier") !== undefined,
    required: (inInterface && isBare) || isMarked(node, "abstract"),
  });
};

const readFields: EnterNode = (node, facts) => {
  for (const declarator of childrenOfType(childOfType(node, "variable_declaration"), "variable_declarator")) {
    const name = childByField(declarator, "name");
    facts.take(name);
    if (name === undefined || facts.isLocal() || !facts.owns(node.parent)) continue;
    const required = isMarked(node, "abstract");
    const exported = isExported(node, facts);
    facts.define(declarator, { name: textOf(name), kind: "field", exported, contains: false, required });
  }
};

const readDelegate: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  if (name === undefined) return;
  const nested = facts.current() !== undefined && facts.current()?.kind !== "module";
  facts.define(node, { name: textOf(name), kind: "type", exported: !nested || isExported(node, facts) });
};

const readMember: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  if (name === undefined || facts.current()?.kind !== "enum") return;
  facts.define(node, { name: textOf(name), kind: "field", exported: true, contains: false });
};

/** The first namespace of a file is its package; what is in others says so. */
const readNamespace: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (name === undefined) return;
  for (const each of nodesOf(name)) facts.take(each);
  const text = textOf(name);
  if (facts.package === "" && facts.definitions.length === 0) facts.package = text;
  else facts.define(node, { name: text, kind: "module", exported: true, open: true });
};

const bindName: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (name?.type !== "identifier" || facts.isTaken(name)) return;
  facts.take(name);
  if (facts.isLocal()) facts.bind(textOf(name));
};

const bindTypeParameter: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  bindNode(name, facts);
};

const bindLoop: EnterNode = (node, facts) => {
  const left = childByField(node, "left");
  if (left?.type !== "identifier") return;
  bindNode(left, facts);
};

const bindImplicit: EnterNode = (node, facts) => facts.bind(textOf(node));

/** `(a, b)` in a pattern or a declaration. */
const bindDesignation: EnterNode = (node, facts) => {
  for (const name of nodesOf(node)) {
    if (name.type !== "identifier") continue;
    bindNode(name, facts);
  }
};

/** Readers of everything that declares a name. */
export const declarationReaders: Readonly<Record<string, EnterNode>> = {
  namespace_declaration: readNamespace,
  file_scoped_namespace_declaration: readNamespace,
  class_declaration: readTypeAs("class"),
  struct_declaration: readTypeAs("class"),
  record_declaration: readTypeAs("class"),
  interface_declaration: readTypeAs("interface"),
  enum_declaration: readTypeAs("enum"),
  delegate_declaration: readDelegate,
  enum_member_declaration: readMember,
  method_declaration: readMethod,
  constructor_declaration: readMethod,
  destructor_declaration: (node, facts) => facts.take(childByField(node, "name")),
  property_declaration: readProperty,
  event_declaration: readProperty,
  field_declaration: readFields,
  event_field_declaration: readFields,
  variable_declarator: bindName,
  parameter: bindName,
  parameter_list: bindName,
  catch_declaration: bindName,
  declaration_pattern: bindName,
  declaration_expression: bindName,
  recursive_pattern: bindName,
  var_pattern: bindDesignation,
  parenthesized_variable_designation: bindDesignation,
  tuple_pattern: bindDesignation,
  from_clause: bindName,
  join_clause: bindName,
  let_clause: bindName,
  local_function_statement: bindName,
  foreach_statement: bindLoop,
  implicit_parameter: bindImplicit,
  type_parameter: bindTypeParameter,
};
