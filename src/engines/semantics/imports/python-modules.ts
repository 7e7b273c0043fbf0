import type { CodeTree } from "../code-tree.ts";
import { folderOf, foldersAbove, joinPath } from "../../../util/path-parts.ts";

/** Folders in which packages lie by custom; the top and all folders above the importing file are tried as well. */
const ROOTS = ["", "src", "lib", "python"];

/**
 * Finds the file a Python module name stands for, `a.b` as well as `..a.b`: the module's file, or the `__init__.py` of a
 * package. Undefined for what lies outside of the repository and for what does not exist.
 */
export function pythonModule(tree: CodeTree, from: string, module: string): string | undefined {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0;
  const inside = module.slice(dots).split(".").filter(Boolean).join("/");
  if (dots > 0) {
    const folder = joinPath(folderOf(from), "../".repeat(dots - 1));
    return folder === undefined ? undefined : moduleFile(tree, folder, inside);
  }
  if (inside === "") return undefined;
  for (const root of [...ROOTS, ...foldersAbove(folderOf(from))]) {
    const found = moduleFile(tree, root, inside);
    if (found !== undefined && found !== from) return found;
  }
  return undefined;
}

function moduleFile(tree: CodeTree, folder: string, inside: string): string | undefined {
  const path = joinPath(folder, inside) ?? "";
  const prefix = path === "" ? "" : `${path}/`;
  const names = inside === "" ? [`${prefix}__init__.py`] : [`${prefix}__init__.py`, `${path}.py`, `${path}.pyi`];
  return names.find((name) => tree.has(name));
}

/** The file of a module inside of a package whose `__init__.py`, or any other file of the folder, is given. */
export function pythonSubmodule(tree: CodeTree, packageFile: string, name: string): string | undefined {
  return packageFile.endsWith("/__init__.py") || packageFile === "__init__.py"
    ? moduleFile(tree, folderOf(packageFile), name)
    : undefined;
}

/** The file of a module in a package that has no `__init__.py`. */
export function pythonNamespaceModule(tree: CodeTree, from: string, module: string, name: string): string | undefined {
  return pythonModule(tree, from, module.endsWith(".") ? `${module}${name}` : `${module}.${name}`);
}
