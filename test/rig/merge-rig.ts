/**
 * A workspace with real git, the isolation engine and results of tasks, as the merge finds them at the end of a run:
 * `await using rig = await openMergeRig(files)`.
 */
import { join } from "node:path";
import { regeneratorOf } from "../../src/engines/coordination/repository/git-regeneration.ts";
import { meaningJudges } from "../../src/engines/coordination/meaning/meaning-of-results.ts";
import { openIsolation, type Isolation } from "../../src/engines/isolation/isolation.ts";
import type { RunProgram } from "../../src/engines/coordination/workspaces.ts";
import type { MergeInput } from "../../src/engines/merging/merge-candidate.ts";
import { mergeAndRegenerate } from "../../src/engines/merging/merge-and-regenerate.ts";
import type { MergeOutcome } from "../../src/engines/merging/merge-results.ts";
import { gitCli } from "../../src/platform/git-cli.ts";
import { nodeFiles } from "../../src/platform/node-files.ts";
import type { CodeReader } from "../../src/ports/code-reader.ts";
import type { Files } from "../../src/ports/files.ts";
import type { Regeneration } from "../../src/schema/regeneration.ts";
import type { Git, Shadow } from "../../src/ports/git.ts";
import {
  makeRepository,
  openRepository,
  runGitAsOwner,
  temporaryFolder,
  writeFiles,
  type FileContent,
  type TestRepository,
} from "./git-rig.ts";

/** Everything a merge needs. */
export interface MergeRig extends AsyncDisposable {
  readonly repository: TestRepository;
  readonly git: Git;
  readonly files: Files;
  readonly isolation: Isolation;
  readonly shadow: Shadow;
  readonly base: string;
  readonly stateFolder: string;
  /** Lets an agent edit files in a workspace of its own, from the base or from `start`, and keeps the result. */
  task(taskId: string, edits: Readonly<Record<string, FileContent>>, more?: TaskMore): Promise<MergeInput>;
  merge(
    results: readonly MergeInput[],
    heldBefore?: readonly { taskId: string; reason: string }[],
  ): Promise<MergeOutcome>;
  /** A file of a commit in the shadow. */
  show(commit: string | undefined, path: string): Promise<string>;
}

/** What a task may say besides its edits. */
export interface TaskMore {
  readonly start?: string;
  readonly needs?: readonly string[];
  readonly priority?: number;
}

/** Where the workspace is: in a repository, a folder without git, or below the repository's root. */
export interface MergeRigOptions {
  readonly withoutGit?: boolean;
  readonly below?: string;
  /** Changes of the user's that are not committed. */
  readonly uncommitted?: Readonly<Record<string, FileContent>>;
  /** Reads code, so that the meaning of results is judged as well. */
  readonly code?: CodeReader;
  /** Files that commands make anew, and what runs these. */
  readonly regenerate?: readonly Regeneration[];
  readonly runProgram?: RunProgram;
}

/** Makes a workspace with these files and captures its base. */
export async function openMergeRig(
  content: Readonly<Record<string, FileContent>>,
  options: MergeRigOptions = {},
): Promise<MergeRig> {
  const repository = options.withoutGit ? await plainFolder(content) : await makeRepository(content);
  if (options.uncommitted) await repository.write(options.uncommitted);
  const git = gitCli();
  const files = nodeFiles();
  const stateFolder = join(repository.scratch, "state");
  const cacheFolder = join(repository.scratch, "cache");
  const isolation = openIsolation({
    files,
    git,
    homeFolder: join(repository.scratch, "home"),
    stateFolder,
    cacheFolder,
    userGitConfigFolder: join(repository.scratch, "home"),
  });
  const place = await isolation.checkWorkspace(join(repository.root, options.below ?? ""));
  if (!place.ok) throw new Error(place.error.error);
  const shadow = await isolation.openShadow(place.value);
  const base = await isolation.captureBase({ shadow, executionId: "run-1" });
  let order = 0;
  return {
    repository,
    git,
    files,
    isolation,
    shadow,
    base,
    stateFolder,
    async task(taskId, edits, more = {}) {
      order += 1;
      const key = { executionId: "run-1", taskId, attempt: 1 };
      const workspace = await isolation.createWorkspace({ ...key, shadow, start: more.start ?? base });
      await writeFiles(workspace.folder, edits);
      const captured = await isolation.captureWorkspace({ shadow, workspace });
      if (!captured.ok) throw new Error(captured.error.error);
      const { commit } = captured.value;
      return {
        taskId,
        agentId: `agent-${order}`,
        commit,
        needs: more.needs ?? [],
        priority: more.priority ?? 0,
        order,
      };
    },
    merge: (results, heldBefore = []) =>
      mergeAndRegenerate({
        ...{ git, files, shadow, executionId: "run-1", base, results, heldBefore },
        judgeMeaning: options.code && meaningJudges(git, options.code)(shadow),
        regenerator: regeneratorOf(
          { git, files, isolation, shadow, ...(options.runProgram && { runProgram: options.runProgram }) },
          { executionId: "run-1", regenerate: [...(options.regenerate ?? [])] },
        ),
      }),
    show: (commit, path) =>
      runGitAsOwner(shadow.gitDir, ["--git-dir=.", "cat-file", "blob", `${commit ?? ""}:${path}`]),
    [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
  };
}

async function plainFolder(content: Readonly<Record<string, FileContent>>): Promise<TestRepository> {
  const folder = await temporaryFolder();
  const root = join(folder.path, "folder");
  await writeFiles(root, content);
  return openRepository(root, folder);
}

/** Thirty lines, some replaced. */
export function lines(replaced: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: 30 }, (_, index) => `${replaced[index + 1] ?? `line ${index + 1}`}\n`).join("");
}

/** Lets one task edit and merges it. */
export async function merged(rig: MergeRig, edits: Readonly<Record<string, FileContent>>): Promise<string> {
  const outcome = await rig.merge([await rig.task("t1", edits)]);
  if (outcome.commit === undefined) throw new Error("nothing was merged");
  return outcome.commit;
}
