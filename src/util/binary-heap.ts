/** A priority queue of numbers: `pop` gives the one that comes first by `comesBefore`. */
export interface BinaryHeap {
  readonly size: number;
  push(item: number): void;
  pop(): number | undefined;
  peek(): number | undefined;
}

/** Makes an empty binary heap (Williams 1964); push and pop cost O(log n). */
export function binaryHeap(comesBefore: (left: number, right: number) => boolean): BinaryHeap {
  const items: number[] = [];
  const at = (index: number): number => items[index] as number;
  const swap = (left: number, right: number): void => {
    const kept = at(left);
    items[left] = at(right);
    items[right] = kept;
  };
  const push = (item: number): void => {
    let index = items.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!comesBefore(at(index), at(parent))) break;
      swap(index, parent);
      index = parent;
    }
  };
  const sink = (): void => {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let first = index;
      if (left < items.length && comesBefore(at(left), at(first))) first = left;
      if (right < items.length && comesBefore(at(right), at(first))) first = right;
      if (first === index) return;
      swap(index, first);
      index = first;
    }
  };
  const pop = (): number | undefined => {
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined || items.length === 0) return top;
    items[0] = last;
    sink();
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
