import type { Files } from "../../ports/files.ts";
import { sha256Hex } from "../../util/sha256.ts";
import type { FileWords } from "./read-words.ts";
import type { RecentChanges } from "./recent-changes.ts";

/** What an earlier survey of the same workspace has read. */
export interface KeptSurvey {
  /** The words of a version of a file; undefined where that version was not read. */
  wordsOf(path: string, version: string): FileWords | undefined;
  /** The changes up to that commit, where they were counted. */
  changesOf(head: string | undefined): RecentChanges | undefined;
  readonly fileCount: number;
}

/** What is kept of a survey. */
export interface SurveyRecord {
  readonly entries: readonly { readonly path: string; readonly version: string; readonly found: FileWords }[];
  readonly head: string | undefined;
  readonly changes: RecentChanges;
}

interface Header {
  readonly format: number;
  readonly root: string;
  /** Path, version and number of words of each file. */
  readonly files: readonly (readonly [path: string, version: string, count: number])[];
  readonly head: string | null;
  readonly commits: number;
  readonly changes: readonly (readonly [path: string, count: number])[];
}

/** Counts up with every change of what the words are or how they are kept. */
const format = 2;
const lengthBytes = 4;

/**
 * Opens the survey kept for a workspace; anything that is not whole and of this version counts as none, and so does
 * what the file system refuses to hand out.
 */
export async function openSurvey(
  world: { readonly files: Files; readonly cacheFolder: string },
  root: string,
): Promise<KeptSurvey> {
  const bytes = await unlessRefused(world.files.readBytes(await fileOf(world.cacheFolder, root)));
  const kept = bytes && decode(bytes, root);
  if (!kept) return { wordsOf: () => undefined, changesOf: () => undefined, fileCount: 0 };
  const { header, words, counts } = kept;
  const places = new Map<string, { readonly version: string; readonly start: number; readonly end: number }>();
  let start = 0;
  for (const [path, version, count] of header.files) {
    places.set(path, { version, start, end: start + count });
    start += count;
  }
  return {
    fileCount: places.size,
    wordsOf(path, version) {
      const place = places.get(path);
      if (place?.version !== version) return undefined;
      return { words: words.subarray(place.start, place.end), counts: counts.subarray(place.start, place.end) };
    },
    changesOf(head) {
      if (head === undefined || header.head !== head) return undefined;
      return { byPath: new Map(header.changes), commits: header.commits };
    },
  };
}

/** Keeps a survey for the next time; where the folder cannot be written, that one takes as long as this one. */
export async function keepSurvey(
  world: { readonly files: Files; readonly cacheFolder: string },
  root: string,
  record: SurveyRecord,
): Promise<void> {
  const total = record.entries.reduce((sum, { found }) => sum + found.words.length, 0);
  const words = new Uint32Array(total);
  const counts = new Uint8Array(total);
  let place = 0;
  for (const { found } of record.entries) {
    words.set(found.words, place);
    counts.set(found.counts, place);
    place += found.words.length;
  }
  const header: Header = {
    format,
    root,
    files: record.entries.map(({ path, version, found }) => [path, version, found.words.length]),
    head: record.head ?? null,
    commits: record.changes.commits,
    changes: [...record.changes.byPath],
  };
  const path = await fileOf(world.cacheFolder, root);
  const keep = async (): Promise<void> => {
    await world.files.makeFolder(`${world.cacheFolder}/surveys`);
    await world.files.writeAtomic(path, encode(header, words, counts));
  };
  await unlessRefused(keep());
}

/** What the file system refuses costs the time of reading again and nothing else. */
async function unlessRefused<Value>(work: Promise<Value>): Promise<Value | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

async function fileOf(cacheFolder: string, root: string): Promise<string> {
  return `${cacheFolder}/surveys/${(await sha256Hex(root)).slice(0, 32)}.words`;
}

/** Length of the header, header, words, counts; the words begin at a multiple of four. */
function encode(header: Header, words: Uint32Array, counts: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = lengthBytes + Math.ceil(text.length / 4) * 4;
  const bytes = new Uint8Array(start + words.byteLength + counts.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, lengthBytes);
  bytes.set(new Uint8Array(words.buffer), start);
  bytes.set(counts, start + words.byteLength);
  return bytes;
}

function decode(
  bytes: Uint8Array,
  root: string,
): { readonly header: Header; readonly words: Uint32Array; readonly counts: Uint8Array } | undefined {
  if (bytes.length < lengthBytes) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const start = lengthBytes + Math.ceil(length / 4) * 4;
  if (start > bytes.length) return undefined;
  const header = readHeader(bytes.subarray(lengthBytes, lengthBytes + length));
  if (header?.format !== format || header.root !== root) return undefined;
  const total = header.files.reduce((sum, [, , count]) => sum + count, 0);
  if (bytes.length !== start + total * 5) return undefined;
  // Copies: a view of the file's bytes may begin anywhere, and four-byte numbers may not.
  const words = new Uint32Array(new Uint8Array(bytes.subarray(start, start + total * 4)).buffer);
  const counts = new Uint8Array(bytes.subarray(start + total * 4));
  return { header, words, counts };
}

function readHeader(bytes: Uint8Array): Header | undefined {
  try {
    // Only this program writes the folder; a file that was cut short fails here or at its length.
    return JSON.parse(new TextDecoder().decode(bytes)) as Header;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
