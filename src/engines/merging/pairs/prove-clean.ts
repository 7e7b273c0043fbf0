import { GitFailure } from "../../../ports/git.ts";
import { baseRangeOf, rangesTouch } from "../../../schema/line-overlap.ts";
import type { ChangedPath } from "../changed-paths.ts";
import type { TextHunk } from "../file-hunks.ts";
import type { MergeCandidate } from "../merge-candidate.ts";
import type { MeetingPair } from "./meeting-pairs.ts";
import { pathAttributes } from "../path-attributes.ts";
import type { MergeTreeCall } from "./merge-tree.ts";
import { readHunks, type HunksByPath } from "./read-hunks.ts";

/** A text that two changed in different places: the blob they started from, and what each of them changed in it. */
export interface JoinedText {
  readonly baseId: string;
  /** The blobs of both sides. */
  readonly ids: readonly [string, string];
  readonly left: readonly TextHunk[];
  readonly right: readonly TextHunk[];
}

/** The texts that a merge joins, by path. */
export type JoinedTexts = ReadonlyMap<string, JoinedText>;

/** Pairs that merge, and what was read to find that out. */
export interface CleanProof {
  readonly proven: ReadonlyMap<MeetingPair, JoinedTexts>;
  /** What the results changed in texts, by their commits, as far as it was read. */
  readonly hunks: ReadonlyMap<string, HunksByPath>;
}

/**
 * Finds pairs of which git would say that they merge, without having git merge them: comparing each result with the base
 * once takes much less time than merging every file for every pair. A pair is proven when both were made directly from
 * the base, neither renames or could be taken to rename anything, and every path of both is left alike by them or is a
 * text of the same mode, without rules for its merge, in which an untouched line lies between any two changes: then
 * git's merge takes the changes of both as they are. All other pairs are git's to judge.
 */
export async function proveClean(
  call: MergeTreeCall & { readonly base: string; readonly pairs: readonly MeetingPair[] },
): Promise<CleanProof> {
  const proven = new Map<MeetingPair, JoinedTexts>();
  const meeting = call.pairs.filter(({ left, right }) => isSimple(left) && isSimple(right));
  const candidates = [...new Set(meeting.flatMap(({ left, right }) => [left, right]))];
  // Where git would merge fewer files than there are to be compared, it is asked at once.
  if (sum(meeting, ({ shared }) => shared.size) <= sum(candidates, ({ changes }) => changes.length))
    return { proven, hunks: new Map() };
  try {
    const direct = await madeFrom(call, candidates);
    const open = meeting.filter(({ left, right }) => direct.has(left) && direct.has(right));
    const sides = await readSides(call, [...direct]);
    const plain = await withoutRules(call, new Set(open.flatMap(({ shared }) => [...shared])));
    for (const pair of open) {
      const [left, right] = [sides.get(pair.left), sides.get(pair.right)];
      const joined = left && right && joinedTexts(pair, { left, right, plain });
      if (joined) proven.set(pair, joined);
    }
    return { proven, hunks: new Map([...sides].map(([{ commit }, { hunks }]) => [commit, hunks])) };
  } catch (error) {
    // An answer that is too long, or an object that cannot be read: git says of each pair what it can.
    if (!(error instanceof GitFailure)) throw error;
    return { proven: new Map(), hunks: new Map() };
  }
}

function sum<Item>(items: readonly Item[], sizeOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + sizeOf(item), 0);
}

/** Whether git's merge can find no renamed file: who adds nothing, or deletes nothing, has renamed nothing. */
function isSimple({ ancestors, changes }: MergeCandidate): boolean {
  const has = (status: string): boolean => changes.some((change) => change.status === status);
  return ancestors.size === 0 && !has("R") && !(has("A") && has("D"));
}

/** Results whose only parent is the base. */
async function madeFrom(
  { git, shadow, base }: MergeTreeCall & { readonly base: string },
  candidates: readonly MergeCandidate[],
): Promise<ReadonlySet<MergeCandidate>> {
  const input = candidates.map(({ commit }) => `${commit}\n`).join("");
  const argv = ["rev-list", "--no-walk=unsorted", "--parents", "--stdin"];
  const { text } = await git.run(argv, { gitDir: shadow.gitDir, input });
  const lines = new Set(text.split("\n"));
  return new Set(candidates.filter(({ commit }) => lines.has(`${commit} ${base}`)));
}

interface SideChanges {
  readonly changes: ReadonlyMap<string, ChangedPath>;
  readonly hunks: HunksByPath;
}

async function readSides(
  { git, shadow, base }: MergeTreeCall & { readonly base: string },
  candidates: readonly MergeCandidate[],
): Promise<ReadonlyMap<MergeCandidate, SideChanges>> {
  const commits = candidates.map(({ commit }) => commit);
  const hunks = await readHunks({ git, shadow, from: base, commits });
  return new Map(
    candidates.map((candidate, place) => [
      candidate,
      {
        changes: new Map(candidate.changes.map((change) => [change.path, change])),
        hunks: hunks[place] ?? new Map<string, readonly TextHunk[]>(),
      },
    ]),
  );
}

/** Paths that no attribute declares to be anything but text that is merged line by line. */
async function withoutRules(call: MergeTreeCall, paths: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const plain = new Set(paths);
  for (const { path, value } of await pathAttributes(call, ["merge", "diff"], paths)) {
    if (value !== "unspecified") plain.delete(path);
  }
  return plain;
}

/** The texts that the merge of the pair joins; undefined where it is not proven to be clean. */
function joinedTexts(
  { shared }: MeetingPair,
  sides: { readonly left: SideChanges; readonly right: SideChanges; readonly plain: ReadonlySet<string> },
): JoinedTexts | undefined {
  const joined = new Map<string, JoinedText>();
  for (const path of shared) {
    const [one, other] = [sides.left.changes.get(path), sides.right.changes.get(path)];
    if (!one || !other) return undefined;
    if (one.newId === other.newId && one.newMode === other.newMode) continue;
    const [left, right] = [sides.left.hunks.get(path), sides.right.hunks.get(path)];
    if (!sides.plain.has(path) || ![one, other].every(isModifiedText) || !left || !right) return undefined;
    if (!areApart(left, right)) return undefined;
    joined.set(path, { baseId: one.oldId, ids: [one.newId, other.newId], left, right });
  }
  return joined;
}

function isModifiedText({ status, oldMode, newMode }: ChangedPath): boolean {
  return status === "M" && oldMode === newMode && newMode.startsWith("100");
}

/** Whether an untouched line lies between any change of the one and any of the other; both in the order of the text. */
export function areApart(left: readonly TextHunk[], right: readonly TextHunk[]): boolean {
  let [one, other] = [0, 0];
  for (;;) {
    const [mine, theirs] = [left[one], right[other]];
    if (!mine || !theirs) return true;
    const [own, their] = [baseRangeOf(mine), baseRangeOf(theirs)];
    if (rangesTouch(own, their)) return false;
    if (own.end < their.start) one += 1;
    else other += 1;
  }
}
