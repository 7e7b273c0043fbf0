import * as z from "zod";

/** Where a run is found: one entry of the machine-wide index. */
export const runEntrySchema = z.object({
  executionId: z.string(),
  /** Folder that holds the journal. */
  folder: z.string(),
  workspace: z.string().optional(),
  createdAt: z.string(),
  idempotencyKey: z.string().optional(),
});

/** Where a run is found. */
export type RunEntry = z.infer<typeof runEntrySchema>;
