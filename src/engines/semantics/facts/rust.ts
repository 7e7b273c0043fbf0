import type { CodeImport } from "../../../schema/code-facts.ts";
import type { FactCollector } from "./fact-collector.ts";
import type { EnterNode, LanguageReader } from "./language-reader.ts";
import { declarationReaders } from "./rust-declarations.ts";
import { childByField, childOfType, parts, textOf, type SyntaxNode } from "./syntax-tree.ts";

const locals = new Set([
  "function_item",
  "function_signature_item",
  "closure_expression",
  "function_type",
  "const_block",
]);
const types = new Set(["struct_item", "enum_item", "union_item", "trait_item", "impl_item", "type_item"]);

const readUse: EnterNode = (node, facts) => {
  facts.skip(node);
  const argument = childByField(node, "argument");
  const reexported = childOfType(node, "visibility_modifier") !== undefined;
  if (argument !== undefined) readTree(node, argument, { reexported, optional: false, wildcard: false }, facts);
};

type UseWords = Pick<CodeImport, "reexported" | "optional" | "wildcard">;

/** `use a::{b, c::{self, d as e}, f::*}` is taken apart into its paths. */
function readTree(node: SyntaxNode, argument: SyntaxNode, words: UseWords, facts: FactCollector): void {
  const open: { readonly tree: SyntaxNode; readonly prefix: string }[] = [{ tree: argument, prefix: "" }];
  const join = (prefix: string, path: string): string =>
    prefix === "" || path === "" ? prefix + path : `${prefix}::${path}`;
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const { tree, prefix } = next;
    if (tree.type === "scoped_use_list" || tree.type === "use_list") {
      const path = childByField(tree, "path");
      const inner = join(prefix, path === undefined ? "" : textOf(path));
      const list = tree.type === "use_list" ? tree : childByField(tree, "list");
      open.push(...parts(list).map((tree) => ({ tree, prefix: inner })));
    } else if (tree.type === "use_wildcard") {
      const path = parts(tree)[0];
      const module = join(prefix, path === undefined ? "" : textOf(path));
      facts.import(node, { ...words, module, names: [], wildcard: true });
    } else if (tree.type === "use_as_clause") {
      const [path, alias] = [childByField(tree, "path"), childByField(tree, "alias")];
      if (path !== undefined) importPath(node, join(prefix, textOf(path)), alias, words, facts);
    } else importPath(node, tree.type === "self" ? prefix : join(prefix, textOf(tree)), undefined, words, facts);
  }
}

function importPath(
  node: SyntaxNode,
  written: string,
  alias: SyntaxNode | undefined,
  words: UseWords,
  facts: FactCollector,
): void {
  const path = written.replaceAll(/\s+/g, "").replace(/::self$/, "");
  const cut = path.lastIndexOf("::");
  const imported = path.slice(cut === -1 ? 0 : cut + 2);
  const local = alias === undefined ? imported : textOf(alias);
  if (cut === -1) facts.import(node, { ...words, module: path, names: [], namespace: local });
  else facts.import(node, { ...words, module: path.slice(0, cut), names: [{ imported, local }] });
}

const readCrate: EnterNode = (node, facts) => {
  facts.skip(node);
  const name = childByField(node, "name");
  if (name === undefined) return;
  const namespace = textOf(childByField(node, "alias") ?? name);
  facts.import(node, {
    module: textOf(name),
    names: [],
    namespace,
    wildcard: false,
    reexported: false,
    optional: false,
  });
};

const readCall: EnterNode = (node, facts) => {
  const written = childByField(node, "function");
  const callee = written?.type === "generic_function" ? childByField(written, "function") : written;
  if (callee === undefined) return;
  const argumentCount = parts(childByField(node, "arguments")).filter((each) => each.type !== "attribute_item").length;
  if (callee.type === "identifier") {
    facts.take(callee);
    facts.refer(callee, { name: textOf(callee), kind: "call", argumentCount });
  } else referToMember(callee, { kind: "call", argumentCount }, facts);
};

/** `a::b` and `a.b`. */
function referToMember(
  node: SyntaxNode,
  use: { readonly kind: "call" | "member" | "type" | "new"; readonly argumentCount?: number },
  facts: FactCollector,
): void {
  const name = childByField(node, "name") ?? childByField(node, "field");
  const receiver = childByField(node, "path") ?? childByField(node, "value");
  facts.take(node);
  facts.take(name);
  if (name === undefined || name.type === "integer_literal") return;
  facts.refer(name, { name: textOf(name), ...use, receiver });
}

const readStruct: EnterNode = (node, facts) => {
  const written = childByField(node, "name");
  const name = written?.type === "generic_type_with_turbofish" ? childByField(written, "type") : written;
  if (name === undefined) return;
  if (name.type !== "type_identifier") {
    referToMember(name, { kind: "new" }, facts);
    return;
  }
  facts.take(name);
  facts.refer(name, { name: textOf(name), kind: "new" });
};

function readMemberAs(kind: "member" | "type"): EnterNode {
  return (node, facts) => {
    if (!facts.isTaken(node)) referToMember(node, { kind }, facts);
  };
}

function readNameAs(kind: "read" | "type"): EnterNode {
  return (node, facts) => {
    if (facts.isTaken(node) || node.parent?.type === "lifetime" || node.parent?.type === "label") return;
    facts.refer(node, { name: textOf(node), kind });
  };
}

/** Rust. What stands in the arguments of a macro is not looked at. */
export const rust: LanguageReader = {
  enter: {
    ...declarationReaders,
    use_declaration: readUse,
    extern_crate_declaration: readCrate,
    call_expression: readCall,
    struct_expression: readStruct,
    scoped_identifier: readMemberAs("member"),
    field_expression: readMemberAs("member"),
    scoped_type_identifier: readMemberAs("type"),
    identifier: readNameAs("read"),
    type_identifier: readNameAs("type"),
    visibility_modifier: (node, facts) => facts.skip(node),
  },
  scope: (node) => {
    if (locals.has(node.type)) return "local";
    return types.has(node.type) ? "type" : undefined;
  },
};
