import type { CodeDefinition } from "../../../schema/code-facts.ts";
import { nameOf, type FactCollector } from "./fact-collector.ts";
import { bindRequired } from "./javascript-modules.ts";
import {
  bindPattern,
  callableWords,
  hasModifier,
  heritageOf,
  isFunctionValue,
  isOpenClass,
  parameterPattern,
  patternNames,
} from "./javascript-names.ts";
import type { EnterNode } from "./language-reader.ts";
import { childByField, childOfType, hasWord, parts, textOf, type SyntaxNode } from "./syntax-tree.ts";

/** The export statement that a declaration stands in. */
function exportAround(node: SyntaxNode): SyntaxNode | undefined {
  const parent = node.parent?.type === "ambient_declaration" ? node.parent.parent : node.parent;
  return parent?.type === "export_statement" ? parent : undefined;
}

/** How other files get the declaration, from the words around it. */
function exportWords(node: SyntaxNode): Pick<CodeDefinition, "exported" | "exportedAs"> {
  const statement = exportAround(node);
  if (statement === undefined) return { exported: false };
  return hasWord(statement, "default") ? { exported: true, exportedAs: ["default"] } : { exported: true };
}

const readFunction: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  if (name === undefined) return;
  if (facts.isLocal()) facts.bind(textOf(name));
  else facts.define(node, { name: textOf(name), kind: "function", ...exportWords(node), ...callableWords(node) });
};

function declare(kind: CodeDefinition["kind"]): EnterNode {
  return (node, facts) => {
    const name = childByField(node, "name");
    facts.take(name);
    if (name === undefined) return;
    if (facts.isLocal()) {
      facts.bind(textOf(name));
      return;
    }
    const open = kind === "class" && isOpenClass(node);
    const abstract = node.type === "abstract_class_declaration";
    facts.define(node, { name: nameOf(name), kind, ...exportWords(node), heritage: heritageOf(node), abstract, open });
    facts.own(childByField(node, "body"));
  };
}

const readVariable: EnterNode = (node, facts) => {
  const [pattern, value] = [childByField(node, "name"), childByField(node, "value")];
  if (pattern === undefined) return;
  if (bindRequired(node, facts)) return;
  if (facts.isLocal()) {
    bindPattern(pattern, facts);
    return;
  }
  const around = exportWords(node.parent ?? node);
  const names = patternNames(pattern);
  for (const { node: name } of names) facts.take(name);
  if (pattern.type !== "identifier") {
    for (const { node: name } of names) {
      facts.define(node, { name: textOf(name), kind: "variable", ...around, contains: false });
    }
    return;
  }
  const settled = node.parent?.type === "lexical_declaration" && hasWord(node.parent, "const");
  const typed = childByField(node, "type") !== undefined;
  const words = { name: textOf(pattern), ...around };
  if (settled && value !== undefined && isFunctionValue(value)) {
    const shape = typed ? { open: true } : callableWords(value);
    facts.define(node, { ...words, kind: "function", ...shape });
  } else if (settled && value?.type === "class") {
    facts.define(node, { ...words, kind: "class", heritage: heritageOf(value), open: isOpenClass(value) });
    facts.own(childByField(value, "body"));
  } else {
    facts.define(node, { ...words, kind: "variable" });
  }
};

const readMethod: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  const owner = facts.current();
  if (name === undefined || owner === undefined || !facts.owns(node.parent)) return;
  if (name.type === "computed_property_name") {
    owner.open = true;
    return;
  }
  const text = nameOf(name);
  const inInterface = owner.kind === "interface";
  const isAccessor = hasWord(node, "get") || hasWord(node, "set");
  const before = node.parent?.children[(node.parent?.children.indexOf(node) ?? 0) - 1];
  const changed = before?.type === "decorator";
  facts.define(node, {
    name: text,
    kind: isAccessor ? "field" : text === "constructor" ? "constructor" : "method",
    exported: !isPrivate(node, name),
    ...(isAccessor || changed ? {} : callableWords(node)),
    required: inInterface ? !hasWord(node, "?") : hasWord(node, "abstract"),
    open: changed,
  });
  if (text === "constructor") defineParameterFields(node, facts);
};

/** `constructor(private readonly a)` declares a field of the class. */
function defineParameterFields(node: SyntaxNode, facts: FactCollector): void {
  for (const parameter of parts(childByField(node, "parameters"))) {
    const access = childOfType(parameter, "accessibility_modifier");
    if (access === undefined && !hasWord(parameter, "readonly")) continue;
    const name = textOf(parameterPattern(parameter));
    const exported = access === undefined || textOf(access) !== "private";
    facts.define(parameter, { name, kind: "field", exported, contains: false });
  }
}

const readField: EnterNode = (node, facts) => {
  const name = childByField(node, "name") ?? childByField(node, "property");
  const owner = facts.current();
  if (name === undefined || owner === undefined || !facts.owns(node.parent)) return;
  if (name.type === "computed_property_name") {
    owner.open = true;
    return;
  }
  const value = childByField(node, "value");
  const isTyped = childByField(node, "type") !== undefined;
  facts.define(node, {
    name: nameOf(name),
    kind: "field",
    exported: !isPrivate(node, name),
    ...(value !== undefined && isFunctionValue(value) && !isTyped ? callableWords(value) : {}),
    required: owner.kind === "interface" ? !hasWord(node, "?") : hasWord(node, "abstract"),
  });
};

function isPrivate(member: SyntaxNode, name: SyntaxNode): boolean {
  return name.type === "private_property_identifier" || hasModifier(member, "private");
}

const readEnumBody: EnterNode = (node, facts) => {
  if (!facts.owns(node)) return;
  for (const member of parts(node)) {
    const name = member.type === "enum_assignment" ? childByField(member, "name") : member;
    if (name === undefined || name.type === "computed_property_name") continue;
    facts.define(member, { name: nameOf(name), kind: "field", exported: true, contains: false });
  }
};

/** `declare global` adds to what no file owns. */
const readAmbient: EnterNode = (node, facts) => {
  if (hasWord(node, "global")) facts.skip(node);
};

/** Readers of everything that declares a name. */
export const declarationReaders: Readonly<Record<string, EnterNode>> = {
  function_declaration: readFunction,
  generator_function_declaration: readFunction,
  function_signature: readFunction,
  class_declaration: declare("class"),
  abstract_class_declaration: declare("class"),
  interface_declaration: declare("interface"),
  type_alias_declaration: declare("type"),
  enum_declaration: declare("enum"),
  internal_module: declare("module"),
  module: declare("module"),
  variable_declarator: readVariable,
  method_definition: readMethod,
  method_signature: readMethod,
  abstract_method_signature: readMethod,
  public_field_definition: readField,
  field_definition: readField,
  property_signature: readField,
  enum_body: readEnumBody,
  ambient_declaration: readAmbient,
};
