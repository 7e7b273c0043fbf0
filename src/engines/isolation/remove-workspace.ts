import type { Files } from "../../ports/files.ts";
import type { Git, Shadow } from "../../ports/git.ts";
import { captureWorkspace } from "./capture-workspace.ts";
import { readRef } from "./run-refs.ts";
import { markerFile, ownFolder, readWorkspace, runFolder, workspaceRef, type TaskWorkspace } from "./task-workspace.ts";

interface Removal {
  readonly files: Files;
  readonly git: Git;
  readonly shadow: Shadow;
}

/**
 * Removes a workspace that this program made and whose files are kept as a snapshot, taking that
 * snapshot if there is none; gives false, and leaves everything, where that is not so. `forget` keeps none.
 */
export async function removeWorkspace(
  removal: Removal & { readonly workspace: TaskWorkspace; readonly forget?: boolean },
): Promise<boolean> {
  const { files, git, shadow, workspace, forget } = removal;
  const { root } = workspace;
  const made = await readWorkspace(files, root);
  if (made?.executionId !== workspace.executionId) return false;
  if (forget !== true && (await readRef(git, shadow, await workspaceRef(workspace))) === undefined) {
    const isThere = (await files.status(root)) !== undefined;
    if (isThere && !(await captureWorkspace(removal)).ok) return false;
  }
  await removeBoth(files, root);
  return true;
}

/** The marker goes last, so that a removal cut short can be taken up again. */
async function removeBoth(files: Files, root: string): Promise<void> {
  await files.removeTree(root);
  await files.removeTree(ownFolder(root));
}

/**
 * Removes all workspaces of a run, and gives the number. Those not yet kept are kept first, unless
 * `forget` says that the whole run is to be deleted.
 */
export async function removeRunWorkspaces(
  removal: Removal & { readonly cacheFolder: string; readonly executionId: string; readonly forget?: boolean },
): Promise<number> {
  const { files, git, shadow, cacheFolder, executionId, forget } = removal;
  const named = await runFolder(cacheFolder, executionId);
  const folder = await files.realPath(named);
  if (folder === undefined) return 0;
  let removed = 0;
  for (const name of await files.list(folder)) {
    if (!name.endsWith(".own")) continue;
    const root = `${folder}/${name.slice(0, -".own".length)}`;
    if (await removeOne({ files, git, shadow, root, forget: forget === true })) removed += 1;
  }
  await files.removeEmptyFolder(folder);
  return removed;
}

async function removeOne(removal: Removal & { readonly root: string; readonly forget: boolean }): Promise<boolean> {
  const { files, root, forget } = removal;
  const workspace = await readWorkspace(files, root);
  if (workspace !== undefined && !forget) return removeWorkspace({ ...removal, workspace });
  // Without a marker its making was cut short before any agent could work in it. A marker that
  // cannot be read proves nothing: what it belongs to stays.
  const cutShort =
    (await files.status(markerFile(root))) === undefined &&
    (await files.status(`${ownFolder(root)}/claimed`)) !== undefined;
  const isOurs = workspace !== undefined || cutShort;
  if (isOurs) await removeBoth(files, root);
  return isOurs;
}
