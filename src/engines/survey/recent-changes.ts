import { GitFailure, type Git } from "../../ports/git.ts";

/** How often files were changed of late. */
export interface RecentChanges {
  /** By path relative to the workspace. */
  readonly byPath: ReadonlyMap<string, number>;
  readonly commits: number;
}

const mostCommits = 300;
/** A commit that touches more files says nothing about any of them. */
const mostFilesOfCommit = 100;
const commitMark = "\u0001";

/** Counts in how many of the last 300 commits each file was changed; nothing where there is no history. */
export async function recentChanges(
  git: Git,
  { root, head }: { readonly root: string; readonly head: string | undefined },
): Promise<RecentChanges> {
  const byPath = new Map<string, number>();
  if (head === undefined) return { byPath, commits: 0 };
  const argv = [
    "log",
    `--max-count=${mostCommits}`,
    "--no-merges",
    "--no-renames",
    "--no-show-signature",
    "--relative",
    "--name-only",
    "-z",
    "--format=%x01",
    head,
    "--",
    ".",
  ];
  let text: string;
  try {
    ({ text } = await git.run(argv, { cwd: root, config: ["protocol.allow=never"] }));
  } catch (error) {
    // A clone without its history, or without the trees of it.
    if (error instanceof GitFailure) return { byPath, commits: 0 };
    throw error;
  }
  const commits = text.split(commitMark).slice(1);
  for (const commit of commits) {
    const paths = commit
      .split("\0")
      .map((path) => path.replace(/^\n/, ""))
      .filter((path) => path !== "");
    if (paths.length > mostFilesOfCommit) continue;
    for (const path of paths) byPath.set(path, (byPath.get(path) ?? 0) + 1);
  }
  return { byPath, commits: commits.length };
}
