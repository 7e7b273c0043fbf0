import * as z from "zod";
import { commandSchema } from "./command.ts";
import { simulationScriptSchema } from "./simulation.ts";

/**
 * What is done in place of a task's own work when that has failed or timed out: the task with these fields instead of
 * its own. At least one of `command`, `description`, `executor` and `model` says what is different.
 */
export const fallbackSchema = z.strictObject({
  description: z.string().optional().describe("What the agent has to do instead; default: the same"),
  command: commandSchema.optional().describe("Command that is run instead"),
  executor: z
    .string()
    .optional()
    .describe("Default: command where one is given, else that of the task, else that of the run"),
  model: z.string().optional().describe("Model of the agent; default: the same"),
  tools: z.array(z.string()).optional().describe("Tools the agent may use; default: the same"),
  timeoutMinutes: z.number().optional().describe("Minutes for the fallback; default: that of the task"),
  simulate: simulationScriptSchema.optional().describe("Script for the simulated executor; the task's is not used"),
});

/** What is done in place of a task's own work. */
export type FallbackInput = z.infer<typeof fallbackSchema>;

/** A fallback as a run carries it: defaults filled in. */
export const plannedFallbackSchema = fallbackSchema.extend({
  executorKind: z.string(),
  timeoutMs: z.number().positive(),
});

/** The kinds of executors that may come to work on a task: its own, and that of its fallback. */
export function executorKindsOf(task: {
  readonly executorKind: string;
  readonly fallback?: { readonly executorKind: string } | undefined;
}): readonly string[] {
  return task.fallback ? [task.executorKind, task.fallback.executorKind] : [task.executorKind];
}
