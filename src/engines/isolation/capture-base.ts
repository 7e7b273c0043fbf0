import type { Git, Shadow } from "../../ports/git.ts";
import type { Snapshots } from "../../ports/snapshots.ts";
import { baseRef, readRef } from "./run-refs.ts";

/**
 * Records the state of the user's files that a run starts from, uncommitted and untracked files
 * included, as a commit on top of their HEAD; a run that has a base keeps it.
 */
export async function captureBase(request: {
  readonly git: Git;
  readonly snapshots: Snapshots;
  readonly shadow: Shadow;
  readonly executionId: string;
}): Promise<string> {
  const { git, snapshots, shadow, executionId } = request;
  const ref = await baseRef(executionId);
  const present = await readRef(git, shadow, ref);
  if (present !== undefined) return present;
  const head = await userHead(git, shadow);
  const taken = await snapshots.take({
    shadow,
    message: `Base of ${executionId}`,
    ref,
    ...(head === undefined ? {} : { parent: head }),
  });
  return taken.commit;
}

async function userHead(git: Git, shadow: Shadow): Promise<string | undefined> {
  if (shadow.userGitDir === undefined) return undefined;
  const answer = await git.run(["rev-parse", "--quiet", "--verify", "HEAD^{commit}"], {
    gitDir: shadow.userGitDir,
    answers: [1, 128],
  });
  return answer.exitCode === 0 ? answer.text.trim() : undefined;
}
