import * as z from "zod";

/**
 * Every reason for which a call can be refused. Each is documented for callers in docs/tools.md.
 */
export const problemCodes = [
  "INVALID_ARGUMENT",
  "UNKNOWN_TOOL",
  "UNKNOWN_ARGUMENT",
  "DESCRIPTION_REQUIRED",
  "TEXT_TOO_LONG",
  "NO_TASKS",
  "TOO_MANY_TASKS",
  "DUPLICATE_TASK_ID",
  "SELF_DEPENDENCY",
  "UNKNOWN_DEPENDENCY",
  "DEPENDENCY_CYCLE",
  "MINUTES_OUT_OF_RANGE",
  "AGENTS_OUT_OF_RANGE",
  "UNKNOWN_EXECUTOR",
  "EXECUTOR_NOT_AVAILABLE",
  "NOT_LOGGED_IN",
  "NOT_SUPPORTED_YET",
  "COMMAND_NOT_ALLOWED",
  "WORKSPACE_NOT_FOUND",
  "WORKSPACE_NOT_A_FOLDER",
  "WORKSPACE_NOT_ALLOWED",
  "WORKSPACE_BUSY",
  "GIT_NOT_AVAILABLE",
  "PATH_OUTSIDE_WORKSPACE",
  "FILE_NOT_READABLE",
  "UNKNOWN_RUN",
  "UNKNOWN_PLAN",
  "UNKNOWN_TASK",
  "UNKNOWN_QUESTION",
  "UNKNOWN_REF",
  "RUN_NOT_ACTIVE",
  "RUN_NOT_FINISHED",
  "NOTHING_TO_APPLY",
  "STORAGE_FAILED",
  "INTERNAL",
] as const;

/** One of the reasons for which a call can be refused. */
export type ProblemCode = (typeof problemCodes)[number];

/** An expected failure, said so that a model or a person can act on it. */
export interface Problem {
  readonly code: ProblemCode;
  /** One sentence: what is wrong, where, and what would be right. */
  readonly error: string;
  /** The path of the argument at fault, such as `subtasks[2].dependsOn[0]`. */
  readonly field?: string;
  /** The values that would have been accepted, where there are few. */
  readonly allowed?: readonly string[];
  /** A value that would have been accepted. */
  readonly example?: unknown;
  /** What to do next. */
  readonly advice: string;
}

/** The text of a refusal as callers receive it. */
export const refusalSchema = z.object({
  success: z.literal(false),
  code: z.enum(problemCodes),
  error: z.string(),
  field: z.string().optional(),
  allowed: z.array(z.string()).optional(),
  example: z.unknown().optional(),
  advice: z.string(),
});

/** Carries a Problem out of nested code to the nearest front door; never used for bugs. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.error, options);
    this.name = "ProblemError";
    this.problem = problem;
  }
}

/** Refuses: throws the problem to the nearest front door. */
export function refuse(problem: Problem): never {
  throw new ProblemError(problem);
}
