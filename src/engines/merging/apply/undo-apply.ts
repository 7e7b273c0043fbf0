import type { Clock } from "../../../ports/clock.ts";
import type { Files } from "../../../ports/files.ts";
import type { Git, Shadow } from "../../../ports/git.ts";
import type { Locks } from "../../../ports/locks.ts";
import { failed, ok, type Result } from "../../../util/result.ts";
import { toWorkspacePath } from "../../../util/workspace-path.ts";
import { awaitTurn, TurnLost, type TurnWait } from "./apply-fence.ts";
import { listBackups, type Backup } from "./backups.ts";
import { listFiles } from "../pairs/describe-conflict.ts";
import { isSameState, readState, type FileState } from "./file-state.ts";
import { recoverWorkspace } from "./recover-applies.ts";
import { isRefusal } from "../refusal.ts";
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
  /** How the wait for somebody else who writes is followed and ended. */
  readonly wait?: TurnWait;
}

/**
 * Gives every file that a run's applies wrote its original bytes and permissions back, all of
 * them or none: a file that anybody has changed since keeps the whole from being undone, and is
 * named in the error. Gives the files restored.
 */
export async function undoApply(request: UndoRequest): Promise<Result<readonly string[], string>> {
  const { files, shadow, executionId, stateFolder } = request;
  const turn = await awaitTurn(request);
  if (!turn.ok) return failed(turn.error);
  try {
    await recoverWorkspace(files, stateFolder, shadow.gitDir);
    const backups = await listBackups(files, stateFolder, executionId);
    const committed = backups.filter((each) => each.state === "committed");
    if (committed.length === 0) return failed("there is nothing to undo");
    const shown = (paths: Iterable<string>): string[] => [...paths].map((path) => toWorkspacePath(path, shadow.prefix));
    const changed = await changedSince(files, committed);
    if (changed.length > 0) return failed(`${listFiles(shown(changed))} changed since; nothing was undone`);
    const undone = new Set<string>();
    for (const backup of committed) {
      await turn.value.check();
      const { files: restored, left } = await restoreOriginals(files, backup);
      if (left.length > 0) return failed(`${listFiles(shown(left))} changed in this moment and stayed as they are`);
      for (const path of restored) undone.add(path);
    }
    return ok(shown([...undone].toSorted()));
  } catch (error) {
    if (error instanceof TurnLost || isRefusal(error))
      return failed(`${error.message}; what is left is restored at the next start`);
    throw error;
  } finally {
    await turn.value.release();
  }
}

/** Paths that are not what the applies, newest first, made of them one after the other. */
async function changedSince(files: Files, backups: readonly Backup[]): Promise<readonly string[]> {
  const changed = new Set<string>();
  const states = new Map<string, FileState>();
  const ours = new Set(
    backups.flatMap(({ manifest }) => [...manifest.entries, ...manifest.madeFolders].map(({ path }) => path)),
  );
  for (const { manifest } of backups) {
    const made = new Set(manifest.madeFolders.map(({ path }) => path));
    for (const { path, old, new: wanted } of manifest.entries) {
      const full = `${manifest.workTree}/${path}`;
      const now = states.get(path) ?? (await readState(files, full));
      // Where a file was there may be a folder that was made for others; it goes, unless somebody has put more into it.
      const asMade = made.has(path) && wanted.kind === "absent" && (await holdsOnly(ours, files, manifest, path));
      if (!asMade && !isSameState(now, wanted) && !isSameState(now, old)) changed.add(path);
      states.set(path, old);
    }
  }
  return [...changed];
}

async function holdsOnly(
  ours: ReadonlySet<string>,
  files: Files,
  { workTree }: Backup["manifest"],
  folder: string,
): Promise<boolean> {
  const pending = [folder];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (!ours.has(path)) return false;
    const status = await files.status(`${workTree}/${path}`);
    if (status?.kind !== "folder") continue;
    for (const name of await files.list(`${workTree}/${path}`)) pending.push(`${path}/${name}`);
  }
  return true;
}
