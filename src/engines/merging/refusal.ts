import { GitFailure } from "../../ports/git.ts";
import { ProblemError } from "../../schema/problem.ts";

/** Whether an error is the environment's no (a full disk, missing permissions, git), and not a bug of ours. */
export function isRefusal(error: unknown): error is Error {
  if (error instanceof GitFailure || error instanceof ProblemError) return true;
  // Errors of the file system carry a code such as ENOSPC.
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
