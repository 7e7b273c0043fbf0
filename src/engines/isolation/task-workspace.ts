import type { Files } from "../../ports/files.ts";
import { parseWorkspaceMarker, type WorkspaceMarker } from "../../schema/workspace-marker.ts";
import { encodeId } from "../../util/encode-id.ts";
import { attemptRef } from "./run-refs.ts";

/** A work tree of its own for one attempt at one task. */
export interface TaskWorkspace extends WorkspaceMarker {
  /** Folder beside `root` for what belongs to the workspace and no agent has business with. */
  readonly own: string;
  /** Index as it was after the checkout; captures start from copies of it. */
  readonly captureIndex: string;
}

/** The folder that holds the workspaces of all runs. */
export function workspacesFolder(cacheFolder: string): string {
  return `${cacheFolder}/workspaces`;
}

/** The folder that holds all workspaces of a run. */
export async function runFolder(cacheFolder: string, executionId: string): Promise<string> {
  return `${workspacesFolder(cacheFolder)}/${await encodeId(executionId)}`;
}

/** Name of the folder beside a workspace's root. */
export function ownFolder(root: string): string {
  return `${root}.own`;
}

/** File that proves that this program made the workspace. */
export function markerFile(root: string): string {
  return `${ownFolder(root)}/workspace.json`;
}

/** What the marker of a workspace says. */
export function renderMarker(workspace: TaskWorkspace): string {
  const { executionId, taskId, attempt, repeat, start, folder, root } = workspace;
  const marker: WorkspaceMarker = { executionId, taskId, attempt, repeat, start, folder, root };
  return `${JSON.stringify(marker, undefined, 2)}\n`;
}

/** Completes what a marker says to a workspace. */
export function workspaceOf(marker: WorkspaceMarker): TaskWorkspace {
  const own = ownFolder(marker.root);
  return { ...marker, own, captureIndex: `${own}/start.index` };
}

/** Name of the ref of what was left in a workspace. */
export async function workspaceRef(workspace: WorkspaceMarker): Promise<string> {
  const ref = await attemptRef(workspace);
  return workspace.repeat === 1 ? ref : `${ref}-${workspace.repeat}`;
}

/** The workspace at a root, or undefined when this program did not make it, or its marker is damaged. */
export async function readWorkspace(files: Files, root: string): Promise<TaskWorkspace | undefined> {
  const text = await files.readText(markerFile(root));
  const marker = text === undefined ? undefined : parseWorkspaceMarker(text);
  return marker?.root === root ? workspaceOf(marker) : undefined;
}

/** The workspace whose folder this is: its root, or the part of it that the user's workspace is in the repository. */
export async function workspaceHolding(
  files: Files,
  { folder, prefix }: { readonly folder: string; readonly prefix: string },
): Promise<TaskWorkspace | undefined> {
  const below = prefix === "" ? "" : `/${prefix.slice(0, -1)}`;
  if (!folder.endsWith(below)) return undefined;
  return readWorkspace(files, folder.slice(0, folder.length - below.length));
}
