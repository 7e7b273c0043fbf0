import * as z from "zod";
import { commandSchema } from "./command.ts";
import { batchInputSchema, graphInputSchema } from "./graph.ts";
import { phasesSchema } from "./phases.ts";
import { simulationSettingsSchema } from "./simulation.ts";
import { taskSchema } from "./task.ts";

/** When a task may start. */
export const runModes = ["dependency", "batch", "parallel", "sequential", "pipeline"] as const;

/** When a task may start. */
export type RunMode = (typeof runModes)[number];

/** What a failure does to the rest. */
export const executionStrategies = ["conservative", "aggressive"] as const;

/** What happens to what was merged: into the user's files, onto a branch, or nothing. */
export const applyModes = ["merge", "branch", "none"] as const;

/** Limits a caller asks for. */
export const constraintsSchema = z.object({
  apiRateLimit: z
    .object({
      provider: z.string(),
      maxRequestsPerMinute: z.number().optional(),
      maxTokensPerMinute: z.number().optional(),
    })
    .optional(),
  resourceLimits: z
    .object({
      maxMemoryMB: z.number().optional().describe("Of each agent and all it starts, shared memory counted once"),
      maxTotalMemoryMB: z.number().optional().describe("Of all agents together, counted the same way"),
      maxCPUPercent: z.number().optional().describe("Of one core, for each agent and all it starts"),
    })
    .optional(),
  resources: z.record(z.string(), z.number()).optional().describe("Capacities of named resources"),
  budget: z.object({ maxUsd: z.number().optional(), maxTokens: z.number().optional() }).optional(),
  timeoutMinutes: z.number().optional().describe("Of the whole run"),
  startDelayMs: z.number().optional().describe("Between two starts"),
  maxRetries: z.number().optional().describe("For tasks that do not say"),
  fallbackOnTimeout: z.boolean().optional().describe("true: at the first time-out; false: never after one"),
});

/** Limits a caller asks for. */
export type Constraints = z.infer<typeof constraintsSchema>;

/** The range of every number in the constraints, in the caller's units. */
export const constraintRanges: readonly (readonly [path: string, low: number, high: number])[] = [
  ["apiRateLimit.maxRequestsPerMinute", 1, 10_000],
  ["apiRateLimit.maxTokensPerMinute", 1, 1_000_000_000],
  ["resourceLimits.maxMemoryMB", 100, 32_768],
  ["resourceLimits.maxTotalMemoryMB", 100, 1_048_576],
  ["resourceLimits.maxCPUPercent", 1, 100],
  ["budget.maxUsd", 0.01, 1_000_000],
  ["budget.maxTokens", 1, 1_000_000_000_000],
  ["timeoutMinutes", 0.001, 7 * 1_440],
  ["startDelayMs", 0, 600_000],
  ["maxRetries", 0, 10],
];

/**
 * An analysis result as callers send it back: only batches and graph are read. The answer of
 * optimize_batch_distribution, which calls them `batches`, serves as well.
 */
export const analysisResultInputSchema = z
  .looseObject({
    suggestedBatches: z.array(batchInputSchema).optional(),
    batches: z.unknown().optional(),
    taskDescription: z.unknown().optional(),
    hasCycles: z.unknown().optional(),
    dependencyGraph: graphInputSchema.optional(),
  })
  .transform((given, context) => {
    if (given.suggestedBatches !== undefined) return { ...given, suggestedBatches: given.suggestedBatches };
    const name = given.batches === undefined ? "suggestedBatches" : "batches";
    const read = z.array(batchInputSchema).safeParse(given.batches);
    if (read.success) return { ...given, suggestedBatches: read.data };
    const issues = read.error.issues.map((issue) => ({ ...issue, path: [name, ...issue.path], input: undefined }));
    context.issues.push(...(issues as z.core.$ZodRawIssue[]));
    return z.NEVER;
  });

/** What execute_parallel_workflow takes. */
export const executeInputSchema = z.object({
  analysisResult: analysisResultInputSchema
    .optional()
    .describe("The result of analyze_task_parallelizability, as it is"),
  planId: z.string().optional().describe("Instead of analysisResult: a plan that was analysed before"),
  tasks: z.array(taskSchema).optional().describe("Instead of analysisResult: the tasks themselves"),
  phases: phasesSchema
    .optional()
    .describe("Phases that wait for one another: lists of tasks, or of ids or roles of those in tasks"),
  title: z.string().min(1).max(1_000).optional().describe("What the whole is for; every agent is told"),
  workflow: z.string().optional().describe("Instead of analysisResult: path of a workflow file"),
  inputs: z.record(z.string(), z.unknown()).optional().describe("Inputs of the workflow file"),
  executionStrategy: z
    .enum(executionStrategies)
    .optional()
    .describe(
      "conservative (default): nothing new starts after a failure; aggressive: everything not downstream of it goes on",
    ),
  maxParallelAgents: z.number().int().optional().describe("1-100; default: the recommended number"),
  constraints: constraintsSchema.optional(),
  executor: z
    .string()
    .optional()
    .describe("simulated | claude-code | acp:<agent> | command; default: the configured one, else simulated"),
  mode: z
    .enum(runModes)
    .optional()
    .describe("dependency (default): a task starts as soon as its own dependencies are done"),
  workspace: z.string().optional().describe("Folder the agents work on; default: the project the client works in"),
  apply: z.enum(applyModes).optional().describe("merge (default for real executors): into your files; branch; none"),
  setup: commandSchema
    .optional()
    .describe("Command run in every new workspace before its agent starts, such as npm ci"),
  verify: commandSchema.optional().describe("Command run on the merged tree; nothing is merged when it fails"),
  resume: z.string().optional().describe("executionId of a run to continue"),
  from: z.string().optional(),
  only: z.array(z.string()).optional(),
  invalidate: z.array(z.string()).optional(),
  idempotencyKey: z.string().max(200).optional().describe("The same key gives the same run"),
  waitSeconds: z.number().min(0).max(3_600).optional().describe("How long this call waits for the end"),
  simulation: simulationSettingsSchema
    .optional()
    .describe("Of simulated agents: seed, failureRate 0-1, durationSigma, realTime (wall per simulated second)"),
  detail: z.enum(["summary", "full"]).optional().describe("full: nothing is cut"),
});

/** What execute_parallel_workflow takes. */
export type ExecuteInput = z.infer<typeof executeInputSchema>;

/** Where a run stands. */
export const runStatuses = [
  "running",
  "blocked",
  "paused",
  "completed",
  "partial",
  "failed",
  "cancelled",
  "interrupted",
] as const;

/** Where a run stands. */
export type RunStatus = (typeof runStatuses)[number];

/** A limit that was asked for and cannot be held here. */
export const unenforcedLimitSchema = z.object({ limit: z.string(), reason: z.string() });

/** A limit that was asked for and cannot be held here. */
export type UnenforcedLimit = z.infer<typeof unenforcedLimitSchema>;
