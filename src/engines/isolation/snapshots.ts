import type { Files } from "../../ports/files.ts";
import type { Git, GitCall, Shadow } from "../../ports/git.ts";
import type { Snapshot, SnapshotRequest, Snapshots } from "../../ports/snapshots.ts";
import { refuse } from "../../schema/problem.ts";
import { claimName } from "./claim-name.ts";

/** How often a snapshot is tried again when a file disappears while it is read. */
const MAX_TRIES = 3;

/** Settings under which a copy of the user's index is read completely and written back plainly. */
const INDEX_SETTINGS = [
  // Entries marked as absent by a sparse checkout stay; those whose file is there are looked at.
  "core.sparseCheckout=true",
  "core.splitIndex=false",
  "core.untrackedCache=false",
];

/** Opens the snapshots of users' work trees. */
export function openSnapshots({ files, git }: { readonly files: Files; readonly git: Git }): Snapshots {
  return {
    take: async (request) => {
      const { gitDir } = request.shadow;
      const nameOf = (number: number): string => `${gitDir}/snapshot-${number}.index`;
      const indexFile = nameOf(await claimName(files, nameOf));
      try {
        return await takeSnapshot({ ...request, indexFile, files, git });
      } finally {
        await files.removeFile(indexFile);
      }
    },
  };
}

type Taking = SnapshotRequest & { readonly indexFile: string; readonly files: Files; readonly git: Git };

async function takeSnapshot(taking: Taking): Promise<Snapshot> {
  const { shadow, git, indexFile, files } = taking;
  const call: GitCall = { gitDir: shadow.gitDir, workTree: shadow.workTree, indexFile, config: INDEX_SETTINGS };
  await seedIndex(taking);
  await readMarkedEntries(git, call, shadow);
  await addEverything(git, call, shadow);
  const tree = (await git.run(["write-tree"], call)).text.trim();
  if (shadow.userGitDir === undefined) await files.move(indexFile, keptIndex(shadow));
  const commit = await commitTree(git, shadow, { tree, parent: taking.parent, message: taking.message });
  if (taking.ref !== undefined) await git.run(["update-ref", taking.ref, commit], { gitDir: shadow.gitDir });
  return { commit, tree };
}

/** Makes a commit of a tree in the shadow; nothing points to it yet. */
export async function commitTree(
  git: Git,
  shadow: Shadow,
  what: { readonly tree: string; readonly parent: string | undefined; readonly message: string },
): Promise<string> {
  const parents = what.parent === undefined ? [] : ["-p", what.parent];
  const answer = await git.run(["commit-tree", ...parents, "-F", "-", what.tree], {
    gitDir: shadow.gitDir,
    input: `${what.message}\n`,
  });
  return answer.text.trim();
}

/** Where the index of a folder without git stays, so that only changed files are read again. */
function keptIndex(shadow: Shadow): string {
  return `${shadow.gitDir}/folder.index`;
}

/**
 * Starts from a copy of the user's index, its modification time kept: with a later one git would
 * trust a file that was changed in the very moment the index was written.
 */
async function seedIndex({ shadow, files, indexFile }: Taking): Promise<void> {
  const source = shadow.userGitDir === undefined ? keptIndex(shadow) : `${shadow.userGitDir}/index`;
  if ((await files.status(source)) === undefined) {
    await files.removeFile(indexFile);
    return;
  }
  if (shadow.userGitDir !== undefined) await copySharedIndexes(files, shadow.userGitDir, shadow.gitDir);
  await files.copyFile(source, indexFile);
}

/** A split index names a second file that git looks for in the git folder at hand. */
async function copySharedIndexes(files: Files, from: string, to: string): Promise<void> {
  for (const name of await files.list(from)) {
    if (!name.startsWith("sharedindex.") || (await files.status(`${to}/${name}`)) !== undefined) continue;
    const nameOf = (number: number): string => `${to}/copying-${number}`;
    const copying = nameOf(await claimName(files, nameOf));
    await files.copyFile(`${from}/${name}`, copying);
    await files.move(copying, `${to}/${name}`);
  }
}

/** Refuses an index with conflicts, and makes git look at files it was told to take as unchanged. */
async function readMarkedEntries(git: Git, call: GitCall, shadow: Shadow): Promise<void> {
  const entries = (await git.run(["ls-files", "-v", "-z"], call)).text.split("\0");
  if (entries.some((entry) => entry.startsWith("M ") || entry.startsWith("m "))) {
    refuse({
      code: "WORKSPACE_NOT_ALLOWED",
      error: `There are unresolved conflicts in ${shadow.workTree}.`,
      field: "workspace",
      advice: "Finish or abort the merge first; git status says how.",
    });
  }
  const assumed = entries.filter((entry) => /^[a-z] /.test(entry)).map((entry) => entry.slice(2));
  if (assumed.length === 0) return;
  const input = assumed.map((path) => `${path}\0`).join("");
  await git.run(["update-index", "--no-assume-unchanged", "-z", "--stdin"], { ...call, input });
}

async function addEverything(git: Git, call: GitCall, shadow: Shadow): Promise<void> {
  let complaint: string | undefined;
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    complaint = await addAll(git, call);
    if (complaint === undefined) return;
  }
  refuse({
    code: "FILE_NOT_READABLE",
    error: `A file in ${shadow.workTree} cannot be recorded: ${complaint ?? ""}.`,
    field: "workspace",
    advice: "Make the file readable, or let .gitignore name it.",
  });
}

/** Records every file that is not ignored; gives git's first complaint if one could not be. */
export async function addAll(git: Git, call: GitCall): Promise<string | undefined> {
  const answer = await git.run(["add", "--all", "--ignore-errors", "--sparse", "--", "."], { ...call, answers: [1] });
  if (answer.exitCode === 0) return undefined;
  const complaint = answer.stderr.split("\n").find(
    (line) =>
      /^(error|fatal): /.test(line) &&
      // A repository within the folder that has no commit yet: there is nothing to record of it.
      !line.includes("does not have a commit checked out"),
  );
  return complaint?.replace(/^\w+: /, "");
}
