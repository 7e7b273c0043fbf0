import type { CodeTree } from "../code-tree.ts";
import { folderOf, foldersAbove, nameOf } from "../../../util/path-parts.ts";

/** Where a Rust path leads: the file of the innermost module that is a file, and what follows inside of it. */
export interface RustTarget {
  readonly path: string;
  readonly inside: readonly string[];
}

/** Finds the file a Rust path such as `crate::a::b` or `super::c` leads to; undefined for other crates. */
export function rustModule(tree: CodeTree, from: string, module: string): RustTarget | undefined {
  const parts = module.split("::").filter(Boolean);
  const root = crateRoot(tree, from);
  if (root === undefined) return undefined;
  const own = modulePath(root, from);
  let at: string[];
  let rest: readonly string[];
  if (parts[0] === "crate") [at, rest] = [[], parts.slice(1)];
  else if (parts[0] === "self" || parts[0] === "super") {
    const ups = parts.filter((part) => part === "super").length;
    if (ups > own.length) return undefined;
    at = own.slice(0, own.length - ups);
    rest = parts.filter((part) => part !== "super" && part !== "self");
  } else {
    // A name without a prefix is a module declared here, or another crate.
    if (moduleFile(tree, root, [...own, parts[0] ?? ""]) === undefined) return undefined;
    [at, rest] = [own, parts];
  }
  let path = moduleFile(tree, root, at);
  let used = 0;
  for (const part of rest) {
    const next = moduleFile(tree, root, [...at, part]);
    if (next === undefined) break;
    at = [...at, part];
    path = next;
    used += 1;
  }
  return path === undefined ? undefined : { path, inside: rest.slice(used) };
}

function crateRoot(tree: CodeTree, from: string): string | undefined {
  return foldersAbove(folderOf(from)).find((folder) =>
    ["lib.rs", "main.rs"].some((name) => tree.has(folder === "" ? name : `${folder}/${name}`)),
  );
}

function modulePath(root: string, file: string): string[] {
  const inside = root === "" ? file : file.slice(root.length + 1);
  const parts = inside.replace(/\.rs$/, "").split("/");
  const last = nameOf(inside);
  return last === "mod.rs" || ((last === "lib.rs" || last === "main.rs") && parts.length === 1)
    ? parts.slice(0, -1)
    : parts;
}

function moduleFile(tree: CodeTree, root: string, parts: readonly string[]): string | undefined {
  const prefix = root === "" ? "" : `${root}/`;
  const inside = parts.join("/");
  const names = parts.length === 0 ? ["lib.rs", "main.rs"] : [`${inside}.rs`, `${inside}/mod.rs`];
  return names.map((name) => prefix + name).find((name) => tree.has(name));
}
