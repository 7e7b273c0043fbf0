import type { ParameterRange } from "../../../schema/code-facts.ts";
import { bindNode, type FactCollector } from "./fact-collector.ts";
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

const functionTypes = new Set(["arrow_function", "function_expression", "generator_function", "function"]);

/** Whether the value is a function. */
export function isFunctionValue(node: SyntaxNode | undefined): boolean {
  return node !== undefined && functionTypes.has(node.type);
}

/** A variable that a pattern declares, and the name of the property that it gets. */
export interface PatternName {
  readonly node: SyntaxNode;
  /** Undefined where it is no property of the value itself: rest, elements of a list, deeper properties. */
  readonly property: string | undefined;
}

/** The names that a parameter, a variable or a destructuring declares. */
export function patternNames(pattern: SyntaxNode): readonly PatternName[] {
  const names: PatternName[] = [];
  const open: { readonly node: SyntaxNode; readonly property?: string; readonly deep: boolean }[] = [
    { node: pattern, deep: false },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, property, deep } = next;
    if (node.type === "identifier") names.push({ node, property: deep ? undefined : property });
    else if (node.type === "shorthand_property_identifier_pattern") {
      names.push({ node, property: deep ? undefined : textOf(node) });
    } else if (node.type === "object_pattern") {
      open.push(...parts(node).map((node) => ({ node, deep: deep || property !== undefined })));
    } else if (node.type === "pair_pattern") {
      const [key, value] = [childByField(node, "key"), childByField(node, "value")];
      const known = key?.type === "property_identifier" ? textOf(key) : undefined;
      if (value !== undefined) open.push({ node: value, deep, ...(known === undefined ? {} : { property: known }) });
    } else if (node.type === "assignment_pattern" || node.type === "object_assignment_pattern") {
      const left = childByField(node, "left");
      if (left !== undefined) open.push({ ...next, node: left });
    } else if (node.type === "array_pattern" || node.type === "rest_pattern") {
      open.push(...parts(node).map((node) => ({ node, deep: true })));
    }
  }
  return names;
}

/** Tells the names of a pattern as declared here. */
export function bindPattern(pattern: SyntaxNode | undefined, facts: FactCollector): void {
  if (pattern === undefined) return;
  for (const { node } of patternNames(pattern)) {
    bindNode(node, facts);
  }
}

/** The pattern of a parameter, with or without a type. */
export function parameterPattern(parameter: SyntaxNode): SyntaxNode {
  return childByField(parameter, "pattern") ?? parameter;
}

/** How many arguments a function takes; undefined for a node without parameters. */
function parameterRange(callable: SyntaxNode): ParameterRange | undefined {
  if (childByField(callable, "parameter") !== undefined) return { min: 1, max: 1 };
  const list = childByField(callable, "parameters");
  if (list === undefined) return undefined;
  const parameters = parts(list).filter((each) => parameterPattern(each).type !== "this" && each.type !== "decorator");
  const min = parameters.findLastIndex(isNeeded) + 1;
  const rest = parameters.some((each) => parameterPattern(each).type === "rest_pattern");
  return { min, max: rest ? null : parameters.length };
}

function isNeeded(parameter: SyntaxNode): boolean {
  if (parameter.type === "optional_parameter" || parameter.type === "assignment_pattern") return false;
  if (childByField(parameter, "value") !== undefined) return false;
  if (parameterPattern(parameter).type === "rest_pattern") return false;
  const type = childByField(parameter, "type");
  // An argument of type void may be left out.
  return type === undefined || !/\bvoid\b/.test(textOf(type)) || /=>/.test(textOf(type));
}

/** The range and the list of parameters of a function. */
export function callableWords(callable: SyntaxNode): {
  readonly params?: ParameterRange;
  readonly parameters?: SyntaxNode;
} {
  const range = parameterRange(callable);
  const params = range !== undefined && readsArguments(callable) ? { ...range, max: null } : range;
  const parameters = childByField(callable, "parameters") ?? childByField(callable, "parameter");
  return { ...(params === undefined ? {} : { params }), ...(parameters === undefined ? {} : { parameters }) };
}

/** The number of arguments in a list; null with a spread. */
export function argumentCount(list: SyntaxNode | undefined): number | null {
  if (list === undefined) return 0;
  if (list.type !== "arguments") return null;
  const given = parts(list);
  return given.some((each) => each.type === "spread_element") ? null : given.length;
}

/** The types that a class or an interface extends or implements. */
export function heritageOf(node: SyntaxNode): readonly string[] {
  const clauses = childrenOfType(node, "class_heritage", "extends_type_clause", "extends_clause");
  const inner = clauses.flatMap((clause) => {
    const nested = childrenOfType(clause, "extends_clause", "implements_clause");
    return nested.length > 0 ? nested : [clause];
  });
  return inner
    .flatMap((clause) => parts(clause).filter((each) => each.type !== "type_arguments"))
    .map((type) => textOf((type.type === "generic_type" ? childByField(type, "name") : undefined) ?? type));
}

/** Whether a class takes members from what the syntax does not show: a call it extends, or a decorator. */
export function isOpenClass(node: SyntaxNode): boolean {
  const heritage = heritageOf(node).some((name) => !/^[\w$.]+$/.test(name));
  return heritage || childOfType(node, "decorator") !== undefined || hasDecorator(node.parent);
}

/** Whether a decorator stands before the declaration. */
function hasDecorator(node: SyntaxNode | undefined): boolean {
  return node?.type === "export_statement" && childOfType(node, "decorator") !== undefined;
}

/** Whether a JavaScript function reads `arguments`, and so takes any number of them. */
function readsArguments(callable: SyntaxNode): boolean {
  if (callable.type === "arrow_function") return false;
  const ownArguments = (node: SyntaxNode): boolean =>
    node === callable || node.type === "arrow_function" || !/function|method/.test(node.type);
  for (const node of nodesOf(callable, ownArguments)) {
    if (node.type === "identifier" && textOf(node) === "arguments") return true;
  }
  return false;
}

/** Whether a member is marked with a word: `private`, `static`. */
export function hasModifier(member: SyntaxNode, word: string): boolean {
  const access = childOfType(member, "accessibility_modifier");
  return hasWord(member, word) || (access !== undefined && textOf(access) === word);
}
