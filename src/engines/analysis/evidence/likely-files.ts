import type { RepositoryIndex } from "../../../schema/repository-index.ts";
import type { TaskInput } from "../../../schema/task.ts";
import { forEachWordHash, wordHashes } from "../../../util/word-hashes.ts";
import { filesNamedIn } from "../file-patterns.ts";
import { pathResolver } from "./meant-path.ts";

/** A file that a task's text speaks of, and how much. */
export interface RankedFile {
  /** Number of the path in the index. */
  readonly file: number;
  /** Higher is likelier; comparable within one task. */
  readonly score: number;
  /** Whether the text names the path or its last part. */
  readonly named: boolean;
}

const saturation = 1.2;
const lengthShare = 0.75;
/** How many times a word of the path counts. */
const pathWeight = 6;
const namedBonus = 20;
/** What log(1 + recent changes) adds. */
const popularityWeight = 1.5;
const mostFiles = 10;
const charactersRead = 2_000;
/** A word that more than this share of all files has tells nothing. */
const commonShare = 0.4;
const filterBits = 16;
const filterSize = 2 ** filterBits;

const everyday = wordHashes(
  "the and for with from that this into when then than are was not but all any can new use using make should must will have has its " +
    "out per via each also only where which add update fix change remove support implement create ensure allow improve handle set get",
);

/**
 * Ranks the files of a repository for each task by its text: BM25 (Robertson and Zaragoza 2009) over
 * the words of path and content, with a prior for files that change often and a bonus for those that
 * the text names. The ten best of each task, best first. Linear in the words of the index.
 */
export function likelyFiles(tasks: readonly TaskInput[], index: RepositoryIndex): RankedFile[][] {
  const queries = tasks.map((task) => wordHashes(task.description.slice(0, charactersRead)));
  const occurrences = findOccurrences(queries, index);
  const resolve = pathResolver(index.paths);
  return tasks.map((task, number) => {
    const scores = new Map<number, number>();
    for (const word of queries[number] ?? []) {
      const found = occurrences.get(word);
      if (found) addScores(scores, found, index.paths.length);
    }
    const named = new Set([...filesNamedIn(task.description)].flatMap((path) => resolve(path) ?? []));
    for (const file of named) scores.set(file, (scores.get(file) ?? 0) + namedBonus);
    return best(scores, { named, changes: index.changes });
  });
}

/** Where a word occurs: files, and how much it weighs in each after saturation and length. */
interface Occurrences {
  readonly files: number[];
  readonly weights: number[];
}

function findOccurrences(queries: readonly ReadonlySet<number>[], index: RepositoryIndex): Map<number, Occurrences> {
  const occurrences = new Map<number, Occurrences>();
  const filter = new Uint8Array(filterSize);
  for (const query of queries) {
    for (const word of query) {
      if (everyday.has(word) || occurrences.has(word)) continue;
      occurrences.set(word, { files: [], weights: [] });
      filter[word % filterSize] = 1;
    }
  }
  const lengths = fileLengths(index);
  const mean = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
  for (let file = 0; file < index.paths.length; file++) {
    const factor = saturation * (1 - lengthShare + (lengthShare * (lengths[file] ?? 0)) / Math.max(1, mean));
    for (const [word, count] of wordsOfFile(index, file, filter)) {
      const found = occurrences.get(word);
      if (!found) continue;
      found.files.push(file);
      found.weights.push((count * (saturation + 1)) / (count + factor));
    }
  }
  return occurrences;
}

/** The words of a file that some query may have, with those of its path. */
function wordsOfFile(index: RepositoryIndex, file: number, filter: Uint8Array): Map<number, number> {
  const counts = new Map<number, number>();
  const end = index.wordStart[file + 1] ?? 0;
  for (let place = index.wordStart[file] ?? 0; place < end; place++) {
    const word = index.words[place] as number;
    if (filter[word % filterSize] === 1) counts.set(word, index.counts[place] as number);
  }
  forEachWordHash(encoder.encode(index.paths[file]), (word) => {
    if (filter[word % filterSize] === 1) counts.set(word, (counts.get(word) ?? 0) + pathWeight);
  });
  return counts;
}

const encoder = new TextEncoder();

function fileLengths(index: RepositoryIndex): Float64Array {
  const lengths = new Float64Array(index.paths.length);
  for (let file = 0; file < lengths.length; file++) {
    const end = index.wordStart[file + 1] ?? 0;
    for (let place = index.wordStart[file] ?? 0; place < end; place++) {
      lengths[file] = (lengths[file] as number) + (index.counts[place] as number);
    }
  }
  return lengths;
}

function addScores(scores: Map<number, number>, found: Occurrences, files: number): void {
  const share = found.files.length;
  if (share === 0 || share > Math.max(1, commonShare * files)) return;
  const rarity = Math.log(1 + (files - share + 0.5) / (share + 0.5));
  found.files.forEach((file, at) => {
    scores.set(file, (scores.get(file) ?? 0) + rarity * (found.weights[at] as number));
  });
}

function best(
  scores: ReadonlyMap<number, number>,
  known: { readonly named: ReadonlySet<number>; readonly changes: Uint16Array },
): RankedFile[] {
  const ranked = Array.from(scores, ([file, score]) => ({
    file,
    score: score + popularityWeight * Math.log(1 + (known.changes[file] ?? 0)),
    named: known.named.has(file),
  }));
  return ranked.toSorted((left, right) => right.score - left.score || left.file - right.file).slice(0, mostFiles);
}
