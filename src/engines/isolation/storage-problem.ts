import { GitFailure } from "../../ports/git.ts";
import { ProblemError, type Problem } from "../../schema/problem.ts";

/**
 * Says what a person can do about a git command or a file operation that failed, such as a full
 * disk; undefined for errors that are bugs.
 */
export function storageProblem(error: unknown, what: string): Problem | undefined {
  if (error instanceof ProblemError) return error.problem;
  let reason: string | undefined;
  if (error instanceof GitFailure) reason = firstComplaint(error.stderr);
  // What the operating system refuses carries its code; nothing else does.
  else if (error instanceof Error && "syscall" in error) reason = error.message;
  if (reason === undefined) return undefined;
  return {
    code: "STORAGE_FAILED",
    error: `${what} failed: ${reason}.`,
    advice: "Look at the free space and the permissions there, and whether git status works in the workspace.",
  };
}

/** Runs the work of a front door; what can be expected to fail comes out as a ProblemError. */
export async function refusing<Value>(what: string, work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    const problem = storageProblem(error, what);
    if (problem === undefined || error instanceof ProblemError) throw error;
    throw new ProblemError(problem, { cause: error });
  }
}

function firstComplaint(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const complaint = lines.find((line) => /^(fatal|error): /.test(line)) ?? lines[0] ?? "git gave no reason";
  return complaint.replace(/^\w+: /, "").replace(/\.$/, "");
}
