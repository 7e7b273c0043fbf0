import type { CodeFacts } from "../../schema/code-facts.ts";
import { folderOf, nameOf } from "../../util/path-parts.ts";
import type { CodeTree, SideChange } from "./code-tree.ts";
import { undoneFacts } from "./undone-facts.ts";

/** A change that was made between two states of the files. */
export interface MadeChange {
  readonly before: CodeTree;
  readonly after: CodeTree;
  readonly changes: readonly SideChange[];
}

/** Where a path that was changed had its text before, and where afterwards. */
interface Passage {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/**
 * A later state of the files without a change that is in it, with everything that was done on top of the change. Files
 * are not merged as text, which could fail: what they declare and import is put together, what they use stays.
 */
export function undoneTree(now: CodeTree, change: MadeChange): CodeTree {
  const passages = passagesOf(change.changes);
  const former = [...passages].flatMap(([path, { from }]) => (from === path ? [path] : []));
  // What the change deleted, or moved away, and nobody has made again.
  const restored = former.filter((path) => passages.get(path)?.to === undefined && !now.has(path));
  const known = new Map<string, Promise<CodeFacts | undefined>>();
  const isRestored = (path: string): boolean => restored.includes(path);
  return {
    complete: now.complete,
    has: (path) => now.has(path) || isRestored(path),
    filesIn: (folder) => [...now.filesIn(folder), ...restored.filter((path) => folderOf(path) === folder)],
    withName: (name) => [...now.withName(name), ...restored.filter((path) => nameOf(path) === name)],
    facts: (path) => {
      const passage = passages.get(path);
      if (!passage) return now.facts(path);
      const found = known.get(path) ?? factsWithout({ now, change, path, passage, restored: isRestored(path) });
      known.set(path, found);
      return found;
    },
    text: async (path) => {
      if (isRestored(path)) return change.before.text(path);
      const { from, to } = passages.get(path) ?? {};
      const text = await now.text(path);
      const untouched = from !== undefined && to !== undefined && text === (await change.after.text(to));
      return untouched ? change.before.text(from) : text;
    },
    naming: async (word) => [...new Set([...(await now.naming(word)), ...former])],
  };
}

function passagesOf(changes: readonly SideChange[]): ReadonlyMap<string, Passage> {
  const passages = new Map<string, Passage>();
  for (const { oldPath } of changes) if (oldPath !== undefined) passages.set(oldPath, { from: oldPath, to: undefined });
  for (const { path, oldPath, kind } of changes) {
    const from = kind === "added" ? undefined : (oldPath ?? path);
    passages.set(path, { from, to: kind === "deleted" ? undefined : path });
  }
  return passages;
}

async function factsWithout(asked: {
  readonly now: CodeTree;
  readonly change: MadeChange;
  readonly path: string;
  readonly passage: Passage;
  readonly restored: boolean;
}): Promise<CodeFacts | undefined> {
  const { now, change, path, passage, restored } = asked;
  if (restored) return change.before.facts(path);
  const current = await now.facts(path);
  const { from, to } = passage;
  if (!current) return undefined;
  const before = from === undefined ? undefined : await change.before.facts(from);
  const after = to === undefined ? undefined : await change.after.facts(to);
  const unread = (from !== undefined && !before) || (to !== undefined && !after);
  if (unread) return { ...current, broken: true };
  return undoneFacts(current, { before, after, moved: from !== undefined && to !== undefined && from !== to });
}
