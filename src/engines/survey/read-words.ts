import type { BulkReader } from "../../ports/bulk-reader.ts";
import { forEachWordHash } from "../../util/word-hashes.ts";

/** The different words of one file, by hash, and how often each occurs. */
export interface FileWords {
  readonly words: Uint32Array;
  readonly counts: Uint8Array;
}

const largestBytes = 128 * 1024;
const mostWords = 600;
const binaryProbe = 8_000;
const unread =
  /\.(?:png|jpe?g|gif|webp|ico|icns|bmp|tiff?|svg|pdf|zip|gz|tgz|bz2|xz|7z|rar|jar|war|class|so|dll|dylib|exe|o|a|wasm|woff2?|ttf|otf|eot|mp[34]|mov|avi|webm|ogg|wav|flac|sqlite3?|db|bin|dat|pack|map|min\.(?:js|css)|lock|snap)$/i;
const lockFiles = /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|go\.sum)$/;

/** How many times a word of the path counts. */
const pathWeight = 6;
const encoder = new TextEncoder();
const noBytes = new Uint8Array(0);

/**
 * Reads the words of files, in the order given. Of files of more than 128 KB, binary ones, lock
 * files, and those that are gone only the path counts; of the others the 600 most frequent words.
 */
export async function readWords(
  reader: BulkReader,
  { root, paths }: { readonly root: string; readonly paths: readonly string[] },
): Promise<readonly FileWords[]> {
  const found: FileWords[] = [];
  const places = paths.flatMap((path, number) => (unread.test(path) || lockFiles.test(path) ? [] : [{ path, number }]));
  await reader.read({ root, paths: places.map(({ path }) => path), mostBytes: largestBytes }, (index, bytes) => {
    const place = places[index];
    if (place && !bytes.subarray(0, binaryProbe).includes(0)) found[place.number] = countWords(place.path, bytes);
  });
  return paths.map((path, number) => found[number] ?? pathWords(path));
}

/** The words of a path alone, as they are counted with those of a content. */
export function pathWords(path: string): FileWords {
  return countWords(path, noBytes);
}

function countWords(path: string, bytes: Uint8Array): FileWords {
  const counts = new Map<number, number>();
  forEachWordHash(encoder.encode(path), (hash) => void counts.set(hash, (counts.get(hash) ?? 0) + pathWeight));
  forEachWordHash(bytes, (hash) => void counts.set(hash, (counts.get(hash) ?? 0) + 1));
  let entries = [...counts];
  if (entries.length > mostWords) {
    entries = entries.toSorted((left, right) => right[1] - left[1]).slice(0, mostWords);
  }
  return {
    words: Uint32Array.from(entries, ([hash]) => hash),
    counts: Uint8Array.from(entries, ([, count]) => Math.min(255, count)),
  };
}
