import type { SyntaxCursor } from "../../../ports/syntax-cursor.ts";
import type { CodeFacts, CodeLanguage } from "../../../schema/code-facts.ts";
import { createFactCollector, type FactCollector } from "./fact-collector.ts";
import { cpp } from "./cpp.ts";
import { csharp } from "./csharp.ts";
import { go } from "./go.ts";
import { java } from "./java.ts";
import { javascript } from "./javascript.ts";
import type { LanguageReader } from "./language-reader.ts";
import { python } from "./python.ts";
import { php } from "./php.ts";
import { ruby } from "./ruby.ts";
import { rust } from "./rust.ts";
import { copySyntaxTree, type SyntaxNode } from "./syntax-tree.ts";

const readers: Readonly<Record<CodeLanguage, LanguageReader>> = {
  typescript: javascript,
  tsx: javascript,
  javascript,
  python,
  go,
  java,
  rust,
  csharp,
  php,
  ruby,
  cpp,
};

/** A text and the syntax tree that a parser made of it. */
export interface ParsedText {
  readonly language: CodeLanguage;
  readonly text: string;
  /** Stands at the root of the tree. */
  readonly cursor: SyntaxCursor;
}

/**
 * Reads what a file declares, uses and imports off its syntax tree. Does not parse, and does not look at any other
 * file: names are not resolved.
 */
export function readFacts({ language, text, cursor }: ParsedText): CodeFacts {
  const { root, broken } = copySyntaxTree(cursor, text);
  const facts = createFactCollector();
  walk(root, readers[language], facts);
  return {
    language,
    package: facts.package,
    definitions: facts.definitions,
    references: facts.references(),
    imports: facts.imports,
    broken,
    ...(facts.open ? { open: true } : {}),
  };
}

/** Enters every node before its children and leaves it after them. */
function walk(root: SyntaxNode, reader: LanguageReader, facts: FactCollector): void {
  const enter = new Map(Object.entries(reader.enter));
  const open: { readonly node: SyntaxNode; next: number }[] = [];
  const arrive = (node: SyntaxNode): void => {
    enter.get(node.type)?.(node, facts);
    facts.push(node, reader.scope(node, facts));
    open.push({ node, next: 0 });
  };
  arrive(root);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const child = facts.isSkipped(top.node) ? undefined : top.node.children[top.next++];
    if (child === undefined) {
      facts.pop(top.node);
      open.pop();
    } else if (child.named || child.children.length > 0) {
      arrive(child);
    }
  }
  reader.finish?.(facts, root);
}
