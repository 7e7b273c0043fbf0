/** A set of whole numbers below a bound, of which the lowest comes out first. */
export interface NumberQueue {
  add(item: number): void;
  /** Takes the lowest out; -1 when there is none. */
  takeLowest(): number;
  clear(): void;
}

/**
 * Makes an empty set for the numbers from 0 to `bound` - 1: a bit for each, and above that words of bits that say which
 * words below hold any. Both directions take a step a level, of which a million numbers need four.
 */
export function numberQueue(bound: number): NumberQueue {
  const levels: Int32Array[] = [];
  for (let words = bound; levels.length === 0 || words > 1;) {
    words = Math.max(1, Math.ceil(words / 32));
    levels.push(new Int32Array(words));
  }
  const top = levels.length - 1;
  const add = (item: number): void => {
    let place = item;
    for (let level = 0; level <= top; level++) {
      const words = levels[level] as Int32Array;
      const word = place >>> 5;
      const held = words[word] as number;
      words[word] = held | (1 << (place & 31));
      // Where the word held something, those above say so already.
      if (held !== 0) return;
      place = word;
    }
  };
  const takeLowest = (): number => {
    let place = 0;
    for (let level = top; level >= 0; level--) {
      const held = (levels[level] as Int32Array)[place] as number;
      if (held === 0) return -1;
      place = (place << 5) + 31 - Math.clz32(held & -held);
    }
    const item = place;
    for (let level = 0; level <= top; level++) {
      const words = levels[level] as Int32Array;
      const word = place >>> 5;
      const left = (words[word] as number) & ~(1 << (place & 31));
      words[word] = left;
      if (left !== 0) break;
      place = word;
    }
    return item;
  };
  const clear = (): void => levels.forEach((words) => words.fill(0));
  return { add, takeLowest, clear };
}
