import type { Clock } from "../../ports/clock.ts";
import type { Files } from "../../ports/files.ts";
import type { Git, Shadow } from "../../ports/git.ts";
import type { Locks } from "../../ports/locks.ts";
import { failed, ok, type Result } from "../../util/result.ts";
import { toWorkspacePath } from "../../util/workspace-path.ts";
import { takeTurn, TurnLost } from "./apply-fence.ts";
import { listBackups, type Backup } from "./backups.ts";
import { listFiles } from "./describe-conflict.ts";
import { isSameState, readState } from "./file-state.ts";
import { recoverWorkspace } from "./recover-applies.ts";
import { isRefusal } from "./refusal.ts";
import { restoreOriginals } from "./restore-files.ts";

/** Whose apply is undone, in which workspace. */
export interface UndoRequest {
  readonly git: Git;
  readonly files: Files;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly shadow: Shadow;
  readonly executionId: string;
  readonly stateFolder: string;
}

/**
 * Gives every file that a run's last apply wrote its original bytes and permissions back, all of
 * them or none: a file that anybody has changed since keeps the whole from being undone, and is
 * named in the error. Gives the files restored.
 */
export async function undoApply(request: UndoRequest): Promise<Result<readonly string[], string>> {
  const { files, shadow, executionId, stateFolder } = request;
  const turn = await takeTurn(request);
  if (!turn.ok) return failed(turn.error);
  try {
    await recoverWorkspace(files, stateFolder, shadow.gitDir);
    const backups = await listBackups(files, stateFolder, executionId);
    const backup = backups.find((each) => each.state === "committed");
    if (!backup) return failed("there is nothing to undo");
    const shown = (paths: readonly string[]): string[] => paths.map((path) => toWorkspacePath(path, shadow.prefix));
    const changed = await changedSince(files, backup);
    if (changed.length > 0) return failed(`${listFiles(shown(changed))} changed since; nothing was undone`);
    await turn.value.check();
    const { files: restored, left } = await restoreOriginals(files, backup);
    if (left.length > 0) return failed(`${listFiles(shown(left))} changed in this moment and stayed as they are`);
    return ok(shown(restored));
  } catch (error) {
    if (error instanceof TurnLost || isRefusal(error))
      return failed(`${error.message}; what is left is restored at the next start`);
    throw error;
  } finally {
    await turn.value.release();
  }
}

async function changedSince(files: Files, { manifest }: Backup): Promise<readonly string[]> {
  const changed: string[] = [];
  const made = new Set(manifest.madeFolders.map(({ path }) => path));
  for (const entry of manifest.entries) {
    // Where a file was there may be a folder that was made for others; it goes, unless somebody has put more into it.
    const asMade =
      made.has(entry.path) && entry.new.kind === "absent" && (await holdsOnlyOurs(files, manifest, entry.path));
    const now = await readState(files, `${manifest.workTree}/${entry.path}`);
    if (!asMade && !isSameState(now, entry.new) && !isSameState(now, entry.old)) changed.push(entry.path);
  }
  return changed;
}

async function holdsOnlyOurs(files: Files, manifest: Backup["manifest"], folder: string): Promise<boolean> {
  const ours = new Set([...manifest.entries, ...manifest.madeFolders].map(({ path }) => path));
  const pending = [folder];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (!ours.has(path)) return false;
    const status = await files.status(`${manifest.workTree}/${path}`);
    if (status?.kind !== "folder") continue;
    for (const name of await files.list(`${manifest.workTree}/${path}`)) pending.push(`${path}/${name}`);
  }
  return true;
}
