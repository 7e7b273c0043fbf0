/** A walk over a syntax tree, one node at a time; offsets count UTF-16 units of the text. */
export interface SyntaxCursor {
  readonly nodeType: string;
  readonly nodeIsNamed: boolean;
  /** The parser put this node in to make sense of what is there. */
  readonly nodeIsMissing: boolean;
  /** What the node is to its parent, such as `name`. */
  readonly currentFieldName: string | null;
  readonly startIndex: number;
  readonly endIndex: number;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
}
