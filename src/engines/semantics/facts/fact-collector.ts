import type { CodeDefinition, CodeImport, CodeReference, ParameterRange } from "../../../schema/code-facts.ts";
import { bodyHash } from "./body-hash.ts";
import { createNameScopes, type NameScopes, type ScopeKind } from "./name-scopes.ts";
import { endLineOf, lineAt, squeezedText, textOf, type SyntaxNode } from "./syntax-tree.ts";

/** A definition that is still being read. */
export type DefinitionDraft = { -readonly [Key in keyof CodeDefinition]: CodeDefinition[Key] };

/** What a language says of a definition; the rest follows from the node. */
export interface DefinitionWords {
  readonly name: string;
  readonly kind: CodeDefinition["kind"];
  readonly exported: boolean;
  readonly exportedAs?: readonly string[];
  readonly params?: ParameterRange | undefined;
  /** Node of the parameter list. */
  readonly parameters?: SyntaxNode | undefined;
  readonly heritage?: readonly string[];
  readonly required?: boolean;
  readonly abstract?: boolean;
  readonly open?: boolean;
  /** What is declared inside gets this name into its container. */
  readonly contains?: boolean;
  /** Where it belongs, if not to what stands around it: a method written apart from its type. */
  readonly container?: string;
  /** Node whose lines and body count, where it is not the node that is read: decorators around it. */
  readonly whole?: SyntaxNode;
}

/** What a language says of a use. */
export interface ReferenceWords {
  readonly name: string;
  readonly kind: CodeReference["kind"];
  readonly argumentCount?: number | null;
  readonly receiver?: SyntaxNode | undefined;
}

type ImportWords = Omit<CodeImport, "line">;

/** What the languages tell while the tree is walked; asks only what has been told before. */
export interface FactCollector extends Pick<NameScopes, "isLocal" | "bind" | "bindInside"> {
  readonly definitions: DefinitionDraft[];
  readonly imports: CodeImport[];
  /** Names that statements apart from the declaration hand out: `export { local as name }`. */
  readonly handedOut: { readonly node: SyntaxNode; readonly local: string; readonly as: string }[];
  /** Package or namespace of the file. */
  package: string;
  /** Names may exist that the syntax does not show. */
  open: boolean;
  /** The innermost definition around, if any. */
  current(): DefinitionDraft | undefined;
  /** Names of the definitions around, joined by dots. */
  container(): string;
  define(node: SyntaxNode, words: DefinitionWords): DefinitionDraft;
  /** What is declared inside gets this name into its container, though nothing is declared here. */
  contain(name: string): void;
  /** Whether a definition of that name directly in that container has been told. */
  declares(name: string, container: string): boolean;
  refer(node: SyntaxNode, words: ReferenceWords): void;
  import(node: SyntaxNode, words: ImportWords): void;
  /** An import that brings no name into this file: `export { a } from "./b"`. */
  handOn(node: SyntaxNode, words: ImportWords): void;
  /** The members below this node belong to the definition that is being entered. */
  own(body: SyntaxNode | undefined): void;
  owns(body: SyntaxNode | undefined): boolean;
  /** The node is a name that has been dealt with: it is no use of its own. */
  take(node: SyntaxNode | undefined): void;
  isTaken(node: SyntaxNode): boolean;
  /** Nothing below the node is looked at. */
  skip(node: SyntaxNode): void;
  isSkipped(node: SyntaxNode): boolean;
  /** Between entering a node and its children: opens the scope and the container that it stands for. */
  push(node: SyntaxNode, scope: ScopeKind | undefined): void;
  pop(node: SyntaxNode): void;
  /** References with what hides them, once all is told. */
  references(): readonly CodeReference[];
}

/** Marks on nodes: what has been dealt with, and by whom. */
function createMarks(): Pick<FactCollector, "take" | "isTaken" | "skip" | "isSkipped" | "own" | "owns"> {
  const [taken, skipped, owned] = [new Set<SyntaxNode>(), new Set<SyntaxNode>(), new Set<SyntaxNode>()];
  return {
    own: (body) => {
      if (body !== undefined) owned.add(body);
    },
    owns: (body) => body !== undefined && owned.has(body),
    take: (node) => {
      if (node !== undefined) taken.add(node);
    },
    isTaken: (node) => taken.has(node),
    skip: (node) => void skipped.add(node),
    isSkipped: (node) => skipped.has(node),
  };
}

