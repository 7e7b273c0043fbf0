import type { RepositoryIndex } from "../../../schema/repository-index.ts";
import type { TaskInput } from "../../../schema/task.ts";
import { identifierHash, wordHashes } from "../../../util/word-hashes.ts";
import { charactersRead } from "./likely-files.ts";
import { namesOf } from "./named-symbols.ts";

const filterSize = 2 ** 16;
const wordsPerTurn = 250_000;

/**
 * The index with those words alone that the texts of the tasks hold: an analysis of these tasks finds the same in it as
 * in the whole, in a small part of the time. One pass over the words, with a turn for others after every 250,000.
 */
export async function narrowedIndex(
  index: RepositoryIndex,
  asked: { readonly tasks: readonly TaskInput[]; readonly turn: () => Promise<void> },
): Promise<RepositoryIndex> {
  const wanted = wordsOf(asked.tasks);
  const filter = new Uint8Array(filterSize);
  for (const word of wanted) filter[word % filterSize] = 1;
  const wordStart = new Uint32Array(index.paths.length + 1);
  const lengths = new Uint32Array(index.paths.length);
  const words: number[] = [];
  const counts: number[] = [];
  let nextTurn = wordsPerTurn;
  for (let file = 0; file < index.paths.length; file++) {
    const start = index.wordStart[file] as number;
    const end = index.wordStart[file + 1] as number;
    let length = 0;
    for (let place = start; place < end; place++) {
      const count = index.counts[place] as number;
      const word = index.words[place] as number;
      length += count;
      if (filter[word % filterSize] === 0 || !wanted.has(word)) continue;
      words.push(word);
      counts.push(count);
    }
    lengths[file] = length;
    wordStart[file + 1] = words.length;
    if (end < nextTurn) continue;
    nextTurn = end + wordsPerTurn;
    await asked.turn();
  }
  return { ...index, wordStart, words: Uint32Array.from(words), counts: Uint8Array.from(counts), lengths };
}

function wordsOf(tasks: readonly TaskInput[]): ReadonlySet<number> {
  const wanted = new Set<number>();
  for (const { description } of tasks) {
    const text = description.slice(0, charactersRead);
    for (const word of wordHashes(text)) wanted.add(word);
    for (const name of namesOf(text)) wanted.add(identifierHash(name));
  }
  return wanted;
}
