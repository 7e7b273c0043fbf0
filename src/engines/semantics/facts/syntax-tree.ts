import type { SyntaxCursor } from "../../../ports/syntax-cursor.ts";

/** A node of a syntax tree as plain data. Brackets, commas, semicolons, colons and dots are left out. */
export interface SyntaxNode {
  readonly type: string;
  readonly named: boolean;
  /** What the node is to its parent, such as `name`. */
  readonly field: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly parent: SyntaxNode | undefined;
  readonly children: readonly SyntaxNode[];
  readonly source: SyntaxSource;
}

/** The text a tree was read from. */
export interface SyntaxSource {
  readonly text: string;
  /** Offset at which each line begins. */
  readonly lineStarts: readonly number[];
}

/** A tree, and whether the parser understood all of it. */
export interface SyntaxTree {
  readonly root: SyntaxNode;
  readonly broken: boolean;
}

interface DraftNode extends SyntaxNode {
  readonly children: DraftNode[];
}

const punctuation = new Set(["(", ")", "{", "}", "[", "]", ",", ";", ":", "."]);

/** Takes over a tree from a cursor that stands at its root; depth costs no stack. */
export function copySyntaxTree(cursor: SyntaxCursor, text: string): SyntaxTree {
  const source = { text, lineStarts: lineStarts(text) };
  let broken = false;
  const take = (parent: DraftNode | undefined): DraftNode => {
    const type = cursor.nodeType;
    if (type === "ERROR" || cursor.nodeIsMissing) broken = true;
    return {
      type,
      named: cursor.nodeIsNamed,
      field: cursor.currentFieldName ?? undefined,
      start: cursor.startIndex,
      end: cursor.endIndex,
      parent,
      children: [],
      source,
    };
  };
  const root = take(undefined);
  let parent: DraftNode | undefined = cursor.gotoFirstChild() ? root : undefined;
  while (parent !== undefined) {
    const node = take(parent);
    if (node.named || !punctuation.has(node.type)) parent.children.push(node);
    if (cursor.gotoFirstChild()) {
      parent = node;
      continue;
    }
    while (parent !== undefined && !cursor.gotoNextSibling()) {
      cursor.gotoParent();
      parent = parent === root ? undefined : (parent.parent as DraftNode | undefined);
    }
  }
  return { root, broken };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let index = text.indexOf("\n"); index !== -1; index = text.indexOf("\n", index + 1)) starts.push(index + 1);
  return starts;
}

/** The node's own words. */
export function textOf(node: SyntaxNode): string {
  return node.source.text.slice(node.start, node.end);
}

/** The node's words with every run of white space made one space, cut at 200 characters. */
export function squeezedText(node: SyntaxNode): string {
  const text = node.source.text.slice(node.start, Math.min(node.end, node.start + 2000));
  return text.replaceAll(/\s+/g, " ").trim().slice(0, 200);
}

/** 1-based line of an offset. */
export function lineAt({ lineStarts }: SyntaxSource, offset: number): number {
  let low = 0;
  let high = lineStarts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lineStarts[middle] as number) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

/** 1-based line the node ends on: a node that takes its line break with it ends before it. */
export function endLineOf(node: SyntaxNode): number {
  return lineAt(node.source, Math.max(node.start, node.end - 1));
}

/** The first child with that field name. */
export function childByField(node: SyntaxNode | undefined, field: string): SyntaxNode | undefined {
  return node?.children.find((child) => child.field === field);
}

/** All children with that field name. */
export function childrenByField(node: SyntaxNode, field: string): readonly SyntaxNode[] {
  return node.children.filter((child) => child.field === field);
}

/** The first child of one of the types. */
export function childOfType(node: SyntaxNode | undefined, ...types: readonly string[]): SyntaxNode | undefined {
  return node?.children.find((child) => types.includes(child.type));
}

/** All children of one of the types. */
export function childrenOfType(node: SyntaxNode | undefined, ...types: readonly string[]): readonly SyntaxNode[] {
  return node?.children.filter((child) => types.includes(child.type)) ?? [];
}

/** Whether a word such as `static` stands directly in the node. */
export function hasWord(node: SyntaxNode, word: string): boolean {
  return node.children.some((child) => child.type === word);
}

/** Named children without comments. */
export function parts(node: SyntaxNode | undefined): readonly SyntaxNode[] {
  return node?.children.filter((child) => child.named && !isComment(child)) ?? [];
}

/** Whether the node is a comment, in any of the languages. */
export function isComment(node: SyntaxNode): boolean {
  return node.type.endsWith("comment");
}

/** The nearest node around this one that is of one of the types. */
export function ancestorOfType(node: SyntaxNode, types: ReadonlySet<string>): SyntaxNode | undefined {
  let around = node.parent;
  while (around !== undefined && !types.has(around.type)) around = around.parent;
  return around;
}

/** The node and all below it, in the order of the text; `into` says whose children are wanted. */
export function* nodesOf(node: SyntaxNode, into: (node: SyntaxNode) => boolean = () => true): Generator<SyntaxNode> {
  const open: SyntaxNode[] = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    if (!into(next)) continue;
    for (let index = next.children.length - 1; index >= 0; index--) open.push(next.children[index] as SyntaxNode);
  }
}
