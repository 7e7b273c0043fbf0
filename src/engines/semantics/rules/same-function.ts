/** A function that both sides changed in different lines: no proof of anything, and worth a test. */
import type { CodeDefinition } from "../../../schema/code-facts.ts";
import type { Finding } from "./finding.ts";
import { qualifiedName } from "./lookup.ts";
import type { MergedPair } from "./pair.ts";
import type { ReadFile } from "./side-reading.ts";

/** Functions one file is listed with. */
const MAX_NAMED = 5;

/** Finds functions that both sides changed, one finding a file. */
export async function sameFunctions(pair: MergedPair): Promise<readonly Finding[]> {
  const [left, right] = pair.sides;
  const theirs = new Map(right.files.map((file) => [baseOf(file), file]));
  const found: Finding[] = [];
  for (const mine of left.files) {
    const other = theirs.get(baseOf(mine));
    const finding = other && compare(mine, other);
    if (finding) found.push(finding);
  }
  return found;
}

function baseOf({ change }: ReadFile): string {
  return change.oldPath ?? change.path;
}

const changed = new WeakMap<ReadFile, ReadonlyMap<string, CodeDefinition>>();

/** The functions of a file whose body is another one than in the base, as they are now. */
function changedBy(file: ReadFile): ReadonlyMap<string, CodeDefinition> {
  const known = changed.get(file);
  if (known) return known;
  const now = new Map((file.after?.definitions ?? []).map((each) => [qualifiedName(each), each]));
  const found = new Map<string, CodeDefinition>();
  for (const each of file.before?.definitions ?? []) {
    if (each.kind !== "function" && each.kind !== "method" && each.kind !== "constructor") continue;
    const after = now.get(qualifiedName(each));
    if (after && after.bodyHash !== each.bodyHash) found.set(qualifiedName(each), after);
  }
  changed.set(file, found);
  return found;
}

function compare(mine: ReadFile, theirs: ReadFile): Finding | undefined {
  if (!mine.before || !mine.after || !theirs.after) return undefined;
  // A file is compared with that of many others.
  const [left, right] = [changedBy(mine), changedBy(theirs)];
  const both = [...left.keys()].filter((name) => right.has(name) && !alike(mine, theirs, name));
  if (both.length === 0) return undefined;
  const named = both.slice(0, MAX_NAMED);
  const places = named.flatMap((symbol) =>
    ([0, 1] as const).map((side) => {
      const { startLine = 0, endLine = 0 } = (side === 0 ? left : right).get(symbol) ?? {};
      const file = (side === 0 ? mine : theirs).change.path;
      return { side, file, startLine, endLine, symbol };
    }),
  );
  const names = named.map((name) => `'${name}'`).join(", ");
  return {
    rule: "same-function",
    tier: "risk",
    sentence: `$0 and $1 both change ${names} in ${mine.change.path}, in different lines`,
    places,
    key: `function ${mine.change.path}`,
  };
}

function alike(mine: ReadFile, theirs: ReadFile, name: string): boolean {
  const hashOf = (file: ReadFile): string | undefined =>
    file.after?.definitions.find((each) => qualifiedName(each) === name)?.bodyHash;
  return hashOf(mine) === hashOf(theirs);
}
