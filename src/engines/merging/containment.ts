import type { Git, Shadow } from "../../ports/git.ts";
import { changedPaths, type ChangedPath } from "./changed-paths.ts";
import { fileHunks } from "./file-hunks.ts";
import { keepsChanges } from "./by-kind/merge-manifest.ts";
import { readBlobs } from "./read-blobs.ts";

/** Somebody's work that must be in the merged tree. */
export interface Contribution {
  readonly commit: string;
  /** What it changed since the base. */
  readonly changes: readonly ChangedPath[];
  /** Paths that somebody else has changed on top of it; their work is looked for instead. */
  readonly superseded: ReadonlySet<string>;
}

const ABSENT = "000000";

/**
 * Proves that a merged commit holds what was merged into it: every file that was deleted is gone,
 * every file that only one changed is theirs to the byte, and every run of lines that anybody
 * added to a shared file stands there in one piece. Gives, per contribution, the paths where that
 * does not hold.
 */
export async function lostWork(request: {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly base: string;
  readonly merged: string;
  readonly contributions: readonly Contribution[];
  /** Files that were merged key by key, whose lines say nothing: their keys are looked for. */
  readonly byKey?: ReadonlySet<string>;
}): Promise<readonly (readonly string[])[]> {
  const { git, shadow, base, merged, contributions, byKey } = request;
  const [final = []] = await changedPaths({ git, shadow, comparisons: [{ from: base, to: merged }] });
  const after = finalState(final);
  const look = async (contribution: Contribution): Promise<readonly string[]> => {
    const lost: string[] = [];
    const shared: ChangedPath[] = [];
    for (const change of contribution.changes) {
      if (contribution.superseded.has(change.path)) continue;
      const verdict = judgeWholeFile(change, after);
      if (verdict === "lost") lost.push(change.path);
      if (verdict === "shared") shared.push(change);
    }
    const lines = shared.filter(({ path }) => !byKey?.has(path));
    const keys = shared.filter(({ path }) => byKey?.has(path));
    return [
      ...lost,
      ...(await lostLines({ git, shadow, base, contribution, shared: lines, after })),
      ...(await lostKeys({ git, shadow, shared: keys, after })),
    ];
  };
  const lost: (readonly string[])[] = [];
  for (let from = 0; from < contributions.length; from += MAX_AT_ONCE) {
    lost.push(...(await Promise.all(contributions.slice(from, from + MAX_AT_ONCE).map(look))));
  }
  return lost;
}

/** Each holds the shared files it looks at in memory. */
const MAX_AT_ONCE = 4;

interface FinalState {
  /** What the merge changed, by the path it has now and by the one it had. */
  readonly byPath: ReadonlyMap<string, ChangedPath>;
  readonly byOldPath: ReadonlyMap<string, ChangedPath>;
}

function finalState(changes: readonly ChangedPath[]): FinalState {
  const renamed = changes.filter((change) => change.oldPath !== undefined);
  return {
    byPath: new Map(changes.map((change) => [change.path, change])),
    byOldPath: new Map(renamed.map((change) => [change.oldPath as string, change])),
  };
}

function judgeWholeFile(change: ChangedPath, after: FinalState): "kept" | "lost" | "shared" {
  const now = after.byPath.get(change.path);
  if (change.newMode === ABSENT) return now?.newMode === ABSENT || after.byOldPath.has(change.path) ? "kept" : "lost";
  if (now && now.newId === change.newId && now.newMode === change.newMode) return "kept";
  const there = now ?? after.byOldPath.get(change.path);
  if (!there || there.newMode === ABSENT) return "lost";
  // Links and submodules have no lines that could be shared.
  return isFile(change.newMode) && isFile(there.newMode) ? "shared" : "lost";
}

function isFile(mode: string): boolean {
  return mode.startsWith("100");
}

async function lostLines(request: {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly base: string;
  readonly contribution: Contribution;
  readonly shared: readonly ChangedPath[];
  readonly after: FinalState;
}): Promise<readonly string[]> {
  const { git, shadow, base, contribution, shared, after } = request;
  if (shared.length === 0) return [];
  const paths = shared.flatMap(({ path, oldPath }) => (oldPath === undefined ? [path] : [path, oldPath]));
  const hunks = await fileHunks({ git, shadow, from: base, to: contribution.commit, paths });
  const places = shared.map(({ path }) => after.byPath.get(path) ?? after.byOldPath.get(path));
  const blobs = await readBlobs({ git, shadow, ids: places.flatMap((place) => place?.newId ?? []) });
  return shared.flatMap(({ path, oldId, newId }, index) => {
    const own = hunks.get(path);
    const text = `\n${blobs.get(places[index]?.newId ?? "") ?? ""}`;
    // Only the mode was changed: the content is somebody else's.
    if (oldId === newId) return [];
    const complete = own !== undefined && !own.binary && own.hunks.every(({ added }) => text.includes(`\n${added}`));
    return complete ? [] : [path];
  });
}

/** Manifests in which something that was changed is not in the outcome. */
async function lostKeys(request: {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly shared: readonly ChangedPath[];
  readonly after: FinalState;
}): Promise<readonly string[]> {
  const { git, shadow, shared, after } = request;
  const places = shared.map((change) => ({ change, now: after.byPath.get(change.path)?.newId ?? "" }));
  const ids = places.flatMap(({ change, now }) => [change.oldId, change.newId, now]);
  const blobs = await readBlobs({ git, shadow, ids });
  return places.flatMap(({ change, now }) => {
    const [was = "{}", own = "", merged = ""] = [change.oldId, change.newId, now].map((id) => blobs.get(id));
    return keepsChanges(was, own, merged) ? [] : [change.path];
  });
}
