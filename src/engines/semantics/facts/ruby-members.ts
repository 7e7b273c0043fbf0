import type { FactCollector } from "./fact-collector.ts";
import { childByField, parts, textOf, type SyntaxNode } from "./syntax-tree.ts";

const readers = new Set(["attr_reader", "attr_accessor", "attr"]);
const writers = new Set(["attr_writer", "attr_accessor"]);

/** Methods that a call in the body of a class declares: accessors and other names of methods. */
export function readClassCall(node: SyntaxNode, name: string, facts: FactCollector): void {
  const symbols = parts(childByField(node, "arguments")).filter((each) => each.type === "simple_symbol");
  const names = symbols.map((each) => textOf(each).slice(1));
  const define = (name: string, max: number): void => {
    const params = { min: max, max };
    facts.define(node, { name, kind: "method", exported: true, params, contains: false });
  };
  if (readers.has(name)) for (const each of names) define(each, 0);
  if (writers.has(name)) for (const each of names) define(`${each}=`, 1);
  const [first] = names;
  if (name === "alias_method" && first !== undefined) {
    facts.define(node, { name: first, kind: "method", exported: true, contains: false, open: true });
  }
  if (name !== "private" && name !== "private_class_method" && name !== "private_constant") return;
  for (const each of facts.definitions) {
    if (each.container === facts.container() && names.includes(each.name)) each.exported = false;
  }
}
