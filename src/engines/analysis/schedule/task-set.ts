/** Up to 52 tasks as two words of 26 bits, so that a set is also a whole number that a Map can be keyed by. */
export interface TaskSet {
  readonly low: number;
  readonly high: number;
}

/** How many tasks a set can hold. */
export const mostTasksInSet = 52;

const wordBits = 26;

/** The tasks of a set, lowest first. */
export function tasksOf(set: TaskSet): number[] {
  const tasks: number[] = [];
  for (let { low } = set; low !== 0; low &= low - 1) tasks.push(31 - Math.clz32(low & -low));
  for (let { high } = set; high !== 0; high &= high - 1) tasks.push(31 - Math.clz32(high & -high) + wordBits);
  return tasks;
}

/** The set as a whole number below 2^52. */
export function keyOf(set: TaskSet): number {
  return set.high * 2 ** wordBits + set.low;
}

/** The set with one task more. */
export function withTask(set: TaskSet, task: number): TaskSet {
  return task < wordBits
    ? { low: set.low | (1 << task), high: set.high }
    : { low: set.low, high: set.high | (1 << (task - wordBits)) };
}
