import { ProtocolError, ProtocolErrorCode, type InputRequests } from "@modelcontextprotocol/server";
import type { RunView } from "../engines/progress/run-view.ts";
import { epochOf } from "../report/iso-date.ts";
import { progressLine } from "../report/progress-line.ts";
import { wallDate } from "../report/run-clock.ts";
import { runResult } from "../report/run-result.ts";
import { ProblemError } from "../schema/problem.ts";
import type { Services } from "../services.ts";
import { executeTool } from "../tools/execute-parallel-workflow.ts";
import { toolReply } from "../tools/handle-call.ts";
import type { ToolReply } from "../tools/refusal.ts";
import { tasksExtension } from "./client-facts.ts";
import { keyedQuestions, questionForms, takeAnswers } from "./questions.ts";

/** How often a client should ask, young and old. */
const pollMs = { young: 2_000, old: 5_000 } as const;
const youthMs = 60_000;

interface TaskFields {
  /** Fields of the protocol's own that we do not know of. */
  readonly [field: string]: unknown;
  readonly taskId: string;
  readonly status: "working" | "input_required" | "completed" | "cancelled";
  readonly statusMessage: string;
  readonly createdAt: string;
  readonly lastUpdatedAt: string;
  /** Runs stay until somebody deletes them. */
  readonly ttlMs: null;
  readonly pollIntervalMs: number;
}

/** The news that a call goes on as a task. */
export interface CreatedTask extends TaskFields {
  readonly resultType: "task";
}

/** A task as its client sees it. */
export interface TaskState extends TaskFields {
  readonly resultType: "complete";
  readonly result?: ToolReply & { readonly resultType: "complete" };
  readonly inputRequests?: InputRequests;
}

/** Makes the task of a run that was just started. The run is on disk by then, and its id is the task's. */
export function newTask(view: RunView, clock: Services["clock"]): CreatedTask {
  return { resultType: "task", ...taskFields(view, "working", clock) };
}

/** The task of a run; any server process on the machine can tell it. */
export async function getTask(
  taskId: string,
  services: Pick<Services, "runs" | "clock">,
  forms: boolean,
): Promise<TaskState> {
  const view = await findRun(taskId, services.runs);
  const { clock } = services;
  if (view.status === "cancelled") return { resultType: "complete", ...taskFields(view, "cancelled", clock) };
  if (view.endedAt !== undefined) {
    const answer = { ...runResult(view, { nowMs: clock.now() }) };
    const result = { resultType: "complete" as const, ...toolReply(executeTool, answer, {}) };
    return { resultType: "complete", ...taskFields(view, "completed", clock), result };
  }
  const questions = keyedQuestions(view);
  if (!forms || questions.size === 0) return { resultType: "complete", ...taskFields(view, "working", clock) };
  const inputRequests = questionForms(questions);
  return { resultType: "complete", ...taskFields(view, "input_required", clock), inputRequests };
}

/** Takes a person's answers to the questions of a task. */
export async function updateTask(
  taskId: string,
  responses: Readonly<Record<string, unknown>>,
  services: Pick<Services, "runs" | "clock">,
): Promise<void> {
  await findRun(taskId, services.runs);
  await takeAnswers(taskId, responses, services);
}

/** Cancels the run of a task; one that has ended stays as it is, and a second cancel changes nothing. */
export async function cancelTask(taskId: string, runs: Services["runs"]): Promise<void> {
  const view = await findRun(taskId, runs);
  if (view.endedAt !== undefined || view.cancelReason !== undefined) return;
  try {
    await runs.cancel(taskId, "cancelled by the user");
  } catch (error) {
    // It may have ended in between; a cancel that comes too late is no error.
    if (!(error instanceof ProblemError && error.problem.code === "RUN_NOT_ACTIVE")) throw error;
  }
}

/** The refusal for a client that calls for tasks without declaring that it knows them. */
export function tasksNotDeclared(): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.MissingRequiredClientCapability, "The client does not declare tasks", {
    requiredCapabilities: { extensions: { [tasksExtension]: {} } },
  });
}

async function findRun(taskId: string, runs: Services["runs"]): Promise<RunView> {
  try {
    return await runs.view(taskId);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, error.problem.error);
  }
}

function taskFields(view: RunView, status: TaskFields["status"], clock: Services["clock"]): TaskFields {
  return {
    taskId: view.spec.executionId,
    status,
    statusMessage: progressLine(view, clock.now()).message,
    createdAt: view.createdAt,
    lastUpdatedAt: wallDate(view, view.at),
    ttlMs: null,
    pollIntervalMs: pollInterval(view, clock),
  };
}

function pollInterval(view: RunView, clock: Services["clock"]): number {
  const isOld = clock.now() - epochOf(view.createdAt) > youthMs;
  return isOld ? pollMs.old : pollMs.young;
}
