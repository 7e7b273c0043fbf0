/** What the functions of the library take: the tools' own schemas, without what only a conversation needs. */
import type * as z from "zod";
import type { TaskInput } from "../schema/task.ts";
import { aggregateInputSchema, analyzeInputSchema, detectInputSchema } from "../schema/tool-inputs.ts";
import { executeInputSchema } from "../schema/workflow.ts";
import type { Given } from "./given.ts";

/** What `analyze` takes. */
export const analyzeCallSchema = analyzeInputSchema.omit({ detail: true, workspace: true });

/** What `analyze` of a coordinator takes. */
export const analyzeProjectCallSchema = analyzeInputSchema.omit({ detail: true });

/** What `analyze` of a coordinator takes: as `analyze`, and the `workspace` that is looked at. */
export type AnalyzeProjectInput = Given<z.input<typeof analyzeProjectCallSchema>>;

/** What `analyze` takes. */
export type AnalyzeInput = Given<z.input<typeof analyzeCallSchema>>;

/** What `execute` takes. */
export const executeCallSchema = executeInputSchema.omit({
  detail: true,
  waitSeconds: true,
  workflow: true,
  inputs: true,
  resume: true,
  from: true,
  only: true,
  invalidate: true,
});

/** What `execute` takes: one of `tasks`, `analysisResult` and `planId`, and how to run it. */
export type ExecuteInput = Given<z.input<typeof executeCallSchema>>;

/** What `plan` takes. */
export const planCallSchema = executeCallSchema.pick({
  analysisResult: true,
  tasks: true,
  phases: true,
  title: true,
  executor: true,
  mode: true,
  maxParallelAgents: true,
  constraints: true,
});

/** What `plan` takes: `tasks`, `phases` or `analysisResult`, the mode, and the agents and limits to plan for. */
export type PlanInput = Given<z.input<typeof planCallSchema>>;

/** What `detectConflicts` takes. */
export const detectCallSchema = detectInputSchema.pick({ agentResults: true, dependencyGraph: true }).required({
  agentResults: true,
});

/** What `detectConflicts` takes. */
export type DetectConflictsInput = Given<z.input<typeof detectCallSchema>>;

/** What `aggregateProgress` takes. */
export const aggregateCallSchema = aggregateInputSchema
  .pick({ agentProgresses: true, aggregationStrategy: true, dependencyGraph: true })
  .required({ agentProgresses: true });

/** What `aggregateProgress` takes. */
export type AggregateProgressInput = Given<z.input<typeof aggregateCallSchema>>;

/** A task as callers write it. */
export type Task = Given<TaskInput>;
