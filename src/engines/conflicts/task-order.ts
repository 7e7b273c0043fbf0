import type { GraphInput } from "../../schema/graph.ts";

/** Dependency as the caller's graph states it: `to` needs `from`. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** Which tasks come before which. */
export interface TaskOrder {
  /** Every stated dependency, each once. */
  readonly edges: readonly Edge[];
  /** Whether one of the two builds on the other, directly or through others. */
  isOrdered(left: string, right: string): boolean;
}

/** Tasks beyond this bound are treated as unordered; their relations alone would fill the memory. */
const MAX_TASKS = 5_000;

/** Reads a graph as callers send it back: from its edges, and from what its tasks say they depend on. */
export function taskOrder(graph: GraphInput | undefined): TaskOrder {
  const edges = edgesOf(graph);
  const ids = [...new Set(edges.flatMap(({ from, to }) => [from, to]))];
  if (ids.length === 0 || ids.length > MAX_TASKS) return { edges, isOrdered: () => false };
  const numberOf = new Map(ids.map((id, index) => [id, index]));
  const ancestors = ancestorsOf(edges, numberOf);
  const has = (set: Uint32Array | undefined, item: number): boolean =>
    (((set?.[item >> 5] ?? 0) >>> (item & 31)) & 1) === 1;
  return {
    edges,
    isOrdered(left, right) {
      const one = numberOf.get(left);
      const other = numberOf.get(right);
      if (one === undefined || other === undefined) return false;
      return has(ancestors[one], other) || has(ancestors[other], one);
    },
  };
}

function edgesOf(graph: GraphInput | undefined): Edge[] {
  const found = new Map<string, Edge>();
  const add = (from: string, to: string): void => {
    if (from !== to) found.set(JSON.stringify([from, to]), { from, to });
  };
  for (const { from, to } of graph?.edges ?? []) add(from, to);
  for (const [key, node] of nodesOf(graph?.nodes)) {
    const id = textIn(node, "id") ?? key;
    const holders = [node, fieldOf(node, "task")];
    const needs = holders.flatMap((holder) => fieldOf(holder, "dependsOn") ?? []);
    for (const need of needs) if (id !== undefined && typeof need === "string") add(need, id);
  }
  return [...found.values()];
}

/** The nodes of a graph sent as an object, a list of nodes, or a list of [id, node] entries. */
function nodesOf(nodes: unknown): (readonly [string | undefined, unknown])[] {
  if (!Array.isArray(nodes)) return typeof nodes === "object" && nodes !== null ? Object.entries(nodes) : [];
  return nodes.map((node: unknown) => {
    if (!Array.isArray(node)) return [undefined, node] as const;
    const [id, value] = node as readonly unknown[];
    return [typeof id === "string" ? id : undefined, value] as const;
  });
}

function fieldOf(holder: unknown, name: string): unknown {
  return typeof holder === "object" && holder !== null ? (holder as Record<string, unknown>)[name] : undefined;
}

function textIn(holder: unknown, name: string): string | undefined {
  const value = fieldOf(holder, name);
  return typeof value === "string" ? value : undefined;
}

/** All ancestors of every task as bit sets (Kahn 1962); tasks on a cycle keep what is known of them. */
function ancestorsOf(edges: readonly Edge[], numberOf: ReadonlyMap<string, number>): Uint32Array[] {
  const size = numberOf.size;
  const ancestors = Array.from({ length: size }, () => new Uint32Array((size >> 5) + 1));
  const dependents: number[][] = Array.from({ length: size }, () => []);
  const unmet = new Uint32Array(size);
  for (const { from, to } of edges) {
    dependents[numberOf.get(from) as number]?.push(numberOf.get(to) as number);
    unmet[numberOf.get(to) as number] = (unmet[numberOf.get(to) as number] as number) + 1;
  }
  const ready = [...unmet.keys()].filter((task) => unmet[task] === 0);
  for (let task = ready.pop(); task !== undefined; task = ready.pop()) {
    const own = ancestors[task] as Uint32Array;
    for (const dependent of dependents[task] ?? []) {
      const theirs = ancestors[dependent] as Uint32Array;
      for (let word = 0; word < own.length; word++) theirs[word] = (theirs[word] as number) | (own[word] as number);
      theirs[task >> 5] = (theirs[task >> 5] as number) | (1 << (task & 31));
      unmet[dependent] = (unmet[dependent] as number) - 1;
      if (unmet[dependent] === 0) ready.push(dependent);
    }
  }
  return ancestors;
}
