import type { CodeDefinition, ParameterRange } from "../../../schema/code-facts.ts";
import type { EnterNode } from "./language-reader.ts";
import { childByField, childOfType, childrenOfType, nodesOf, parts, textOf, type SyntaxNode } from "./syntax-tree.ts";

function parameterRange(list: SyntaxNode | undefined): ParameterRange | undefined {
  if (list === undefined) return undefined;
  const parameters = parts(list);
  const isRest = (each: SyntaxNode): boolean => each.type === "variadic_parameter";
  const isNeeded = (each: SyntaxNode): boolean => !isRest(each) && childByField(each, "default_value") === undefined;
  const min = parameters.findLastIndex(isNeeded) + 1;
  return { min, max: parameters.some(isRest) ? null : parameters.length };
}

function isPrivate(member: SyntaxNode): boolean {
  const visibility = childByField(member, "visibility") ?? childOfType(member, "visibility_modifier");
  return visibility !== undefined && textOf(visibility).startsWith("private");
}

/** What is extended, implemented, and used as a trait. */
function heritageOf(node: SyntaxNode): readonly string[] {
  const clauses = childrenOfType(node, "base_clause", "class_interface_clause");
  const traits = childrenOfType(childByField(node, "body"), "use_declaration");
  return [...clauses, ...traits].flatMap((each) => childrenOfType(each, "name", "qualified_name")).map(textOf);
}

function readTypeAs(kind: CodeDefinition["kind"]): EnterNode {
  return (node, facts) => {
    const name = childByField(node, "name");
    facts.take(name);
    if (name === undefined || facts.isLocal()) return;
    // A trait, too, leaves members to the classes that use it.
    const abstract = childOfType(node, "abstract_modifier") !== undefined || node.type === "trait_declaration";
    facts.define(node, { name: textOf(name), kind, exported: true, heritage: heritageOf(node), abstract });
    facts.own(childByField(node, "body"));
  };
}

const readFunction: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  if (name === undefined || facts.isLocal()) return;
  const parameters = childByField(node, "parameters");
  const params = parameterRange(parameters);
  facts.define(node, { name: textOf(name), kind: "function", exported: true, params, parameters });
};

const readMethod: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  const owner = facts.current();
  if (name === undefined || owner === undefined || !facts.owns(node.parent)) return;
  const parameters = childByField(node, "parameters");
  const text = textOf(name);
  if (/^__(call|callStatic|get)$/i.test(text)) owner.open = true;
  facts.define(node, {
    name: text,
    kind: text.toLowerCase() === "__construct" ? "constructor" : "method",
    exported: !isPrivate(node),
    params: parameterRange(parameters),
    parameters,
    required: childByField(node, "body") === undefined,
  });
  for (const parameter of childrenOfType(parameters, "property_promotion_parameter")) {
    const field = childOfType(childByField(parameter, "name"), "name");
    if (field === undefined) continue;
    const exported = !isPrivate(parameter);
    facts.define(parameter, { name: textOf(field), kind: "field", exported, contains: false });
  }
};

const readProperties: EnterNode = (node, facts) => {
  if (!facts.owns(node.parent)) return;
  for (const element of childrenOfType(node, "property_element")) {
    const name = childOfType(childByField(element, "name"), "name");
    if (name === undefined) continue;
    facts.define(element, { name: textOf(name), kind: "field", exported: !isPrivate(node), contains: false });
  }
};

const readConstants: EnterNode = (node, facts) => {
  for (const element of childrenOfType(node, "const_element")) {
    const name = childOfType(element, "name");
    facts.take(name);
    if (name === undefined || facts.isLocal()) continue;
    const kind = facts.owns(node.parent) ? "field" : "variable";
    facts.define(element, { name: textOf(name), kind, exported: !isPrivate(node), contains: false });
  }
};

const readCase: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  if (name === undefined || !facts.owns(node.parent)) return;
  facts.define(node, { name: textOf(name), kind: "field", exported: true, contains: false });
};

/** The first namespace of a file is its package; a second one makes it unclear what is where. */
const readNamespace: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (facts.package !== "") facts.open = true;
  if (name === undefined) return;
  for (const each of nodesOf(name)) facts.take(each);
  if (facts.package === "") facts.package = textOf(name);
};

/** Readers of everything that declares a name. */
export const declarationReaders: Readonly<Record<string, EnterNode>> = {
  namespace_definition: readNamespace,
  class_declaration: readTypeAs("class"),
  interface_declaration: readTypeAs("interface"),
  trait_declaration: readTypeAs("class"),
  enum_declaration: readTypeAs("enum"),
  function_definition: readFunction,
  method_declaration: readMethod,
  property_declaration: readProperties,
  const_declaration: readConstants,
  enum_case: readCase,
};
