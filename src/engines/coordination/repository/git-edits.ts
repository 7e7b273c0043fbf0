/** Folders in which a person brings two results together by hand. */
import type { Files } from "../../../ports/files.ts";
import type { Git, Shadow } from "../../../ports/git.ts";
import { encodeId } from "../../../util/encode-id.ts";
import { failed, ok, type Result } from "../../../util/result.ts";
import { toWorkspacePath } from "../../../util/workspace-path.ts";
import type { Isolation } from "../../isolation/isolation.ts";
import { attributeFolder } from "../../merging/attribute-folder.ts";
import { mergeCommit } from "../../merging/fold-results.ts";
import { mergeTwo } from "../../merging/pairs/merge-tree.ts";
import { changesBetween } from "../../tracking/track-changes.ts";
import type { Collected, EditRequest, OpenEdit } from "../workspaces.ts";

interface Place extends EditRequest {
  readonly git: Git;
  readonly files: Files;
  readonly shadow: Shadow;
  readonly isolation: Isolation;
  readonly executionId: string;
  readonly base: string;
}

/** Files that are named at most. */
const MAX_NAMED = 50;

/** The name under which a run's edited folders are kept: apart from its agents', which go when agents have ended. */
export function editsOf(executionId: string): string {
  return `${executionId}.edits`;
}

/** Lays out what the two sides come to, with markers where they contradict each other. */
export async function openEdit(place: Place): Promise<Result<OpenEdit, string>> {
  const { git, shadow, isolation, executionId, conflictId, base, merged, held } = place;
  const call = { git, shadow, attributeFolder: await attributeFolder(place) };
  const [ours, theirs] = await namedSides(place);
  const merge = await mergeTwo(call, ours, theirs);
  if (merge.status === "unreadable") return failed(`the two sides cannot be laid out together: ${merge.reason}`);
  const parents = [merged ?? base, held];
  const start = await mergeCommit(call, { tree: merge.tree, parents, message: `To be edited for ${conflictId}` });
  const named = { shadow, executionId: editsOf(executionId), taskId: conflictId, attempt: 1 };
  const { folder } = await isolation.createWorkspace({ ...named, start });
  const paths = merge.status === "conflict" ? merge.paths : [];
  return ok({ folder, files: paths.slice(0, MAX_NAMED).map((path) => toWorkspacePath(path, shadow.prefix)) });
}

/** Records what is in the folder now; files in which markers are left keep it from being taken. */
export async function takeEdit(place: Place & { readonly folder: string }): Promise<Result<Collected, string>> {
  const { git, shadow, isolation, folder, base, merged, held } = place;
  const workspace = await isolation.workspaceAt(shadow, folder);
  if (!workspace) return failed(`the folder ${folder} is gone`);
  const captured = await isolation.captureWorkspace({ shadow, workspace });
  if (!captured.ok) return failed(captured.error.error);
  const { commit } = captured.value;
  const before = merged ?? base;
  const [now, ...sides] = await Promise.all([commit, before, held].map((each) => markedFiles(place, each)));
  const left = [...(now ?? [])].filter((path) => sides.every((side) => !side.has(path)));
  if (left.length > 0) {
    const shown = left.slice(0, 5).map((path) => toWorkspacePath(path, shadow.prefix));
    const more = left.length > shown.length ? ` and ${left.length - shown.length} more` : "";
    return failed(`conflict markers are left in ${shown.join(", ")}${more}`);
  }
  return ok({ commit, changes: await changesBetween({ git, shadow, from: before, to: commit }) });
}

/** Refs that say who each side is: git writes their names into the markers. */
async function namedSides(place: Place): Promise<readonly [string, string]> {
  const { git, shadow, executionId, conflictId, taskId, base, merged, held } = place;
  const parent = `refs/runs/${await encodeId(editsOf(executionId))}/${await encodeId(conflictId)}`;
  const ours = `${parent}/merged-results`;
  const theirs = `${parent}/task-${await encodeId(taskId)}`;
  const call = { gitDir: shadow.gitDir };
  await git.run(["update-ref", "--end-of-options", ours, merged ?? base], call);
  await git.run(["update-ref", "--end-of-options", theirs, held], call);
  return [ours, theirs];
}

/** Text files of a commit with a line that git's conflict markers begin or end with. */
async function markedFiles({ git, shadow }: Place, commit: string): Promise<ReadonlySet<string>> {
  const argv = ["grep", "-l", "-z", "-I", "-E", "-e", "^(<{7}|>{7}) ", commit, "--"];
  const answer = await git.run(argv, { gitDir: shadow.gitDir, answers: [1] });
  const paths = answer.text.split("\0").filter((line) => line !== "");
  return new Set(paths.map((line) => line.slice(commit.length + 1)));
}
