import type { RunStatus } from "../../schema/workflow.ts";

/** Something to be done; its outcome comes back as an event. */
export type Command =
  | { readonly type: "capture-base" }
  | StartTask
  | { readonly type: "skip-task"; readonly taskId: string; readonly reason: string }
  | { readonly type: "reopen-task"; readonly taskId: string; readonly reason: string }
  | { readonly type: "stop-task"; readonly taskId: string; readonly reason: "cancelled" | "timeout" | "skipped" }
  | { readonly type: "delay"; readonly ms: number }
  | { readonly type: "merge"; readonly candidates: readonly string[]; readonly held: readonly HeldBefore[] }
  | { readonly type: "apply" }
  | { readonly type: "finish"; readonly status: RunStatus };

/** An attempt to be begun. */
interface StartTask {
  readonly type: "start-task";
  readonly taskId: string;
  readonly attempt: number;
  readonly agentId: string;
  /** The attempt does the task's fallback in place of its own work. */
  readonly fallback?: true;
}

/** A task that succeeded and is not merged for a reason known before merging. */
export interface HeldBefore {
  readonly taskId: string;
  readonly reason: string;
}
