import type { RepositoryIndex } from "../../src/schema/repository-index.ts";
import { forEachWordHash } from "../../src/util/word-hashes.ts";

/** The index of files with these contents; `changes` says how many of the last commits changed a file. */
export function indexOf(
  files: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, number>> = {},
): RepositoryIndex {
  const paths = Object.keys(files);
  const words: number[] = [];
  const counts: number[] = [];
  const wordStart = [0];
  for (const path of paths) {
    const found = new Map<number, number>();
    forEachWordHash(new TextEncoder().encode(path), (hash) => void found.set(hash, (found.get(hash) ?? 0) + 6));
    forEachWordHash(new TextEncoder().encode(files[path]), (hash) => void found.set(hash, (found.get(hash) ?? 0) + 1));
    words.push(...found.keys());
    counts.push(...found.values());
    wordStart.push(words.length);
  }
  return {
    paths,
    wordStart: Uint32Array.from(wordStart),
    words: Uint32Array.from(words),
    counts: Uint8Array.from(counts),
    changes: Uint16Array.from(paths, (path) => changes[path] ?? 0),
    commits: 10,
    limits: [],
  };
}
