import * as z from "zod";

/** One changed range, as in a unified diff: line numbers are 1-based, `oldLines` 0 is an insertion after `oldStart`. */
export const hunkSchema = z.object({
  oldStart: z.number().int().nonnegative(),
  oldLines: z.number().int().nonnegative(),
  newStart: z.number().int().nonnegative(),
  newLines: z.number().int().nonnegative(),
});

/** One changed range of a file. */
export type Hunk = z.infer<typeof hunkSchema>;

/** What one agent did to one file. Paths are relative to the workspace and / separated. */
export const fileChangeSchema = z.object({
  file: z.string().min(1),
  type: z.enum(["create", "modify", "delete", "rename"]),
  /** The former path of a renamed file. */
  oldFile: z.string().optional(),
  content: z.string().optional(),
  /** First to last changed line in the new file. */
  lineNumbers: z.object({ start: z.number(), end: z.number() }).optional(),
  hunks: z.array(hunkSchema).optional(),
  /** Unified diff; cut where it is very long. */
  diff: z.string().optional(),
  binary: z.boolean().optional(),
  addedLines: z.number().int().nonnegative().optional(),
  removedLines: z.number().int().nonnegative().optional(),
});

/** What one agent did to one file. */
export type FileChange = z.infer<typeof fileChangeSchema>;
