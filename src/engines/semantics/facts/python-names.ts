import type { ParameterRange } from "../../../schema/code-facts.ts";
import { childByField, childOfType, childrenByField, nodesOf, parts, textOf, type SyntaxNode } from "./syntax-tree.ts";

/** Decorators that leave the parameters as they are written. */
const keeping = new Set([
  "staticmethod",
  "classmethod",
  "abstractmethod",
  "override",
  "final",
  "overload",
  "lru_cache",
  "cache",
  "contextmanager",
  "asynccontextmanager",
]);
const propertyNames = new Set(["property", "cached_property", "abstractproperty"]);

/** What the decorators of a function make of it. */
export interface Decoration {
  readonly isStatic: boolean;
  readonly isAbstract: boolean;
  readonly isProperty: boolean;
  /** `@name.setter` and its like: the name is declared elsewhere. */
  readonly isAccessor: boolean;
  /** What may be passed is no longer what is written. */
  readonly changes: boolean;
}

/** Reads the decorators around a definition. */
export function decorationOf(definition: SyntaxNode): Decoration {
  const around = definition.parent?.type === "decorated_definition" ? definition.parent : undefined;
  const names = (around?.children ?? []).filter((each) => each.type === "decorator").map(decoratorName);
  const last = names.map((name) => name.split(".").at(-1) ?? "");
  const isProperty = last.some((name) => propertyNames.has(name));
  return {
    isStatic: last.includes("staticmethod"),
    isAbstract: last.includes("abstractmethod") || last.includes("abstractproperty"),
    isProperty,
    isAccessor: names.some((name) => /\.(setter|getter|deleter)$/.test(name)),
    changes: last.some((name) => !keeping.has(name) && !propertyNames.has(name)),
  };
}

function decoratorName(decorator: SyntaxNode): string {
  const [expression] = parts(decorator);
  const named = expression?.type === "call" ? childByField(expression, "function") : expression;
  return named === undefined ? "" : textOf(named);
}

/** How many arguments, named ones included, a function takes; `bound` leaves out `self` or `cls`. */
export function parameterRange(list: SyntaxNode | undefined, bound: boolean): ParameterRange | undefined {
  let [min, max, open] = [0, 0, false];
  for (const parameter of parts(list)) {
    if (parameter.type === "keyword_separator" || parameter.type === "positional_separator") continue;
    const words = parameter.type === "typed_parameter" ? (parts(parameter)[0] ?? parameter) : parameter;
    if (words.type === "list_splat_pattern" || words.type === "dictionary_splat_pattern") {
      open = true;
      continue;
    }
    max++;
    if (parameter.type !== "default_parameter" && parameter.type !== "typed_default_parameter") min++;
  }
  if (!bound) return { min, max: open ? null : max };
  const [first] = parts(list);
  if (first === undefined) return undefined;
  // `def f(*args)` takes the object itself among the rest.
  const takesSelf = first.type !== "list_splat_pattern" && !textOf(first).startsWith("*");
  const needed = first.type === "identifier" || first.type === "typed_parameter";
  return {
    min: takesSelf && needed ? min - 1 : min,
    max: open ? null : takesSelf ? max - 1 : max,
  };
}

/** Names that a target of an assignment, a loop or a `with` declares. */
export function targetNames(target: SyntaxNode | undefined): readonly SyntaxNode[] {
  if (target === undefined) return [];
  const inside = new Set([
    "pattern_list",
    "tuple_pattern",
    "list_pattern",
    "list_splat_pattern",
    "as_pattern_target",
    "tuple",
    "list",
    "list_splat",
    "parenthesized_expression",
  ]);
  const nodes = [...nodesOf(target, (node) => inside.has(node.type))];
  return nodes.filter((node) => node.type === "identifier");
}

/** The names that parameters declare. */
export function parameterNames(list: SyntaxNode): readonly SyntaxNode[] {
  return parts(list).flatMap((parameter) => {
    const inner =
      childByField(parameter, "name") ?? (parameter.type === "identifier" ? parameter : parts(parameter)[0]);
    if (inner === undefined || inner.type === "identifier") return inner === undefined ? [] : [inner];
    return parts(inner).filter((each) => each.type === "identifier");
  });
}

/** The number of arguments, named ones included; null with a splat, or with `self` in front. */
export function argumentCount(list: SyntaxNode | undefined): number | null {
  if (list === undefined) return null;
  if (list.type !== "argument_list") return 1;
  const given = parts(list);
  // `Base.method(self, …)` names the object that other calls do not name.
  if (given[0]?.type === "identifier" && /^(self|cls)$/.test(textOf(given[0]))) return null;
  return given.some((each) => each.type === "list_splat" || each.type === "dictionary_splat") ? null : given.length;
}

/** Base classes, and the metaclass where one is named. */
export function basesOf(node: SyntaxNode): {
  readonly heritage: readonly string[];
  readonly metaclass: string | undefined;
} {
  const given = parts(childByField(node, "superclasses"));
  const plain = given.filter((each) => each.type !== "keyword_argument");
  const metaclass = given.find((each) => {
    const name = childByField(each, "name");
    return each.type === "keyword_argument" && name !== undefined && textOf(name) === "metaclass";
  });
  const value = childByField(metaclass, "value");
  return {
    heritage: plain.map((each) => textOf(each.type === "subscript" ? (childByField(each, "value") ?? each) : each)),
    metaclass: value === undefined ? undefined : textOf(value),
  };
}

/** Texts in a list or tuple of plain strings; undefined where it holds anything else. */
export function stringsIn(node: SyntaxNode | undefined): readonly SyntaxNode[] | undefined {
  if (node?.type !== "list" && node?.type !== "tuple") return undefined;
  const items = parts(node);
  return items.every((each) => each.type === "string" && childOfType(each, "interpolation") === undefined)
    ? items.flatMap((each) => childOfType(each, "string_content") ?? [])
    : undefined;
}

/** Names of an import: `a`, `a as b`. */
export function importedNames(
  statement: SyntaxNode,
): readonly { readonly imported: string; readonly alias?: string }[] {
  return childrenByField(statement, "name").map((each) => {
    const name = childByField(each, "name");
    const alias = childByField(each, "alias");
    if (name === undefined || alias === undefined) return { imported: textOf(each) };
    return { imported: textOf(name), alias: textOf(alias) };
  });
}
