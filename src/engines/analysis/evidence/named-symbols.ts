import type { RepositoryIndex } from "../../../schema/repository-index.ts";
import type { TaskInput } from "../../../schema/task.ts";
import { identifierHash } from "../../../util/word-hashes.ts";
import { declaredWrites, filePattern } from "../file-patterns.ts";
import { tokenize } from "../text-tokens.ts";
import { charactersRead } from "./likely-files.ts";

/** A task whose text speaks of a name that stands in a file which another task declares to write. */
export interface NamedSymbol {
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly path: string;
}

/** A name in more files belongs to none of them. */
const mostFilesOfName = 2;
const mostNamesOfTask = 40;
const filterSize = 2 ** 16;
const identifier = /^\p{L}[\p{Ll}\p{N}]+\p{Lu}|\p{L}_\p{L}/u;

/**
 * Finds names of the repository (`parseUser`, `user_store`) in tasks' texts, and who writes the file
 * that they stand in. A name that stands in more than two files counts for none. One pass over the index.
 */
export function namedSymbols(tasks: readonly TaskInput[], index: RepositoryIndex): NamedSymbol[] {
  const writers = new Map<string, number[]>();
  tasks.forEach((task, number) => {
    for (const path of declaredWrites(task)) {
      if (!filePattern(path).isGlob) writers.set(path, [...(writers.get(path) ?? []), number]);
    }
  });
  if (writers.size === 0) return [];
  const names = tasks.map((task) => namesOf(task.description.slice(0, charactersRead)));
  const filesOf = filesWith(new Set(names.flatMap((list) => [...list].map(identifierHash))), index);
  return names.flatMap((list, to) =>
    [...list].flatMap((name) => {
      const files = filesOf.get(identifierHash(name)) ?? [];
      if (files.length === 0 || files.length > mostFilesOfName) return [];
      return files.flatMap((file) => {
        const path = index.paths[file] as string;
        const [from, second] = writers.get(path) ?? [];
        const alone = from !== undefined && second === undefined && from !== to;
        return alone ? [{ from, to, name, path }] : [];
      });
    }),
  );
}

/** The names of code that a text speaks of: `parseUser`, `user_store`. */
export function namesOf(text: string): ReadonlySet<string> {
  const names = tokenize(text).filter(
    (token) => token.kind === "word" && !token.raw.includes("/") && identifier.test(token.raw),
  );
  return new Set(names.slice(0, mostNamesOfTask).map((token) => token.raw));
}

function filesWith(hashes: ReadonlySet<number>, index: RepositoryIndex): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  if (hashes.size === 0) return found;
  // Most words of most files are in no text, and need not be looked up for it.
  const filter = new Uint8Array(filterSize);
  for (const hash of hashes) filter[hash % filterSize] = 1;
  for (let file = 0; file < index.paths.length; file++) {
    const end = index.wordStart[file + 1] ?? 0;
    for (let place = index.wordStart[file] ?? 0; place < end; place++) {
      const word = index.words[place] as number;
      if (filter[word % filterSize] === 0 || !hashes.has(word)) continue;
      const files = found.get(word);
      if (!files) found.set(word, [file]);
      else if (files.length <= mostFilesOfName) files.push(file);
    }
  }
  return found;
}
