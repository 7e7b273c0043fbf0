import { floatAt } from "./typed-at.ts";

/**
 * A priority queue of small numbers: `pop` gives the one with the lowest key, the lower number where keys are equal. A
 * binary heap (Williams 1964) whose order is in an array of keys: several times as fast as one that asks a function. The
 * key of an item must not change while it is inside.
 */
export class KeyedHeap {
  readonly #keys: Float64Array;
  readonly #items: number[] = [];

  constructor(keys: Float64Array) {
    this.#keys = keys;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): number | undefined {
    return this.#items[0];
  }

  push(item: number): void {
    const items = this.#items;
    let hole = items.push(item) - 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = items[parent] as number;
      if (!this.#isBefore(item, above)) break;
      items[hole] = above;
      hole = parent;
    }
    items[hole] = item;
  }

  pop(): number | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    const size = items.length;
    if (last === undefined || size === 0) return top;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#isBefore(items[child + 1] as number, items[child] as number)) child += 1;
      const below = items[child] as number;
      if (!this.#isBefore(below, last)) break;
      items[hole] = below;
      hole = child;
    }
    items[hole] = last;
    return top;
  }

  #isBefore(left: number, right: number): boolean {
    const leftKey = floatAt(this.#keys, left);
    const rightKey = floatAt(this.#keys, right);
    return leftKey < rightKey || (leftKey === rightKey && left < right);
  }
}
