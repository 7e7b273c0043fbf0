import type { FactCollector } from "./fact-collector.ts";
import type { EnterNode, LanguageReader } from "./language-reader.ts";
import { declarationReaders } from "./php-declarations.ts";
import {
  ancestorOfType,
  childByField,
  childOfType,
  childrenOfType,
  nodesOf,
  parts,
  textOf,
  type SyntaxNode,
} from "./syntax-tree.ts";

const locals = new Set([
  "function_definition",
  "method_declaration",
  "anonymous_function",
  "arrow_function",
  "anonymous_class",
]);
const conditions = new Set(["if_statement", "try_statement", "conditional_expression"]);

/** Calls after which names may exist that no statement declares. */
const inventing = new Set(["eval", "class_alias", "create_function", "extract"]);

const typePlaces = new Set(["named_type", "base_clause", "class_interface_clause", "attribute", "use_declaration"]);

/** The parts of `A\B\c`: what stands before the last name, and that name. */
function splitName(node: SyntaxNode): { readonly scope: string; readonly name: string } {
  const text = textOf(node);
  const cut = text.lastIndexOf("\\");
  return { scope: text.slice(0, Math.max(0, cut)), name: text.slice(cut + 1) };
}

const readUse: EnterNode = (node, facts) => {
  facts.skip(node);
  const group = childByField(node, "body");
  const prefix = group === undefined ? undefined : childOfType(node, "namespace_name");
  for (const clause of childrenOfType(group ?? node, "namespace_use_clause")) {
    const alias = childByField(clause, "alias");
    const path = parts(clause).find((each) => each !== alias);
    if (path === undefined) continue;
    const { scope, name } = splitName(path);
    const module = [prefix === undefined ? "" : textOf(prefix), scope].filter((part) => part !== "").join("\\");
    const names = [{ imported: name, local: alias === undefined ? name : textOf(alias) }];
    const plain = { wildcard: false, reexported: false, optional: false };
    facts.import(clause, { ...plain, module: module.replace(/^\\/, ""), names });
  }
};

/** `require __DIR__ . "/a.php"` and its like, where the path is written out. */
function readRequire(optional: boolean): EnterNode {
  return (node, facts) => {
    const [given] = parts(node);
    const value = given?.type === "parenthesized_expression" ? parts(given)[0] : given;
    const last = value?.type === "binary_expression" ? childByField(value, "right") : value;
    const beside =
      value?.type === "binary_expression" ? textOf(childByField(value, "left") ?? value) === "__DIR__" : true;
    const content = childOfType(last, "string_content");
    if (last === undefined || content === undefined || parts(last).length > 1 || !beside) {
      facts.open = true;
      return;
    }
    const path = textOf(content);
    const module = value?.type === "binary_expression" ? `.${path.startsWith("/") ? "" : "/"}${path}` : path;
    const isOptional = optional || ancestorOfType(node, conditions) !== undefined;
    facts.import(node, { module, names: [], wildcard: true, reexported: true, optional: isOptional });
  };
}

function argumentCount(list: SyntaxNode | undefined): number | null {
  if (list === undefined) return 0;
  const given = parts(list);
  const unclear = given.some((each) => childOfType(each, "variadic_unpacking") || each.type === "variadic_placeholder");
  return unclear ? null : given.length;
}

function referTo(
  node: SyntaxNode,
  use: { readonly kind: "call" | "new" | "type" | "read"; readonly argumentCount?: number | null },
  facts: FactCollector,
): void {
  for (const each of nodesOf(node)) facts.take(each);
  if (node.type === "name") {
    facts.refer(node, { name: textOf(node), ...use });
    return;
  }
  if (node.type !== "qualified_name") return;
  facts.refer(node, { name: splitName(node).name, ...use, receiver: childOfType(node, "namespace_name") });
}

const readCall: EnterNode = (node, facts) => {
  const callee = childByField(node, "function");
  if (callee === undefined) return;
  if (callee.type === "name" && inventing.has(textOf(callee))) facts.open = true;
  const count = argumentCount(childByField(node, "arguments"));
  if (callee.type === "name" || callee.type === "qualified_name")
    referTo(callee, { kind: "call", argumentCount: count }, facts);
};

const readMethodCall: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (name?.type !== "name") return;
  facts.take(name);
  const receiver = childByField(node, "object") ?? childByField(node, "scope");
  const count = argumentCount(childByField(node, "arguments"));
  facts.refer(name, { name: textOf(name), kind: "call", argumentCount: count, receiver });
};

const readNew: EnterNode = (node, facts) => {
  const type = childOfType(node, "name", "qualified_name");
  const count = argumentCount(childOfType(node, "arguments"));
  if (type !== undefined) referTo(type, { kind: "new", argumentCount: count }, facts);
};

const readMember: EnterNode = (node, facts) => {
  const name = childByField(node, "name");
  if (name?.type !== "name") return;
  facts.take(name);
  facts.refer(name, { name: textOf(name), kind: "member", receiver: childByField(node, "object") });
};

const readConstant: EnterNode = (node, facts) => {
  const [scope, name] = parts(node);
  if (name?.type !== "name" || scope === undefined) return;
  facts.take(name);
  facts.refer(name, { name: textOf(name), kind: "member", receiver: scope });
};

const readName: EnterNode = (node, facts) => {
  if (facts.isTaken(node)) return;
  referTo(node, { kind: typePlaces.has(node.parent?.type ?? "") ? "type" : "read" }, facts);
};

/** PHP. Variables belong to their function and are told nowhere. */
export const php: LanguageReader = {
  enter: {
    ...declarationReaders,
    namespace_use_declaration: readUse,
    require_expression: readRequire(false),
    require_once_expression: readRequire(false),
    include_expression: readRequire(true),
    include_once_expression: readRequire(true),
    function_call_expression: readCall,
    member_call_expression: readMethodCall,
    nullsafe_member_call_expression: readMethodCall,
    scoped_call_expression: readMethodCall,
    object_creation_expression: readNew,
    member_access_expression: readMember,
    nullsafe_member_access_expression: readMember,
    class_constant_access_expression: readConstant,
    variable_name: (node, facts) => facts.skip(node),
    argument: (node, facts) => facts.take(childByField(node, "name")),
    goto_statement: (node, facts) => facts.skip(node),
    named_label_statement: (node, facts) => facts.take(childOfType(node, "name")),
    name: readName,
    qualified_name: readName,
  },
  scope: (node) => (locals.has(node.type) ? "local" : undefined),
};
