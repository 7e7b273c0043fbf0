import type { Git, Shadow } from "../../../ports/git.ts";
import type { Conflict } from "../../../schema/conflict.ts";
import { baseRangeOf, newLinesOf, overlapSeverity, rangesTouch } from "../../../schema/line-overlap.ts";
import { choiceOptions } from "../../../schema/resolution-options.ts";
import { toWorkspacePath } from "../../../util/workspace-path.ts";
import type { ContestedHunks } from "./contested-hunks.ts";
import { regeneration } from "../by-kind/file-kinds.ts";
import { fileHunks, type FileHunks, type TextHunk } from "../file-hunks.ts";
import type { MergeCandidate } from "../merge-candidate.ts";
import type { PairMerge } from "./merge-tree.ts";

/** A conflict that has no number yet. */
export type ConflictDraft = Omit<Conflict, "id">;

/** Somebody whose version of the files is in conflict with another's. */
export type Side = Pick<MergeCandidate, "agentId" | "taskId" | "commit" | "changes">;

const MAX_FILES = 50;
const MAX_LOCATIONS = 100;
const MAX_PREVIEW_LINES = 8;

/** Describes why git cannot merge two results: the lines of both sides, how bad it is, and the ways out. */
export async function describeConflict(request: {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly left: Side;
  readonly right: Side;
  readonly merge: Exclude<PairMerge, { status: "clean" }>;
  readonly detectionMethod: string;
  /** Whether to look up the lines; true unless said otherwise. */
  readonly withLines?: boolean;
  /** What is known already of the lines in question. */
  readonly contested?: ContestedHunks;
}): Promise<ConflictDraft> {
  const { git, shadow, left, right, merge, detectionMethod, contested } = request;
  const common = {
    type: "file-level",
    agents: unique(left.agentId, right.agentId),
    tasks: unique(left.taskId, right.taskId),
    detectionMethod,
  } as const;
  const who = `'${left.taskId}' and '${right.taskId}'`;
  if (merge.status === "unreadable") {
    return {
      ...common,
      severity: "high",
      description: `${who} could not be merged: ${merge.reason}.`,
      affectedResources: [],
      locations: [],
      confidence: 1,
      resolutionOptions: choiceOptions([left, right].map(({ agentId, taskId }) => ({ agentId, taskId }))),
    };
  }
  const paths = merge.paths.slice(0, MAX_FILES);
  const placesIn = (side: Side, other: Side): Promise<readonly FileHunks[]> =>
    contested?.(side.commit, other.commit, paths) ?? placesOf(git, shadow, side, other, paths);
  const places: [readonly FileHunks[], readonly FileHunks[]] =
    request.withLines === false ? [[], []] : await Promise.all([placesIn(left, right), placesIn(right, left)]);
  const touching = touchingHunks(...places);
  // Git calls it a conflict of content, but there are no lines to choose from.
  const kinds = places.flat().some(({ binary }) => binary) ? ["binary"] : conflictKinds(merge);
  const files = merge.paths.map((path) => toWorkspacePath(path, shadow.prefix));
  const parties = [left, right].map(({ agentId, taskId }, index) => ({
    agentId,
    taskId,
    preview: previewOf(touching.sides[index]?.[0]?.hunk),
  }));
  return {
    ...common,
    severity: kinds.every((kind) => kind === "content") ? overlapSeverity(touching.lines) : "high",
    description: `${who} ${claimOf(kinds)} ${listFiles(files)}.${files
      .flatMap((file) => regeneration(file) ?? [])
      .slice(0, 2)
      .map((advice) => ` ${advice}.`)
      .join("")}`,
    affectedResources: [...new Set(files)],
    locations: [left, right].flatMap(({ agentId }, index) =>
      locationsOf(touching.sides[index] ?? [], files, agentId, shadow.prefix),
    ),
    confidence: 1,
    resolutionOptions: choiceOptions(
      parties.map(({ preview, ...party }) => (preview === undefined ? party : { ...party, preview })),
    ),
  };
}

function unique(left: string, right: string): string[] {
  return [...new Set([left, right])];
}

/** The kinds of conflict as git names them: `content`, `add/add`, `modify/delete`, `rename/delete`, `file/directory`, … */
function conflictKinds(merge: PairMerge & { status: "conflict" }): readonly string[] {
  const kinds = merge.messages.flatMap(({ text }) => /^CONFLICT \(([^)]+)\)/.exec(text)?.[1] ?? []);
  const named = kinds.map((kind) => (kind.startsWith("submodule") ? "submodule" : kind));
  return named.length > 0 ? [...new Set(named)] : ["other"];
}

