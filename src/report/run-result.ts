import type { LimitView, RunView, SteerView, TaskView } from "../engines/progress/run-view.ts";
import type { FileChange } from "../schema/change.ts";
import type { Conflict } from "../schema/conflict.ts";
import type { AgentError, Usage } from "../schema/outcome.ts";
import type { RunStatus, UnenforcedLimit } from "../schema/workflow.ts";
import { nextCall } from "./attention.ts";
import type { CallStyle } from "./call-style.ts";
import type { ToolCall } from "./next-call.ts";
import { hasEnded, isSimulated, wallDate } from "./run-clock.ts";
import { runMetrics, type RunMetrics } from "./run-metrics.ts";
import { runText } from "./run-text.ts";

/** What one task came to. Serves `detect_conflicts` as an agent's result and `aggregate_progress` as an agent's progress. */
export interface TaskResult {
  readonly agentId: string;
  readonly taskId: string;
  /** Judged by exit, files and verification, never by an agent's word. */
  readonly success: boolean;
  readonly filesModified: readonly string[];
  /** One entry a file. */
  readonly changes: readonly FileChange[];
  /** Milliseconds of all its attempts. */
  readonly duration: number;
  readonly error?: AgentError & { readonly taskId: string };
  readonly attempts: number;
  /** Its last attempt, of which all else is told, was by its fallback. */
  readonly fallback?: true;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** The attempt ended early, and what it did until then is kept. */
  readonly partial: boolean;
  readonly skipped?: true;
  /** Why the task was skipped. */
  readonly reason?: string;
  /** What the agent says it did. */
  readonly agentSummary?: string;
  readonly usage?: Usage;
  readonly peakMemoryMB?: number;
  /** CPU time of the agent and all it started, in milliseconds. */
  readonly cpuMs?: number;
  /** Milliseconds for which it was held back to a limit. */
  readonly throttledMs?: number;
  /** Limits that it came near or was held to. */
  readonly limits?: readonly LimitView[];
  /** What its agents were told while they worked, and whether that reached them. */
  readonly steers?: readonly SteerView[];
  /** The commit that holds the result until the run is deleted. */
  readonly commit?: string;
  readonly currentTask: string;
  readonly percentComplete: number;
  readonly status: "idle" | "working" | "blocked" | "complete" | "failed";
}

/** What became of the results of a run. */
export interface MergeResult {
  readonly status: "merged" | "held" | "none" | "rolled-back";
  readonly merged: readonly string[];
  readonly held: readonly {
    readonly taskId: string;
    readonly conflictIds: readonly string[];
    readonly reason: string;
  }[];
  readonly ref: string | null;
  /** Whether the user's files contain it. */
  readonly applied: boolean;
  /** Id of the backup that undo restores; null when nothing was written. */
  readonly undo: string | null;
  readonly files: readonly string[];
  /** Why nothing was written. */
  readonly reason?: string;
}

/** All that execute_parallel_workflow says of a run. */
export interface RunResult {
  readonly summary: string;
  readonly next: ToolCall | null;
  /** Every task succeeded and nothing is held; absent while the run goes on. */
  readonly success?: boolean;
  readonly status: RunStatus;
  /** Names the run for every other call. */
  readonly executionId: string;
  /** Nothing was really done. */
  readonly simulated?: true;
  /** One for every task that ran or never will, in the order of the input. */
  readonly results: readonly TaskResult[];
  readonly conflicts: readonly Conflict[];
  readonly metrics: RunMetrics;
  readonly batches: readonly { readonly id: string; readonly tasks: readonly string[] }[];
  /** What became of the results in the user's files. */
  readonly merge: MergeResult;
  readonly reused: readonly { readonly taskId: string; readonly reason: string }[];
  /** Limits asked for that are not held here. */
  readonly unenforced: readonly UnenforcedLimit[];
  /** Where the run's files for people lie. */
  readonly artifacts?: { readonly dir: string; readonly report: string };
}

/** How a result is asked for. */
export interface ResultOptions {
  /** `full`: what agents say of their work is given whole; otherwise 500 characters of it. */
  readonly detail?: "summary" | "full" | undefined;
  /** The present moment; only a run of real agents that has not ended needs it. */
  readonly nowMs?: number;
  /** How calls in the summary are written; default `mcp`. */
  readonly calls?: CallStyle | undefined;
}

