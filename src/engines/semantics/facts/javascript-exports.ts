import type { CodeImport } from "../../../schema/code-facts.ts";
import { nameOf, type FactCollector } from "./fact-collector.ts";
import { callableWords, heritageOf, isFunctionValue, isOpenClass } from "./javascript-names.ts";
import type { EnterNode } from "./language-reader.ts";
import { childByField, childOfType, hasWord, parts, textOf, type SyntaxNode } from "./syntax-tree.ts";

const WHOLE = "module.exports";

/** Tells of an exported value that has no name of its own in this file. */
export function defineValue(
  node: SyntaxNode,
  { name, value }: { readonly name: string; readonly value: SyntaxNode },
  facts: FactCollector,
): void {
  const words = { name, exported: true };
  if (isFunctionValue(value) || value.type === "method_definition") {
    const isAccessor = hasWord(value, "get") || hasWord(value, "set");
    if (isAccessor) facts.define(node, { ...words, kind: "variable" });
    else facts.define(node, { ...words, kind: "function", ...callableWords(value) });
  } else if (value.type === "class") {
    facts.define(node, { ...words, kind: "class", heritage: heritageOf(value), open: isOpenClass(value) });
    facts.own(childByField(value, "body"));
  } else {
    facts.define(node, { ...words, kind: "variable", open: true });
  }
}

/** Whether the node is `exports` or `module.exports`. */
function isExports(node: SyntaxNode | undefined): boolean {
  const text = node === undefined || node.end - node.start > 40 ? "" : textOf(node);
  return text === "exports" || text === WHOLE;
}

/** The name that `exports.name` and `module.exports.name` write. */
function exportedName(target: SyntaxNode | undefined): string | undefined {
  if (target?.type !== "member_expression" || !isExports(childByField(target, "object"))) return undefined;
  const property = childByField(target, "property");
  return property?.type === "property_identifier" ? textOf(property) : undefined;
}

/** `exports.a = …`, `module.exports = …`. */
export const readAssignment: EnterNode = (node, facts) => {
  const [target, value] = [childByField(node, "left"), childByField(node, "right")];
  if (target === undefined || value === undefined) return;
  const name = exportedName(target);
  const isWhole = target.type === "member_expression" && isExports(target);
  if (name === undefined && !isWhole) return;
  takeExports(target, facts);
  if (facts.isLocal()) {
    facts.open = true;
    return;
  }
  const final = lastValue(value);
  if (name === undefined) readWhole(node, final, facts);
  else if (final.type === "identifier") facts.handedOut.push({ node, local: textOf(final), as: name });
  else if (!/^void 0$|^undefined$/.test(textOf(final).slice(0, 12))) defineValue(node, { name, value: final }, facts);
};

/** What stands at the end of `a = b = value`. */
function lastValue(value: SyntaxNode): SyntaxNode {
  let last = value;
  while (last.type === "assignment_expression") last = childByField(last, "right") ?? childOfType(last) ?? last;
  return last;
}

function readWhole(node: SyntaxNode, value: SyntaxNode, facts: FactCollector): void {
  if (value.type !== "object") {
    facts.open = true;
    if (value.type === "identifier") facts.handedOut.push({ node, local: textOf(value), as: WHOLE });
    else if (!isExports(value)) defineValue(node, { name: WHOLE, value }, facts);
    return;
  }
  for (const member of parts(value)) {
    if (member.type === "shorthand_property_identifier") {
      facts.handedOut.push({ node: member, local: textOf(member), as: textOf(member) });
      continue;
    }
    const key = childByField(member, member.type === "pair" ? "key" : "name");
    const content = member.type === "pair" ? childByField(member, "value") : member;
    if (key === undefined || content === undefined || key.type === "computed_property_name") facts.open = true;
    else if (content.type === "identifier") {
      facts.handedOut.push({ node: member, local: textOf(content), as: nameOf(key) });
    } else defineMember(member, { name: nameOf(key), value: content }, facts);
  }
}

