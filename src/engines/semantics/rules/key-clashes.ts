/** Keys and routes that both sides added to one file in different places. */
import { readKeys } from "./file-keys.ts";
import type { Finding } from "./finding.ts";
import { movedPath, type MergedPair } from "./pair.ts";
import { readRoutes, VERBS } from "./routes.ts";
import type { ReadFile } from "./side-reading.ts";
import type { CodeFacts } from "../../../schema/code-facts.ts";
import { addToGroup } from "../../../util/add-to-group.ts";

/** A thing that may stand once in a file. */
interface Entry {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** Finds keys of configuration files and routes that stand twice after the merge and once on each side. */
export async function keyClashes(pair: MergedPair): Promise<readonly Finding[]> {
  const [left, right] = pair.sides;
  const theirs = new Map(right.files.map((file) => [file.change.oldPath ?? file.change.path, file]));
  const found: Finding[] = [];
  for (const mine of left.files) {
    const { path, oldPath, kind } = mine.change;
    const others = theirs.get(oldPath ?? path);
    if (kind === "deleted" || !others || !mayHaveEntries(mine) || !mayHaveEntries(others)) continue;
    const other = movedPath(path, left, right);
    const merged = pair.merged.has(path) ? path : other;
    const texts = await Promise.all([
      pair.base.text(oldPath ?? path),
      left.side.tree.text(path),
      right.side.tree.text(other),
      pair.merged.text(merged),
    ]);
    for (const [rule, read] of readers) {
      const [base = [], mine, others, whole] = texts.map((text) => read(path, text ?? ""));
      if (mine && others && whole) found.push(...compare({ rule, path, base, mine, others, whole }));
    }
  }
  return found;
}

/** Whether it is worth reading the text of a file: code without a call of a route's verb declares no route. */
function mayHaveEntries({ change, after }: ReadFile): boolean {
  if (readKeys(change.path, "") !== undefined) return true;
  if (readRoutes(change.path, "") === undefined) return false;
  return after === undefined || after.broken || callsVerb(after);
}

const callers = new WeakMap<CodeFacts, boolean>();

function callsVerb(facts: CodeFacts): boolean {
  const known = callers.get(facts) ?? facts.references.some(({ kind, name }) => kind === "call" && VERBS.has(name));
  callers.set(facts, known);
  return known;
}

const readers = [
  ["key-clash", readKeys],
  ["route-clash", readRoutes],
] as const;

function compare(files: {
  readonly rule: "key-clash" | "route-clash";
  readonly path: string;
  readonly base: readonly Entry[];
  readonly mine: readonly Entry[];
  readonly others: readonly Entry[];
  readonly whole: readonly Entry[];
}): readonly Finding[] {
  const { rule, path } = files;
  const [base, mine, others, whole] = [files.base, files.mine, files.others, files.whole].map(byKey);
  const found: Finding[] = [];
  for (const [key, entries] of whole ?? []) {
    const [one, other] = [mine?.get(key) ?? [], others?.get(key) ?? []];
    if (entries.length < 2 || base?.has(key) || one.length !== 1 || other.length !== 1) continue;
    const [left, right] = [one[0] as Entry, other[0] as Entry];
    // The same value twice is untidy, and no contradiction.
    const alike = left.value === right.value;
    const name = rule === "route-clash" ? `a handler of ${key}` : `'${plainKey(key)}'`;
    found.push({
      rule,
      tier: alike ? "info" : "conflict",
      sentence: `$0 and $1 both add ${name} to ${path}${alike ? ", with the same value" : ", with different values"}`,
      places: [placeOf(0, path, left), placeOf(1, path, right)],
      key: `${rule} ${path} ${key}`,
    });
  }
  return found;
}

function byKey(entries: readonly Entry[]): ReadonlyMap<string, readonly Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) addToGroup(groups, entry.key, entry);
  return groups;
}

function placeOf(side: 0 | 1, file: string, { key, line }: Entry): Finding["places"][number] {
  return { side, file, startLine: line, endLine: line, symbol: plainKey(key) };
}

/** A key without the marks that tell the objects of a list apart. */
function plainKey(key: string): string {
  return key.replaceAll(/#\d*/g, "").replace(/^\.+/, "");
}
