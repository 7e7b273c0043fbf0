import type { TaskInput } from "../schema/task.ts";
import type { ExecuteInput } from "../schema/workflow.ts";

/** Tasks as a file gives them. */
export interface TaskFile {
  /** What the file says it is for, else its name. */
  readonly title: string;
  readonly tasks: readonly TaskInput[];
  /** The part of a call to execute that hands them over. */
  readonly source: Pick<ExecuteInput, "tasks" | "analysisResult" | "phases" | "title">;
  /** Whether phases say all there is about the order. */
  readonly phased?: boolean;
  /** What is to be said about it: tasks that are skipped, figures on record. */
  readonly notes?: readonly string[];
}
