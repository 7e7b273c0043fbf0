/** Finds where agents at work are about to contradict each other. */
import type { Files } from "../../../ports/files.ts";
import type { Git, Shadow } from "../../../ports/git.ts";
import { attributeFolder } from "../../merging/attribute-folder.ts";
import { changedPaths, type ChangedPath } from "../../merging/changed-paths.ts";
import { describeConflict, type ConflictDraft } from "../../merging/pairs/describe-conflict.ts";
import { mergePairs } from "../../merging/pairs/merge-tree.ts";
import type { LiveSide } from "../workspaces.ts";

/** Merges those of the pairs that share a path, and describes what does not merge. Writes nothing but objects. */
export async function findOverlaps(request: {
  readonly git: Git;
  readonly files: Files;
  readonly shadow: Shadow;
  readonly base: string;
  readonly sides: readonly LiveSide[];
  readonly pairs: readonly (readonly [LiveSide, LiveSide])[];
}): Promise<readonly ConflictDraft[]> {
  const { git, shadow, base, sides, pairs } = request;
  const comparisons = sides.map(({ commit }) => ({ from: base, to: commit }));
  const changes = await changedPaths({ git, shadow, comparisons });
  const changesOf = new Map(sides.map((side, index) => [side, changes[index] ?? []]));
  const known = (side: LiveSide): readonly ChangedPath[] => changesOf.get(side) ?? [];
  const meeting = pairs.filter(([left, right]) => sharePath(known(left), known(right)));
  if (meeting.length === 0) return [];
  const call = { git, shadow, attributeFolder: await attributeFolder(request) };
  const merges = await mergePairs({ ...call, pairs: meeting.map(([left, right]) => [left.commit, right.commit]) });
  const drafts: ConflictDraft[] = [];
  for (const [index, [left, right]] of meeting.entries()) {
    const merge = merges[index];
    // What cannot be read at this moment is judged when the agents have ended.
    if (merge?.status !== "conflict") continue;
    const described = { left: { ...left, changes: known(left) }, right: { ...right, changes: known(right) }, merge };
    drafts.push(await describeConflict({ git, shadow, ...described, detectionMethod: "live" }));
  }
  return drafts;
}

function sharePath(left: readonly ChangedPath[], right: readonly ChangedPath[]): boolean {
  const ids = new Map<string, string>();
  for (const { path, oldPath, newId } of left) {
    ids.set(path, newId);
    if (oldPath !== undefined) ids.set(oldPath, "");
  }
  return right.some(({ path, oldPath, newId }) => {
    const own = ids.get(path);
    return (own !== undefined && own !== newId) || (oldPath !== undefined && ids.has(oldPath));
  });
}
