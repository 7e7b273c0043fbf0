import type { Clock } from "../../../ports/clock.ts";
import type { Files } from "../../../ports/files.ts";
import type { Git, Shadow } from "../../../ports/git.ts";
import type { Locks } from "../../../ports/locks.ts";
import type { Snapshots } from "../../../ports/snapshots.ts";
import type { Conflict } from "../../../schema/conflict.ts";
import { encodeId } from "../../../util/encode-id.ts";
import { toWorkspacePath } from "../../../util/workspace-path.ts";
import { awaitTurn, TurnLost, type ApplyTurn, type TurnWait } from "./apply-fence.ts";
import { beginBackup, makeBackupFolder, setState } from "./backups.ts";
import { changedEntries, type ChangedPath } from "../changed-paths.ts";
import { listFiles } from "../pairs/describe-conflict.ts";
import { heldNames, heldPaths } from "./held-paths.ts";
import { isRefusal } from "../refusal.ts";
import { keepOriginals, layOutNewFiles, writeNewFiles } from "./plan-apply.ts";
import { recoverApplies, recoverWorkspace } from "./recover-applies.ts";
import { restoreOriginals } from "./restore-files.ts";
import { mergeWithUser } from "./user-merge.ts";

/** What is applied to which workspace, and where the originals are kept. */
export interface ApplyRequest {
  readonly git: Git;
  readonly files: Files;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly snapshots: Snapshots;
  readonly shadow: Shadow;
  readonly executionId: string;
  /** What the run started from. */
  readonly base: string;
  /** What the run has merged. */
  readonly commit: string;
  /** Folder in which this program keeps things. */
  readonly stateFolder: string;
  /** How the wait for somebody else who writes is followed and ended. */
  readonly wait?: TurnWait;
}

/** What came of writing results into the user's files. */
export interface ApplyOutcome {
  /** All of it was written, or, if false, nothing. */
  readonly applied: boolean;
  /** Files that were written or deleted, relative to the workspace. */
  readonly files: readonly string[];
  /** Id under which it can be undone; absent when nothing had to be written. */
  readonly undo?: string;
  /** Why nothing was written. */
  readonly reason?: string;
  readonly conflicts: readonly Conflict[];
}

/**
 * Writes what a run has merged into the user's files, all of it or nothing, together with whatever
 * the user has changed meanwhile. Waits its turn while somebody else writes to the same workspace. The original bytes and permissions of every path are on disk
 * before the first is written. The user's index, HEAD, refs and stash stay as they are; nothing is
 * committed, and nothing is run on the result.
 */
export async function applyMerged(request: ApplyRequest): Promise<ApplyOutcome> {
  const turn = await awaitTurn(request);
  if (!turn.ok) return nothing(turn.error);
  try {
    await recoverWorkspace(request.files, request.stateFolder, request.shadow.gitDir);
    return await applyInTurn(request, turn.value);
  } catch (error) {
    if (error instanceof TurnLost) {
      await turn.value.release();
      // Whoever has the turn now restores the files before anything else; if it is nobody, we do.
      await recoverApplies(request);
      return nothing(error.message);
    }
    // What the environment refused before anything was written.
    if (isRefusal(error)) return nothing(error.message);
    throw error;
  } finally {
    await turn.value.release();
  }
}

function nothing(reason: string, conflicts: readonly Conflict[] = []): ApplyOutcome {
  return { applied: false, files: [], reason, conflicts };
}

async function applyInTurn(request: ApplyRequest, turn: ApplyTurn): Promise<ApplyOutcome> {
  const { git, files, shadow, snapshots, executionId, stateFolder } = request;
  const ref = `refs/runs/${await encodeId(executionId)}/before-apply`;
  const message = `Before applying ${executionId}`;
  const user = await snapshots.take({ shadow, parent: request.base, message, ref });
  const target = await mergeWithUser({ ...request, user });
  if (!target.ok) return nothing(target.error.reason, target.error.conflicts);
  const entries = await changedEntries({ git, shadow, from: user.tree, to: target.value });
  if (entries.length === 0) return { applied: true, files: [], conflicts: [] };

  const [unnamable] = heldNames(entries, shadow.prefix);
  if (unnamable) return nothing(`${toWorkspacePath(unnamable.path, shadow.prefix)} ${unnamable.reason}`);

  const backupFolder = await makeBackupFolder(files, stateFolder, executionId);
  const newFolder = `${backupFolder}/new`;
  try {
    await files.makeFolder(newFolder);
    await layOutNewFiles({ git, shadow, tree: target.value, entries, folder: newFolder });
    return await writeInto({ request, turn, entries, backupFolder, newFolder });
  } finally {
    await tidyUp(files, newFolder);
  }
}

/** Removes the laid out files; what cannot be removed is our own, and changes nothing of the outcome. */
async function tidyUp(files: Files, newFolder: string): Promise<void> {
  try {
    await files.removeTree(newFolder);
    await files.removeFile(`${newFolder}.index`);
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

async function writeInto(what: {
  readonly request: ApplyRequest;
  readonly turn: ApplyTurn;
  readonly entries: readonly ChangedPath[];
  readonly backupFolder: string;
  readonly newFolder: string;
}): Promise<ApplyOutcome> {
  const { request, turn, entries, backupFolder, newFolder } = what;
  const { files, shadow, executionId } = request;
  const shown = (path: string): string => toWorkspacePath(path, shadow.prefix);
  const [held, ...moreHeld] = await heldPaths({ ...request, entries, folder: newFolder });
  if (held) {
    const more =
      moreHeld.length > 0
        ? `, and ${moreHeld.length} more: ${listFiles(moreHeld.map((each) => shown(each.path)))}`
        : "";
    return nothing(`${shown(held.path)} ${held.reason}${more}`);
  }
  const { manifest, moved } = await keepOriginals({ ...request, entries, newFolder, backupFolder });
  if (moved.length > 0) return nothing(`${listFiles(moved.map(shown))} changed in this moment; apply again`);
  await turn.check();
  await beginBackup(files, backupFolder, manifest);
  const undone = async (reason: string): Promise<ApplyOutcome> => {
    try {
      const { left } = await restoreOriginals(files, { folder: backupFolder, manifest });
      const rest = left.length > 0 ? `, but for ${listFiles(left.map(shown))}, which somebody changed meanwhile` : "";
      return nothing(`${reason}; all is as it was${rest}`);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return nothing(
        `${reason}, nor restored (${error.message}); the originals are kept in ${backupFolder} and restored at the next start`,
      );
    }
  };
  try {
    const changed = await writeNewFiles({ files, manifest, newFolder, beforeEach: turn.check });
    if (changed !== undefined) return await undone(`${shown(changed)} changed in this moment; apply again`);
    await turn.check();
    await setState(files, backupFolder, "committed");
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return await undone(`the files could not be written (${error.message})`);
  }
  return { applied: true, files: entries.map((entry) => shown(entry.path)), undo: executionId, conflicts: [] };
}
