import type { Files } from "../../ports/files.ts";
import type { Git, GitCall, Shadow } from "../../ports/git.ts";
import { refuse } from "../../schema/problem.ts";
import type { TaskWorkspace } from "./task-workspace.ts";

/** File at the root of the user's work tree that names, in gitignore syntax, what is copied. */
const INCLUDE_FILE = ".worktreeinclude";
const MAX_INCLUDED_FILES = 10_000;

interface Inclusion {
  readonly files: Files;
  readonly git: Git;
  readonly shadow: Shadow;
  readonly workspace: TaskWorkspace;
}

/** File beside a workspace that lists, NUL-separated, what was copied into it. */
export function includedList(workspace: TaskWorkspace): string {
  return `${workspace.own}/included`;
}

/**
 * Copies into a new workspace what `.worktreeinclude` names and git ignores, such as `.env`:
 * nothing that is tracked, nothing over a file that is there, nothing through a link that leads out.
 */
export async function copyIncludedFiles(inclusion: Inclusion): Promise<void> {
  const { files, shadow, workspace } = inclusion;
  const patterns = `${shadow.workTree}/${INCLUDE_FILE}`;
  if ((await files.status(patterns))?.kind !== "file") return;
  const paths = await findIncluded(inclusion, patterns);
  if (paths.length > MAX_INCLUDED_FILES) {
    refuse({
      code: "INVALID_ARGUMENT",
      error: `${INCLUDE_FILE} names ${paths.length} files; at most ${MAX_INCLUDED_FILES} are copied into each workspace.`,
      advice: "Name fewer files there; install dependencies with a setup command instead.",
    });
  }
  const copied: string[] = [];
  for (const path of paths) {
    if (await copyOne(path, inclusion)) copied.push(path);
  }
  if (copied.length > 0) await files.writeAtomic(includedList(workspace), copied.join("\0"));
}

async function findIncluded({ git, shadow, workspace }: Inclusion, patterns: string): Promise<readonly string[]> {
  const call: GitCall = { gitDir: shadow.gitDir, workTree: shadow.workTree, indexFile: workspace.captureIndex };
  const matching = await git.run(["ls-files", "--others", "--ignored", `--exclude-from=${patterns}`, "-z"], call);
  if (matching.bytes.length === 0) return [];
  const ignored = await git.run(["check-ignore", "-z", "--stdin"], { ...call, input: matching.bytes, answers: [1] });
  return ignored.text.split("\0").filter((path) => path !== "" && !path.endsWith("/"));
}

async function copyOne(path: string, { files, shadow, workspace }: Inclusion): Promise<boolean> {
  const from = `${shadow.workTree}/${path}`;
  const to = `${workspace.root}/${path}`;
  const status = await files.status(from);
  if (status?.kind !== "file" && status?.kind !== "link") return false;
  if ((await files.status(to)) !== undefined) return false;
  const parent = to.slice(0, to.lastIndexOf("/"));
  if (!(await makeFolderInside(files, workspace.root, parent))) return false;
  if (status.kind === "file") {
    await files.copyFile(from, to);
    return true;
  }
  const target = await files.readLink(from);
  const leadsTo = await files.realPath(from);
  if (!leadsTo?.startsWith(`${shadow.workTree}/`) || /^([A-Za-z]:)?[\\/]/.test(target)) return false;
  await files.writeLink(to, target);
  return true;
}

/** Makes a folder below the root, unless a link on the way leads somewhere else. */
async function makeFolderInside(files: Files, root: string, folder: string): Promise<boolean> {
  let made = root;
  for (const part of folder
    .slice(root.length + 1)
    .split("/")
    .filter((name) => name !== "")) {
    made = `${made}/${part}`;
    const status = await files.status(made);
    if (status === undefined) await files.makeFolder(made);
    else if (status.kind !== "folder") return false;
  }
  return true;
}
