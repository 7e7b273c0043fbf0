import type { RepositoryIndex } from "../../../schema/repository-index.ts";
import { nameOf } from "../../../util/path-parts.ts";

/** Finds the path in the repository that a text means; the path itself where that is not known. */
export type MeantPath = (path: string) => string;

/** Reads paths as ends of paths of the repository; without one they stay as they are. */
export function meantPath(repository: RepositoryIndex | undefined): MeantPath {
  if (!repository) return (path) => path;
  const resolve = pathResolver(repository.paths);
  return (path) => repository.paths[resolve(path) ?? -1] ?? path;
}

/**
 * Finds the number of the path that a text means: the whole path, or the end of exactly one path
 * ("user.ts" for src/models/user.ts).
 */
export function pathResolver(paths: readonly string[]): (text: string) => number | undefined {
  let byName: ReadonlyMap<string, readonly number[]> | undefined;
  return (text) => {
    byName ??= filesByName(paths);
    const candidates = byName.get(text.slice(text.lastIndexOf("/") + 1)) ?? [];
    const exact = candidates.find((file) => paths[file] === text);
    if (exact !== undefined) return exact;
    const ending = candidates.filter((file) => paths[file]?.endsWith(`/${text}`));
    return ending.length === 1 ? ending[0] : undefined;
  };
}

function filesByName(paths: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const byName = new Map<string, number[]>();
  paths.forEach((path, file) => {
    const name = nameOf(path);
    const list = byName.get(name);
    if (list) list.push(file);
    else byName.set(name, [file]);
  });
  return byName;
}
