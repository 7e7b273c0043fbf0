import type { CodeImport } from "../../../schema/code-facts.ts";
import type { SyntaxNode } from "./syntax-tree.ts";

/** How far names of a scope are seen: `local` hides definitions inside, `class` is seen only directly inside. */
export type ScopeKind = "local" | "type" | "class";

interface Scope {
  readonly kind: ScopeKind;
  readonly names: Map<string, "declared" | "imported">;
  readonly parent: Scope | undefined;
}

/** The scopes of one file while it is walked. The file itself is no scope: what is declared there hides nothing. */
export interface NameScopes {
  isLocal(): boolean;
  /** Tells that a name is declared in the scope that is open. */
  bind(name: string): void;
  /** Tells that a name is declared in the scope that the node being entered opens. */
  bindInside(name: string): void;
  /** Tells of an import where it stands. */
  bindImport(words: Pick<CodeImport, "module" | "names" | "namespace">): void;
  push(node: SyntaxNode, kind: ScopeKind): void;
  /** Closes the scope of the node, if it has one. */
  pop(node: SyntaxNode): void;
  /**
   * A question to be asked when the whole file is known: whether a name used here is hidden from what is imported or
   * declared at the top of the file. `declared` says which names are declared there.
   */
  hidden(name: string): (declared: (name: string) => boolean) => boolean;
}

/** Starts the scopes of one file. */
export function createNameScopes(): NameScopes {
  const file: Scope = { kind: "type", names: new Map(), parent: undefined };
  const nodes: SyntaxNode[] = [];
  /** Where the names come from: more than one place means that nobody can tell. */
  const origins = new Map<string, Set<string>>();
  const importedAtTop = new Set<string>();
  let scope = file;
  let locals = 0;
  let inside: string[] = [];

  const isHidden = (name: string, from: Scope, declared: (name: string) => boolean): boolean => {
    const places = origins.get(name)?.size ?? 0;
    for (let each: Scope | undefined = from; each !== undefined && each !== file; each = each.parent) {
      const found = each.kind === "class" && each !== from ? undefined : each.names.get(name);
      if (found === "declared") return true;
      if (found === "imported") return places > 1;
    }
    return places > 1 || (places === 1 && (!importedAtTop.has(name) || declared(name)));
  };

  return {
    isLocal: () => locals > 0,
    bind: (name) => void scope.names.set(name, "declared"),
    bindInside: (name) => void inside.push(name),
    bindImport: ({ module, names, namespace }) => {
      const brought = names.map(({ imported, local }) => [local, `${module}\n${imported}`] as const);
      if (namespace !== undefined) brought.push([namespace, `${module}\n*`]);
      for (const [local, origin] of brought) {
        if (scope === file) importedAtTop.add(local);
        else if (!scope.names.has(local)) scope.names.set(local, "imported");
        origins.set(local, (origins.get(local) ?? new Set()).add(origin));
      }
    },
    push: (node, kind) => {
      scope = { kind, names: new Map(inside.map((name) => [name, "declared"])), parent: scope };
      inside = [];
      nodes.push(node);
      if (kind === "local") locals++;
    },
    pop: (node) => {
      if (nodes.at(-1) !== node) return;
      nodes.pop();
      if (scope.kind === "local") locals--;
      scope = scope.parent ?? file;
    },
    hidden: (name) => {
      const from = scope;
      return (declared) => isHidden(name, from, declared);
    },
  };
}
