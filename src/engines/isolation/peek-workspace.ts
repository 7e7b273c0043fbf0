import type { Files } from "../../ports/files.ts";
import { GitFailure, type Git, type GitCall, type Shadow } from "../../ports/git.ts";
import { claimName } from "./claim-name.ts";
import { commitTree } from "./snapshots.ts";
import type { TaskWorkspace } from "./task-workspace.ts";

/**
 * Records what a workspace holds at this moment, while an agent works in it: nothing of it is tidied, moved or kept
 * under a ref. Repositories within it are left out, so that git looks into none of them. Undefined where the moment
 * cannot be recorded, such as when the folder is gone.
 */
export async function peekWorkspace(peek: {
  readonly files: Files;
  readonly git: Git;
  readonly shadow: Shadow;
  readonly workspace: TaskWorkspace;
}): Promise<string | undefined> {
  const { files, workspace } = peek;
  const { root, own, captureIndex } = workspace;
  if ((await files.realPath(root)) !== root || (await files.status(captureIndex)) === undefined) return undefined;
  const nameOf = (number: number): string => `${own}/peek-${number}.index`;
  const indexFile = nameOf(await claimName(files, nameOf));
  try {
    await files.copyFile(captureIndex, indexFile);
    return await record(peek, indexFile);
  } catch (error) {
    // What an agent is in the middle of is looked at again soon.
    if (error instanceof GitFailure) return undefined;
    throw error;
  } finally {
    await files.removeFile(indexFile);
  }
}

async function record(peek: Parameters<typeof peekWorkspace>[0], indexFile: string): Promise<string> {
  const { git, shadow, workspace } = peek;
  const call: GitCall = { gitDir: shadow.gitDir, workTree: workspace.root, indexFile };
  const untracked = (await git.run(["ls-files", "--others", "--exclude-standard", "-z"], call)).text.split("\0");
  // Git lists a whole repository as one name that ends in a slash.
  const nested = untracked.filter((path) => path.endsWith("/"));
  const leftOut = nested.map((path) => `:(top,exclude,literal)${path.slice(0, -1)}`);
  const argv = ["add", "--all", "--ignore-errors", "--sparse", "--", ".", ...leftOut];
  await git.run(argv, { ...call, answers: [1] });
  const tree = (await git.run(["write-tree"], call)).text.trim();
  return commitTree(git, shadow, { tree, parent: workspace.start, message: `Task ${workspace.taskId}, at work` });
}
