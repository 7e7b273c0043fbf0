import * as z from "zod";

/** One agent's progress as callers of the reference report it. */
export const agentProgressSchema = z.looseObject({
  agentId: z.string().min(1),
  currentTask: z.string().min(1),
  percentComplete: z.number().min(0).max(100),
  status: z.enum(["idle", "working", "blocked", "complete", "failed"]),
  /** 0-100. */
  taskWeight: z.number().min(0).max(100).optional(),
  /** Minutes. */
  estimatedTimeRemaining: z.number().nonnegative().optional(),
});

/** One agent's progress as callers report it. */
export type AgentProgress = z.infer<typeof agentProgressSchema>;

/** How the progress of several agents becomes one number. */
export const aggregationStrategySchema = z.enum(["simple-average", "weighted", "critical-path"]);

/** How the progress of several agents becomes one number. */
export type AggregationStrategy = z.infer<typeof aggregationStrategySchema>;

/** An agent that holds the whole up. */
export interface ProgressBottleneck {
  readonly agentId: string;
  readonly taskId: string;
  readonly reason: string;
  readonly impact: "low" | "medium" | "high";
  readonly suggestion: string;
}

/** What aggregate_progress says of given agents. */
export interface ProgressReport {
  /** 0-100; 100 only when everything is done. */
  readonly overallProgress: number;
  readonly method: AggregationStrategy;
  readonly agentStatuses: Readonly<Record<string, AgentProgress>>;
  readonly bottlenecks: readonly ProgressBottleneck[];
  /** ISO date. */
  readonly estimatedCompletion: string;
  readonly criticalPath?: readonly string[];
  /** What the numbers had to assume, where they had to. */
  readonly note?: string;
}
