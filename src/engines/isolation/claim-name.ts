import type { Files } from "../../ports/files.ts";
import { assert } from "../../util/assert.ts";

/** Names tried before something must be badly wrong with the folder. */
const MAX_NAMES = 10_000;

/**
 * Creates the first of the files `nameOf(1)`, `nameOf(2)`, … that nobody has, in one step, so that
 * two processes never get the same; gives its number.
 */
export async function claimName(files: Files, nameOf: (number: number) => string, content = ""): Promise<number> {
  for (let number = 1; number <= MAX_NAMES; number++) {
    if (await files.createExclusive(nameOf(number), content)) return number;
  }
  assert(false, `no free name among ${nameOf(1)} and its followers`);
}