/** Tells everything a run came to, or has come to so far. */
export function runResult(view: RunView, options: ResultOptions = {}): RunResult {
  const { spec } = view;
  const nowMs = options.nowMs ?? view.at;
  const dir = spec.workspace === undefined ? undefined : `${spec.workspace}/.parallelization/runs/${spec.executionId}`;
  return {
    summary: runText(view, { nowMs, calls: options.calls }),
    next: nextCall(view),
    ...(!hasEnded(view) ? {} : { success: view.status === "completed" }),
    status: view.status,
    executionId: spec.executionId,
    ...(isSimulated(view) ? { simulated: true as const } : {}),
    results: taskResults(view, options.detail),
    conflicts: view.conflicts,
    metrics: runMetrics(view, nowMs),
    batches: spec.batches.map((tasks, index) => ({ id: `batch-${index + 1}`, tasks })),
    merge: mergeResult(view),
    reused: [],
    unenforced: spec.unenforced,
    ...(dir === undefined ? {} : { artifacts: { dir, report: `${dir}/report.md` } }),
  };
}

/** One result for every task that ran or never will, in the order of the input. */
export function taskResults(view: RunView, detail: "summary" | "full" = "summary"): TaskResult[] {
  const summaryLength = detail === "full" ? Infinity : 500;
  return [...view.tasks.values()]
    .filter((task) => task.outcome !== undefined || isSkipped(task))
    .map((task) => taskResult(view, task, summaryLength));
}

/** What became of the results of a run so far. */
export function mergeResult(view: RunView): MergeResult {
  const { merge, apply } = view;
  const merged = merge?.merged ?? [];
  const held = merge?.held ?? [];
  const status =
    view.undone === true ? "rolled-back" : merged.length > 0 ? "merged" : held.length > 0 ? "held" : "none";
  return {
    status,
    merged,
    held,
    ref: apply?.ref ?? null,
    applied: apply?.applied === true && view.undone !== true,
    undo: apply?.undo ?? null,
    files: apply?.files ?? [],
    ...(apply?.reason === undefined ? {} : { reason: apply.reason }),
  };
}

/** Also of one whose agent was at work when the user skipped it: what it had done is told beside the reason. */
function isSkipped(task: TaskView): boolean {
  const wasEnded = task.outcome === undefined || task.outcome.error?.name === "Cancelled";
  return wasEnded && task.skippedReason !== undefined;
}

function taskResult(view: RunView, task: TaskView, summaryLength: number): TaskResult {
  const { outcome } = task;
  return {
    agentId: task.agentId ?? "unassigned",
    taskId: task.id,
    success: outcome?.success ?? false,
    filesModified: task.changes.map((change) => change.file),
    changes: task.changes,
    duration: task.workedMs ?? 0,
    ...(outcome?.error ? { error: { ...outcome.error, taskId: task.id } } : {}),
    attempts: task.attempts,
    ...(task.fallback && { fallback: task.fallback }),
    ...(task.firstStartedAt === undefined ? {} : { startedAt: wallDate(view, task.firstStartedAt) }),
    ...(task.endedAt === undefined ? {} : { endedAt: wallDate(view, task.endedAt) }),
    partial: outcome?.partial ?? false,
    ...(isSkipped(task) ? { skipped: true as const, reason: task.skippedReason ?? "" } : {}),
    ...(outcome?.summary === undefined ? {} : { agentSummary: outcome.summary.slice(0, summaryLength) }),
    ...(task.usage ? { usage: task.usage } : {}),
    ...(outcome?.peakMemoryMB === undefined ? {} : { peakMemoryMB: outcome.peakMemoryMB }),
    ...(outcome?.cpuMs === undefined ? {} : { cpuMs: outcome.cpuMs }),
    ...(outcome?.throttledMs === undefined ? {} : { throttledMs: outcome.throttledMs }),
    ...(task.limits === undefined ? {} : { limits: task.limits }),
    ...(task.steers === undefined ? {} : { steers: task.steers }),
    ...(outcome?.commit === undefined ? {} : { commit: outcome.commit }),
    currentTask: task.id,
    percentComplete: outcome?.success === true ? 100 : Math.min(99, task.percent ?? 0),
    status: outcome?.success === true ? "complete" : isSkipped(task) ? "idle" : "failed",
  };
}
