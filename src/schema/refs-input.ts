import * as z from "zod";

const refSchema = z.string().min(1).max(500);

/** Branches to be compared: what `heads` would be merged into, and they. */
export const refsInputSchema = z.object({
  workspace: z.string().max(4_096).optional().describe("A git repository; default: the present project"),
  base: refSchema.describe("Branch, tag or commit the heads would be merged into"),
  heads: z
    .array(z.object({ agentId: z.string().min(1).max(200).optional().describe("Default: the ref"), ref: refSchema }))
    .min(1)
    .max(100)
    .describe("Branches to be merged, 1-100"),
});

/** Branches to be compared. */
export type RefsInput = z.infer<typeof refsInputSchema>;
