import { createTextDigest } from "../../../util/text-digest.ts";
import { isComment, type SyntaxNode } from "./syntax-tree.ts";

/** White space is part of what these say. */
const literal = /string|template|heredoc|char|regex|content|text/;

/**
 * A digest of what a declaration says: equal for texts that differ in white space and comments only. The shape of the
 * tree counts as well, so that a statement moved out of a block by its indentation is another body.
 */
export function bodyHash(node: SyntaxNode): string {
  const digest = createTextDigest();
  const open: { readonly node: SyntaxNode; next: number; at: number }[] = [{ node, next: 0, at: node.start }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const child = top.node.children[top.next];
    const gap = top.node.source.text.slice(top.at, child?.start ?? top.node.end);
    const said = literal.test(top.node.type) ? gap : gap.replaceAll(/\s+/g, " ").trim();
    if (said !== "") digest.add(`${said}\u0001`);
    if (child === undefined) {
      if (top.node.named && top.node.children.length > 0) digest.add("\u0003");
      open.pop();
      continue;
    }
    top.next++;
    top.at = child.end;
    if (isComment(child)) continue;
    if (child.children.length > 0 && child.named) digest.add("\u0002");
    open.push({ node: child, next: 0, at: child.start });
  }
  return digest.hex();
}
