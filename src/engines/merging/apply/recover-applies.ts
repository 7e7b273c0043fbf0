import type { Clock } from "../../../ports/clock.ts";
import type { Files } from "../../../ports/files.ts";
import type { Git } from "../../../ports/git.ts";
import type { Locks } from "../../../ports/locks.ts";
import { takeTurn } from "./apply-fence.ts";
import { unfinishedBackups, type Backup } from "./backups.ts";
import { isRefusal } from "../refusal.ts";
import { restoreOriginals } from "./restore-files.ts";

/** An apply whose process died in the middle, and what was made of it. */
export interface RecoveredApply {
  readonly executionId: string;
  readonly workTree: string;
  /** Paths that are again what they were before, relative to `workTree`. */
  readonly restored: readonly string[];
  /** Paths that are neither what they were nor what they should become; left alone. */
  readonly left: readonly string[];
  /** Why nothing could be done; it is tried again at the next start. */
  readonly problem?: string;
}

/**
 * Gives the user's files back their originals where a process died while it wrote to them. To be
 * called at the start of the program; workspaces that another process is writing to are left to it.
 */
export async function recoverApplies(request: {
  readonly git: Git;
  readonly files: Files;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly stateFolder: string;
}): Promise<readonly RecoveredApply[]> {
  const { files, stateFolder } = request;
  const unfinished = await unfinishedBackups(files, stateFolder);
  const recovered: RecoveredApply[] = [];
  for (const gitDir of new Set(unfinished.map((backup) => backup.manifest.gitDir))) {
    if ((await files.status(gitDir)) === undefined) continue;
    const turn = await turnToRecover({ ...request, shadow: { gitDir }, executionId: "recovery" });
    if (!turn?.ok) continue;
    try {
      recovered.push(...(await recoverWorkspace(files, stateFolder, gitDir)));
    } finally {
      await turn.value.release();
    }
  }
  return recovered;
}

/** The turn at a workspace; undefined where its fence cannot be moved now: what is unfinished there stays for the next time. */
async function turnToRecover(
  request: Parameters<typeof takeTurn>[0],
): Promise<Awaited<ReturnType<typeof takeTurn>> | undefined> {
  try {
    return await takeTurn(request);
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** As `recoverApplies`, for one workspace whose turn the caller has. */
export async function recoverWorkspace(
  files: Files,
  stateFolder: string,
  gitDir: string,
): Promise<readonly RecoveredApply[]> {
  const recovered: RecoveredApply[] = [];
  for (const backup of await unfinishedBackups(files, stateFolder)) {
    if (backup.manifest.gitDir === gitDir) recovered.push(await recover(files, backup));
  }
  return recovered;
}

async function recover(files: Files, backup: Backup): Promise<RecoveredApply> {
  const { executionId, workTree } = backup.manifest;
  try {
    const restored = await restoreOriginals(files, backup, { afterCrash: true });
    await files.removeTree(`${backup.folder}/new`);
    await files.removeFile(`${backup.folder}/new.index`);
    return { executionId, workTree, restored: restored.files, left: restored.left };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { executionId, workTree, restored: [], left: [], problem: error.message };
  }
}
