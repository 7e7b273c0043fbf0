import type { Files } from "../../../ports/files.ts";
import type { Git, Shadow } from "../../../ports/git.ts";
import { toWorkspacePath } from "../../../util/workspace-path.ts";
import type { ChangedPath } from "../changed-paths.ts";
import { listFiles } from "../pairs/describe-conflict.ts";
import { inDependencyOrder, readCandidates, type MergeCandidate, type MergeInput } from "../merge-candidate.ts";
import { filteredPaths, filterProblem, linkProblem, nameProblem, userRules } from "./path-problems.ts";
import { readBlobs } from "../read-blobs.ts";

const LINK = "120000";

interface Request {
  readonly git: Git;
  readonly files: Files;
  readonly shadow: Shadow;
  readonly base: string;
  readonly results: readonly MergeInput[];
}

/**
 * Finds the results that change a path which is never written into the user's files (behind a
 * filter such as LFS, outside of the workspace, a link that leads out), and says why. Held by
 * themselves they do not keep the others from being applied, all of which goes in or nothing.
 */
export async function unwritableResults(
  request: Request,
): Promise<readonly { readonly taskId: string; readonly reason: string }[]> {
  const { git, shadow } = request;
  const { candidates } = await readCandidates(request);
  const filters = await filtersByUser(request, candidates);
  const links = candidates.flatMap(({ changes }) => changes.filter(({ newMode }) => newMode === LINK));
  const targets = await readBlobs({ git, shadow, ids: links.map(({ newId }) => newId) });
  const held = new Map<string, string>();
  for (const candidate of inDependencyOrder(candidates)) {
    // What it inherits is not its own fault; it is held for what it builds on.
    if (candidate.needs.some((need) => held.has(need))) continue;
    const own = await filtersByResult(request, candidate);
    const problems = candidate.changes.flatMap((change) => {
      const problem = problemOf(change, {
        prefix: shadow.prefix,
        filter: filters.get(change.path) ?? own.get(change.path),
        target: change.newMode === LINK ? (targets.get(change.newId) ?? "") : undefined,
        changes: candidate.changes,
      });
      return problem === undefined ? [] : [{ path: toWorkspacePath(change.path, shadow.prefix), problem }];
    });
    const [first, ...more] = problems;
    if (!first) continue;
    const rest = more.length === 0 ? "" : `, and ${more.length} more: ${listFiles(more.map(({ path }) => path))}`;
    held.set(candidate.taskId, `${first.path} ${first.problem}${rest}`);
  }
  return [...held].map(([taskId, reason]) => ({ taskId, reason }));
}

function problemOf(
  change: ChangedPath,
  known: {
    readonly prefix: string;
    readonly filter: string | undefined;
    readonly target: string | undefined;
    readonly changes: readonly ChangedPath[];
  },
): string | undefined {
  const { prefix, filter, target, changes } = known;
  const removedLink = changes.find(
    ({ path, oldPath, oldMode }) => oldMode === LINK && change.path.startsWith(`${oldPath ?? path}/`),
  );
  return (
    nameProblem(change, prefix) ??
    (change.oldPath === undefined ? undefined : nameProblem({ ...change, path: change.oldPath }, prefix)) ??
    filterProblem(filter) ??
    (target === undefined ? undefined : linkProblem(change.path, target)) ??
    (removedLink ? "needs a folder where a link is" : undefined)
  );
}

/** Filters by the rules of the user's files, of all that the results change. */
async function filtersByUser(
  { git, shadow }: Request,
  candidates: readonly MergeCandidate[],
): Promise<ReadonlyMap<string, string>> {
  const paths = [...new Set(candidates.flatMap(({ changes }) => changes.map(({ path }) => path)))];
  const found = await Promise.all(userRules(shadow).map((call) => filteredPaths(git, call, paths)));
  return new Map(found.flatMap((each) => [...each]));
}

/** Filters by the rules that a result brings along, where it changes any. */
async function filtersByResult(
  { git, files, shadow }: Request,
  { commit, changes }: MergeCandidate,
): Promise<ReadonlyMap<string, string>> {
  if (!changes.some(({ path }) => /(^|\/)\.gitattributes$/.test(path))) return new Map();
  const { gitDir } = shadow;
  const indexFile = `${gitDir}/rules-${commit}.index`;
  try {
    await git.run(["read-tree", "--end-of-options", commit], { gitDir, indexFile });
    const paths = changes.map(({ path }) => path);
    return await filteredPaths(git, { gitDir, indexFile, fromIndex: true }, paths);
  } finally {
    await files.removeFile(indexFile);
  }
}
