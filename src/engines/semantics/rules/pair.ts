import type { CodeFacts } from "../../../schema/code-facts.ts";
import type { CodeTree } from "../code-tree.ts";
import type { FindingPlace } from "./finding.ts";
import { countReferences, referenceKey, type AddedUse, type SideReading } from "./side-reading.ts";

/** Two sides whose changes git can merge, and what comes out of it. */
export interface MergedPair {
  readonly base: CodeTree;
  readonly sides: readonly [SideReading, SideReading];
  readonly merged: CodeTree;
}

/** One side that adds something, seen against the other that changes what it builds on. */
export interface Direction {
  readonly pair: MergedPair;
  readonly adder: SideReading;
  readonly changer: SideReading;
  /** Index of the adder among the sides. */
  readonly place: 0 | 1;
  /** A file of the adder as it would be without what the adder adds. */
  without(path: string): Promise<CodeFacts | undefined>;
}

/** Both ways in which one side can break the other. */
export function directionsOf(pair: MergedPair): readonly Direction[] {
  const [left, right] = pair.sides;
  const direction = (adder: SideReading, changer: SideReading, place: 0 | 1): Direction => {
    return { pair, adder, changer, place, without: (path) => changer.side.tree.facts(movedPath(path, adder, changer)) };
  };
  return [direction(left, right, 0), direction(right, left, 1)];
}

/** Where a file of one side is in another state of the files that the other side may have moved it in. */
export function movedPath(path: string, adder: SideReading, changer: SideReading): string {
  const own = adder.side.changes.find((change) => change.path === path);
  const former = own?.oldPath ?? path;
  const moved = changer.side.changes.find((change) => change.oldPath === former);
  // Where both moved it, git has kept the adder's name or refused.
  return moved && own?.kind !== "renamed" ? moved.path : path;
}

/** A file of the adder as it is after the merge; undefined when it is gone, cannot be read or only in part. */
export async function mergedFile(
  { pair, adder, changer }: Direction,
  path: string,
): Promise<{ readonly path: string; readonly facts: CodeFacts } | undefined> {
  const now = movedPath(path, adder, changer);
  const facts = await pair.merged.facts(now);
  return facts && !facts.broken ? { path: now, facts } : undefined;
}

/** Whether a reference the adder added is still there after the merge, over and above those there are without it. */
export async function survives(direction: Direction, use: AddedUse, merged: CodeFacts): Promise<boolean> {
  const key = referenceKey(use.reference);
  const theirs = await direction.without(use.path);
  return (countReferences(merged).get(key) ?? 0) > (countReferences(theirs).get(key) ?? 0);
}

/** The other side of a pair. */
export function otherOf(place: 0 | 1): 0 | 1 {
  return place === 0 ? 1 : 0;
}

/** Where the changer touched a declaration: the place it has now, or the file it was taken from. */
export async function placeOfChange(
  direction: Direction,
  target: { readonly paths: readonly string[]; readonly container: string; readonly name: string },
): Promise<FindingPlace> {
  const { changer, place, pair } = direction;
  const side = otherOf(place);
  const symbol = target.name;
  const change = changer.side.changes.find((each) =>
    target.paths.some((path) => path === (each.oldPath ?? each.path) || path === each.path),
  );
  const file = change?.path ?? target.paths[0] ?? "";
  const whole = { side, file, startLine: 0, endLine: 0, symbol } as const;
  if (!change || change.kind === "deleted") return whole;
  const now = await changer.side.tree.facts(change.path);
  const same = now?.definitions.find((each) => each.name === target.name && each.container === target.container);
  if (same) return { side, file, startLine: same.startLine, endLine: same.endLine, symbol };
  const before = await pair.base.facts(change.oldPath ?? change.path);
  const former = before?.definitions.find((each) => each.name === target.name && each.container === target.container);
  if (!now || !former) return whole;
  // The nearest declaration before it that is still there says where it was.
  const above = now.definitions.findLast((each) =>
    before?.definitions.some(
      (old) => old.name === each.name && old.container === each.container && old.endLine < former.startLine,
    ),
  );
  const line = (above?.endLine ?? 0) + 1;
  return { side, file, startLine: line, endLine: line, symbol };
}
