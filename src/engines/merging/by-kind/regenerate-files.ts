import type { Git, Shadow } from "../../../ports/git.ts";
import type { Regeneration } from "../../../schema/regeneration.ts";
import type { Result } from "../../../util/result.ts";
import { toWorkspacePath } from "../../../util/workspace-path.ts";
import { changedEntries } from "../changed-paths.ts";
import { foldResults, mergeCommit, type Fold } from "../fold-results.ts";
import { commandOf, ruleOf } from "./regeneration-rules.ts";
import { blobsAt, isPlainFile, replaceBlobs, type BlobAt } from "./replace-blobs.ts";

/** Makes files anew by commands; given from outside, because the merge itself runs no program. */
export interface Regenerator {
  readonly rules: readonly Regeneration[];
  /**
   * Runs the command of a rule in a folder with the files of a commit, and gives a commit of what the folder holds then.
   * The error, a sentence without a full stop, says why the files, relative to the workspace, have not been written.
   * The signal ends the command at once; its reason is a sentence without a full stop.
   */
  run(
    rule: Regeneration,
    commit: string,
    files: readonly string[],
    signal?: AbortSignal,
  ): Promise<Result<string, string>>;
}

/** Says that a rule's command has not made the files it should. */
export class NotRegenerated extends Error {
  readonly rule: Regeneration;
  readonly reason: string;

  constructor(rule: Regeneration, reason: string) {
    super(`'${commandOf(rule)}' did not do: ${reason}`);
    this.name = "NotRegenerated";
    this.rule = rule;
    this.reason = reason;
  }
}

/** Folds results as `foldResults` does, and has files made anew from the outcome. Throws `NotRegenerated`. */
export async function foldAndRegenerate(
  request: Parameters<typeof foldResults>[0] & { readonly regenerator?: Regenerator | undefined },
): Promise<Fold> {
  const fold = await foldResults(request);
  const { commit, made } = await regenerateFiles({ ...request, commit: fold.commit, paths: fold.remade });
  return { ...fold, commit, remade: made };
}

/** A merge commit in which files are to be made anew. */
interface Unfinished {
  readonly git: Git;
  readonly shadow: Shadow;
  /** What the results in the commit started from. */
  readonly base: string;
  readonly commit: string;
  /** What is to be made anew. */
  readonly paths: ReadonlySet<string>;
  readonly regenerator?: Regenerator | undefined;
}

/**
 * Has files made anew from a merge commit, by one run of each rule's command, and gives it with them, its parents the
 * same: what starts from it has the results in it for its parts, and nothing else. From what a command leaves, only files that its rule names and that results have changed are taken. Throws `NotRegenerated`.
 */
export async function regenerateFiles(
  unfinished: Unfinished,
): Promise<{ readonly commit: string; readonly made: ReadonlySet<string> }> {
  const { git, shadow, paths, regenerator } = unfinished;
  let { commit } = unfinished;
  const made = new Set(paths);
  if (paths.size === 0 || regenerator === undefined) return { commit, made };
  const { rules } = regenerator;
  const listed = await git.run(["rev-list", "--no-walk", "--parents", "--end-of-options", commit], {
    gitDir: shadow.gitDir,
  });
  const [, ...parents] = listed.text.trim().split(" ");
  const ruleAt = (path: string): Regeneration | undefined => ruleOf(rules, toWorkspacePath(path, shadow.prefix));
  for (const rule of rules) {
    const wanted = [...paths].filter((path) => ruleAt(path) === rule);
    if (wanted.length === 0) continue;
    const taken = await madeBy({ ...unfinished, commit }, regenerator, { rule, wanted, ruleAt });
    for (const path of taken.keys()) made.add(path);
    const tree = await replaceBlobs({ git, shadow }, `${commit}^{tree}`, taken);
    commit = await mergeCommit({ git, shadow }, { tree, parents, message: `Merge results and run ${commandOf(rule)}` });
  }
  return { commit, made };
}

/** What is taken of what a command has left. */
async function madeBy(
  { git, shadow, base, commit }: Unfinished,
  regenerator: Regenerator,
  what: {
    readonly rule: Regeneration;
    readonly wanted: readonly string[];
    readonly ruleAt: (path: string) => Regeneration | undefined;
  },
): Promise<ReadonlyMap<string, BlobAt>> {
  const { rule, wanted, ruleAt } = what;
  const shown = (path: string): string => toWorkspacePath(path, shadow.prefix);
  const left = await regenerator.run(rule, commit, wanted.map(shown));
  if (!left.ok) throw new NotRegenerated(rule, left.error);
  const merged = await changedEntries({ git, shadow, from: base, to: commit });
  const changed = new Set(merged.map(({ path }) => path));
  const touched = (await changedEntries({ git, shadow, from: commit, to: left.value })).filter(({ path }) =>
    changed.has(path),
  );
  // A file made from something else than what was merged would not be the merged results' file.
  const input = touched.find(({ path }) => !wanted.includes(path) && ruleAt(path) !== rule);
  if (input) throw new NotRegenerated(rule, `it changed ${shown(input.path)}, which it was to work from`);
  const own = [...new Set([...wanted, ...touched.map(({ path }) => path)])];
  const [before, after] = await Promise.all([commit, left.value].map((each) => blobsAt({ git, shadow }, each, own)));
  const taken = new Map<string, BlobAt>();
  for (const path of own) {
    const blob = after?.get(path);
    if (isPlainFile(blob) && before?.has(path)) taken.set(path, blob);
    else if (wanted.includes(path)) throw new NotRegenerated(rule, `it left no ordinary file at ${shown(path)}`);
  }
  return taken;
}
