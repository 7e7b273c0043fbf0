/**
 * Says what changed between two commits of a shadow repository: files created, modified, deleted
 * and renamed, and the lines of each.
 *
 * What this engine does not do: watch files while agents work, judge changes, or look at anything
 * but git objects; a state of files becomes a commit elsewhere.
 */
import { GitFailure, type Git, type GitCall, type Shadow } from "../../ports/git.ts";
import type { FileChange, Hunk } from "../../schema/change.ts";
import { toWorkspacePath } from "../../util/workspace-path.ts";
import { parseRawDiff, type RawChange } from "./parse-raw-diff.ts";
import { parseUnifiedDiff, type PatchBlock, type PatchSection } from "./parse-unified-diff.ts";
import { renderDiff } from "./render-diff.ts";

/** Most bytes of diff for one file. */
const MAX_FILE_DIFF_BYTES = 16 * 1024;
/** Most bytes of diff for all files of one task, unless the caller says otherwise. */
const MAX_TOTAL_DIFF_BYTES = 200 * 1024;
/** Files with more changed lines get their numbers of lines only. */
const MAX_TRACED_LINES = 50_000;
/** Files so large that are left out by name; with more of them no lines are traced at all. */
const MAX_LEFT_OUT = 200;

const DIFF = ["diff-tree", "-r", "-M", "--no-commit-id", "--no-ext-diff", "--no-textconv", "--no-color"];

/** Which two states are compared. */
export interface ChangesRequest {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly from: string;
  readonly to: string;
  /** Most bytes of diff text in all; 200 KB by default. Hunks and numbers of lines are never cut. */
  readonly maxDiffBytes?: number;
}

/**
 * Lists the files that differ, in the order of their paths. Paths are relative to the workspace;
 * a file outside it, but in its repository, is named `:/path` from the root of the repository.
 */
export async function changesBetween(request: ChangesRequest): Promise<readonly FileChange[]> {
  const { git, shadow, from, to } = request;
  const call: GitCall = { gitDir: shadow.gitDir };
  const range = ["--end-of-options", from, to];
  const answer = await git.run([...DIFF, "--raw", "--numstat", "-z", ...range], call);
  const raw = parseRawDiff(answer.bytes);
  const traced = raw.filter(isTraceable);
  const sections = traced.length === 0 ? [] : await readSections(request, raw, traced);
  const sectionOf = new Map(traced.map((change, index) => [change, sections[index]]));
  let left = request.maxDiffBytes ?? MAX_TOTAL_DIFF_BYTES;
  return raw.map((change) => {
    const maxBytes = Math.min(left, MAX_FILE_DIFF_BYTES);
    const described = describe({ change, section: sectionOf.get(change), prefix: shadow.prefix, maxBytes });
    left -= Buffer.byteLength(described.diff ?? "");
    return described;
  });
}

function isTraceable({ addedLines, removedLines }: RawChange): boolean {
  return (addedLines ?? 0) + (removedLines ?? 0) <= MAX_TRACED_LINES;
}

/** The parts of the patch, one for each traced change; none at all where the patch is too large. */
async function readSections(
  { git, shadow, from, to }: ChangesRequest,
  raw: readonly RawChange[],
  traced: readonly RawChange[],
): Promise<readonly PatchSection[]> {
  const leftOut = raw.filter((change) => !isTraceable(change));
  if (leftOut.length > MAX_LEFT_OUT) return [];
  const paths = leftOut.flatMap((change) =>
    change.oldPath === undefined ? [change.path] : [change.oldPath, change.path],
  );
  const pathspec = paths.length === 0 ? [] : [":(top)", ...paths.map((path) => `:(top,exclude,literal)${path}`)];
  let text: string;
  try {
    const answer = await git.run(
      [...DIFF, "-p", "-U3", "--full-index", "--end-of-options", from, to, "--", ...pathspec],
      { gitDir: shadow.gitDir },
    );
    text = answer.text;
  } catch (error) {
    // More than git's answers may hold: the lists of files and numbers of lines are still right.
    if (error instanceof GitFailure) return [];
    throw error;
  }
  const parts = parseUnifiedDiff(text);
  const sections: PatchSection[] = [];
  let at = 0;
  for (const change of traced) {
    // A file that became a link, or the reverse, is written as a deletion and a creation.
    const count = change.status === "T" ? 2 : 1;
    sections.push(joinSections(parts.slice(at, at + count)));
    at += count;
  }
  return at === parts.length ? sections : [];
}

function joinSections(parts: readonly PatchSection[]): PatchSection {
  const [first, second] = parts;
  if (!second) return first ?? { hunks: [], blocks: [] };
  const [removed] = first?.blocks ?? [];
  const [added] = second.blocks;
  if (!removed || !added) return { hunks: [], blocks: [...(first?.blocks ?? []), ...second.blocks] };
  const count = (block: PatchBlock, mark: string): number => block.lines.filter((line) => line.startsWith(mark)).length;
  const hunk: Hunk = { oldStart: 1, oldLines: count(removed, "-"), newStart: 1, newLines: count(added, "+") };
  const block: PatchBlock = { oldStart: 1, newStart: 1, heading: "", lines: [...removed.lines, ...added.lines] };
  return { hunks: [hunk], blocks: [block] };
}

const TYPES = { A: "create", D: "delete", M: "modify", R: "rename", T: "modify" } as const;

function describe(what: {
  readonly change: RawChange;
  readonly section: PatchSection | undefined;
  readonly prefix: string;
  readonly maxBytes: number;
}): FileChange {
  const { change, section, prefix, maxBytes } = what;
  const file = toWorkspacePath(change.path, prefix);
  const oldFile = change.oldPath === undefined ? undefined : toWorkspacePath(change.oldPath, prefix);
  const binary = change.addedLines === undefined || change.removedLines === undefined;
  const hunks = section && !binary ? [...section.hunks] : undefined;
  const lineNumbers = hullOf(hunks ?? []);
  const diff = renderDiff({
    oldFile: change.status === "A" ? undefined : (oldFile ?? file),
    newFile: change.status === "D" ? undefined : file,
    notes: notesOf(change, oldFile, file),
    blocks: section && !binary ? section.blocks : [],
    maxBytes,
  });
  return {
    file,
    type: TYPES[change.status],
    ...(oldFile === undefined ? {} : { oldFile }),
    ...(lineNumbers ? { lineNumbers } : {}),
    ...(hunks ? { hunks } : {}),
    ...(diff === undefined ? {} : { diff }),
    ...(binary ? { binary } : { addedLines: change.addedLines, removedLines: change.removedLines }),
  };
}

/** What a patch says about a file beside its lines. */
function notesOf(
  { status, oldMode, newMode }: RawChange,
  oldFile: string | undefined,
  file: string,
): readonly string[] {
  const notes: string[] = [];
  if ((status === "M" || status === "R" || status === "T") && oldMode !== newMode) {
    notes.push(`old mode ${oldMode}`, `new mode ${newMode}`);
  }
  if (oldFile !== undefined) notes.push(`rename from ${oldFile}`, `rename to ${file}`);
  return notes;
}

/** First to last changed line of the new file; where lines only went, the line before the gap. */
function hullOf(hunks: readonly Hunk[]): { start: number; end: number } | undefined {
  if (hunks.length === 0) return undefined;
  let start = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const { newStart, newLines } of hunks) {
    start = Math.min(start, Math.max(newStart, 1));
    end = Math.max(end, newStart + Math.max(newLines, 1) - 1);
  }
  return end < 1 ? undefined : { start, end };
}
