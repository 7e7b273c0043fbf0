import type { RepositoryIndex } from "../../../schema/repository-index.ts";
import type { TaskInput } from "../../../schema/task.ts";
import { wordHashes } from "../../../util/word-hashes.ts";
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
const namedBonus = 20;
/** What log(1 + recent changes) adds. */
const popularityWeight = 1.5;
const mostFiles = 10;
/** How much of a text is read. */
export const charactersRead = 2_000;
/** A word that more than this share of all files has tells nothing. */
const commonShare = 0.4;
const filterSize = 2 ** 16;

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
  const scores = new Float64Array(index.paths.length);
  return tasks.map((task, number) => {
    scores.fill(0);
    for (const word of queries[number] ?? []) {
      const found = occurrences.get(word);
      if (found) addScores(scores, found);
    }
    const named = new Set([...filesNamedIn(task.description)].flatMap((path) => resolve(path) ?? []));
    for (const file of named) scores[file] = (scores[file] as number) + namedBonus;
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
  // Most words of most files are in no query, and need not be looked up for it.
  const filter = new Uint8Array(filterSize);
  for (const query of queries) {
    for (const word of query) {
      if (everyday.has(word) || occurrences.has(word)) continue;
      occurrences.set(word, { files: [], weights: [] });
      filter[word % filterSize] = 1;
    }
  }
  const { words, counts, wordStart } = index;
  const lengths = index.lengths ?? lengthsOf(index);
  const mean = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, index.paths.length);
  for (let file = 0; file < index.paths.length; file++) {
    const start = wordStart[file] as number;
    const end = wordStart[file + 1] as number;
    const length = lengths[file] as number;
    const factor = saturation * (1 - lengthShare + (lengthShare * length) / Math.max(1, mean));
    for (let place = start; place < end; place++) {
      const word = words[place] as number;
      if (filter[word % filterSize] === 0) continue;
      const found = occurrences.get(word);
      if (!found) continue;
      const count = counts[place] as number;
      found.files.push(file);
      found.weights.push((count * (saturation + 1)) / (count + factor));
    }
  }
  return occurrences;
}

function lengthsOf({ paths, wordStart, counts }: RepositoryIndex): Uint32Array {
  const lengths = new Uint32Array(paths.length);
  for (let file = 0; file < lengths.length; file++) {
    const end = wordStart[file + 1] as number;
    let length = 0;
    for (let place = wordStart[file] as number; place < end; place++) length += counts[place] as number;
    lengths[file] = length;
  }
  return lengths;
}

function addScores(scores: Float64Array, { files, weights }: Occurrences): void {
  const share = files.length;
  if (share === 0 || share > Math.max(1, commonShare * scores.length)) return;
  const rarity = Math.log(1 + (scores.length - share + 0.5) / (share + 0.5));
  for (let at = 0; at < share; at++) {
    const file = files[at] as number;
    scores[file] = (scores[file] as number) + rarity * (weights[at] as number);
  }
}

/** The best files in one pass: few enter a list that is full of better ones. */
function best(
  scores: Float64Array,
  known: { readonly named: ReadonlySet<number>; readonly changes: Uint16Array },
): RankedFile[] {
  const ranked: RankedFile[] = [];
  for (let file = 0; file < scores.length; file++) {
    const found = scores[file] as number;
    if (found === 0) continue;
    const score = found + popularityWeight * Math.log1p(known.changes[file] ?? 0);
    const last = ranked.at(-1);
    if (last && ranked.length === mostFiles && last.score >= score) continue;
    const place = ranked.findIndex((other) => other.score < score);
    ranked.splice(place === -1 ? ranked.length : place, 0, { file, score, named: known.named.has(file) });
    if (ranked.length > mostFiles) ranked.pop();
  }
  return ranked;
}
