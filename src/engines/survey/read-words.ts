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

/** No words: a file that is too large, binary, or gone. */
const noWords: FileWords = { words: new Uint32Array(0), counts: new Uint8Array(0) };

/**
 * Reads the words of files, in the order given. Files of more than 128 KB, binary ones and lock
 * files have none; of the others the 600 most frequent words count.
 */
export async function readWords(
  reader: BulkReader,
  { root, paths }: { readonly root: string; readonly paths: readonly string[] },
): Promise<readonly FileWords[]> {
  const found: FileWords[] = Array.from({ length: paths.length }, () => noWords);
  const places = paths.flatMap((path, number) => (unread.test(path) || lockFiles.test(path) ? [] : [{ path, number }]));
  await reader.read({ root, paths: places.map(({ path }) => path), mostBytes: largestBytes }, (index, bytes) => {
    const place = places[index];
    if (place && !bytes.subarray(0, binaryProbe).includes(0)) found[place.number] = countWords(bytes);
  });
  return found;
}

function countWords(bytes: Uint8Array): FileWords {
  const counts = new Map<number, number>();
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
