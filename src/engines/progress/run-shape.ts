import type { FileChange } from "../../schema/change.ts";
import type { Conflict, ResolutionStrategy } from "../../schema/conflict.ts";
import type { PlannedTask, RunSpec, EventOf, Owner } from "../../schema/event.ts";
import type { Outcome, Usage } from "../../schema/outcome.ts";
import type { RunStatus } from "../../schema/workflow.ts";
import type { LimitView } from "./note-limit.ts";

/** Where a task stands. `blocked` waits for an answer. */
export type TaskState = "waiting" | "running" | "blocked" | "succeeded" | "failed" | "skipped" | "cancelled";

/** A question that an agent asked. */
export interface QuestionView {
  readonly taskId: string;
  readonly questionId: string;
  readonly text: string;
  readonly options: readonly string[];
  readonly fallback: string;
  readonly askedAt: number;
  readonly deadlineAt: number;
  answer?: string;
  answeredBy?: "person" | "timeout";
}

/** Something that somebody had to say to a task's agent. */
export interface SteerView {
  readonly steerId: string;
  readonly text: string;
  readonly at: number;
  /** Whether it was handed to the agent; absent until that is known. */
  readonly delivered?: boolean;
  /** Why it was not. */
  readonly reason?: string;
}

/** A task as a run's journal tells it. Times are on the run's own clock. */
export interface TaskView {
  readonly id: string;
  readonly task: PlannedTask;
  state: TaskState;
  agentId?: string;
  attempts: number;
  /** Its last attempt does, or did, its fallback in place of its own work. */
  fallback?: true;
  /** How many of its attempts did its fallback. */
  fallbackAttempts?: number;
  /** Start of the first attempt. */
  firstStartedAt?: number;
  /** Start of the last attempt. */
  startedAt?: number;
  endedAt?: number;
  /** Milliseconds that its finished attempts took, all together. */
  workedMs?: number;
  lastActivityAt?: number;
  operation?: string;
  percent?: number;
  percentSource?: "reported" | "plan" | "estimated";
  files: readonly string[];
  /** What all its attempts have used. */
  usage?: Usage;
  /** What the attempts before the present one have used. */
  usedBefore?: Usage;
  outcome?: Outcome;
  /** What its agent left in its repository that could run programs. */
  tampering?: readonly string[];
  /** What its agent wrote outside its folder, and others into it. */
  trespasses?: readonly Omit<EventOf<"workspace.trespassed">, "type">[];
  /** Why the attempt before the present one failed. */
  previousError?: string;
  /** Tasks whose results it was built on besides its dependencies, because it was done again after the merge. */
  builtOn?: readonly string[];
  /** Limits that were warned about or held against it, the newest word on each. */
  limits?: readonly LimitView[];
  changes: readonly FileChange[];
  skippedReason?: string;
  /** How often it was taken up again after it had failed or been skipped. */
  reopened?: number;
  /** What was said to its agents while they worked, the newest last. */
  steers?: readonly SteerView[];
}

/** A run as its journal tells it; every view of a run is made from this. */
export interface RunView {
  readonly spec: RunSpec;
  owner: Owner;
  readonly createdAt: string;
  readonly containment: string;
  status: RunStatus;
  /** Number of the last event. */
  seq: number;
  /** Time of the last event, on the run's own clock. */
  at: number;
  readonly tasks: Map<string, TaskView>;
  readonly questions: QuestionView[];
  conflicts: readonly Conflict[];
  baseCommit?: string;
  merge?: EventOf<"merge.finished">;
  apply?: EventOf<"apply.finished">;
  undone?: boolean;
  /** Who writes to the workspace at this moment, while the run waits for its turn. */
  waitsFor?: string;
  cancelReason?: string;
  failureReason?: string;
  interruptedReason?: string;
  /** How many agents are at work or wait for an answer, and the most that were at the same time. */
  working: number;
  blocked: number;
  maxParallel: number;
  /** How many agents may work at once for now, and why that changed. */
  capacity?: EventOf<"capacity.changed">;
  /** Why nothing new starts for now. */
  paused?: Omit<EventOf<"run.paused">, "type">;
  /** How often the budget was allowed again. */
  budgetExtensions?: number;
  endedAt?: number;
  /** What was decided about its conflicts, the newest last; one decision a conflict. */
  resolutions: readonly ResolutionView[];
  /** Why the last decision could not be carried out; absent when it was. */
  unresolved?: string;
  /** A decision under way. */
  resolving?: ResolvingView;
  /** What was written into the user's files and not taken back, the newest last. */
  delivered: readonly Delivery[];
  /** From an end of the run to the decision that took it up again. */
  gaps: readonly { readonly from: number; readonly to: number }[];
}

/** A decision that was carried out, or for whose completion a folder waits. */
export interface ResolutionView {
  readonly conflictId: string;
  readonly strategy: ResolutionStrategy;
  readonly taskId?: string;
  readonly folder?: string;
}

/** A decision under way, and the run as it was before it. */
export interface ResolvingView {
  readonly decision: EventOf<"resolution.decided">;
  /** What the user's files are being led to. */
  applying?: string;
  readonly before: Readonly<Pick<RunView, "status" | "conflicts" | "delivered" | "owner">> &
    Readonly<Partial<Pick<RunView, "endedAt" | "merge" | "apply" | "undone">>> & {
      readonly tasks: ReadonlyMap<string, TaskView>;
    };
}

/** What was written into the user's files: the merged commit, if any result was left in it, and the one they were led to. */
interface Delivery {
  readonly merged?: string;
  readonly commit: string;
}