/** A member of the object that is exported: what is inside of it stays at the top of the file. */
function defineMember(
  member: SyntaxNode,
  { name, value }: { readonly name: string; readonly value: SyntaxNode },
  facts: FactCollector,
): void {
  const isCallable = isFunctionValue(value) || (value.type === "method_definition" && !hasWord(value, "get"));
  const shape = isCallable ? callableWords(value) : { open: true };
  facts.define(member, { name, kind: isCallable ? "function" : "variable", exported: true, ...shape, contains: false });
}

/** `Object.defineProperty(exports, "a", …)`. */
export const readDefinedProperty: EnterNode = (node, facts) => {
  const callee = childByField(node, "function");
  if (callee?.type !== "member_expression" || callee.end - callee.start !== "Object.defineProperty".length) return;
  const [target, key] = parts(childByField(node, "arguments"));
  if (textOf(callee) !== "Object.defineProperty" || !isExports(target) || key?.type !== "string") return;
  if (target !== undefined) takeExports(target, facts);
  if (nameOf(key) === "__esModule") return;
  facts.define(node, { name: nameOf(key), kind: "variable", exported: true, open: true, contains: false });
};

function takeExports(target: SyntaxNode, facts: FactCollector): void {
  let node: SyntaxNode | undefined = target;
  while (node !== undefined) {
    facts.take(node);
    node = node.type === "member_expression" ? childByField(node, "object") : undefined;
  }
}

/** `exports` used in any other way may hand out what is not seen. */
export const readModuleName: EnterNode = (node, facts) => {
  if (facts.open || facts.isTaken(node)) return;
  const text = textOf(node);
  if (text !== "exports" && text !== "module") return;
  const parent = node.parent;
  const isRead = parent?.type === "member_expression" && childByField(parent, "object") === node;
  if (text === "exports" ? !isRead : isRead && isWholePassedOn(parent)) facts.open = true;
};

/** `module.exports` as a value of its own: an argument, for example. */
function isWholePassedOn(node: SyntaxNode): boolean {
  return textOf(node) === WHOLE && node.parent?.type !== "member_expression";
}

/** Applies what was handed out apart from its declaration. */
export function finishExports(facts: FactCollector, root: SyntaxNode): void {
  const names = new Map<string, Set<string>>();
  for (const { node, local, as } of facts.handedOut) {
    const own = facts.definitions.filter((each) => each.name === local && each.container === "");
    if (own.length > 0) {
      const all = names.get(local) ?? new Set(own.flatMap((each) => alreadyAs(each)));
      names.set(local, all.add(as));
      for (const each of own) {
        each.exported = true;
        if (all.size > 1 || !all.has(local)) each.exportedAs = [...all];
      }
    } else if (!handOnImport(node, { local, as }, facts)) {
      facts.define(node, { name: as, kind: "variable", exported: true, open: true, contains: false });
    }
  }
  // A file of the newer kind has no `exports` that could be written to behind its back.
  if (root.children.some((each) => each.type === "export_statement" && !hasWord(each, "="))) facts.open = false;
}

function alreadyAs({ name, exported, exportedAs }: FactCollector["definitions"][number]): readonly string[] {
  return exported ? (exportedAs ?? [name]) : [];
}

/** A name that was imported is handed on under another or the same name. */
function handOnImport(
  node: SyntaxNode,
  { local, as }: { readonly local: string; readonly as: string },
  facts: FactCollector,
): boolean {
  const found = facts.imports.find(
    (each) => each.namespace === local || each.names.some((name) => name.local === local),
  );
  if (found === undefined) return false;
  const { module, optional } = found;
  const words: Omit<CodeImport, "line" | "names"> = { module, wildcard: false, reexported: true, optional };
  const name = found.names.find((each) => each.local === local);
  if (name === undefined) facts.handOn(node, { ...words, names: [], namespace: as });
  else facts.handOn(node, { ...words, names: [{ imported: name.imported, local: as }] });
  return true;
}
