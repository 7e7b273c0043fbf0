import type * as z from "zod";
import { decisionCall, decisionLines } from "../report/decision-text.ts";
import type { ToolCall } from "../report/next-call.ts";
import type { FileChange } from "../schema/change.ts";
import { refuse } from "../schema/problem.ts";
import type { controlInputSchema } from "../schema/tool-inputs.ts";
import type { ToolContext } from "./define-tool.ts";

/** How long a call waits for a decision to be carried out, in milliseconds; it goes on all the same. */
const carriedOutWithinMs = 40_000;

const texts = ["preview", "continue"] as const;

/** Resolves a conflict of a run that has ended, or says what that would do. */
export async function resolveConflict(
  input: z.output<typeof controlInputSchema>,
  { runs }: ToolContext,
): Promise<{
  readonly did: string;
  readonly said: readonly string[];
  readonly next: ToolCall | null;
  readonly [field: string]: unknown;
}> {
  const { executionId, conflictId, option, taskId, agentId, text, dryRun } = input;
  if (text !== undefined && !texts.some((known) => known === text)) {
    refuse({
      code: "INVALID_ARGUMENT",
      error: "With resolve, text is preview or continue.",
      field: "text",
      allowed: texts,
      advice: "Leave text out to have the decision carried out.",
    });
  }
  const preview = text === "preview" || dryRun === true;
  const request = { conflictId, option, taskId, agentId, preview, proceed: text === "continue" };
  const done = await runs.resolve(executionId, request, carriedOutWithinMs);
  const told = { executionId, ...request, decided: done };
  const { preview: seen, ...decided } = done;
  return {
    ...decided,
    said: decisionLines(told, "mcp"),
    next: decisionCall(told),
    ...(seen && { preview: { ...seen, files: seen.files.map(shortChange) } }),
  };
}

/** A change without its text: what would change is told by places and numbers of lines. */
function shortChange({ file, type, oldFile, lineNumbers, addedLines, removedLines }: FileChange): Partial<FileChange> {
  return { file, type, oldFile, lineNumbers, addedLines, removedLines };
}
