import * as z from "zod";
import { commandSchema } from "./command.ts";
import { fallbackSchema } from "./fallback.ts";
import { simulationScriptSchema } from "./simulation.ts";

/** Bounds on what one call may carry. */
export const taskLimits = {
  tasksPerCall: 2_000,
  /** What the library and the command line analyse. */
  tasksPerProgram: 1_000_000,
  idCharacters: 200,
  descriptionCharacters: 5_000,
  agents: 100,
  minutes: 1_440,
  defaultMinutes: 10,
} as const;

/**
 * A task as callers send it. Its identity and relations are checked by `checkTasks`, which gives
 * better messages than a schema can; this schema only fixes the shapes.
 */
export const taskSchema = z.object({
  id: z.string().describe("Unique name of the task, 1-200 characters"),
  description: z.string().describe("What the agent has to do, at most 5,000 characters"),
  estimatedMinutes: z.number().optional().describe("Expected minutes, above 0 and at most 1440; 10 if absent"),
  dependsOn: z.array(z.string()).optional().describe("Ids of the tasks that must be done before"),
  context: z.unknown().optional().describe("Anything else the agent should know"),
  estimate: z
    .object({ optimistic: z.number(), likely: z.number(), pessimistic: z.number() })
    .optional()
    .describe("Three-point estimate in minutes"),
  reads: z.array(z.string()).optional().describe("Globs of the files it reads"),
  writes: z.array(z.string()).optional().describe("Globs of the files it writes"),
  exclusive: z.array(z.string()).optional().describe("Named mutexes, such as lockfile or port:3000"),
  resources: z.record(z.string(), z.number()).optional().describe("Units of named resources it needs"),
  priority: z.number().optional().describe("Higher first, default 0"),
  role: z.string().optional().describe("Role the agent takes"),
  executor: z.string().optional().describe("If not that of the run"),
  model: z.string().optional().describe("Model of the agent"),
  tools: z.array(z.string()).optional().describe("Tools it may use in its workspace"),
  timeoutMinutes: z
    .number()
    .optional()
    .describe("Minutes per attempt; default twice the estimate, at least 15 for real agents"),
  retries: z.number().optional().describe("Repeats of a failed attempt"),
  budget: z
    .strictObject({ maxUsd: z.number().optional(), maxTokens: z.number().optional() })
    .optional()
    .describe("Of all its attempts; above it the agent is ended and its work kept"),
  verify: commandSchema.optional().describe("Command that judges the result by its exit code"),
  fallback: fallbackSchema
    .optional()
    .describe("Done once instead when its retries have failed: {description} or {command}"),
  when: z.string().optional().describe("A lookup compared with a value; skipped when false"),
  command: commandSchema.optional().describe("Command of the command executor"),
  simulate: simulationScriptSchema.optional().describe("Script for the simulated executor"),
});

/** A task as callers send it. */
export type TaskInput = z.infer<typeof taskSchema>;
