import type { WireEdge } from "../../../schema/graph.ts";
import type { Problem } from "../../../schema/problem.ts";
import { taskSchema, type TaskInput } from "../../../schema/task.ts";
import { failed, ok, type Result } from "../../../util/result.ts";
import { closestId } from "../closest-id.ts";

/** A graph as callers send it back, and as `WireGraph` gives it. */
export interface ReadableGraph {
  readonly nodes?: unknown;
  readonly edges?: readonly ReadableEdge[] | undefined;
}

/** An edge as callers send it back. */
export interface ReadableEdge {
  readonly from: string;
  readonly to: string;
  readonly type?: string | undefined;
  readonly confidence?: number | undefined;
}

/** The nodes of a graph that came back from a caller. */
export interface GraphNodes {
  /** All ids, in their order. */
  readonly ids: ReadonlySet<string>;
  /** The tasks of those nodes that still carry one. */
  readonly tasks: ReadonlyMap<string, TaskInput>;
}

/**
 * Reads the nodes of a graph in every form that clients make of them: an object or Map by id, a
 * list of nodes, tasks or ids, a list of [id, node] entries, or nothing at all.
 */
export function readGraphNodes(graph: ReadableGraph | undefined): GraphNodes {
  const ids = new Set<string>();
  const tasks = new Map<string, TaskInput>();
  for (const [key, node] of nodeEntries(graph?.nodes)) {
    const task = taskOf(node);
    const id = key ?? idOf(node) ?? task?.id;
    if (id === undefined) continue;
    ids.add(id);
    if (task && !tasks.has(id)) tasks.set(id, task);
  }
  return { ids, tasks };
}

/** Where a graph's edges came from and what they may name. */
export interface EdgeReading {
  /** Path of the graph in the input. */
  readonly field: string;
  /** The ids that exist. */
  readonly known: ReadonlySet<string>;
}

/** Reads the edges between known tasks, each pair once; an edge to an unknown task or to itself is refused. */
export function readGraphEdges(
  graph: ReadableGraph | undefined,
  reading: EdgeReading,
): Result<readonly WireEdge[], Problem> {
  const edges = new Map<string, WireEdge>();
  for (const [index, edge] of (graph?.edges ?? []).entries()) {
    const field = `${reading.field}.edges[${index}]`;
    for (const end of ["from", "to"] as const) {
      if (!reading.known.has(edge[end])) return failed(unknownEnd(edge[end], `${field}.${end}`, reading.known));
    }
    if (edge.from === edge.to) {
      return failed({
        code: "SELF_DEPENDENCY",
        error: `Task "${edge.from}" cannot depend on itself`,
        field,
        advice: "Remove this edge.",
      });
    }
    const key = JSON.stringify([edge.from, edge.to]);
    if (!edges.has(key)) edges.set(key, wireEdge(edge));
  }
  return ok([...edges.values()]);
}

function wireEdge(edge: ReadableEdge): WireEdge {
  const type = edge.type === "implicit" ? "implicit" : "explicit";
  const { from, to, confidence } = edge;
  return confidence === undefined ? { from, to, type } : { from, to, type, confidence };
}

function unknownEnd(id: string, field: string, known: ReadonlySet<string>): Problem {
  const meant = closestId(id, known);
  return {
    code: "UNKNOWN_DEPENDENCY",
    error: `An edge of the graph names task "${id}", which does not exist${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
    field,
    ...(meant === undefined ? {} : { example: meant }),
    advice: "Give the task too, or remove the edge.",
  };
}

function nodeEntries(nodes: unknown): readonly (readonly [string | undefined, unknown])[] {
  if (nodes instanceof Map) return [...nodes].map(([key, node]) => [String(key), node]);
  if (Array.isArray(nodes)) return nodes.map(listEntry);
  if (isRecord(nodes)) return Object.entries(nodes);
  return [];
}

function listEntry(item: unknown): readonly [string | undefined, unknown] {
  const isEntry = Array.isArray(item) && item.length === 2 && typeof item[0] === "string";
  return isEntry ? [item[0] as string, item[1]] : [undefined, item];
}

function idOf(node: unknown): string | undefined {
  if (typeof node === "string") return node;
  return isRecord(node) && typeof node["id"] === "string" ? node["id"] : undefined;
}

function taskOf(node: unknown): TaskInput | undefined {
  if (!isRecord(node)) return undefined;
  // The nodes of a large graph come without the texts of their tasks.
  const read = taskSchema.safeParse({ description: "", ...(isRecord(node["task"]) ? node["task"] : node) });
  return read.success ? read.data : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
