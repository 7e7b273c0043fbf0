/** Something that may be chosen, with what it needs and what it cannot stand beside. Items are numbered by their place. */
export interface SubsetItem {
  /** Items without which this one cannot be chosen. */
  readonly needs: readonly number[];
  /** Items beside which this one cannot stand; stated on one side is enough. */
  readonly conflicts: readonly number[];
  /** Higher is preferred among equally large choices; then the lower number. */
  readonly priority: number;
}

/** Up to so many items of one tangle that are in conflict, the choice is the best there is. */
const MAX_EXACT = 40;
/** Steps of the search in one tangle; real tangles need a few hundred. */
const MAX_STEPS = 500_000;

/**
 * Chooses the largest set of items that contains what its items need and no two in conflict; among
 * sets of that size the one that prefers higher priorities, then earlier items. Branch and bound
 * with a clique cover as the bound, one tangle of connected items at a time; beyond 40 items in
 * conflict in one tangle, greedily by the fewest conflicts. Gives one flag an item.
 */
export function compatibleSubset(items: readonly SubsetItem[]): readonly boolean[] {
  const problem = relate(items);
  const isEndless = (item: number): boolean => problem.ancestors[item]?.has(item) === true;
  const chosen = items.map((_, item) => ![item, ...(problem.ancestors[item] ?? [])].some(isEndless));
  for (const tangle of tanglesOf(problem)) {
    const disputed = tangle.filter((item) => (problem.rivals[item] as Set<number>).size > 0);
    const taken = disputed.length <= MAX_EXACT ? searchTangle(problem, tangle) : pickGreedily(problem, tangle);
    for (const item of tangle) chosen[item] = taken.has(item);
  }
  return chosen;
}

interface Problem {
  /** Everything that an item needs, directly or not. */
  readonly ancestors: readonly Set<number>[];
  readonly descendants: readonly Set<number>[];
  readonly rivals: readonly Set<number>[];
  /** Place of each item in the order of preference. */
  readonly rank: readonly number[];
}

function relate(items: readonly SubsetItem[]): Problem {
  const ancestors = items.map(() => new Set<number>());
  const descendants = items.map(() => new Set<number>());
  const rivals = items.map(() => new Set<number>());
  items.forEach((item, index) => {
    const pending = [...item.needs];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (ancestors[index]?.has(next)) continue;
      ancestors[index]?.add(next);
      descendants[next]?.add(index);
      pending.push(...(items[next]?.needs ?? []));
    }
    for (const rival of item.conflicts) {
      rivals[index]?.add(rival);
      rivals[rival]?.add(index);
    }
  });
  const order = items.map((_, index) => index);
  order.sort((left, right) => (items[right]?.priority ?? 0) - (items[left]?.priority ?? 0) || left - right);
  const rank: number[] = [];
  order.forEach((item, place) => (rank[item] = place));
  return { ancestors, descendants, rivals, rank };
}

/** Groups what conflicts decide about: items in conflict, what they need, and what needs them; best rank first. */
function tanglesOf({ ancestors, descendants, rivals, rank }: Problem): number[][] {
  const seen = new Set<number>();
  const tangles: number[][] = [];
  rivals.forEach((own, start) => {
    if (own.size === 0 || seen.has(start)) return;
    const tangle: number[] = [];
    const pending = [start];
    for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
      if (seen.has(item)) continue;
      seen.add(item);
      tangle.push(item);
      for (const set of [ancestors, descendants, rivals]) pending.push(...(set[item] ?? []));
    }
    tangles.push(tangle.toSorted((left, right) => (rank[left] as number) - (rank[right] as number)));
  });
  return tangles;
}

/** Which items are decided: taken or dropped. */
interface Choice {
  readonly taken: Set<number>;
  readonly dropped: Set<number>;
}

/** Adds an item with all it needs and drops what cannot stand beside it; undefined when that is impossible. */
function take({ ancestors, descendants, rivals }: Problem, choice: Choice, item: number): Choice | undefined {
  const taken = new Set(choice.taken);
  const dropped = new Set(choice.dropped);
  if (ancestors[item]?.has(item)) return undefined;
  for (const each of [item, ...(ancestors[item] ?? [])]) {
    if (dropped.has(each)) return undefined;
    taken.add(each);
    for (const rival of rivals[each] ?? []) {
      dropped.add(rival);
      for (const dependent of descendants[rival] ?? []) dropped.add(dependent);
    }
  }
  for (const each of taken) if (dropped.has(each)) return undefined;
  return { taken, dropped };
}

function drop({ descendants }: Problem, choice: Choice, item: number): Choice {
  return { taken: choice.taken, dropped: new Set([...choice.dropped, item, ...(descendants[item] ?? [])]) };
}

/** Takes before it drops and goes by rank, so that the first of the largest sets it meets is the preferred one. */
function searchTangle(problem: Problem, tangle: readonly number[]): ReadonlySet<number> {
  let best = pickGreedily(problem, tangle);
  // Greedy sets the bar, but a set of its size may be preferred: one less lets the search find it.
  let bar = best.size - 1;
  let steps = 0;
  const pending: Choice[] = [{ taken: new Set(), dropped: new Set() }];
  for (let choice = pending.pop(); choice !== undefined && steps < MAX_STEPS; choice = pending.pop()) {
    steps += 1;
    if (upperBound(problem, tangle, choice) <= bar) continue;
    const open = choice;
    const next = tangle.find((item) => !open.taken.has(item) && !open.dropped.has(item));
    if (next === undefined) {
      best = choice.taken;
      bar = best.size;
      continue;
    }
    const taken = take(problem, choice, next);
    if (dropMayPay(problem, choice, next)) pending.push(drop(problem, choice, next));
    if (taken) pending.push(taken);
  }
  return best;
}

/** Dropping an item helps only if it, or something it still needs, stands in the way of something open. */
function dropMayPay({ ancestors, rivals }: Problem, { taken, dropped }: Choice, item: number): boolean {
  const brought = [item, ...(ancestors[item] ?? [])].filter((each) => !taken.has(each));
  return brought.some((each) => dropped.has(each) || [...(rivals[each] ?? [])].some((rival) => !dropped.has(rival)));
}

/** How many items the best completion can have: of a clique of rivals at most one. */
function upperBound({ rivals }: Problem, tangle: readonly number[], { taken, dropped }: Choice): number {
  let bound = taken.size;
  const cliques: number[][] = [];
  for (const item of tangle) {
    if (taken.has(item) || dropped.has(item)) continue;
    const own = rivals[item] as Set<number>;
    const clique = own.size === 0 ? undefined : cliques.find((members) => members.every((member) => own.has(member)));
    if (clique) clique.push(item);
    else {
      bound += 1;
      if (own.size > 0) cliques.push([item]);
    }
  }
  return bound;
}

/** Takes, time and again, the item that costs the fewest others. */
function pickGreedily(problem: Problem, tangle: readonly number[]): ReadonlySet<number> {
  const { ancestors, rivals } = problem;
  const costOf = (item: number): number => {
    let cost = rivals[item]?.size ?? 0;
    for (const each of ancestors[item] ?? []) cost += rivals[each]?.size ?? 0;
    return cost;
  };
  const order = tangle.map((item, place) => ({ item, place, cost: costOf(item) }));
  order.sort((left, right) => left.cost - right.cost || left.place - right.place);
  let choice: Choice = { taken: new Set(), dropped: new Set() };
  for (const { item } of order) {
    if (choice.taken.has(item) || choice.dropped.has(item)) continue;
    choice = take(problem, choice, item) ?? drop(problem, choice, item);
  }
  return choice.taken;
}
