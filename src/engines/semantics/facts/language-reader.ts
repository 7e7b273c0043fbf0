import type { FactCollector } from "./fact-collector.ts";
import type { ScopeKind } from "./name-scopes.ts";
import type { SyntaxNode } from "./syntax-tree.ts";

/** What to do where a kind of node is entered. */
export type EnterNode = (node: SyntaxNode, facts: FactCollector) => void;

/** How one language says what it declares and uses. */
export interface LanguageReader {
  /** By type of node; called before the node's children are. */
  readonly enter: Readonly<Record<string, EnterNode>>;
  /** Whether the node opens a scope, and how far its names are seen. Asked after `enter`. */
  scope(node: SyntaxNode, facts: FactCollector): ScopeKind | undefined;
  /** Called when the whole tree has been seen. */
  finish?(facts: FactCollector, root: SyntaxNode): void;
}
