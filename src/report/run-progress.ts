import type { QuestionView, RunView, SteerView, TaskState, TaskView } from "../engines/progress/run-view.ts";
import type { Conflict } from "../schema/conflict.ts";
import type { AgentProgress, ProgressBottleneck } from "../schema/progress.ts";
import type { RunStatus, UnenforcedLimit } from "../schema/workflow.ts";
import { answerCall, nextCall, openQuestions } from "./attention.ts";
import type { CallStyle } from "./call-style.ts";
import type { ToolCall } from "./next-call.ts";
import { runBottlenecks } from "./run-bottlenecks.ts";
import { hasEnded, isSimulated, runNow, wallDate } from "./run-clock.ts";
import { overallProgress, remaining, shareDone } from "./run-forecast.ts";
import { runMetrics, type RunMetrics } from "./run-metrics.ts";
import { runReport, type RunReport } from "./run-report.ts";
import { mergeResult, taskResults, type MergeResult, type TaskResult } from "./run-result.ts";
import { runCost, runText } from "./run-text.ts";

/** How many of the newest messages to a task's agents are told. */
const shownSteers = 5;

/** Where one task of a run stands. */
export interface TaskProgress {
  readonly id: string;
  readonly state: TaskState;
  readonly agentId?: string;
  readonly operation?: string;
  readonly percent?: number;
  readonly files?: readonly string[];
  readonly remainingMs?: number;
  /** Where the percentage comes from. */
  readonly source: "reported" | "plan" | "estimated";
  /** Milliseconds since it was last heard of. */
  readonly lastActivityMs?: number;
  /** What its agents were told while they worked, and whether that reached them. */
  readonly steers?: readonly SteerView[];
}

/** A question of an agent that nobody has answered, with the call that answers it. */
export interface OpenQuestion {
  readonly taskId: string;
  readonly questionId: string;
  readonly text: string;
  readonly options: readonly string[];
  /** What is answered when nobody does, and in how many milliseconds. */
  readonly fallback: string;
  readonly fallbackInMs: number;
  readonly call: ToolCall;
}

/** All that aggregate_progress says of a run. */
export interface RunProgress {
  readonly summary: string;
  readonly next: ToolCall | null;
  readonly executionId: string;
  readonly status: RunStatus;
  /** Nothing is really done. */
  readonly simulated?: true;
  /** 0-100; 100 only when everything is done. */
  readonly overallProgress: number;
  readonly method: "weighted";
  readonly agentStatuses: Readonly<Record<string, AgentProgress>>;
  /** Who holds the whole up, and what would help. */
  readonly bottlenecks: readonly ProgressBottleneck[];
  readonly estimatedCompletion: string;
  readonly criticalPath: readonly string[];
  /** Number of the last event; give it as `sinceSeq`. */
  readonly seq: number;
  /** Whether anything has happened since `sinceSeq`; absent when it was not given. */
  readonly changed?: boolean;
  /** 1-based level of the lowest task that is not done, and the number of levels. */
  readonly phase: { readonly current: number; readonly of: number };
  readonly tasks: readonly TaskProgress[];
  /** What agents ask and nobody has answered, each with the call that answers it. */
  readonly questions: readonly OpenQuestion[];
  readonly conflicts: readonly Conflict[];
  /** Dates by which the run ends with one chance in two and nine in ten, and what that rests on. */
  readonly eta: {
    readonly p50: string;
    readonly p90: string;
    readonly p50Ms: number;
    readonly p90Ms: number;
    readonly source: "estimated" | "measured";
    readonly basis: string;
  };
  /** What the agents used up, by their own account. */
  readonly cost: { readonly usd?: number; readonly tokens?: number; readonly source: "agents" };
  readonly metrics: RunMetrics;
  readonly merge: MergeResult;
  readonly unenforced: readonly UnenforcedLimit[];
  /** When the run has ended. */
  readonly report?: RunReport;
  /** With detail `full`: every task's whole result. */
  readonly results?: readonly TaskResult[];
}

/** What of a run's progress is asked for. */
export interface ProgressOptions {
  readonly sinceSeq?: number | undefined;
  readonly detail?: "summary" | "full" | undefined;
  /** How calls in the summary are written; default `mcp`. */
  readonly calls?: CallStyle | undefined;
  /** What has just been done to the run, said first. */
  readonly did?: readonly string[] | undefined;
}

/** The call that follows; never the very one that is being answered. */
function notAgain(next: ToolCall | null, { detail }: ProgressOptions): ToolCall | null {
  return detail === "full" && next?.arguments["detail"] === "full" ? null : next;
}

