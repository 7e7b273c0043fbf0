import type { Files } from "../../ports/files.ts";
import type { Git } from "../../ports/git.ts";
import { refuse, type Problem } from "../../schema/problem.ts";
import { failed, ok, type Result } from "../../util/result.ts";
import { storageProblem } from "./storage-problem.ts";

/** The oldest git that merges without a work tree (2.38) and many pairs at once (2.39). */
const OLDEST_GIT = [2, 39] as const;

/** A folder that agents may work on, and what git knows about it. */
export interface WorkspacePlace {
  /** The folder itself, links resolved. */
  readonly root: string;
  /** Root of the user's repository, or the folder itself where there is none. */
  readonly workTree: string;
  /** Where the folder lies below `workTree`: empty, or ending in `/`. */
  readonly prefix: string;
  /** The git folder of this work tree; undefined for a folder without git. */
  readonly userGitDir: string | undefined;
  /** The git folder that all work trees of the repository share. */
  readonly commonGitDir: string | undefined;
  readonly objectDirs: readonly string[];
  readonly objectFormat: string;
}

/** What the check needs. */
export interface WorkspaceCheck {
  readonly files: Files;
  readonly git: Git;
  readonly homeFolder: string;
}

/** What git keeps while an operation is unfinished, and what the operation is called. */
const UNFINISHED: readonly (readonly [file: string, operation: string])[] = [
  ["MERGE_HEAD", "merge"],
  ["rebase-merge", "rebase"],
  ["rebase-apply", "rebase"],
  ["CHERRY_PICK_HEAD", "cherry-pick"],
  ["REVERT_HEAD", "revert"],
  ["BISECT_LOG", "bisect"],
];

/** Finds out whether agents can work on a folder, and where its repository is. Writes nothing. */
export async function checkWorkspace(path: string, check: WorkspaceCheck): Promise<Result<WorkspacePlace, Problem>> {
  try {
    await checkGit(check.git, "agents are kept apart");
    const root = await checkFolder(path, check);
    const place = await findRepository(root, check);
    if (place.userGitDir !== undefined) {
      await refuseUnfinished(place, place.userGitDir, check);
      await refuseMissingContent(place.workTree, check);
    }
    return ok(place);
  } catch (error) {
    const problem = storageProblem(error, `Looking at the workspace ${path}`);
    if (problem === undefined) throw error;
    return failed(problem);
  }
}

/** Refuses where there is no git that is new enough; `use` says what it is for. */
export async function checkGit(git: Git, use: string): Promise<void> {
  const version = await git.version();
  const [major, minor] = OLDEST_GIT;
  if (version && (version[0] > major || (version[0] === major && version[1] >= minor))) return;
  const found = version ? `git ${version.join(".")} is too old` : "git was not found";
  refuse({
    code: "GIT_NOT_AVAILABLE",
    error: `${found}; ${use} with git ${major}.${minor} or newer.`,
    advice: `Install git ${major}.${minor} or newer and make sure it is on the PATH.`,
  });
}

function notAllowed(error: string, advice: string): never {
  return refuse({ code: "WORKSPACE_NOT_ALLOWED", error, field: "workspace", advice });
}

async function checkFolder(path: string, { files, homeFolder }: WorkspaceCheck): Promise<string> {
  const root = await files.realPath(path);
  if (root === undefined) {
    return refuse({
      code: "WORKSPACE_NOT_FOUND",
      error: `The workspace ${path} does not exist.`,
      field: "workspace",
      advice: "Give the absolute path of a folder that exists.",
    });
  }
  if ((await files.status(root))?.kind !== "folder") {
    return refuse({
      code: "WORKSPACE_NOT_A_FOLDER",
      error: `The workspace ${path} is not a folder.`,
      field: "workspace",
      advice: "Give the folder that the agents should work on.",
    });
  }
  const home = (await files.realPath(homeFolder)) ?? homeFolder;
  if (isTooMuch(root, home)) {
    notAllowed(
      `The workspace ${root} is ${root === home ? "the home folder" : "the root of the file system"}; agents work on one project only.`,
      "Give the folder of the project.",
    );
  }
  if (root.split(/[\\/]/).includes(".git")) {
    notAllowed(`The workspace ${root} lies inside a .git folder.`, "Give a folder of the work tree.");
  }
  if (/[\n\r]/.test(root)) {
    notAllowed("The workspace has a line break in its path.", "Rename the folder.");
  }
  for (const use of ["read", "write"] as const) {
    if (await files.allows(root, use)) continue;
    notAllowed(`You may not ${use} the workspace ${root}.`, "Change its permissions, or give another folder.");
  }
  return root;
}

function isTooMuch(folder: string, home: string): boolean {
  return folder === home || /^([A-Za-z]:)?[\\/]*$/.test(folder);
}

