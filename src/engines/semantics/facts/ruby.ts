import type { ParameterRange } from "../../../schema/code-facts.ts";
import { bindNode, type FactCollector } from "./fact-collector.ts";
import type { EnterNode, LanguageReader } from "./language-reader.ts";
import { readClassCall } from "./ruby-members.ts";
import {
  ancestorOfType,
  childByField,
  childOfType,
  childrenOfType,
  hasWord,
  nodesOf,
  parts,
  textOf,
  type SyntaxNode,
} from "./syntax-tree.ts";

const locals = new Set(["method", "singleton_method", "block", "do_block", "lambda"]);
const conditions = new Set(["if", "unless", "begin", "rescue", "if_modifier", "unless_modifier", "rescue_modifier"]);

/** Calls after which names may exist that no statement declares. */
const inventing =
  /^(eval|class_eval|module_eval|instance_eval|const_set|const_missing|define_method|method_missing|instance_exec)$/;

function parameterRange(list: SyntaxNode | undefined): ParameterRange {
  const parameters = parts(list).filter((each) => each.type !== "block_parameter");
  const rest = new Set(["splat_parameter", "hash_splat_parameter", "forward_parameter"]);
  const counted = parameters.filter((each) => !rest.has(each.type) && each.type !== "hash_splat_nil");
  const optional = (each: SyntaxNode): boolean =>
    each.type === "optional_parameter" ||
    (each.type === "keyword_parameter" && childByField(each, "value") !== undefined);
  const min = counted.filter((each) => !optional(each)).length;
  return { min, max: parameters.some((each) => rest.has(each.type)) ? null : counted.length };
}

const readMethod: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  facts.take(name);
  if (name === undefined || facts.isLocal()) return;
  const parameters = childByField(node, "parameters");
  const inType = facts.current() !== undefined;
  const text = textOf(name);
  const owner = facts.current();
  if (owner !== undefined && text === "method_missing") owner.open = true;
  facts.define(node, {
    name: text,
    kind: !inType ? "function" : text === "initialize" ? "constructor" : "method",
    exported: !isPrivate(node),
    params: parameterRange(parameters),
    parameters,
  });
};

/** Whether `private` stands before the method, alone on its line or right in front of it. */
function isPrivate(method: SyntaxNode): boolean {
  if (method.type === "singleton_method") return false;
  const call = method.parent?.type === "argument_list" ? method.parent.parent : undefined;
  const wrapped = childByField(call, "method");
  if (wrapped !== undefined) return textOf(wrapped) === "private";
  const siblings = method.parent?.children ?? [];
  const words = siblings
    .slice(0, siblings.indexOf(method))
    .filter((each) => each.type === "identifier")
    .map(textOf);
  return words.findLast((word) => /^(private|public|protected|module_function)$/.test(word)) === "private";
}

/** A class or module can be opened again anywhere, so that it always may have more. */
const readType: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (name === undefined || facts.isLocal()) return;
  for (const each of nodesOf(name)) facts.take(each);
  const path = textOf(name).split("::");
  const scope = [facts.container(), ...path.slice(0, -1)].filter((part) => part !== "").join(".");
  const superclass = parts(childOfType(node, "superclass")).map(textOf);
  const mixed = childrenOfType(childByField(node, "body"), "call").filter((each) => {
    const method = childByField(each, "method");
    return (
      method !== undefined && /^(include|prepend)$/.test(textOf(method)) && childByField(each, "receiver") === undefined
    );
  });
  const heritage = [...superclass, ...mixed.flatMap((each) => parts(childByField(each, "arguments"))).map(textOf)];
  const kind = node.type === "class" ? "class" : "module";
  facts.define(node, { name: path.at(-1) ?? "", kind, exported: true, container: scope, heritage, open: true });
};

const readAssignment: EnterNode = (node, facts) => {
  const left = childByField(node, "left");
  if (left === undefined) return;
  const names = left.type === "left_assignment_list" ? [...nodesOf(left)] : [left];
  for (const name of names) {
    if (name.type === "identifier") {
      bindNode(name, facts);
    } else if (name.type === "constant") {
      facts.take(name);
      const isFirst = !facts.isLocal() && !facts.declares(textOf(name), facts.container());
      const kind = facts.container() === "" ? "variable" : "field";
      if (isFirst) facts.define(node, { name: textOf(name), kind, exported: true, contains: false, open: true });
    }
  }
};

