import * as z from "zod";

/** What one process asks of the process that runs a run. */
export const runRequestSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("cancel"), reason: z.string() }),
  z.object({ type: z.literal("pause"), reason: z.string() }),
  z.object({ type: z.literal("resume") }),
  z.object({ type: z.literal("answer"), taskId: z.string(), questionId: z.string(), answer: z.string() }),
  z.object({ type: z.literal("retry"), taskId: z.string() }),
  z.object({ type: z.literal("skip"), taskId: z.string(), reason: z.string() }),
  z.object({ type: z.literal("steer"), taskId: z.string(), steerId: z.string(), text: z.string() }),
]);

/** What one process asks of the process that runs a run. */
export type RunRequest = z.infer<typeof runRequestSchema>;
