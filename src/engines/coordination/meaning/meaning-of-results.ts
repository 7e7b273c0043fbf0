/** The meaning of results that lie in a repository: joins merging and the rules. */
import type { CodeReader } from "../../../ports/code-reader.ts";
import type { Git, Shadow } from "../../../ports/git.ts";
import { toWorkspacePath } from "../../../util/workspace-path.ts";
import type {
  BuiltOnAnswer,
  BuiltOnRequest,
  JudgeMeaning,
  MeaningAnswer,
  MeaningRequest,
} from "../../merging/pairs/judge-meaning.ts";
import type { JoinedTexts } from "../../merging/pairs/prove-clean.ts";
import type { CodeTree } from "../../semantics/code-tree.ts";
import { describeFinding, describeRepeat } from "../../semantics/rules/describe-finding.ts";
import { judgeBuiltOn } from "../../semantics/rules/judge-built-on.ts";
import { judgeSides, type IndexPair } from "../../semantics/rules/judge-sides.ts";
import { factsByBlob, type BlobPlace, type FactsByBlob } from "./facts-by-blob.ts";
import {
  layeredTree,
  overlayOf,
  readBaseIndex,
  sideChanges,
  startOverlayOf,
  type BaseIndex,
  type Overlay,
} from "../repository/git-trees.ts";

/** Makes judges of meaning for the results in a repository. What was read of a blob is kept for all of them. */
export function meaningJudges(git: Git, reader: CodeReader): (shadow: Shadow) => JudgeMeaning {
  const facts = factsByBlob(reader);
  let last: { readonly key: string; readonly index: Promise<BaseIndex> } | undefined;
  const indexOf = (shadow: Shadow, base: string): Promise<BaseIndex> => {
    const key = `${shadow.gitDir} ${base}`;
    const current = last?.key === key ? last : { key, index: readBaseIndex(git, shadow, base) };
    last = current;
    // A list that could not be read is asked for again.
    current.index.catch(() => {
      if (last === current) last = undefined;
    });
    return current.index;
  };
  return (shadow) => {
    const call = (base: string, reading: Git): JudgeCall => {
      return { place: { git: reading, shadow }, facts, index: indexOf(shadow, base) };
    };
    const beside = (request: MeaningRequest): Promise<readonly MeaningAnswer[]> =>
      judge(call(request.base, request.git), request);
    const builtOn: JudgeMeaning["builtOn"] = (request) => judgeRelated(call(request.base, git), request);
    return Object.assign(beside, { builtOn });
  };
}

interface JudgeCall {
  readonly place: BlobPlace;
  readonly facts: FactsByBlob;
  readonly index: Promise<BaseIndex>;
}

async function judge(call: JudgeCall, request: MeaningRequest): Promise<readonly MeaningAnswer[]> {
  const { place, facts } = call;
  const base = await call.index;
  const treeOf = (overlay: Overlay, joined?: JoinedTexts): CodeTree =>
    layeredTree({ base, overlay, place, facts, ...(joined && { joined }) });
  const overlays = request.results.map(({ changes }) => overlayOf(changes));
  const sides = request.results.map(({ agentId, taskId, changes }, place) => ({
    agentId,
    taskId,
    changes: sideChanges(changes),
    tree: treeOf(overlays[place] as Overlay),
  }));
  const merged = async (pairs: readonly IndexPair[]): Promise<readonly (CodeTree | undefined)[]> => {
    const merges = pairs.map(([left, right]) => request.merged(left, right));
    const blobs = await sharedBlobs(place, merges);
    return merges.map((merge, place) => {
      if (merge === undefined) return undefined;
      const [left, right] = pairs[place] as IndexPair;
      const both = new Map([...(overlays[left] as Overlay), ...(overlays[right] as Overlay)]);
      if (merge === "apart") return treeOf(both);
      // Both sides have a blob of what they joined, so that it stands among the paths that are there.
      if ("joined" in merge) return treeOf(both, merge.joined);
      for (const path of merge.shared) both.set(path, blobs.get(`${merge.tree}:${path}`));
      return treeOf(both);
    });
  };
  const judged = await judgeSides({ base: treeOf(new Map()), sides, merged });
  return judged.flatMap(({ left, right, findings }) =>
    findings.map((finding): MeaningAnswer => {
      const parties = [sides[left], sides[right]] as [(typeof sides)[number], (typeof sides)[number]];
      const show = (path: string): string => toWorkspacePath(path, place.shadow.prefix);
      const draft = describeFinding(finding, parties, show);
      return { left, right, proved: finding.tier === "conflict", key: finding.key, draft };
    }),
  );
}

async function judgeRelated(call: JudgeCall, request: BuiltOnRequest): Promise<readonly BuiltOnAnswer[]> {
  const { place, facts } = call;
  const base = await call.index;
  const treeOf = (overlay: Overlay): CodeTree => layeredTree({ base, overlay, place, facts });
  const works = request.results.map((result) => ({
    agentId: result.agentId,
    taskId: result.taskId,
    changes: sideChanges(result.own),
    tree: treeOf(overlayOf(result.changes)),
    start: treeOf(startOverlayOf(result)),
  }));
  let whole: Promise<CodeTree> | undefined;
  const merged = async (): Promise<CodeTree> => {
    const { tree, shared } = request.merged;
    const blobs = await sharedBlobs(place, [request.merged]);
    return treeOf(new Map(shared.map((path) => [path, blobs.get(`${tree}:${path}`)])));
  };
  const judged = await judgeBuiltOn({
    works,
    isBuiltOn: (descendant, ancestor) =>
      request.results[descendant]?.ancestors.has(request.results[ancestor]?.taskId ?? "") === true,
    merged: () => (whole ??= merged()),
  });
  const show = (path: string): string => toWorkspacePath(path, place.shadow.prefix);
  return judged.flatMap(({ descendant, ancestor, findings }) => {
    const parties = [works[ancestor], works[descendant]] as [(typeof works)[number], (typeof works)[number]];
    return findings.map((finding) => ({ descendant, ancestor, draft: describeRepeat(finding, parties, show) }));
  });
}

/** The blobs of the paths that both sides of merges changed, by `tree:path`. */
async function sharedBlobs(
  { git, shadow }: BlobPlace,
  merges: readonly ReturnType<MeaningRequest["merged"]>[],
): Promise<ReadonlyMap<string, string>> {
  const named = merges.flatMap((merge) =>
    merge === undefined || merge === "apart" || "joined" in merge
      ? []
      : merge.shared.map((path) => `${merge.tree}:${path}`),
  );
  // A name with a line break cannot be asked for; such a file is none that is read.
  const asked = [...new Set(named)].filter((name) => !name.includes("\n"));
  const blobs = new Map<string, string>();
  if (asked.length === 0) return blobs;
  const answer = await git.run(["cat-file", "--batch-check=%(objectname) %(objecttype)"], {
    gitDir: shadow.gitDir,
    input: asked.map((name) => `${name}\n`).join(""),
  });
  answer.text.split("\n").forEach((line, place) => {
    const found = /^([0-9a-f]{40,64}) blob$/.exec(line);
    const name = asked[place];
    if (found?.[1] !== undefined && name !== undefined) blobs.set(name, found[1]);
  });
  return blobs;
}
