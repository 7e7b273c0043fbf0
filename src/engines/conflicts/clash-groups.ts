import type { Edit } from "./edits.ts";
import { editsClash, identityOf, lineRegions } from "./overlap.ts";
import { addToGroup } from "../../util/add-to-group.ts";

/** Whether one of two edits was made on top of the other. */
export type InOrder = (left: Edit, right: Edit) => boolean;

/** The edits of one file, sorted by who stands in whose way. */
export interface ClashGroups {
  /** Edits that clash, directly or through others; each group has at least two. */
  readonly clashing: readonly (readonly Edit[])[];
  /** Whether some edits do not clash with those of the other groups. */
  readonly apart: boolean;
  /** Whether every edit leaves the same file. */
  readonly identical: boolean;
}

/** Groups the edits of one file by sweeping over the lines they touch; edits far apart are never compared. */
export function groupClashes(edits: readonly Edit[], inOrder: InOrder | undefined): ClashGroups {
  const first = identityOf(edits[0] as Edit);
  const identical = first !== undefined && edits.every((edit) => identityOf(edit) === first);
  if (identical) return { clashing: [], apart: false, identical };

  const { starts, ends } = hullsOf(edits);
  const order = edits.map((_, index) => index);
  order.sort((left, right) => (starts[left] as number) - (starts[right] as number) || left - right);
  const groups = disjointSets(edits.length);
  order.forEach((left, position) => {
    const end = ends[left] as number;
    for (let next = position + 1; next < order.length; next++) {
      const right = order[next] as number;
      if ((starts[right] as number) > end) return;
      if (groups.find(left) === groups.find(right)) continue;
      const [one, other] = [edits[left] as Edit, edits[right] as Edit];
      if (editsClash(one, other) && !areSame(one, other) && !inOrder?.(one, other)) groups.join(left, right);
    }
  });
  // Nobody meets anybody: there is nothing to sort.
  if (!groups.joined()) return { clashing: [], apart: true, identical };

  const members = new Map<number, Edit[]>();
  edits.forEach((edit, index) => addToGroup(members, groups.find(index), edit));
  const clashing = [...members.values()].filter((group) => group.length > 1);
  return { clashing, apart: members.size > 1, identical };
}

function areSame(left: Edit, right: Edit): boolean {
  const identity = identityOf(left);
  return identity !== undefined && identity === identityOf(right);
}

/** The first and last line of the base that each edit touches; the whole file where that is not known. */
function hullsOf(edits: readonly Edit[]): { starts: Float64Array; ends: Float64Array } {
  const starts = new Float64Array(edits.length);
  const ends = new Float64Array(edits.length).fill(Number.POSITIVE_INFINITY);
  edits.forEach((edit, index) => {
    const regions = lineRegions(edit);
    // Two renames of one file meet wherever they touch its lines.
    if (!regions || edit.kind === "rename") return;
    let end = 0;
    for (const region of regions) end = Math.max(end, region.end);
    starts[index] = regions[0]?.start ?? 0;
    ends[index] = end;
  });
  return { starts, ends };
}

interface DisjointSets {
  find(item: number): number;
  join(left: number, right: number): void;
  /** Whether any two were joined. */
  joined(): boolean;
}

function disjointSets(size: number): DisjointSets {
  let joined = false;
  const parents = Array.from({ length: size }, (_, index) => index);
  const find = (item: number): number => {
    let root = item;
    while ((parents[root] as number) !== root) {
      const above = parents[parents[root] as number] as number;
      parents[root] = above;
      root = above;
    }
    return root;
  };
  const join = (left: number, right: number): void => {
    joined = true;
    parents[find(right)] = find(left);
  };
  return { find, join, joined: () => joined };
}
