import type { Git, GitCall } from "../../../ports/git.ts";
import type { ChangedPath } from "../changed-paths.ts";

const SUBMODULE = "160000";

/** Why a path can never be written, whatever its content: completes "the path …". */
export function nameProblem(entry: ChangedPath, prefix: string): string | undefined {
  const { path } = entry;
  if (entry.oldMode === SUBMODULE || entry.newMode === SUBMODULE) return "is a submodule";
  if (!path.startsWith(prefix)) return "lies outside of the workspace";
  if (path.includes("\uFFFD")) return "has a name that is not valid UTF-8";
  if (path.split("/").some((part) => /^\.git$/i.test(part) || part === "..")) return "is one of git's own files";
  return undefined;
}

/** Why a path behind a filter is not written: completes "the path …". */
export function filterProblem(filter: string | undefined): string | undefined {
  return filter === undefined ? undefined : `goes through the filter '${filter}', such as LFS`;
}

/** Why a link with this target is not written: completes "the path …". */
export function linkProblem(path: string, target: string): string | undefined {
  return leadsOutside(path, target) ? "is a link that leads out of the workspace" : undefined;
}

function leadsOutside(path: string, target: string): boolean {
  if (/^([\\/]|[A-Za-z]:)/.test(target)) return true;
  let depth = path.split("/").length - 1;
  for (const part of target.split("/")) {
    if (part === "..") depth -= 1;
    else if (part !== "" && part !== ".") depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

/** Paths with a `filter` attribute, and its value, by the rules that hold for a git call. */
export async function filteredPaths(
  git: Git,
  call: GitCall & { readonly fromIndex?: boolean },
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const filtered = new Map<string, string>();
  if (paths.length === 0) return filtered;
  const { fromIndex, ...plain } = call;
  const source = fromIndex ? ["--cached"] : [];
  const input = paths.map((path) => `${path}\0`).join("");
  const answer = await git.run(["check-attr", ...source, "-z", "--stdin", "filter"], { ...plain, input });
  const fields = answer.text.split("\0");
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const value = fields[at + 2] ?? "";
    if (value !== "unspecified" && value !== "unset") filtered.set(fields[at] ?? "", value);
  }
  return filtered;
}

/** The rules of the user's files as they are: ours of the shadow, and theirs with their own configuration. */
export function userRules(shadow: {
  readonly gitDir: string;
  readonly workTree: string;
  readonly userGitDir: string | undefined;
}): readonly GitCall[] {
  const { gitDir, workTree, userGitDir } = shadow;
  const own = { gitDir, workTree };
  return userGitDir === undefined ? [own] : [own, { gitDir: userGitDir, workTree, userConfig: true }];
}
