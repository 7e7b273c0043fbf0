import type { Git, Shadow } from "../../ports/git.ts";
import { encodeId } from "../../util/encode-id.ts";

/** Which attempt at which task of which run. */
export interface AttemptKey {
  readonly executionId: string;
  readonly taskId: string;
  /** Counts from 1. */
  readonly attempt: number;
}

/** Name of the folder of refs that hold what a run made in its shadow; ends in `/`. */
async function runRefPrefix(executionId: string): Promise<string> {
  return `refs/runs/${await encodeId(executionId)}/`;
}

/** Name of the ref of the state a run started from. */
export async function baseRef(executionId: string): Promise<string> {
  return `${await runRefPrefix(executionId)}base`;
}

/** Name of the ref of what one attempt left behind. */
export async function attemptRef({ executionId, taskId, attempt }: AttemptKey): Promise<string> {
  return `${await runRefPrefix(executionId)}tasks/${await encodeId(taskId)}/a${attempt}`;
}

/** The commit a ref points to, or undefined where there is none. */
export async function readRef(git: Git, shadow: Shadow, ref: string): Promise<string | undefined> {
  const answer = await git.run(["rev-parse", "--quiet", "--verify", "--end-of-options", `${ref}^{commit}`], {
    gitDir: shadow.gitDir,
    answers: [1],
  });
  return answer.exitCode === 0 ? answer.text.trim() : undefined;
}

/** Forgets everything a run keeps in its shadow; gives the number of refs. */
export async function dropRunRefs(request: {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly executionId: string;
}): Promise<number> {
  const { git, shadow, executionId } = request;
  const gitDir = shadow.gitDir;
  const prefix = await runRefPrefix(executionId);
  const answer = await git.run(["for-each-ref", "--format=%(refname)", "--", prefix], { gitDir });
  const refs = answer.text.split("\n").filter((ref) => ref !== "");
  const input = refs.map((ref) => `delete ${ref}\n`).join("");
  if (refs.length > 0) await git.run(["update-ref", "--stdin"], { gitDir, input });
  return refs.length;
}