const claims: Readonly<Record<string, string>> = {
  content: "change the same or adjoining lines of",
  "add/add": "both create, with different content,",
  "modify/delete": "change and delete",
  "rename/delete": "rename and delete",
  "rename/rename": "give different names to",
  "file/directory": "use the same name for a file and a folder:",
  binary: "both change the binary file",
  submodule: "set different commits for the submodule",
};

function claimOf(kinds: readonly string[]): string {
  const [kind = "other"] = kinds;
  return kinds.length === 1
    ? (claims[kind] ?? `are in conflict (${kind}) over`)
    : `are in conflict (${kinds.join(", ")}) over`;
}

/** Names files, or the first few and how many more there are. */
export function listFiles(files: readonly string[]): string {
  const shown = files.length > 4 ? [...files.slice(0, 3), `${files.length - 3} more files`] : files;
  return shown.length < 2 ? (shown[0] ?? "files") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** What one side changed in the files in question since both sides had the same. */
async function placesOf(
  git: Git,
  shadow: Shadow,
  side: Side,
  other: Side,
  paths: readonly string[],
): Promise<readonly FileHunks[]> {
  const call = { gitDir: shadow.gitDir, answers: [1] };
  const found = await git.run(["merge-base", "--end-of-options", side.commit, other.commit], call);
  const [from] = found.text.split("\n");
  if (!from) return [];
  const named = new Set(paths);
  for (const { path, oldPath } of [...side.changes, ...other.changes]) {
    if (oldPath !== undefined && (named.has(path) || named.has(oldPath))) named.add(path).add(oldPath);
  }
  return [...(await fileHunks({ git, shadow, from, to: side.commit, paths: [...named] })).values()];
}

interface Place {
  readonly path: string;
  readonly hunk: TextHunk;
}

/** The hunks of each side that touch one of the other's in the same file, and how many lines they span. */
function touchingHunks(
  left: readonly FileHunks[],
  right: readonly FileHunks[],
): { readonly sides: readonly (readonly Place[])[]; readonly lines: number } {
  const sides: [Place[], Place[]] = [[], []];
  let lines = 0;
  // Where a side renamed the file, its only hunks in question are those under the new name.
  const inSameFile = (one: FileHunks, other: FileHunks): boolean =>
    one.path === other.path || (left.length === 1 && right.length === 1);
  for (const one of left) {
    const others = right.filter((file) => inSameFile(one, file));
    for (const { path, hunk, met } of one.hunks.flatMap((hunk) => meetings(one.path, hunk, others))) {
      sides[0].push({ path, hunk });
      sides[1].push(...met.filter((place) => !sides[1].some((known) => known.hunk === place.hunk)));
      lines += Math.max(hunk.oldLines, hunk.newLines, ...met.map((place) => place.hunk.newLines));
    }
  }
  return { sides, lines };
}

/** The hunks of other versions that touch this one, if there are any. */
function meetings(path: string, hunk: TextHunk, others: readonly FileHunks[]): readonly (Place & { met: Place[] })[] {
  const met = others.flatMap((other) =>
    other.hunks
      .filter((each) => rangesTouch(baseRangeOf(hunk), baseRangeOf(each)))
      .map((each) => ({ path: other.path, hunk: each })),
  );
  return met.length > 0 ? [{ path, hunk, met }] : [];
}

function locationsOf(
  places: readonly Place[],
  files: readonly string[],
  agentId: string,
  prefix: string,
): Conflict["locations"] {
  if (places.length === 0) {
    // Line 0 stands for the file as a whole.
    return files.slice(0, MAX_FILES).map((file) => ({ file, startLine: 0, endLine: 0, agentId }));
  }
  return places
    .slice(0, MAX_LOCATIONS / 2)
    .map(({ path, hunk }) => ({ file: toWorkspacePath(path, prefix), ...newLinesOf(hunk), agentId }));
}

function previewOf(hunk: TextHunk | undefined): string | undefined {
  if (!hunk) return undefined;
  if (hunk.newLines === 0) return "(the lines are deleted)";
  const lines = hunk.added.replace(/\n$/, "").split("\n");
  if (lines.length <= MAX_PREVIEW_LINES) return lines.join("\n");
  return [...lines.slice(0, MAX_PREVIEW_LINES), `… ${lines.length - MAX_PREVIEW_LINES} more lines`].join("\n");
}
