import { addToGroup } from "../../../util/add-to-group.ts";
import type { ChangedPath } from "../changed-paths.ts";
import { areRelated, type MergeCandidate } from "../merge-candidate.ts";

/** Two results that changed the same path, or paths that cannot both be. */
export interface MeetingPair {
  readonly left: MergeCandidate;
  readonly right: MergeCandidate;
  /** Paths both changed, differently or alike. */
  readonly shared: ReadonlySet<string>;
  /** Paths that differ only in case or in how accents are written, as pairs. */
  readonly lookalikes: readonly (readonly [string, string])[];
  /** Whether all that is shared was left exactly the same by both, so that there is nothing to merge. */
  readonly alike: boolean;
}

/**
 * Most pairs that are looked at. Of these all that they share is known, so that nothing is proven on a part of it. Those
 * beyond it are not judged two by two (`mayMeet` tells them from pairs that are apart): putting the results together has
 * git merge their texts, and what they mean together is judged there.
 */
export const MAX_PAIRS = 20_000;

/** Finds the pairs of results that could be in each other's way; all others merge for certain. */
export function meetingPairs(candidates: readonly MergeCandidate[]): readonly MeetingPair[] {
  const pairs = new Map<
    string,
    MeetingPair & { shared: Set<string>; lookalikes: [string, string][]; alike: boolean }
  >();
  const meet = (left: Touch, right: Touch): void => {
    if (left.candidate === right.candidate || areRelated(left.candidate, right.candidate)) return;
    const [first, second] = left.place < right.place ? [left, right] : [right, left];
    const key = `${first.place}:${second.place}`;
    let pair = pairs.get(key);
    if (!pair) {
      if (pairs.size >= MAX_PAIRS) return;
      pair = { left: first.candidate, right: second.candidate, shared: new Set(), lookalikes: [], alike: true };
      pairs.set(key, pair);
    }
    if (first.path !== second.path && foldName(first.path) === foldName(second.path)) {
      if (first.present && second.present) pair.lookalikes.push([first.path, second.path]);
      return;
    }
    pair.shared.add(first.path).add(second.path);
    if (!isSameChange(first, second)) pair.alike = false;
  };

  const byName = new Map<string, Touch[]>();
  candidates.forEach((candidate, place) => {
    for (const change of candidate.changes) {
      for (const path of change.oldPath === undefined ? [change.path] : [change.path, change.oldPath]) {
        const present = path === change.path && change.newMode !== "000000";
        const touch = { candidate, place, path, change, present };
        const known = byName.get(foldName(path));
        if (known) known.push(touch);
        else byName.set(foldName(path), [touch]);
      }
    }
  });
  for (const [name, touches] of byName) {
    if (pairs.size >= MAX_PAIRS && touches.length ** 2 > MAX_PAIRS) meetAgain(pairs.values(), touches, meet);
    else {
      for (let left = 0; left < touches.length; left++) {
        for (let right = left + 1; right < touches.length; right++)
          meet(touches[left] as Touch, touches[right] as Touch);
      }
    }
    // A file where somebody else has a folder.
    for (let end = name.lastIndexOf("/"); end > 0; end = name.lastIndexOf("/", end - 1)) {
      for (const above of byName.get(name.slice(0, end)) ?? []) for (const below of touches) meet(above, below);
    }
  }
  return [...pairs.values()];
}

/** Has pairs that are known meet in one more name, which takes less time than looking at all who touch it. */
function meetAgain(
  pairs: Iterable<MeetingPair>,
  touches: readonly Touch[],
  meet: (left: Touch, right: Touch) => void,
): void {
  const byCandidate = new Map<MergeCandidate, Touch[]>();
  for (const touch of touches) addToGroup(byCandidate, touch.candidate, touch);
  for (const { left, right } of pairs) {
    for (const one of byCandidate.get(left) ?? []) for (const other of byCandidate.get(right) ?? []) meet(one, other);
  }
}

/** Whether two results could be in each other's way. */
export function mayMeet(left: MergeCandidate, right: MergeCandidate): boolean {
  const [own, theirs] = [namesOf(left), namesOf(right)];
  const isAbove = (names: ReadonlySet<string>, path: string): boolean => {
    for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1))
      if (names.has(path.slice(0, end))) return true;
    return false;
  };
  return [...own].some((path) => isAbove(theirs, path)) || [...theirs].some((path) => isAbove(own, path));
}

function namesOf({ changes }: MergeCandidate): ReadonlySet<string> {
  return new Set(changes.flatMap(({ path, oldPath = path }) => [foldName(path), foldName(oldPath)]));
}

interface Touch {
  readonly candidate: MergeCandidate;
  readonly place: number;
  readonly path: string;
  readonly change: ChangedPath;
  /** Whether a file is there afterwards. */
  readonly present: boolean;
}

function isSameChange(left: Touch, right: Touch): boolean {
  const [one, other] = [left.change, right.change];
  return (
    left.path === right.path && one.path === other.path && one.newId === other.newId && one.newMode === other.newMode
  );
}

/** What a file system that ignores case and the writing of accents takes a name for. */
function foldName(path: string): string {
  return path.normalize("NFC").toLowerCase();
}
