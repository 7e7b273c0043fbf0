/** What looking for the smallest failing part came to. */
export interface MinimalFailure<Item> {
  /** Fails, and each part of it that was looked at does not. */
  readonly items: readonly Item[];
  /** Taking away any single item makes it pass; false where the number of trials ran out before that was known. */
  readonly minimal: boolean;
}

/**
 * Finds a smallest part of `items` that still fails (delta debugging, Zeller and Hildebrandt 2002). `items` is known to
 * fail, the empty part to pass. `fails` answers undefined when it may not be asked any more.
 */
export async function minimizeFailure<Item>(
  items: readonly Item[],
  fails: (part: readonly Item[]) => Promise<boolean | undefined>,
): Promise<MinimalFailure<Item>> {
  let current = items;
  let pieces = 2;
  while (current.length > 1) {
    const size = Math.ceil(current.length / pieces);
    const parts: readonly (readonly Item[])[] = Array.from({ length: Math.ceil(current.length / size) }, (_, index) =>
      current.slice(index * size, (index + 1) * size),
    );
    // With two parts each is the other's complement.
    const rests: readonly (readonly Item[])[] = parts.length > 2 ? parts.map((part) => without(current, part)) : [];
    let found: readonly Item[] | undefined;
    for (const candidate of [...parts, ...rests]) {
      const failed = await fails(candidate);
      if (failed === undefined) return { items: current, minimal: false };
      if (failed) {
        found = candidate;
        break;
      }
    }
    if (found) {
      pieces = rests.includes(found) ? Math.max(2, Math.min(pieces - 1, found.length)) : 2;
      current = found;
    } else if (size === 1) {
      return { items: current, minimal: true };
    } else {
      pieces = Math.min(current.length, pieces * 2);
    }
  }
  return { items: current, minimal: true };
}

function without<Item>(items: readonly Item[], part: readonly Item[]): readonly Item[] {
  return items.filter((item) => !part.includes(item));
}
