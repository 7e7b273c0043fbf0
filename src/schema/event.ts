import * as z from "zod";
import { commandSchema } from "./command.ts";
import { conflictSchema, resolutionStrategies } from "./conflict.ts";
import { plannedFallbackSchema } from "./fallback.ts";
import { outcomeSchema, usageSchema } from "./outcome.ts";
import { regenerationSchema } from "./regeneration.ts";
import { simulationSettingsSchema } from "./simulation.ts";
import { taskSchema } from "./task.ts";
import {
  applyModes,
  constraintsSchema,
  executionStrategies,
  runModes,
  runStatuses,
  unenforcedLimitSchema,
} from "./workflow.ts";

/** A task as a run carries it: defaults filled in, relations checked. */
export const plannedTaskSchema = taskSchema.extend({
  /** Expected minutes, from the estimate given or the default. */
  minutes: z.number().positive(),
  /** All dependencies: those stated and those found and applied. */
  needs: z.array(z.string()),
  /** Longest chain of dependencies below it; 0 for a task without any. */
  level: z.number().int().nonnegative(),
  executorKind: z.string(),
  timeoutMs: z.number().positive(),
  /** Attempts at its own work; its fallback is one more. */
  maxAttempts: z.number().int().positive(),
  fallback: plannedFallbackSchema.optional(),
});

/** A task as a run carries it. */
export type PlannedTask = z.infer<typeof plannedTaskSchema>;

/** Everything a run was asked to do; fixed when it is created. */
export const runSpecSchema = z.object({
  executionId: z.string(),
  /** What the caller calls the whole, for titles. */
  title: z.string(),
  tasks: z.array(plannedTaskSchema),
  /** Task ids in the order of the batches; used by mode `batch` and shown by every mode. */
  batches: z.array(z.array(z.string())),
  mode: z.enum(runModes),
  strategy: z.enum(executionStrategies),
  maxParallelAgents: z.number().int().positive(),
  executor: z.string(),
  apply: z.enum(applyModes),
  constraints: constraintsSchema,
  unenforced: z.array(unenforcedLimitSchema),
  estimatedSpeedup: z.number(),
  recommendedAgents: z.number().int().positive(),
  criticalPath: z.array(z.string()),
  /** Absolute path of the folder the agents work on; absent when they work on none. */
  workspace: z.string().optional(),
  /** Whether the tasks get workspaces of their own and are merged. */
  isolated: z.boolean(),
  simulation: simulationSettingsSchema.optional(),
  /** Command run in every new workspace before its agent starts. */
  setup: commandSchema.optional(),
  /** Command run on the merged tree; nothing is merged when it fails. */
  verify: commandSchema.optional(),
  /** Files that are made anew by a command where only they keep results from being merged. */
  regenerate: z.array(regenerationSchema).optional(),
  planId: z.string().optional(),
  idempotencyKey: z.string().optional(),
});

/** Everything a run was asked to do. */
export type RunSpec = z.infer<typeof runSpecSchema>;

/** Which process runs a run: a pid alone is reused, a pid with its start time and boot is not. */
export const ownerSchema = z.object({
  pid: z.number().int(),
  startTime: z.string(),
  bootId: z.string(),
});

/** Which process runs a run. */
export type Owner = z.infer<typeof ownerSchema>;

/** A task whose result is kept but not merged, and why. */
const heldTaskSchema = z.object({
  taskId: z.string(),
  conflictIds: z.array(z.string()),
  reason: z.string(),
});

const taskId = z.string();
const attempt = z.number().int().positive();

/** What is told of a limit: its name as in `constraints`, both figures in its own unit, and what is done about it. */
const limitFacts = { limit: z.string(), measured: z.number(), allowed: z.number(), action: z.string() };

