import { mergeOptions } from "../../../schema/resolution-options.ts";
import { toWorkspacePath } from "../../../util/workspace-path.ts";
import type { ConflictDraft } from "./describe-conflict.ts";
import type { MergeCandidate } from "../merge-candidate.ts";
import { customDrivers } from "./merge-drivers.ts";
import type { MergeTreeCall } from "./merge-tree.ts";

/** Two that merge, the files that both changed, and names that are one where case is ignored. */
export interface CleanPair {
  readonly left: MergeCandidate;
  readonly right: MergeCandidate;
  readonly paths: readonly string[];
  readonly lookalikes: readonly (readonly [string, string])[];
}

const MAX_LISTED_FILES = 500;

/** Lists the files that several changed and that merge by themselves, one entry a file. */
export async function listMergedFiles(
  call: MergeTreeCall & { readonly pairs: readonly CleanPair[] },
): Promise<readonly ConflictDraft[]> {
  const sharers = new Map<string, Set<MergeCandidate>>();
  for (const { left, right, paths } of call.pairs) {
    for (const path of paths) sharers.set(path, (sharers.get(path) ?? new Set()).add(left).add(right));
  }
  const listed = [...sharers].slice(0, MAX_LISTED_FILES);
  const drivers = await customDrivers(
    call,
    listed.map(([path]) => path),
  );
  const lookalikes = call.pairs.flatMap((pair) =>
    pair.lookalikes.map((names) => describeLookalikes(pair, names, call)),
  );
  const merged = listed.map(([path, heads]): ConflictDraft => {
    const file = toWorkspacePath(path, call.shadow.prefix);
    const driver = drivers.get(path);
    const note = driver === undefined ? "" : ` The merge driver '${driver}' named for it was not run.`;
    const agents = [...new Set([...heads].map(({ agentId }) => agentId))];
    return {
      type: "file-level",
      severity: "low",
      agents,
      tasks: [...heads].map(({ taskId }) => taskId),
      description: `${heads.size} heads change ${file}, and their changes merge by themselves.${note}`,
      affectedResources: [file],
      detectionMethod: "git merge",
      locations: agents.map((agentId) => ({ file, startLine: 0, endLine: 0, agentId })),
      confidence: driver === undefined ? 1 : 0.5,
      resolutionOptions: mergeOptions(`Merge the changes of ${file}; no line is lost`),
    };
  });
  return [...merged, ...lookalikes.slice(0, MAX_LISTED_FILES)];
}

function describeLookalikes(
  { left, right }: CleanPair,
  paths: readonly string[],
  { shadow }: MergeTreeCall,
): ConflictDraft {
  const names = paths.map((path) => toWorkspacePath(path, shadow.prefix));
  const heads = [left, right];
  return {
    type: "file-level",
    severity: "low",
    agents: heads.map(({ agentId }) => agentId),
    tasks: heads.map(({ taskId }) => taskId),
    description: `'${left.taskId}' and '${right.taskId}' use names that are one file where case is ignored: ${names.join(" and ")}.`,
    affectedResources: names,
    detectionMethod: "file names",
    locations: names.map((file, index) => ({ file, startLine: 0, endLine: 0, agentId: heads[index]?.agentId ?? "" })),
    confidence: 1,
    resolutionOptions: mergeOptions("Keep both files where the file system tells their names apart"),
  };
}
