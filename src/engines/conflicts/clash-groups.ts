import type { Edit } from "./edits.ts";
import { editsClash, identityOf, lineRegions } from "./overlap.ts";

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
  const identities = edits.map(identityOf);
  const identical = identities.every((identity) => identity !== undefined && identity === identities[0]);
  if (identical) return { clashing: [], apart: false, identical };

  const hulls = edits.map(hullOf);
  const order = edits.map((_, index) => index);
  order.sort((left, right) => (hulls[left]?.start ?? 0) - (hulls[right]?.start ?? 0) || left - right);
  const groups = disjointSets(edits.length);
  order.forEach((left, position) => {
    const end = hulls[left]?.end ?? 0;
    for (let next = position + 1; next < order.length; next++) {
      const right = order[next] as number;
      if ((hulls[right]?.start ?? 0) > end) return;
      if (groups.find(left) === groups.find(right)) continue;
      const same = identities[left] !== undefined && identities[left] === identities[right];
      const [one, other] = [edits[left] as Edit, edits[right] as Edit];
      if (!same && editsClash(one, other) && !inOrder?.(one, other)) groups.join(left, right);
    }
  });

  const members = new Map<number, Edit[]>();
  edits.forEach((edit, index) => {
    const root = groups.find(index);
    const group = members.get(root);
    if (group) group.push(edit);
    else members.set(root, [edit]);
  });
  const clashing = [...members.values()].filter((group) => group.length > 1);
  return { clashing, apart: members.size > 1, identical };
}

function hullOf(edit: Edit): { start: number; end: number } {
  const regions = lineRegions(edit);
  // Two renames of one file meet wherever they touch its lines.
  if (!regions || edit.kind === "rename") return { start: 0, end: Number.POSITIVE_INFINITY };
  let end = 0;
  for (const region of regions) end = Math.max(end, region.end);
  return { start: regions[0]?.start ?? 0, end };
}

function disjointSets(size: number): { find(item: number): number; join(left: number, right: number): void } {
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
  return { find, join: (left, right) => void (parents[find(right)] = find(left)) };
}