/** Starts the reading of one file. */
export function createFactCollector(): FactCollector {
  const scopes = createNameScopes();
  const uses: {
    readonly reference: Omit<CodeReference, "shadowed">;
    readonly hidden: ReturnType<NameScopes["hidden"]>;
  }[] = [];
  const definitions: DefinitionDraft[] = [];
  const imports: CodeImport[] = [];
  const declared = new Set<string>();
  const containers: {
    readonly node: SyntaxNode;
    readonly name: string;
    readonly draft: DefinitionDraft | undefined;
  }[] = [];
  let entered: Pick<DefinitionDraft, "name" | "container"> | undefined;
  const container = (): string => containers.at(-1)?.name ?? "";
  const declares = (name: string, container: string): boolean => declared.has(`${container}\n${name}`);

  return {
    ...createMarks(),
    isLocal: scopes.isLocal,
    bind: scopes.bind,
    bindInside: scopes.bindInside,
    definitions,
    imports,
    handedOut: [],
    package: "",
    open: false,
    current: () => containers.at(-1)?.draft,
    container,
    define: (node, words) => {
      const draft = describe(node, words, words.container ?? container());
      definitions.push(draft);
      declared.add(`${draft.container}\n${draft.name}`);
      if (words.contains !== false) entered = draft;
      return draft;
    },
    contain: (name) => {
      entered = { name, container: container() };
    },
    declares,
    refer: (node, { name, kind, argumentCount = null, receiver }) => {
      const spoken = receiver === undefined ? {} : { receiver: squeezedText(receiver) };
      const line = lineAt(node.source, node.start);
      const hidden = scopes.hidden(receiver === undefined ? name : rootOf(receiver));
      uses.push({ reference: { name, kind, argumentCount, ...spoken, line, within: container() }, hidden });
    },
    import: (node, words) => {
      imports.push({ ...words, line: lineAt(node.source, node.start) });
      scopes.bindImport(words);
    },
    handOn: (node, words) => void imports.push({ ...words, line: lineAt(node.source, node.start) }),
    push: (node, kind) => {
      if (entered !== undefined) {
        const name = entered.container === "" ? entered.name : `${entered.container}.${entered.name}`;
        containers.push({ node, name, draft: "kind" in entered ? (entered as DefinitionDraft) : undefined });
      }
      entered = undefined;
      if (kind !== undefined) scopes.push(node, kind);
    },
    pop: (node) => {
      if (containers.at(-1)?.node === node) containers.pop();
      scopes.pop(node);
    },
    references: () => {
      const atTop = (name: string): boolean => declares(name, "");
      return uses.map(({ reference, hidden }) => ({ ...reference, shadowed: hidden(atTop) }));
    },
  };
}

/** The first name of a receiver; what is no name cannot be hidden. */
function rootOf(receiver: SyntaxNode): string {
  const start = receiver.source.text.slice(receiver.start, Math.min(receiver.end, receiver.start + 200));
  return /^[\p{L}\p{N}_$@]+/u.exec(start)?.[0] ?? "";
}

function describe(node: SyntaxNode, words: DefinitionWords, container: string): DefinitionDraft {
  const whole = words.whole ?? node;
  return {
    name: words.name,
    kind: words.kind,
    container,
    exported: words.exported,
    ...(words.exportedAs === undefined ? {} : { exportedAs: words.exportedAs }),
    ...(words.params === undefined ? {} : { params: words.params }),
    ...(words.parameters === undefined ? {} : { signature: squeezedText(words.parameters) }),
    startLine: lineAt(whole.source, whole.start),
    endLine: endLineOf(whole),
    bodyHash: bodyHash(whole),
    heritage: words.heritage ?? [],
    required: words.required ?? false,
    ...(words.abstract === true ? { abstract: true } : {}),
    ...(words.open === true ? { open: true } : {}),
  };
}

/** The words of a name that is written as one token or as a string. */
export function nameOf(node: SyntaxNode): string {
  return textOf(node).replaceAll(/^["'`]|["'`]$/g, "");
}

/** Declares a name in the scope that is open; the node is no use of it. */
export function bindNode(node: SyntaxNode | undefined, facts: FactCollector): void {
  if (node === undefined) return;
  facts.take(node);
  facts.bind(textOf(node));
}
