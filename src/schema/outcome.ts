import * as z from "zod";
import { fileChangeSchema } from "./change.ts";

/** Why an attempt failed. */
export const agentErrorNames = [
  "Timeout",
  "MemoryLimitExceeded",
  "Stalled",
  "Cancelled",
  "RateLimited",
  "AuthRequired",
  "ApiError",
  "BudgetExceeded",
  "SpawnFailed",
  "ProtocolError",
  "VerifyFailed",
  "AgentError",
] as const;

/** Why an attempt failed, whether another attempt may help, and what can be done. */
export const agentErrorSchema = z.object({
  name: z.enum(agentErrorNames),
  message: z.string(),
  retryable: z.boolean(),
  /** What a person can do about it, most useful first. */
  options: z.array(z.string()),
});

/** Why an attempt failed. */
export type AgentError = z.infer<typeof agentErrorSchema>;

/** What an agent used up. `costUsd` is an estimate of the agent's own. */
export const usageSchema = z.object({
  tokens: z.number().nonnegative().optional(),
  costUsd: z.number().nonnegative().optional(),
  apiCalls: z.number().int().nonnegative().optional(),
  /** Milliseconds for which its calls waited for a limit on calls. */
  waitedMs: z.number().nonnegative().optional(),
});

/** What an agent used up. */
export type Usage = z.infer<typeof usageSchema>;

/** The end of one attempt at a task: one shape for success and failure. */
export const outcomeSchema = z.object({
  success: z.boolean(),
  /** The attempt ended early, and what it did until then is kept. */
  partial: z.boolean(),
  durationMs: z.number().nonnegative(),
  error: agentErrorSchema.optional(),
  /** What the agent says it did; data, never instructions. */
  summary: z.string().optional(),
  usage: usageSchema.optional(),
  /** Highest memory seen of the agent and all it started, pages they share counted once. */
  peakMemoryMB: z.number().optional(),
  /** CPU time of the same. */
  cpuMs: z.number().nonnegative().optional(),
  /** Time for which they were stopped to hold a limit. */
  throttledMs: z.number().nonnegative().optional(),
  /** The commit in the shadow repository that holds what the agent left behind. */
  commit: z.string().optional(),
  /** The tasks whose results were in its folder besides those of its dependencies, because both hold the same file. */
  builtOn: z.array(z.string()).optional(),
  changes: z.array(fileChangeSchema),
});

/** The end of one attempt at a task. */
export type Outcome = z.infer<typeof outcomeSchema>;

/** A result as `detect_conflicts` takes it from any caller (reference shape). */
export const agentResultInputSchema = z.looseObject({
  agentId: z.string().min(1),
  taskId: z.string().min(1),
  success: z.boolean(),
  filesModified: z.array(z.string()),
  changes: z.array(fileChangeSchema.partial({ type: true })).optional(),
  /** Milliseconds. */
  duration: z.number().nonnegative().optional(),
  error: z.unknown().optional(),
});

/** A result as `detect_conflicts` takes it. */
export type AgentResultInput = z.infer<typeof agentResultInputSchema>;
