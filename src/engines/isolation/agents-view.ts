import type { Files } from "../../ports/files.ts";
import { GitFailure, type Git, type Shadow } from "../../ports/git.ts";
import type { FileView } from "../../ports/processes.ts";
import { runFolder, workspacesFolder } from "./task-workspace.ts";

/** Folders of ignored files that stay writable, the uppermost first; each costs every agent a mount. */
const MAX_WRITABLE = 64;

/** What is asked for. */
export interface ViewRequest {
  readonly files: Files;
  readonly git: Git;
  readonly shadow: Shadow;
  readonly cacheFolder: string;
  readonly executionId: string;
}

/**
 * What the agents of a run may see and change beside the machine's other files: no workspace but their own, nothing of
 * the user's workspace and of its repository but folders that git ignores (what a linked `node_modules` caches), and no
 * kept result. `own` is the folder of the whole run; whoever starts an agent puts its workspace there.
 */
export async function agentsView(request: ViewRequest): Promise<FileView> {
  const { files, shadow, cacheFolder, executionId } = request;
  const named = await runFolder(cacheFolder, executionId);
  await files.makeFolder(named);
  const hidden = await real(files, workspacesFolder(cacheFolder));
  // A dot is in no encoded id, so that no run can mean this folder.
  const stage = `${hidden}/.view`;
  await files.makeFolder(stage);
  const workspace = await real(files, `${shadow.workTree}/${shadow.prefix}`);
  const outside = [...(await gitFolders(request)), await real(files, shadow.gitDir)];
  return {
    own: await real(files, named),
    hidden,
    stage,
    readOnly: [workspace, ...outside.filter((folder) => !folder.startsWith(`${workspace}/`))],
    writable: await ignoredFolders(request, workspace),
  };
}

/** The git folder of the user's work tree, and the one that all work trees of the repository share. */
async function gitFolders({ files, shadow }: ViewRequest): Promise<readonly string[]> {
  const { userGitDir } = shadow;
  if (userGitDir === undefined) return [];
  const own = await real(files, userGitDir);
  const shared = (await files.readText(`${own}/commondir`))?.trim();
  if (shared === undefined || shared === "") return [own];
  const common = await files.realPath(shared.startsWith("/") ? shared : `${own}/${shared}`);
  // The shared one holds those of all its work trees.
  return common === undefined ? [own] : [common, ...(own.startsWith(`${common}/`) ? [] : [own])];
}

async function ignoredFolders({ files, git, shadow }: ViewRequest, workspace: string): Promise<readonly string[]> {
  const { workTree, prefix, userGitDir } = shadow;
  const call = { gitDir: userGitDir ?? shadow.gitDir, workTree, cwd: workTree, userConfig: true };
  const options = ["--others", "--ignored", "--exclude-standard", "--directory", "--no-empty-directory", "-z"];
  let names: readonly string[];
  try {
    names = (await git.run(["ls-files", ...options, "--", prefix === "" ? "." : prefix], call)).text.split("\0");
  } catch (error) {
    // Without them everything of the user's is read only, which is no worse.
    if (!(error instanceof GitFailure)) throw error;
    return [];
  }
  const folders = names
    .filter((name) => name.endsWith("/") && name.startsWith(prefix))
    .map((name) => name.slice(prefix.length, -1))
    .filter((name) => name !== "" && name !== ".parallelization" && !name.split("/").includes(".git"));
  const depth = (name: string): number => name.split("/").length;
  const uppermost = folders.toSorted((left, right) => depth(left) - depth(right)).slice(0, MAX_WRITABLE);
  const paths = uppermost.map((name) => `${workspace}/${name}`);
  const kinds = await Promise.all(paths.map((path) => files.status(path)));
  return paths.filter((_, index) => kinds[index]?.kind === "folder");
}

async function real(files: Files, path: string): Promise<string> {
  return (await files.realPath(path)) ?? path;
}
