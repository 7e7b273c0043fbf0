/** Throws when something that cannot be is; a throw from here is always a bug of ours. */
export function assert(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new Error(`Internal error: ${claim}`);
}

/** Marks a branch that no value can reach, and lets the compiler prove it. */
export function unreachable(value: never): never {
  throw new Error(`Internal error: unexpected ${JSON.stringify(value)}`);
}