function withoutGit(root: string): WorkspacePlace {
  return {
    root,
    workTree: root,
    prefix: "",
    userGitDir: undefined,
    commonGitDir: undefined,
    objectDirs: [],
    objectFormat: "sha1",
  };
}

async function findRepository(root: string, check: WorkspaceCheck): Promise<WorkspacePlace> {
  const { git, files } = check;
  const ask = (...words: string[]) =>
    git.run(["rev-parse", "--path-format=absolute", ...words], { cwd: root, userConfig: true, answers: [128] });
  const kind = await ask("--is-bare-repository", "--is-inside-git-dir");
  if (kind.exitCode !== 0) {
    // A git folder that git itself does not take for one: its ignore rules and history would be missed.
    const damaged = (await files.status(`${root}/.git`)) !== undefined;
    return explainNoRepository(root, kind.stderr, damaged);
  }
  const [bare, insideGitDir] = kind.text.split("\n");
  if (bare === "true") {
    notAllowed(
      `The workspace ${root} is a bare repository; it has no files to work on.`,
      "Give a clone with a work tree.",
    );
  }
  if (insideGitDir === "true") {
    notAllowed(`The workspace ${root} lies inside a git folder.`, "Give a folder of the work tree.");
  }
  const answer = await ask(
    "--show-toplevel",
    "--git-dir",
    "--git-common-dir",
    "--git-path",
    "objects",
    "--show-object-format",
    "--show-prefix",
  );
  const [workTree, gitDir, commonGitDir, objects, objectFormat, prefix] = answer.text.split("\n");
  if (!workTree || !gitDir || !commonGitDir || !objects || !objectFormat) {
    return explainNoRepository(root, answer.stderr, true);
  }
  const home = (await files.realPath(check.homeFolder)) ?? check.homeFolder;
  // A repository of the whole home folder (dotfiles) is no project, and a folder that its
  // repository ignores would be empty in every snapshot: both are worked on as plain folders.
  if (isTooMuch(workTree, home)) return withoutGit(root);
  if (prefix && (await isIgnored(workTree, prefix, git))) return withoutGit(root);
  return {
    root,
    workTree,
    prefix: prefix ?? "",
    userGitDir: gitDir,
    commonGitDir,
    objectDirs: [objects],
    objectFormat,
  };
}

function explainNoRepository(root: string, stderr: string, damaged: boolean): WorkspacePlace {
  if (!damaged && stderr.includes("not a git repository (or any")) return withoutGit(root);
  if (stderr.includes("dubious ownership")) {
    notAllowed(
      `The repository of ${root} belongs to another user, and git does not trust it.`,
      `Run: git config --global --add safe.directory ${root}`,
    );
  }
  return notAllowed(
    `Git cannot use the repository of ${root}: ${stderr.trim().split("\n")[0] ?? "no reason given"}.`,
    "Repair the repository (git status must work there), or give another folder.",
  );
}

async function isIgnored(workTree: string, prefix: string, git: Git): Promise<boolean> {
  const call = { cwd: workTree, userConfig: true };
  const ignored = await git.run(["check-ignore", "--quiet", "--", prefix], { ...call, answers: [1] });
  if (ignored.exitCode !== 0) return false;
  const tracked = await git.run(["ls-files", "-z", "--", `:(literal)${prefix}`], call);
  return tracked.bytes.length === 0;
}

async function refuseUnfinished(place: WorkspacePlace, gitDir: string, { files, git }: WorkspaceCheck): Promise<void> {
  const advice = "Finish or abort it first; git status says how.";
  for (const [file, operation] of UNFINISHED) {
    if ((await files.status(`${gitDir}/${file}`)) === undefined) continue;
    notAllowed(`A ${operation} is unfinished in ${place.workTree}.`, advice);
  }
  const unmerged = await git.run(["ls-files", "--unmerged", "-z"], { cwd: place.workTree, userConfig: true });
  if (unmerged.bytes.length > 0) notAllowed(`There are unresolved conflicts in ${place.workTree}.`, advice);
}

/** Agents get all files of the repository; in a partial clone the content of those left out is not here. */
async function refuseMissingContent(workTree: string, { git }: WorkspaceCheck): Promise<void> {
  const call = { cwd: workTree, userConfig: true, answers: [1] };
  const sparse = await git.run(["config", "--type=bool", "--get", "core.sparseCheckout"], call);
  if (sparse.text.trim() !== "true") return;
  const partial = await git.run(["config", "--get-regexp", "^remote\\..*\\.promisor$"], call);
  if (partial.exitCode !== 0) return;
  notAllowed(
    `The repository ${workTree} is a partial clone with a sparse checkout; the content of the files left out is not here.`,
    "Run git sparse-checkout disable in it, which fetches them, or give a full clone.",
  );
}
