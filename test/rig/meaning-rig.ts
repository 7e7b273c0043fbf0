/** States of files as plain texts, judged by the rules of meaning with facts read by the real parser. */
import { applyPatch, createPatch } from "diff";
import { languageOf, type CodeFacts } from "../../src/schema/code-facts.ts";
import type { SideChange } from "../../src/engines/semantics/code-tree.ts";
import { judgeSides } from "../../src/engines/semantics/rules/judge-sides.ts";
import { judgeBuiltOn, type BuiltOnFindings } from "../../src/engines/semantics/rules/judge-built-on.ts";
import type { Finding } from "../../src/engines/semantics/rules/finding.ts";
import { textTree } from "../../src/engines/semantics/text-tree.ts";
import { factsOf } from "./facts-rig.ts";

/** Files by path; `null` deletes, `{from}` moves a file here, with another text where one is given. */
export type Edits = Readonly<Record<string, string | null | { readonly from: string; readonly text?: string }>>;

const cache = new Map<string, Promise<CodeFacts>>();

/** The facts of a file, each text read once. */
export async function readFactsOf(path: string, text: string): Promise<CodeFacts | undefined> {
  const language = languageOf(path);
  if (language === undefined) return undefined;
  const key = `${language}\0${text}`;
  const known = cache.get(key) ?? factsOf(language, text);
  cache.set(key, known);
  return known;
}

function treeOf(files: ReadonlyMap<string, string>): ReturnType<typeof textTree> {
  return textTree({ files, complete: true, read: readFactsOf });
}

function applied(
  base: ReadonlyMap<string, string>,
  edits: Edits,
): { files: Map<string, string>; changes: SideChange[] } {
  const files = new Map(base);
  const changes = Object.entries(edits).map(([path, edit]): SideChange => {
    if (edit === null) {
      files.delete(path);
      return { path, kind: "deleted" };
    }
    if (typeof edit === "string") {
      files.set(path, edit);
      return { path, kind: base.has(path) ? "modified" : "added" };
    }
    files.delete(edit.from);
    files.set(path, edit.text ?? base.get(edit.from) ?? "");
    return { path, oldPath: edit.from, kind: "renamed" };
  });
  return { files, changes };
}

/** Merges two states of files as git does where no lines meet; undefined where they do. */
function mergeTexts(
  base: ReadonlyMap<string, string>,
  left: Edits,
  right: Edits,
): ReadonlyMap<string, string> | undefined {
  const [one, other] = [applied(base, left), applied(base, right)];
  const merged = new Map(one.files);
  for (const { path, oldPath, kind } of other.changes) {
    const former = oldPath ?? path;
    if (oldPath !== undefined) merged.delete(oldPath);
    const moved = one.changes.find((change) => change.oldPath === former)?.path ?? path;
    if (kind === "deleted") {
      merged.delete(path);
      continue;
    }
    const [before, mine, theirs] = [
      base.get(former),
      one.files.get(former) ?? one.files.get(moved),
      other.files.get(path) ?? "",
    ];
    if (before === undefined || mine === undefined || mine === before) merged.set(moved, theirs);
    else if (mine !== theirs && theirs !== before) {
      const joined = applyPatch(mine, createPatch("f", before, theirs, "", "", { context: 2 }), { fuzzFactor: 0 });
      if (joined === false) return undefined;
      merged.set(moved, joined);
    }
  }
  return merged;
}

/** What the rules find between two sides. */
export async function meaningOf(given: {
  readonly base: Readonly<Record<string, string>>;
  readonly left: Edits;
  readonly right: Edits;
}): Promise<readonly Finding[]> {
  const base = new Map(Object.entries(given.base));
  const merged = mergeTexts(base, given.left, given.right);
  if (!merged) throw new Error("the two sides do not merge as text");
  const sides = [given.left, given.right].map((edits, place) => {
    const { files, changes } = applied(base, edits);
    return { agentId: `agent-${place + 1}`, taskId: `task-${place + 1}`, tree: treeOf(files), changes };
  });
  const judged = await judgeSides({
    base: treeOf(base),
    sides,
    merged: async (pairs) => pairs.map(() => treeOf(merged)),
  });
  return judged.flatMap(({ findings }) => findings);
}

/** Findings in one line each: `conflict name-gone a.ts:3 b.ts:0`. */
export function findingLines(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ tier, rule, places }) =>
    [tier, rule, ...places.map(({ file, startLine }) => `${file}:${startLine}`)].join(" "),
  );
}

/** What the rules prove of results of which each was built on all before it. */
export async function builtOnMeaning(given: {
  readonly base: Readonly<Record<string, string>>;
  readonly chain: readonly Edits[];
  /** What others do, put together with the last of the chain. */
  readonly others?: Edits;
}): Promise<readonly BuiltOnFindings[]> {
  let files: ReadonlyMap<string, string> = new Map(Object.entries(given.base));
  const works = given.chain.map((edits, place) => {
    const start = treeOf(files);
    const own = applied(files, edits);
    files = own.files;
    const names = { agentId: `agent-${place + 1}`, taskId: `task-${place + 1}` };
    return { ...names, start, tree: treeOf(files), changes: own.changes };
  });
  const merged = treeOf(applied(files, given.others ?? {}).files);
  return judgeBuiltOn({ works, isBuiltOn: (one, other) => one > other, merged: () => Promise.resolve(merged) });
}
