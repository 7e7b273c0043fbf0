/** What callers of the six-tool server read of its answers. More may be there; numbers are finite, maps are plain objects. */
import * as z from "zod";

const severity = z.enum(["low", "medium", "high", "critical"]);
const impact = z.enum(["low", "medium", "high"]);
const share = z.number().min(0).max(100);

const task = z.looseObject({
  id: z.string(),
  description: z.string(),
  estimatedMinutes: z.number().optional(),
  dependsOn: z.array(z.string()).optional(),
});

const graph = z.looseObject({
  nodes: z.record(z.string(), z.looseObject({ id: z.string(), task, level: z.number().int() })),
  edges: z.array(
    z.looseObject({
      from: z.string(),
      to: z.string(),
      type: z.enum(["explicit", "implicit"]),
      confidence: z.number().min(0).max(1).optional(),
    }),
  ),
});

const batch = z.looseObject({
  id: z.string(),
  tasks: z.array(task).min(1),
  estimatedMinutes: z.number().positive(),
  dependsOnBatches: z.array(z.string()),
});

const risk = z.looseObject({ description: z.string(), severity, mitigation: z.string().optional() });

const change = z.looseObject({
  file: z.string(),
  type: z.enum(["create", "modify", "delete", "rename"]),
  content: z.string().optional(),
  lineNumbers: z.looseObject({ start: z.number(), end: z.number() }).optional(),
});

const agentResult = z.looseObject({
  agentId: z.string().min(1),
  taskId: z.string().min(1),
  success: z.boolean(),
  filesModified: z.array(z.string()),
  changes: z.array(change),
  duration: z.number().nonnegative(),
  error: z.looseObject({ name: z.string(), message: z.string() }).optional(),
});

const conflict = z.looseObject({
  type: z.enum(["file-level", "semantic", "dependency", "resource", "ordering"]),
  severity,
  agents: z.array(z.string()).min(1),
  description: z.string(),
  affectedResources: z.array(z.string()),
  detectionMethod: z.string().min(1),
  resolutionOptions: z
    .array(
      z.looseObject({
        strategy: z.enum(["merge", "prefer-agent", "rollback", "sequential-retry", "manual"]),
        description: z.string(),
        automatic: z.boolean(),
        risk: impact,
      }),
    )
    .min(1),
});

const agentProgress = z.looseObject({
  agentId: z.string(),
  currentTask: z.string(),
  percentComplete: share,
  status: z.enum(["idle", "working", "blocked", "complete", "failed"]),
});

/** The answers of the six tools, by name. */
export const referenceShapes = {
  analyze_task_parallelizability: z.looseObject({
    parallelizable: z.boolean(),
    confidence: share,
    reasoning: z.string().min(1),
    dependencyGraph: graph,
    suggestedBatches: z.array(batch),
    estimatedSpeedup: z.number().positive(),
    risks: z.array(risk),
  }),
  create_dependency_graph: z.looseObject({
    graph,
    implicitDependencies: z.array(
      z.looseObject({ from: z.string(), to: z.string(), confidence: z.number().min(0).max(1), reasoning: z.string() }),
    ),
    hasCycles: z.boolean(),
    cycles: z.array(z.array(z.string())).optional(),
  }),
  optimize_batch_distribution: z.looseObject({
    batches: z.array(batch).min(1),
    estimatedTotalTime: z.number().positive(),
    loadBalance: share,
    reasoning: z.string().min(1),
  }),
  execute_parallel_workflow: z.looseObject({
    success: z.boolean(),
    executionId: z.string().regex(/^exec-/),
    results: z.array(agentResult),
    conflicts: z.array(conflict),
    metrics: z.looseObject({
      totalTasks: z.number().int().nonnegative(),
      parallelTasks: z.number().int().nonnegative(),
      sequentialTasks: z.number().int().nonnegative(),
      totalDuration: z.number().nonnegative(),
      sequentialDuration: z.number().nonnegative(),
      actualSpeedup: z.number().positive(),
      agentCount: z.number().int().nonnegative(),
      conflictCount: z.number().int().nonnegative(),
      failureCount: z.number().int().nonnegative(),
      retryCount: z.number().int().nonnegative(),
    }),
  }),
  aggregate_progress: z.looseObject({
    overallProgress: share,
    method: z.enum(["simple-average", "weighted", "critical-path"]),
    agentStatuses: z.record(z.string(), agentProgress),
    bottlenecks: z.array(
      z.looseObject({ agentId: z.string(), taskId: z.string(), reason: z.string(), impact, suggestion: z.string() }),
    ),
    estimatedCompletion: z.iso.datetime(),
    criticalPath: z.array(z.string()).optional(),
  }),
  detect_conflicts: z.looseObject({
    hasConflicts: z.boolean(),
    conflicts: z.array(conflict),
    resolutionStrategy: z.enum(["auto", "manual", "rollback"]),
  }),
} as const;

/** One of the six tools. */
export type ReferenceTool = keyof typeof referenceShapes;

/** What a tool answers. */
export type ReferenceAnswer<Tool extends ReferenceTool> = z.infer<(typeof referenceShapes)[Tool]>;

/** Reads an answer as its caller does; throws where something is missing or of another kind. */
export function readAnswer<Tool extends ReferenceTool>(tool: Tool, answer: unknown): ReferenceAnswer<Tool> {
  return referenceShapes[tool].parse(answer) as ReferenceAnswer<Tool>;
}
