import type { Files } from "../../ports/files.ts";
import { GitFailure, type Git, type Shadow } from "../../ports/git.ts";
import type { Conflict } from "../../schema/conflict.ts";
import { encodeId } from "../../util/encode-id.ts";

/** What came of putting results on a branch. */
export interface BranchOutcome {
  readonly applied: boolean;
  /** Always empty: no file of the user's is touched. */
  readonly files: readonly string[];
  /** The new branch. */
  readonly ref?: string;
  /** Why there is none. */
  readonly reason?: string;
  readonly conflicts: readonly Conflict[];
}

/**
 * Copies what a run has merged into the user's repository as the new branch
 * `parallelization/<executionId>`. Never touches a branch that is there, HEAD, the index or a file.
 */
export async function applyBranch(request: {
  readonly git: Git;
  readonly files: Files;
  readonly shadow: Shadow;
  readonly executionId: string;
  readonly commit: string;
}): Promise<BranchOutcome> {
  const { git, shadow, executionId, commit } = request;
  const gitDir = shadow.userGitDir;
  if (gitDir === undefined) return nothing("the workspace is no git repository");
  const name = await encodeId(executionId);
  const ref = `refs/heads/parallelization/${name}`;
  const present = await git.run(["rev-parse", "--quiet", "--verify", ref], { gitDir, answers: [1] });
  if (present.exitCode === 0) return nothing(`the branch parallelization/${name} is already there`);
  const offered = `refs/runs/${name}/branch`;
  try {
    await git.run(["update-ref", offered, commit], { gitDir: shadow.gitDir });
    const argv = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
    const safe = ["--no-auto-maintenance", "--update-shallow", "--end-of-options"];
    await git.run([...argv, ...safe, shadow.gitDir, offered], { gitDir, config: ["protocol.file.allow=always"] });
    // Only if it is still not there.
    await git.run(["update-ref", ref, commit, "0".repeat(commit.length)], { gitDir });
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    return nothing(error.stderr.trim().split("\n")[0] ?? "git could not make the branch");
  }
  return { applied: true, files: [], ref, conflicts: [] };
}

function nothing(reason: string): BranchOutcome {
  return { applied: false, files: [], reason, conflicts: [] };
}
