/** A priority queue of whole numbers: `pop` gives the lowest. */
export interface NumberHeap {
  readonly size: number;
  push(item: number): void;
  pop(): number | undefined;
}

/** Makes an empty binary heap (Williams 1964) of numbers that are their own order; nothing is asked and nothing looked up. */
export function numberHeap(): NumberHeap {
  const items: number[] = [];
  const push = (item: number): void => {
    let hole = items.push(item) - 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = items[parent] as number;
      if (above <= item) break;
      items[hole] = above;
      hole = parent;
    }
    items[hole] = item;
  };
  const pop = (): number | undefined => {
    const top = items[0];
    const last = items.pop();
    const size = items.length;
    if (last === undefined || size === 0) return top;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      if (child + 1 < size && (items[child + 1] as number) < (items[child] as number)) child += 1;
      const below = items[child] as number;
      if (last <= below) break;
      items[hole] = below;
      hole = child;
    }
    items[hole] = last;
    return top;
  };
  return {
    get size() {
      return items.length;
    },
    push,
    pop,
  };
}
