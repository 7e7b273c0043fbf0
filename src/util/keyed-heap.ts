/** A priority queue of small numbers: `pop` gives the one with the lowest key. */
export interface KeyedHeap {
  readonly size: number;
  push(item: number): void;
  pop(): number | undefined;
  peek(): number | undefined;
}

/**
 * Makes an empty binary heap (Williams 1964) whose order is in an array of keys, the lower item first where keys are
 * equal. Several times as fast as one that asks a function; the key of an item must not change while it is inside.
 */
export function keyedHeap(keys: Float64Array): KeyedHeap {
  const items: number[] = [];
  const before = (left: number, right: number): boolean => {
    const leftKey = keys[left] as number;
    const rightKey = keys[right] as number;
    return leftKey < rightKey || (leftKey === rightKey && left < right);
  };
  const push = (item: number): void => {
    let hole = items.push(item) - 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = items[parent] as number;
      if (!before(item, above)) break;
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
      if (child + 1 < size && before(items[child + 1] as number, items[child] as number)) child += 1;
      const below = items[child] as number;
      if (!before(below, last)) break;
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
    peek: () => items[0],
  };
}
