import * as z from "zod";

/** The file beside a task's workspace that proves that this program made it, and for what. */
export const workspaceMarkerSchema = z.object({
  executionId: z.string(),
  taskId: z.string(),
  /** Counts from 1. */
  attempt: z.number().int().positive(),
  /** Which workspace of the attempt, from 1: one that is started again after a crash gets another. */
  repeat: z.number().int().positive(),
  /** The commit of the shadow repository that the files come from. */
  start: z.string(),
  /** Folder the agent works in: `root`, or the part of it that the user's workspace is. */
  folder: z.string(),
  /** Root of the work tree. */
  root: z.string(),
});

/** What this program notes about a workspace it made. */
export type WorkspaceMarker = Readonly<z.infer<typeof workspaceMarkerSchema>>;

/** Reads a marker; undefined when it is damaged. */
export function parseWorkspaceMarker(text: string): WorkspaceMarker | undefined {
  try {
    return workspaceMarkerSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