const eventBodies = [
  z.object({
    type: z.literal("run.created"),
    spec: runSpecSchema,
    owner: ownerSchema,
    createdAt: z.string(),
    containment: z.string(),
  }),
  z.object({ type: z.literal("base.captured"), commit: z.string() }),
  z.object({ type: z.literal("base.failed"), reason: z.string() }),
  z.object({
    type: z.literal("task.started"),
    taskId,
    attempt,
    agentId: z.string(),
    /** The attempt does the task's fallback in place of its own work. */
    fallback: z.literal(true).optional(),
    /** When a task is done again after the merge: the tasks whose results it starts from, besides its dependencies. */
    onTopOf: z.array(z.string()).optional(),
  }),
  z.object({ type: z.literal("task.skipped"), taskId, reason: z.string() }),
  z.object({
    type: z.literal("task.progressed"),
    taskId,
    percent: z.number().min(0).max(100).optional(),
    source: z.enum(["reported", "plan", "estimated"]).optional(),
    operation: z.string().optional(),
    files: z.array(z.string()).optional(),
    usage: usageSchema.optional(),
  }),
  z.object({
    type: z.literal("task.asked"),
    taskId,
    questionId: z.string(),
    text: z.string(),
    options: z.array(z.string()),
    /** What is answered when nobody does. */
    fallback: z.string(),
    /** Milliseconds until then. */
    timeoutMs: z.number(),
  }),
  z.object({
    type: z.literal("task.answered"),
    taskId,
    questionId: z.string(),
    answer: z.string(),
    by: z.enum(["person", "timeout"]),
  }),
  z.object({ type: z.literal("task.finished"), taskId, attempt, agentId: z.string(), outcome: outcomeSchema }),
  /** Somebody wants a task to be done again; what is done again because of it follows as `task.reopened`. */
  z.object({ type: z.literal("task.retry-requested"), taskId }),
  /** A task that failed or was skipped waits for its turn again. */
  z.object({ type: z.literal("task.reopened"), taskId, reason: z.string() }),
  /** Somebody wants a task not to be done; `task.skipped` follows when it is not, or no longer. */
  z.object({ type: z.literal("task.skip-requested"), taskId, reason: z.string() }),
  /** Somebody has something to say to a task's agent; `task.steered` tells whether it was handed over. */
  z.object({ type: z.literal("task.steer-requested"), taskId, steerId: z.string(), text: z.string() }),
  /** With the reason if it was not. */
  z.object({ type: z.literal("task.steered"), taskId, steerId: z.string(), reason: z.string().optional() }),
  /** A task came near a limit (`limit.warned`), or a limit was held against it (`limit.enforced`). */
  z.object({ type: z.literal("limit.warned"), taskId, ...limitFacts }),
  z.object({ type: z.literal("limit.enforced"), taskId, ...limitFacts }),
  /** How many agents may work at once from now on; never more than the run was given. */
  z.object({ type: z.literal("capacity.changed"), agents: z.number().int().positive(), reason: z.string() }),
  /** An agent has left something in its repository that could run programs: its result is not merged unseen. */
  z.object({ type: z.literal("workspace.tampered"), taskId, findings: z.array(z.string()) }),
  /**
   * Files outside an agent's own folder were written. `wrote`: by the agent of this task, as its own tool calls say or,
   * if not `certain`, because no other was at work. `touched`: into the folder of this task, by one of the `others`;
   * if not `certain`, before its agent began, who got a new one.
   */
  z.object({
    type: z.literal("workspace.trespassed"),
    taskId,
    role: z.enum(["wrote", "touched"]),
    certain: z.boolean(),
    others: z.array(z.string()),
    files: z.array(z.string()),
  }),
  /** Two agents at work, or one at work and one that has finished, have changed the same lines: seen before they end. */
  z.object({ type: z.literal("overlap.warned"), conflict: conflictSchema }),
  z.object({ type: z.literal("delay.elapsed") }),
  /** Nothing new starts and no metered call begins until `run.resumed`, which may allow the budget once more. */
  z.object({ type: z.literal("run.paused"), by: z.enum(["person", "budget"]), reason: z.string() }),
  z.object({ type: z.literal("run.resumed"), extendsBudget: z.boolean() }),
  z.object({ type: z.literal("run.timed-out") }),
  z.object({ type: z.literal("run.cancel-requested"), reason: z.string() }),
  z.object({
    type: z.literal("merge.finished"),
    merged: z.array(z.string()),
    held: z.array(heldTaskSchema),
    conflicts: z.array(conflictSchema),
    /** The commit in the shadow repository that holds the merged tree. */
    commit: z.string().optional(),
  }),
  /**
   * The user's files are about to be led to this commit; what had been written before is its parent. `waitsFor`: who
   * writes to the workspace at this moment, and is waited for.
   */
  z.object({ type: z.literal("apply.started"), commit: z.string(), waitsFor: z.string().optional() }),
  z.object({
    type: z.literal("apply.finished"),
    applied: z.boolean(),
    /** The commit the user's files were led to, where it is not the merged one itself. */
    commit: z.string().optional(),
    /** Files of the user's that were written. */
    files: z.array(z.string()),
    /** Branch or ref the result can be found at. */
    ref: z.string().optional(),
    /** Id of the backup that `undo` restores. */
    undo: z.string().optional(),
    /** Why nothing was written. */
    reason: z.string().optional(),
    conflicts: z.array(conflictSchema),
  }),
  z.object({ type: z.literal("undo.finished"), files: z.array(z.string()) }),
  /** Somebody has chosen a way out of a conflict; all that follows up to `resolution.finished` comes from it. */
  z.object({
    type: z.literal("resolution.decided"),
    conflictId: z.string(),
    strategy: z.enum(resolutionStrategies),
    /** Whose result is preferred, or which task is done again. */
    taskId: taskId.optional(),
    /** The process that carries it out. */
    owner: ownerSchema,
  }),
  /** Carried out, or, if not `done`, everything is as it was before, for the reason given. */
  z.object({
    type: z.literal("resolution.finished"),
    done: z.boolean(),
    reason: z.string().optional(),
    /** Folder in which a person edits the files; the conflict stays open until that is taken over. */
    folder: z.string().optional(),
    status: z.enum(runStatuses),
  }),
  z.object({ type: z.literal("run.finished"), status: z.enum(runStatuses) }),
  z.object({ type: z.literal("run.interrupted"), reason: z.string() }),
] as const;

/**
 * Everything that can happen to a run, as one closed union: the format of the journal, the source
 * of every view, and the only input of `transition`.
 */
export const eventBodySchema = z.discriminatedUnion("type", eventBodies);

/** Something that happened to a run. */
export type EventBody = z.infer<typeof eventBodySchema>;

/** The kinds of events. */
export type EventType = EventBody["type"];

/** An event with its place in the journal: `seq` counts from 1, `at` is in milliseconds (virtual when simulated). */
export type RunEvent = EventBody & { readonly seq: number; readonly at: number };

/** The event of one kind. */
export type EventOf<Type extends EventType> = Extract<EventBody, { type: Type }>;