const bindParameters: EnterNode = (node, facts) => {
  for (const parameter of parts(node)) {
    const named = childByField(parameter, "name");
    const names = named === undefined ? [...nodesOf(parameter)] : [named];
    for (const name of names) {
      if (name.type !== "identifier") continue;
      bindNode(name, facts);
    }
  }
};

const bindPattern: EnterNode = (node, facts) => {
  const pattern = node.type === "for" ? childByField(node, "pattern") : node;
  if (pattern === undefined) return;
  for (const name of nodesOf(pattern)) {
    if (name.type !== "identifier") continue;
    bindNode(name, facts);
  }
};

function argumentCount(list: SyntaxNode | undefined): number | null {
  const given = parts(list).filter((each) => each.type !== "block_argument");
  const unclear = new Set(["splat_argument", "hash_splat_argument", "pair", "forward_argument"]);
  return given.some((each) => unclear.has(each.type)) ? null : given.length;
}

const readCall: EnterNode = (node, facts) => {
  const method = childByField(node, "method");
  const receiver = childByField(node, "receiver");
  if (method === undefined) return;
  facts.take(method);
  const name = textOf(method);
  const list = childByField(node, "arguments");
  if (receiver === undefined && readRequire(node, name, facts)) return;
  if (inventing.test(name)) facts.open = true;
  if (receiver === undefined && !facts.isLocal()) readClassCall(node, name, facts);
  const isSuper = method.type === "super";
  // `a.b = 1` calls another method, whose name ends in `=`.
  if (node.field === "left" && node.parent?.type === "assignment") return;
  const count = argumentCount(list);
  if (name === "new" && (receiver?.type === "constant" || receiver?.type === "scope_resolution")) {
    const type = childByField(receiver, "name") ?? receiver;
    for (const each of nodesOf(receiver)) facts.take(each);
    const scope = childByField(receiver, "scope");
    facts.refer(type, { name: textOf(type), kind: "new", argumentCount: count, receiver: scope });
  } else if (method.type !== "operator" && name !== "") {
    facts.refer(method, { name: isSuper ? "super" : name, kind: "call", argumentCount: count, receiver });
  }
};

/** `require`, `require_relative`, `load` and `autoload` of a path that is written out; says whether it was one. */
function readRequire(node: SyntaxNode, name: string, facts: FactCollector): boolean {
  if (!/^(require|require_relative|load|autoload)$/.test(name)) return false;
  const given = parts(childByField(node, "arguments")).at(-1);
  const content = childOfType(given, "string_content");
  if (given?.type !== "string" || content === undefined || parts(given).length !== 1) return false;
  const path = textOf(content);
  const module = name === "require_relative" && !path.startsWith(".") ? `./${path}` : path;
  const optional = name === "autoload" || ancestorOfType(node, conditions) !== undefined;
  facts.import(node, { module, names: [], wildcard: true, reexported: true, optional });
  return true;
}

const readScoped: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (name === undefined || facts.isTaken(name)) return;
  facts.take(name);
  facts.refer(name, { name: textOf(name), kind: "member", receiver: childByField(node, "scope") });
};

const readName: EnterNode = (node, facts) => {
  if (facts.isTaken(node)) return;
  const name = textOf(node);
  // `private` alone on its line is a word about what follows.
  if (/^(private|public|protected|module_function)$/.test(name) && !facts.isLocal()) return;
  facts.refer(node, { name, kind: "read" });
};

const readAlias: EnterNode = (node, facts) => {
  const [name, alias] = [childByField(node, "name"), childByField(node, "alias")];
  facts.take(name);
  facts.take(alias);
  if (name === undefined || facts.isLocal()) return;
  facts.define(node, { name: textOf(name), kind: "method", exported: true, contains: false, open: true });
};

/** Ruby. */
export const ruby: LanguageReader = {
  enter: {
    method: readMethod,
    singleton_method: readMethod,
    class: readType,
    module: readType,
    alias: readAlias,
    undef: (node, facts) => {
      facts.open = true;
      facts.skip(node);
    },
    assignment: readAssignment,
    operator_assignment: readAssignment,
    method_parameters: bindParameters,
    block_parameters: bindParameters,
    lambda_parameters: bindParameters,
    for: bindPattern,
    exception_variable: bindPattern,
    array_pattern: bindPattern,
    find_pattern: bindPattern,
    keyword_pattern: bindPattern,
    call: readCall,
    scope_resolution: readScoped,
    identifier: readName,
    constant: readName,
  },
  scope: (node) => {
    if (node.type === "block" && hasWord(node.parent ?? node, "->")) return undefined;
    return locals.has(node.type) ? "local" : undefined;
  },
};
