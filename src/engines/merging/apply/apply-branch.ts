import type { Files } from "../../../ports/files.ts";
import { GitFailure, type Git, type Shadow } from "../../../ports/git.ts";
import type { Conflict } from "../../../schema/conflict.ts";
import { encodeId } from "../../../util/encode-id.ts";
import { failed, ok, type Result } from "../../../util/result.ts";

/** Branches of one run. */
const MAX_BRANCHES = 100;

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
 * `parallelization/<executionId>`, with a number behind it where that holds something else. Never touches a branch that is there, HEAD, the index or a file.
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
  const free = await freeBranch(git, { gitDir, name, commit });
  if (!free.ok) return nothing(`the branch ${free.error} is already there`);
  const ref = `refs/heads/${free.value}`;
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

/** The first name that no branch has; the error names one that holds this very commit. */
async function freeBranch(
  git: Git,
  { gitDir, name, commit }: { readonly gitDir: string; readonly name: string; readonly commit: string },
): Promise<Result<string, string>> {
  let branch = `parallelization/${name}`;
  for (let number = 2; number <= MAX_BRANCHES; number++) {
    const ref = `refs/heads/${branch}`;
    const present = await git.run(["rev-parse", "--quiet", "--verify", ref], { gitDir, answers: [1] });
    if (present.exitCode !== 0) return ok(branch);
    if (present.text.trim() === commit) break;
    branch = `parallelization/${name}-${number}`;
  }
  return failed(branch);
}

function nothing(reason: string): BranchOutcome {
  return { applied: false, files: [], reason, conflicts: [] };
}
