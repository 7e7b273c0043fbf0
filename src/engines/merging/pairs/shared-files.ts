import type { Git, Shadow } from "../../../ports/git.ts";
import { newLinesOf } from "../../../schema/line-overlap.ts";
import { mergeOptions } from "../../../schema/resolution-options.ts";
import { toWorkspacePath } from "../../../util/workspace-path.ts";
import { kindOf } from "../by-kind/file-kinds.ts";
import { fileHunks, type FileHunks } from "../file-hunks.ts";
import type { ConflictDraft } from "./describe-conflict.ts";
import type { MergeCandidate } from "../merge-candidate.ts";
import type { MeetingPair } from "./meeting-pairs.ts";

/** Results whose lines are looked up for the listing; beyond it, files are listed without lines. */
const MAX_LOOKED_UP = 200;
const MAX_PLACES_PER_AGENT = 10;
const MAX_LISTED_FILES = 500;

/** Lists the files that several results changed and that merge by themselves, one entry a file. */
export async function describeSharedFiles(request: {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly base: string;
  readonly candidates: readonly MergeCandidate[];
  /** Pairs that merge. */
  readonly pairs: readonly MeetingPair[];
  /** Paths that the rule of their kind merged. */
  readonly settled: ReadonlySet<string>;
}): Promise<readonly ConflictDraft[]> {
  const { git, shadow, base, pairs, settled } = request;
  const changeOf = changeFinder();
  const byId = new Map(request.candidates.map((candidate) => [candidate.taskId, candidate]));
  const sharers = new Map<string, Set<MergeCandidate>>();
  for (const { left, right, shared } of pairs) {
    for (const path of shared) {
      const both = [left, right].filter((candidate) => hasOwnChange(candidate, path, changeOf, byId));
      if (both.length < 2) continue;
      const known = sharers.get(path) ?? new Set();
      sharers.set(path, known.add(left).add(right));
    }
  }
  const listed = [...sharers].slice(0, MAX_LISTED_FILES);
  const hunks = new Map<MergeCandidate, ReadonlyMap<string, FileHunks>>();
  const everybody = new Set(listed.flatMap(([, candidates]) => [...candidates]));
  for (const candidate of [...everybody].slice(0, MAX_LOOKED_UP)) {
    const paths = listed.flatMap(([path, candidates]) =>
      candidates.has(candidate) ? pathsOf(candidate, path, changeOf) : [],
    );
    hunks.set(candidate, await fileHunks({ git, shadow, from: base, to: candidate.commit, paths }));
  }
  return listed.map(([path, candidates]) => ({
    ...describe(toWorkspacePath(path, shadow.prefix), [...candidates], (candidate) =>
      hunks.get(candidate)?.get(changeOf(candidate, path)?.path ?? path),
    ),
    ...(settled.has(path) ? { detectionMethod: methodOf(path) } : {}),
  }));
}

function methodOf(path: string): string {
  return kindOf(path) === "manifest" ? "git merge, then JSON by key" : "git merge, then insertions one after the other";
}

/** Finds what a result did to a path. */
type ChangeFinder = (candidate: MergeCandidate, path: string) => MergeCandidate["changes"][number] | undefined;

function changeFinder(): ChangeFinder {
  const indexes = new Map<MergeCandidate, Map<string, MergeCandidate["changes"][number]>>();
  return (candidate, path) => {
    let index = indexes.get(candidate);
    if (!index) {
      index = new Map();
      for (const change of candidate.changes) {
        if (change.oldPath !== undefined) index.set(change.oldPath, change);
        index.set(change.path, change);
      }
      indexes.set(candidate, index);
    }
    return index.get(path);
  };
}

/** Whether the result changed the file itself, and did not only inherit the change. */
function hasOwnChange(
  candidate: MergeCandidate,
  path: string,
  changeOf: ChangeFinder,
  byId: ReadonlyMap<string, MergeCandidate>,
): boolean {
  const own = changeOf(candidate, path);
  return [...candidate.ancestors].every((id) => {
    const ancestor = byId.get(id);
    return ancestor === undefined || changeOf(ancestor, path)?.newId !== own?.newId;
  });
}

function pathsOf(candidate: MergeCandidate, path: string, changeOf: ChangeFinder): readonly string[] {
  const change = changeOf(candidate, path);
  return change?.oldPath === undefined ? [path] : [change.path, change.oldPath];
}

function describe(
  file: string,
  candidates: readonly MergeCandidate[],
  hunksOf: (candidate: MergeCandidate) => FileHunks | undefined,
): ConflictDraft {
  const tasks = candidates.map((candidate) => candidate.taskId);
  return {
    type: "file-level",
    severity: "low",
    agents: [...new Set(candidates.map((candidate) => candidate.agentId))],
    tasks,
    description: `${tasks.length} tasks change ${file}, and their changes merge by themselves.`,
    affectedResources: [file],
    detectionMethod: "git merge",
    locations: candidates.flatMap((candidate) => {
      const { agentId } = candidate;
      return (hunksOf(candidate)?.hunks ?? [])
        .slice(0, MAX_PLACES_PER_AGENT)
        .map((hunk) => ({ file, ...newLinesOf(hunk), agentId }));
    }),
    confidence: 1,
    resolutionOptions: mergeOptions(`Merge the changes of ${file}; no line is lost`),
  };
}
