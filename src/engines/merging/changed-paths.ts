import type { Git, Shadow } from "../../ports/git.ts";

/** One path that differs between two commits or trees, as git's raw diff tells it. Paths are relative to the repository. */
export interface ChangedPath {
  readonly path: string;
  /** The former path of a renamed file. */
  readonly oldPath: string | undefined;
  /** `A`, `D`, `M`, `R` or `T` (another kind of file). */
  readonly status: string;
  /** Octal, such as `100644`; `000000` where there is nothing. */
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldId: string;
  readonly newId: string;
}

/** Two states to be compared. */
export interface Comparison {
  readonly from: string;
  readonly to: string;
}

/** What differs between pairs of commits, in one git process. */
export async function changedPaths(request: {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly comparisons: readonly Comparison[];
}): Promise<readonly (readonly ChangedPath[])[]> {
  const { git, shadow, comparisons } = request;
  if (comparisons.length === 0) return [];
  const answer = await git.run(["diff-tree", "--stdin", "-r", "--raw", "-z", "-M", "--always", "--no-abbrev"], {
    gitDir: shadow.gitDir,
    // A commit and what to take for its parent.
    input: comparisons.map(({ from, to }) => `${to} ${from}\n`).join(""),
  });
  const fields = answer.text.split("\0");
  const blocks: (readonly ChangedPath[])[] = [];
  let at = 0;
  for (const { to } of comparisons) {
    if (fields[at++] !== to) throw new Error(`Internal error: git compared something else than ${to}`);
    const [changes, next] = readRecords(fields, at);
    blocks.push(changes);
    at = next;
  }
  return blocks;
}

/** What differs between two trees, renames told as deletion and creation. */
export async function changedEntries(request: {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly from: string;
  readonly to: string;
}): Promise<readonly ChangedPath[]> {
  const { git, shadow, from, to } = request;
  const argv = ["diff-tree", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", "--end-of-options", from, to];
  const answer = await git.run(argv, { gitDir: shadow.gitDir });
  return readRecords(answer.text.split("\0"), 0)[0];
}

/** Reads raw records until one does not begin with a colon, and says where that is. */
export function readRecords(fields: readonly string[], start: number): readonly [readonly ChangedPath[], number] {
  const changes: ChangedPath[] = [];
  let at = start;
  while (fields[at]?.startsWith(":")) {
    const [oldMode, newMode, oldId, newId, letter] = (fields[at++] as string).slice(1).split(" ");
    const status = letter?.charAt(0);
    const first = fields[at++];
    const second = status === "R" || status === "C" ? fields[at++] : undefined;
    if (!oldMode || !newMode || !oldId || !newId || !status || !first) {
      throw new Error("Internal error: a record of git diff-tree is incomplete");
    }
    const oldPath = status === "R" ? first : undefined;
    changes.push({ path: second ?? first, oldPath, status, oldMode, newMode, oldId, newId });
  }
  return [changes, at];
}