/** Tells how far a run is; `nowMs` is the present on the real clock. */
export function runProgress(view: RunView, nowMs: number, options: ProgressOptions = {}): RunProgress {
  const now = runNow(view, nowMs);
  const left = remaining(view, now);
  const ended = hasEnded(view);
  return {
    summary: runText(view, { nowMs: now, calls: options.calls, did: options.did }),
    next: notAgain(nextCall(view), options),
    executionId: view.spec.executionId,
    status: view.status,
    ...(isSimulated(view) ? { simulated: true as const } : {}),
    overallProgress: overallProgress(view, now),
    method: "weighted",
    agentStatuses: agentStatuses(view, now),
    bottlenecks: runBottlenecks(view, now),
    estimatedCompletion: wallDate(view, now + left.p50Ms),
    criticalPath: view.spec.criticalPath,
    seq: view.seq,
    ...(options.sinceSeq === undefined ? {} : { changed: view.seq > options.sinceSeq }),
    phase: phaseOf(view),
    tasks: [...view.tasks.values()].map((task) => taskProgress(task, now, left.perTask.get(task.id))),
    questions: openQuestions(view).map((question) => openQuestion(view, question, now)),
    conflicts: view.conflicts,
    eta: {
      p50: wallDate(view, now + left.p50Ms),
      p90: wallDate(view, now + left.p90Ms),
      p50Ms: left.p50Ms,
      p90Ms: left.p90Ms,
      source: ended ? "measured" : "estimated",
      basis: ended ? "the run has ended" : left.basis,
    },
    cost: { ...runCost(view), source: "agents" },
    metrics: runMetrics(view, now),
    merge: mergeResult(view),
    unenforced: view.spec.unenforced,
    ...(ended ? { report: runReport(view) } : {}),
    ...(options.detail === "full" ? { results: taskResults(view, "full") } : {}),
  };
}

function taskProgress(task: TaskView, now: number, remainingMs: number | undefined): TaskProgress {
  const atWork = task.state === "running" || task.state === "blocked";
  const percent = atWork ? Math.round(100 * shareDone(task, now)) : task.percent;
  return {
    id: task.id,
    state: task.state,
    ...(task.agentId === undefined ? {} : { agentId: task.agentId }),
    ...(task.operation === undefined ? {} : { operation: task.operation }),
    ...(percent === undefined ? {} : { percent }),
    ...(task.files.length === 0 ? {} : { files: task.files }),
    ...(remainingMs === undefined ? {} : { remainingMs: Math.round(remainingMs) }),
    source: task.percentSource ?? (task.state === "succeeded" ? "reported" : "estimated"),
    ...(task.lastActivityAt === undefined ? {} : { lastActivityMs: Math.max(0, now - task.lastActivityAt) }),
    ...(task.steers === undefined ? {} : { steers: task.steers.slice(-shownSteers) }),
  };
}

function openQuestion(view: RunView, question: QuestionView, now: number): OpenQuestion {
  return {
    taskId: question.taskId,
    questionId: question.questionId,
    text: question.text,
    options: question.options,
    fallback: question.fallback,
    fallbackInMs: Math.max(0, question.deadlineAt - now),
    call: answerCall(view, question),
  };
}

function agentStatuses(view: RunView, now: number): Record<string, AgentProgress> {
  const latest = new Map<string, TaskView>();
  for (const task of view.tasks.values()) {
    if (task.agentId === undefined) continue;
    const known = latest.get(task.agentId);
    if (!known || (task.startedAt ?? 0) >= (known.startedAt ?? 0)) latest.set(task.agentId, task);
  }
  return Object.fromEntries([...latest].map(([agentId, task]) => [agentId, agentStatus(agentId, task, now)]));
}

function agentStatus(agentId: string, task: TaskView, now: number): AgentProgress {
  const percent = task.state === "succeeded" ? 100 : Math.min(99, Math.round(100 * shareDone(task, now)));
  const status = { succeeded: "complete", running: "working", blocked: "blocked", failed: "failed" } as const;
  const known: Partial<Record<TaskState, AgentProgress["status"]>> = status;
  return { agentId, currentTask: task.id, percentComplete: percent, status: known[task.state] ?? "idle" };
}

function phaseOf(view: RunView): { current: number; of: number } {
  let last = 0;
  let current: number | undefined;
  for (const { task, state } of view.tasks.values()) {
    last = Math.max(last, task.level);
    if (state === "waiting" || state === "running" || state === "blocked")
      current = Math.min(current ?? task.level, task.level);
  }
  return { current: (current ?? last) + 1, of: last + 1 };
}
