import { bindNode, type FactCollector } from "./fact-collector.ts";
import type { EnterNode } from "./language-reader.ts";
import { basesOf, decorationOf, parameterNames, parameterRange, stringsIn, targetNames } from "./python-names.ts";
import { ancestorOfType, childByField, childOfType, parts, textOf, type SyntaxNode } from "./syntax-tree.ts";

/** Whether what stands here is directly in a class. */
function isInClass(facts: FactCollector): boolean {
  return !facts.isLocal() && facts.current()?.kind !== undefined && facts.container() !== "";
}

const readFunction: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  if (name === undefined) return;
  const decoration = decorationOf(node);
  const inClass = isInClass(facts);
  facts.bind(textOf(name));
  if (facts.isLocal() || decoration.isAccessor) return;
  const parameters = childByField(node, "parameters");
  const text = textOf(name);
  const whole = node.parent?.type === "decorated_definition" ? node.parent : node;
  const isField = decoration.isProperty;
  const kind = isField ? "field" : !inClass ? "function" : text === "__init__" ? "constructor" : "method";
  const told = !isField && !decoration.changes;
  facts.define(node, {
    name: text,
    kind,
    exported: !inClass || !/^__.*(?<!__)$/.test(text),
    ...(told ? { params: parameterRange(parameters, inClass && !decoration.isStatic), parameters } : {}),
    required: decoration.isAbstract,
    open: !told && !isField,
    whole,
  });
  if (!inClass && text === "__getattr__") facts.open = true;
  const owner = inClass ? facts.current() : undefined;
  if (owner !== undefined && /^__(getattr|getattribute|new)__$/.test(text)) owner.open = true;
};

const readClass: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  if (name === undefined) return;
  facts.bind(textOf(name));
  if (facts.isLocal()) return;
  const { heritage, metaclass } = basesOf(node);
  const around = node.parent?.type === "decorated_definition" ? node.parent : undefined;
  const isProtocol = heritage.some((each) => /^(typing\.|typing_extensions\.|t\.)?Protocol$/.test(each));
  const isEnum = heritage.some((each) => /^(enum\.)?(Enum|IntEnum|StrEnum|Flag|IntFlag)$/.test(each));
  const usualMetaclass = metaclass === undefined || /^(abc\.)?ABCMeta$/.test(metaclass);
  const computed = heritage.some((each) => !/^[\w.]+$/.test(each));
  facts.define(node, {
    name: textOf(name),
    kind: isProtocol ? "interface" : isEnum ? "enum" : "class",
    exported: true,
    heritage,
    open: around !== undefined || !usualMetaclass || computed,
    whole: around ?? node,
  });
};

/** Declares names where they stand: in a function, in a class, or at the top of the file. */
function declare(node: SyntaxNode, names: readonly SyntaxNode[], facts: FactCollector): void {
  const container = facts.container();
  for (const name of names) {
    facts.take(name);
    const text = textOf(name);
    facts.bind(text);
    if (facts.isLocal() || facts.declares(text, container)) continue;
    const inClass = isInClass(facts);
    const exported = !inClass || !/^__.*(?<!__)$/.test(text);
    facts.define(node, { name: text, kind: inClass ? "field" : "variable", exported, contains: false });
  }
}

const readAssignment: EnterNode = (node, facts) => {
  const left = childByField(node, "left");
  if (left === undefined) return;
  const names = targetNames(left);
  if (left.type === "identifier" && textOf(left) === "__all__" && facts.container() === "" && !facts.isLocal()) {
    readAll(node, facts);
  }
  if (node.type !== "augmented_assignment" || facts.isLocal()) declare(node, names, facts);
};

/** `__all__` uses the names that it lists. */
function readAll(node: SyntaxNode, facts: FactCollector): void {
  for (const name of stringsIn(childByField(node, "right")) ?? []) {
    facts.refer(name, { name: textOf(name), kind: "read" });
  }
}

function declareField(...fields: readonly string[]): EnterNode {
  return (node, facts) => {
    for (const field of fields) declare(node, targetNames(childByField(node, field)), facts);
  };
}

const readAsPattern: EnterNode = (node, facts) => {
  const target = childByField(node, "alias");
  const inCase = ancestorOfType(node, new Set(["case_clause", "block"]))?.type === "case_clause";
  const last = parts(node).at(-1);
  if (target !== undefined) declare(node, targetNames(target), facts);
  else if (inCase && last?.type === "identifier") declare(node, [last], facts);
};

const readCasePattern: EnterNode = (node, facts) => {
  const [name] = parts(childOfType(node, "dotted_name"));
  const isPlain = parts(childOfType(node, "dotted_name")).length === 1;
  if (name !== undefined && isPlain && textOf(name) !== "_") declare(node, [name], facts);
};

const readSplat: EnterNode = (node, facts) => {
  if (ancestorOfType(node, new Set(["case_clause", "block"]))?.type !== "case_clause") return;
  declare(
    node,
    parts(node).filter((each) => each.type === "identifier"),
    facts,
  );
};

const bindParameters: EnterNode = (node, facts) => {
  for (const name of parameterNames(node)) {
    bindNode(name, facts);
  }
};

const bindTypeParameters: EnterNode = (node, facts) => {
  if (node.field !== "type_parameters") return;
  for (const type of parts(node)) {
    const name = parts(type)[0];
    if (name?.type !== "identifier") continue;
    facts.take(name);
    facts.bindInside(textOf(name));
    facts.bind(textOf(name));
  }
};

const readGlobal: EnterNode = (node, facts) => {
  for (const name of parts(node)) {
    facts.take(name);
    const text = textOf(name);
    if (node.type !== "global_statement" || facts.declares(text, "")) continue;
    const draft = facts.define(node, { name: text, kind: "variable", exported: true, contains: false });
    draft.container = "";
  }
};

/** `case Point(x=name)`. */
const readKeywordPattern: EnterNode = (node, facts) => {
  facts.take(parts(node)[0]);
  readCasePattern(node, facts);
};

const readTypeAlias: EnterNode = (node, facts) => {
  const [named] = parts(childByField(node, "left"));
  const name = named?.type === "generic_type" ? parts(named)[0] : named;
  if (name?.type === "identifier") declare(node, [name], facts);
};

/** Readers of everything that declares a name, imports aside. */
export const declarationReaders: Readonly<Record<string, EnterNode>> = {
  function_definition: readFunction,
  class_definition: readClass,
  parameters: bindParameters,
  lambda_parameters: bindParameters,
  type_parameter: bindTypeParameters,
  type_alias_statement: readTypeAlias,
  assignment: readAssignment,
  augmented_assignment: readAssignment,
  named_expression: declareField("name"),
  for_statement: declareField("left"),
  for_in_clause: declareField("left"),
  as_pattern: readAsPattern,
  case_pattern: readCasePattern,
  splat_pattern: readSplat,
  keyword_pattern: readKeywordPattern,
  global_statement: readGlobal,
  nonlocal_statement: readGlobal,
};
