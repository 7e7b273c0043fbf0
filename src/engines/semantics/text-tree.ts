import type { CodeFacts } from "../../schema/code-facts.ts";
import type { CodeTree } from "./code-tree.ts";
import { folderOf, nameOf } from "../../util/path-parts.ts";

/** Files that are all held in memory, as a tree the rules can look at; `read` gives the facts of one of them. */
export function textTree(given: {
  /** Texts by path; undefined where a file is known to exist and no more. */
  readonly files: ReadonlyMap<string, string | undefined>;
  /** There are no other files. */
  readonly complete: boolean;
  readonly read: (path: string, text: string) => Promise<CodeFacts | undefined>;
}): CodeTree {
  const { files, complete, read } = given;
  const paths = [...files.keys()];
  return {
    complete,
    has: (path) => files.has(path),
    filesIn: (folder) => paths.filter((path) => folderOf(path) === folder),
    withName: (name) => paths.filter((path) => nameOf(path) === name),
    facts: async (path) => {
      const text = files.get(path);
      return text === undefined ? undefined : read(path, text);
    },
    text: async (path) => files.get(path),
    naming: async (word) => paths.filter((path) => files.get(path)?.includes(word)),
  };
}
