/** The isolation engine on real repositories, with its state, cache and the user's home inside the test's own folder. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openIsolation, type Isolation } from "../../src/engines/isolation/isolation.ts";
import type { TaskWorkspace } from "../../src/engines/isolation/task-workspace.ts";
import { gitCli } from "../../src/platform/git-cli.ts";
import { nodeFiles } from "../../src/platform/node-files.ts";
import type { Files } from "../../src/ports/files.ts";
import type { Git, Shadow } from "../../src/ports/git.ts";
import { runGitAsOwner, writeFiles, type FileContent, type TestRepository } from "./git-rig.ts";

/** The engine and what it stands on. */
export interface IsolationRig {
  readonly files: Files;
  readonly git: Git;
  readonly isolation: Isolation;
  readonly folders: {
    readonly homeFolder: string;
    readonly stateFolder: string;
    readonly cacheFolder: string;
    readonly userGitConfigFolder: string;
  };
}

/** Opens the engine with all its folders below `scratch`. */
export async function makeIsolation(scratch: string, files: Files = nodeFiles()): Promise<IsolationRig> {
  const folders = {
    homeFolder: join(scratch, "home"),
    stateFolder: join(scratch, "state"),
    cacheFolder: join(scratch, "cache"),
    userGitConfigFolder: join(scratch, "home", ".config", "git"),
  };
  await mkdir(folders.userGitConfigFolder, { recursive: true });
  const git = gitCli({ homeFolder: folders.homeFolder });
  return { files, git, folders, isolation: openIsolation({ files, git, ...folders }) };
}

/** A repository whose shadow is open and whose base is captured for the run `run-1`. */
export interface StartedRun extends IsolationRig {
  readonly shadow: Shadow;
  readonly base: string;
}

/** Opens the shadow of a repository (or of a folder below its root) and captures the base of `run-1`. */
export async function startRun(repository: TestRepository, workspace = repository.root): Promise<StartedRun> {
  const rig = await makeIsolation(repository.scratch);
  const place = await rig.isolation.checkWorkspace(workspace);
  if (!place.ok) throw new Error(place.error.error);
  const shadow = await rig.isolation.openShadow(place.value);
  const base = await rig.isolation.captureBase({ shadow, executionId: "run-1" });
  return { ...rig, shadow, base };
}

/** Makes a workspace, lets somebody work in it, and gives the commit of what was left. */
export async function workOn(
  run: StartedRun,
  taskId: string,
  work: Readonly<Record<string, FileContent>> | ((workspace: TaskWorkspace) => Promise<void>),
  start: string = run.base,
): Promise<{ readonly commit: string; readonly tree: string; readonly workspace: TaskWorkspace }> {
  const { isolation, shadow } = run;
  const workspace = await isolation.createWorkspace({ shadow, executionId: "run-1", taskId, attempt: 1, start });
  if (typeof work === "function") await work(workspace);
  else await writeFiles(workspace.root, work);
  const captured = await isolation.captureWorkspace({ shadow, workspace });
  if (!captured.ok) throw new Error(captured.error.error);
  return { ...captured.value, workspace };
}

/** All files of a commit in the shadow: mode and content by path. */
export async function filesOf(shadow: Shadow, commit: string): Promise<Readonly<Record<string, string>>> {
  const listing = await runGitAsOwner(shadow.gitDir, ["ls-tree", "-r", "-z", commit]);
  const found: Record<string, string> = {};
  for (const entry of listing.split("\0")) {
    if (entry === "") continue;
    const [head, path] = entry.split("\t") as [string, string];
    const [mode, kind, object] = head.split(" ") as [string, string, string];
    const content = kind === "blob" ? await runGitAsOwner(shadow.gitDir, ["cat-file", "blob", object]) : object;
    found[path] = mode === "100644" ? content : `${mode} ${content}`;
  }
  return found;
}
