import type { Files } from "../../ports/files.ts";
import type { Git, GitCall, Shadow } from "../../ports/git.ts";
import { refuse } from "../../schema/problem.ts";
import { encodeId } from "../../util/encode-id.ts";
import { keepSettings } from "./audit-workspace.ts";
import { copyIncludedFiles } from "./copy-included-files.ts";
import type { AttemptKey } from "./run-refs.ts";
import { readFileSettings, renderAlternates, renderConfig } from "./shadow-settings.ts";
import { markerFile, ownFolder, renderMarker, runFolder, workspaceOf, type TaskWorkspace } from "./task-workspace.ts";

/** Workspaces one attempt may need, should it be started again after a crash. */
const MAX_REPEATS = 100;

/** Attempts of checkouts do not have to survive a power cut: they are made again. */
const FAST = ["core.fsync=none"];

/** What making a workspace needs. */
export interface WorkspaceCreation extends AttemptKey {
  readonly files: Files;
  readonly git: Git;
  readonly shadow: Shadow;
  /** The commit of the shadow that the files come from. */
  readonly start: string;
  /** Folder in which workspaces lie; its path may contain links. */
  readonly cacheFolder: string;
}

/**
 * Makes a repository of its own for one attempt: files from `start`, objects borrowed from the
 * shadow, nothing shared with the user's repository or with other attempts, no remote.
 * What could not be finished is removed again.
 */
export async function createWorkspace(creation: WorkspaceCreation): Promise<TaskWorkspace> {
  const { files, shadow, executionId, taskId, attempt, start } = creation;
  const { root, repeat } = await claimRoot(creation);
  const folder = shadow.prefix === "" ? root : `${root}/${shadow.prefix.slice(0, -1)}`;
  const workspace = workspaceOf({ executionId, taskId, attempt, repeat, start, root, folder });
  try {
    await fill(workspace, creation);
  } catch (error) {
    // Half a workspace is of no use, and may be what fills the disk.
    await files.removeTree(root);
    await files.removeTree(workspace.own);
    throw error;
  }
  return workspace;
}

async function fill(workspace: TaskWorkspace, creation: WorkspaceCreation): Promise<void> {
  const { files, git, shadow, start } = creation;
  const { root } = workspace;
  await makeRepository(workspace, creation);
  const call: GitCall = { gitDir: `${root}/.git`, workTree: root, config: FAST };
  await git.run(["checkout", "--quiet", "--force", "--detach", start, "--"], call);
  await refuseIncomplete(workspace, creation);
  await files.makeFolder(workspace.folder);
  await files.copyFile(`${root}/.git/index`, workspace.captureIndex);
  await hideSubmodules(workspace, creation);
  await copyIncludedFiles({ files, git, shadow, workspace });
  await keepSettings({ files, workspace });
  await files.writeAtomic(markerFile(root), renderMarker(workspace));
}

/**
 * Git checks out an empty folder, and is content, where it cannot read the tree of a commit, such as
 * when the user's repository is gone: what is missing would look as if the agent had deleted it.
 */
async function refuseIncomplete({ root, taskId }: TaskWorkspace, { git, start }: WorkspaceCreation): Promise<void> {
  const compared = await git.run(["diff-index", "--cached", "--quiet", "--end-of-options", start, "--"], {
    gitDir: `${root}/.git`,
    workTree: root,
    answers: [1, 128],
  });
  if (compared.exitCode === 0) return;
  refuse({
    code: "STORAGE_FAILED",
    error: `Not all files that ${taskId} starts from could be read.`,
    advice: "Look whether the workspace is still where it was, and whether git status and git fsck work in it.",
  });
}

/** Takes the first free name; what an earlier process left under another is not touched. */
async function claimRoot(creation: WorkspaceCreation): Promise<{ readonly root: string; readonly repeat: number }> {
  const { files, cacheFolder, executionId, taskId, attempt } = creation;
  const parent = await runFolder(cacheFolder, executionId);
  await files.makeFolder(parent);
  const folder = (await files.realPath(parent)) ?? parent;
  const name = `${await encodeId(taskId)}-${attempt}`;
  for (let repeat = 1; repeat <= MAX_REPEATS; repeat++) {
    // A dot is in no encoded name, so that no two tasks can mean the same folder.
    const root = repeat === 1 ? `${folder}/${name}` : `${folder}/${name}.${repeat}`;
    await files.makeFolder(ownFolder(root));
    if (!(await files.createExclusive(`${ownFolder(root)}/claimed`, ""))) continue;
    await files.makeFolder(root);
    return { root, repeat };
  }
  return refuse({
    code: "STORAGE_FAILED",
    error: `There are already ${MAX_REPEATS} workspaces of attempt ${attempt} at ${taskId}.`,
    advice: "Delete the run, or start a new one.",
  });
}

async function makeRepository(workspace: TaskWorkspace, creation: WorkspaceCreation): Promise<void> {
  const { files, git, shadow } = creation;
  const { root } = workspace;
  const gitDir = `${root}/.git`;
  const objectFormat = workspace.start.length === 64 ? "sha256" : "sha1";
  await git.run(["init", "--quiet", "--template=", `--object-format=${objectFormat}`, "--", root], { cwd: root });
  const config = renderConfig({
    bare: false,
    objectFormat,
    taken: await readFileSettings(git, `${shadow.gitDir}/config`),
    // An agent that commits must not fail for want of a name; its commits stay in its workspace.
    user: { name: "parallelization-mcp agent", email: "agent@localhost" },
  });
  await files.makeFolder(`${gitDir}/info`);
  await files.makeFolder(`${gitDir}/objects/info`);
  await files.writeAtomic(`${gitDir}/config`, config);
  await files.writeAtomic(`${gitDir}/objects/info/alternates`, renderAlternates([`${shadow.gitDir}/objects`]));
  const shallow = await files.readBytes(`${shadow.gitDir}/shallow`);
  if (shallow) await files.writeAtomic(`${gitDir}/shallow`, shallow);
  const rules = [`${shadow.gitDir}/info/user-ignore`, `${shadow.gitDir}/info/exclude`];
  const ignored = await Promise.all(rules.map((path) => files.readText(path)));
  await files.writeAtomic(`${gitDir}/info/exclude`, ignored.join(""));
  const attributes = await files.readBytes(`${shadow.gitDir}/info/attributes`);
  if (attributes) await files.writeAtomic(`${gitDir}/info/attributes`, attributes);
}

/**
 * Marks submodules as absent for captures: comparing one runs git inside it, with whatever
 * configuration the agent has left there.
 */
async function hideSubmodules({ captureIndex, root }: TaskWorkspace, creation: WorkspaceCreation): Promise<void> {
  const { git, shadow } = creation;
  const call: GitCall = { gitDir: shadow.gitDir, workTree: root, indexFile: captureIndex, config: FAST };
  const entries = (await git.run(["ls-files", "--stage", "-z"], call)).text.split("\0");
  const submodules = entries
    .filter((entry) => entry.startsWith("160000 "))
    .map((entry) => entry.replace(/^[^\t]*\t/, ""));
  if (submodules.length === 0) return;
  const input = submodules.map((path) => `${path}\0`).join("");
  await git.run(["update-index", "--skip-worktree", "-z", "--stdin"], { ...call, input });
}
