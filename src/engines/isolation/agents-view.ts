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
  readonly stateFolder: string;
  readonly homeFolder: string;
  readonly executionId: string;
}

/**
 * What the agents of a run may see and change beside the machine's other files: no workspace but their own, nothing of
 * the user's work tree and of its repository but folders that git ignores (what a linked `node_modules` caches), and no
 * kept result. `own` is the folder of the whole run; whoever starts an agent puts its workspace there.
 *
 * A work tree that holds the whole home folder is protected in the user's workspace only: programs keep what they need
 * in the home folder.
 */
export async function agentsView(request: ViewRequest): Promise<FileView> {
  const { files, shadow, cacheFolder, executionId } = request;
  const named = await runFolder(cacheFolder, executionId);
  await files.makeFolder(named);
  const hidden = await real(files, workspacesFolder(cacheFolder));
  // A dot is in no encoded id, so that no run can mean this folder.
  const stage = `${hidden}/.view`;
  await files.makeFolder(stage);
  const tree = await protectedTree(request);
  const outside = [...(await gitFolders(request)), await real(files, shadow.gitDir)];
  return {
    own: await real(files, named),
    hidden,
    stage,
    readOnly: [tree, ...outside.filter((folder) => !isWithin(folder, tree))],
    writable: await ignoredFolders(request, { tree, others: outside }),
  };
}

async function protectedTree({ files, shadow, homeFolder }: ViewRequest): Promise<string> {
  const tree = await real(files, shadow.workTree);
  const home = await real(files, homeFolder);
  return isWithin(home, tree) ? real(files, `${shadow.workTree}/${shadow.prefix}`) : tree;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
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

/** Journals and requests of runs are in a folder of this name, which git ignores. */
const runsFolder = ".parallelization";

interface Protected {
  readonly tree: string;
  readonly others: readonly string[];
}

async function ignoredFolders(request: ViewRequest, { tree, others }: Protected): Promise<readonly string[]> {
  const { files, git, shadow, stateFolder } = request;
  const { workTree, prefix, userGitDir } = shadow;
  const call = { gitDir: userGitDir ?? shadow.gitDir, workTree, cwd: workTree, userConfig: true };
  const options = ["--others", "--ignored", "--exclude-standard", "--directory", "--no-empty-directory", "-z"];
  const root = await real(files, workTree);
  const within = tree === root ? "." : prefix;
  let names: readonly string[];
  try {
    names = (await git.run(["ls-files", ...options, "--", within], call)).text.split("\0");
  } catch (error) {
    // Without them everything of the user's is read only, which is no worse.
    if (!(error instanceof GitFailure)) throw error;
    return [];
  }
  const workspace = await real(files, `${workTree}/${prefix}`);
  const closed = [...others, await real(files, stateFolder)];
  const kept = [...closed, workspace, `${workspace}/${runsFolder}`];
  const isOpen = (path: string): boolean =>
    path.startsWith(`${tree}/`) &&
    !kept.some((each) => isWithin(each, path)) &&
    !closed.some((each) => isWithin(path, each));
  const folders = names
    .filter((name) => name.endsWith("/"))
    .map((name) => name.slice(0, -1))
    .filter((name) => !name.split("/").some((part) => part === "" || part === ".git" || part === runsFolder))
    .filter((name) => isOpen(`${root}/${name}`));
  const depth = (name: string): number => name.split("/").length;
  const uppermost = folders.toSorted((left, right) => depth(left) - depth(right)).slice(0, MAX_WRITABLE);
  const paths = uppermost.map((name) => `${root}/${name}`);
  const isWritable = async (path: string): Promise<boolean> =>
    (await files.status(path))?.kind === "folder" && (await files.status(`${path}/${runsFolder}`)) === undefined;
  const writable = await Promise.all(paths.map(isWritable));
  return paths.filter((_, index) => writable[index]);
}

async function real(files: Files, path: string): Promise<string> {
  return (await files.realPath(path)) ?? path;
}
