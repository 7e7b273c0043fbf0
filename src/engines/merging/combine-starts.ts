import type { Files } from "../../ports/files.ts";
import type { Git, Shadow } from "../../ports/git.ts";
import { toWorkspacePath } from "../../util/workspace-path.ts";
import { failed, ok, type Result } from "../../util/result.ts";
import { attributeFolder } from "./attribute-folder.ts";
import { mergeCommit } from "./fold-results.ts";
import { mergeTwoByKind } from "./by-kind/merge-by-kind.ts";
import { NotRegenerated, regenerateFiles, type Regenerator } from "./by-kind/regenerate-files.ts";
import { namedByRules } from "./by-kind/regeneration-rules.ts";
import type { MergeTreeCall } from "./pairs/merge-tree.ts";

/** Why several results cannot be the start of one task. */
export interface CombineFailure {
  /** Paths in conflict, relative to the workspace. */
  readonly paths: readonly string[];
  /** The commits that do not merge: one of those before, and the one that could not be added. */
  readonly between: readonly [string, string];
  readonly reason: string;
}

/**
 * Makes the commit a task starts from out of the results it depends on: the base without any, the
 * one result itself, or all of them merged in the order given, with real merge commits, so that
 * later merges know what both sides have in common. Kept under `ref` when something was made.
 */
export async function combineCommits(request: {
  readonly git: Git;
  readonly files: Files;
  readonly shadow: Shadow;
  readonly base: string;
  readonly commits: readonly string[];
  readonly ref: string;
  /** Makes files anew that a program makes, where only they keep the commits from being combined. */
  readonly regenerator?: Regenerator | undefined;
}): Promise<Result<string, CombineFailure>> {
  const { git, shadow, base, ref } = request;
  const [first = base, ...others] = [...new Set(request.commits)];
  if (others.length === 0) return ok(first);
  const { regenerator } = request;
  const remakes = namedByRules(regenerator?.rules ?? [], shadow.prefix);
  const call = { git, shadow, attributeFolder: await attributeFolder(request), remakes };
  const remade = new Set<string>();
  let current = first;
  const combined = [first];
  for (const commit of others) {
    if (await isAncestor(git, shadow, commit, current)) continue;
    if (await isAncestor(git, shadow, current, commit)) {
      current = commit;
      combined.push(commit);
      continue;
    }
    const merge = await mergeTwoByKind(call, current, commit);
    if (merge.status !== "clean") {
      const paths = merge.status === "conflict" ? merge.paths.map((path) => toWorkspacePath(path, shadow.prefix)) : [];
      const reason = merge.status === "unreadable" ? merge.reason : `both change ${paths.slice(0, 3).join(", ")}`;
      return failed({ paths, between: [await rivalOf(call, combined, commit), commit], reason });
    }
    for (const path of merge.remade ?? []) remade.add(path);
    current = await mergeCommit(call, {
      tree: merge.tree,
      parents: [current, commit],
      message: "Combine dependencies",
    });
    combined.push(commit);
  }
  const made = await regenerated({ git, shadow, base, commit: current, paths: remade, regenerator });
  if (!made.ok) return failed({ ...made.error, between: [first, others.at(-1) ?? first] });
  current = made.value;
  await git.run(["update-ref", "--end-of-options", ref, current], { gitDir: shadow.gitDir });
  return ok(current);
}

async function regenerated(
  unfinished: Parameters<typeof regenerateFiles>[0],
): Promise<Result<string, Pick<CombineFailure, "paths" | "reason">>> {
  try {
    return ok((await regenerateFiles(unfinished)).commit);
  } catch (error) {
    if (!(error instanceof NotRegenerated)) throw error;
    const paths = [...unfinished.paths].map((path) => toWorkspacePath(path, unfinished.shadow.prefix));
    return failed({ paths, reason: `both change ${paths.slice(0, 3).join(", ")}, and ${error.message}` });
  }
}

/** Which of the commits combined so far is the one that does not merge; the first one when only all of them together do not. */
async function rivalOf(call: MergeTreeCall, combined: readonly string[], commit: string): Promise<string> {
  for (const each of combined) if ((await mergeTwoByKind(call, each, commit)).status !== "clean") return each;
  return combined[0] as string;
}

async function isAncestor(git: Git, shadow: Shadow, ancestor: string, commit: string): Promise<boolean> {
  const argv = ["merge-base", "--is-ancestor", "--end-of-options", ancestor, commit];
  return (await git.run(argv, { gitDir: shadow.gitDir, answers: [1] })).exitCode === 0;
}
