import type { Files } from "../../ports/files.ts";
import type { Git, GitCall, Shadow } from "../../ports/git.ts";
import type { Snapshot } from "../../ports/snapshots.ts";
import type { Problem } from "../../schema/problem.ts";
import { failed, ok, type Result } from "../../util/result.ts";
import { claimName } from "./claim-name.ts";
import { includedList } from "./copy-included-files.ts";
import { readRef } from "./run-refs.ts";
import { addAll, commitTree } from "./snapshots.ts";
import { storageProblem } from "./storage-problem.ts";
import { workspaceRef, type TaskWorkspace } from "./task-workspace.ts";

/** Repositories within repositories within … that are looked into. */
const MAX_NESTING = 20;

/** Temporary files that agents' editors leave behind when they are killed between write and rename. */
const LEFTOVER = /\.tmp\.\d+\.[0-9a-f]{12}$/;

/** What capturing a workspace needs. */
export interface WorkspaceCapture {
  readonly files: Files;
  readonly git: Git;
  readonly shadow: Shadow;
  readonly workspace: TaskWorkspace;
}

/**
 * Records what an agent left in its workspace as a commit of the shadow whose only parent is the
 * commit the workspace started from. The agent's own repository is not used at all: neither its
 * commits, nor its configuration, hooks and filters, which could run programs. Repositories the
 * agent made within the workspace are recorded as plain files; submodules stay as they were.
 */
export async function captureWorkspace(capture: WorkspaceCapture): Promise<Result<Snapshot, Problem>> {
  const { files, workspace } = capture;
  const { root, own } = workspace;
  const isThere = (await files.status(root))?.kind === "folder" && (await files.realPath(root)) === root;
  if (!isThere || (await files.status(workspace.captureIndex)) === undefined) {
    return failed({
      code: "WORKSPACE_NOT_FOUND",
      error: `The workspace of task ${workspace.taskId} is gone: ${root} is no longer the folder it was.`,
      advice: "Start the task again; the agent, or somebody else, has removed its folder.",
    });
  }
  const nameOf = (number: number): string => `${own}/capture-${number}.index`;
  const indexFile = nameOf(await claimName(files, nameOf));
  try {
    await files.copyFile(workspace.captureIndex, indexFile);
    return await record(capture, indexFile);
  } catch (error) {
    const problem = storageProblem(error, `Recording what task ${workspace.taskId} left behind`);
    if (problem === undefined) throw error;
    return failed(problem);
  } finally {
    await files.removeFile(indexFile);
  }
}

async function record(capture: WorkspaceCapture, indexFile: string): Promise<Result<Snapshot, Problem>> {
  const { git, shadow, workspace } = capture;
  const call: GitCall = { gitDir: shadow.gitDir, workTree: workspace.root, indexFile };
  await tidy(capture, call);
  const complaint = await addAll(git, call);
  if (complaint !== undefined) {
    return failed({
      code: "FILE_NOT_READABLE",
      error: `A file that task ${workspace.taskId} left behind cannot be recorded: ${complaint}.`,
      advice: `Look at ${workspace.root}, or start the task again.`,
    });
  }
  await leaveOutIncluded(capture, call);
  const tree = (await git.run(["write-tree"], call)).text.trim();
  return ok(await keep(capture, tree));
}

/** Points the attempt's ref to a commit of the tree; the same tree again gives the same commit. */
async function keep({ git, shadow, workspace }: WorkspaceCapture, tree: string): Promise<Snapshot> {
  const ref = await workspaceRef(workspace);
  const present = await readRef(git, shadow, ref);
  if (present !== undefined) {
    const known = await git.run(["rev-parse", `${present}^{tree}`], { gitDir: shadow.gitDir });
    if (known.text.trim() === tree) return { commit: present, tree };
  }
  const message = `Task ${workspace.taskId}, attempt ${workspace.attempt}`;
  const commit = await commitTree(git, shadow, { tree, parent: workspace.start, message });
  await git.run(["update-ref", ref, commit], { gitDir: shadow.gitDir });
  return { commit, tree };
}

/** Removes agents' temporary files, and sets nested git folders aside until none is left. */
async function tidy({ files, git, workspace }: WorkspaceCapture, call: GitCall): Promise<void> {
  const { root, own } = workspace;
  for (let depth = 0; depth < MAX_NESTING; depth++) {
    const answer = await git.run(["ls-files", "--others", "--exclude-standard", "-z"], call);
    const untracked = answer.text.split("\0");
    for (const path of untracked) {
      if (LEFTOVER.test(path)) await files.removeFile(`${root}/${path}`);
    }
    // Git lists a whole repository as one name that ends in a slash.
    const nested = untracked.filter((path) => path.endsWith("/"));
    let moved = 0;
    for (const path of nested) {
      if ((await files.status(`${root}/${path}.git`)) === undefined) continue;
      const nameOf = (number: number): string => `${own}/nested-${number}`;
      const number = await claimName(files, nameOf);
      await files.move(`${root}/${path}.git`, `${nameOf(number)}.git`);
      moved += 1;
    }
    if (moved === 0) return;
  }
}

/** What was copied in by `.worktreeinclude` is never recorded, even if the agent stops ignoring it. */
async function leaveOutIncluded({ files, git, workspace }: WorkspaceCapture, call: GitCall): Promise<void> {
  const included = await files.readText(includedList(workspace));
  if (included === undefined) return;
  await git.run(["update-index", "--force-remove", "-z", "--stdin"], { ...call, input: `${included}\0` });
}
