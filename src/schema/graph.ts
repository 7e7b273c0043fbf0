import * as z from "zod";
import { taskSchema, type TaskInput } from "./task.ts";

/** A node of the dependency graph on the wire. */
export interface WireNode {
  readonly id: string;
  readonly task: TaskInput;
  /** Longest chain of dependencies below it; 0 for a task without any. */
  readonly level: number;
}

/** An edge of the dependency graph on the wire: `to` depends on `from`. */
export interface WireEdge {
  readonly from: string;
  readonly to: string;
  readonly type: "explicit" | "implicit";
  /** 0-1, for implicit edges. */
  readonly confidence?: number;
}

/** The dependency graph as callers receive it. */
export interface WireGraph {
  readonly nodes: Readonly<Record<string, WireNode>>;
  readonly edges: readonly WireEdge[];
}

/** An edge as callers send it. */
const edgeInputSchema = z.looseObject({
  from: z.string(),
  to: z.string(),
  type: z.string().optional(),
  confidence: z.number().optional(),
});

/**
 * A graph as callers send it back: `nodes` may be an object, a list, a list of [id, node] entries,
 * or missing, because clients turn maps into all of these.
 */
export const graphInputSchema = z.looseObject({
  nodes: z.unknown().optional(),
  edges: z.array(edgeInputSchema).optional(),
});

/** A graph as callers send it back. */
export type GraphInput = z.infer<typeof graphInputSchema>;

/** A dependency that is not in dependsOn, and that the texts state or that texts and files suggest. */
export interface ImplicitDependency {
  readonly from: string;
  readonly to: string;
  /** 0-1. */
  readonly confidence: number;
  readonly reasoning: string;
  /** The words of the tasks that the reasoning rests on. */
  readonly evidence: string;
  /** Whether the graph contains it. */
  readonly applied: boolean;
  /** Present where it rests on words of order in a task's text, and not on files, things made or what is usual. */
  readonly stated?: true;
}

/** A batch as callers send it back in an analysis result. */
export const batchInputSchema = z.looseObject({
  id: z.string(),
  tasks: z.array(taskSchema).min(1),
  estimatedMinutes: z.number().optional(),
  dependsOnBatches: z.array(z.string()).optional(),
});
