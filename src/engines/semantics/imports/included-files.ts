import type { CodeTree } from "../code-tree.ts";
import { folderOf, foldersAbove, joinPath } from "../../../util/path-parts.ts";

/** Finds the file a Ruby `require_relative` or `require` names; undefined for gems and for what does not exist. */
export function rubyFile(tree: CodeTree, from: string, module: string): string | undefined {
  const name = module.endsWith(".rb") ? module : `${module}.rb`;
  // What is relative and what is looked up in the load path reads alike: the nearest file counts.
  const folders = [folderOf(from), ...foldersAbove(folderOf(from)).map((folder) => joinPath(folder, "lib") ?? "lib")];
  return firstFile(tree, folders, name);
}

/** Finds the file a C or C++ `#include` names; undefined for system headers and for what does not exist. */
export function includedFile(tree: CodeTree, from: string, module: string): string | undefined {
  if (module.startsWith("<")) return undefined;
  const name = module.replaceAll('"', "");
  const above = foldersAbove(folderOf(from));
  const folders = [...above, ...above.flatMap((folder) => [joinPath(folder, "include"), joinPath(folder, "src")])];
  return firstFile(tree, folders, name);
}

function firstFile(tree: CodeTree, folders: readonly (string | undefined)[], name: string): string | undefined {
  for (const folder of folders) {
    const path = folder === undefined ? undefined : joinPath(folder, name);
    if (path !== undefined && tree.has(path)) return path;
  }
  return undefined;
}
