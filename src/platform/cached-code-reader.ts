import { join } from "node:path";
import type { CodeReader, CodeText } from "../ports/code-reader.ts";
import type { Files } from "../ports/files.ts";
import type { CodeFacts } from "../schema/code-facts.ts";
import { crc32 } from "../util/crc32.ts";
import { sha256Hex } from "../util/sha256.ts";
import { errorCode } from "./error-code.ts";

/** Files kept in one of the 256 folders; when there are more, the folder is emptied. */
const FILES_IN_FOLDER = 40;
/** Definitions, references and imports kept in memory. */
const KEPT_FACTS = 300_000;

/** What a cached reader is made of. */
export interface CachedReaderParts {
  /** Asked for what is not in the cache. */
  readonly reader: CodeReader;
  readonly files: Files;
  /** A folder that this program may empty at any time. */
  readonly folder: string;
  /** Version of the readers; facts of another version are not used. */
  readonly version: number;
}

/**
 * Keeps facts by the content of the text, its language and the version of the readers: in memory and in a folder.
 * A file that is damaged is read anew and replaced; a folder that cannot be read or written costs the time only.
 */
export function createCachedCodeReader({ reader, files, folder, version }: CachedReaderParts): CodeReader {
  const memory = createMemory();
  const home = join(folder, `v${version}`);

  const recall = async (key: string): Promise<CodeFacts | undefined> => {
    const known = memory.get(key);
    if (known !== undefined) return known;
    const facts = unwrap(await unlessRefused(files.readText(pathOf(home, key))));
    if (facts !== undefined) memory.set(key, facts);
    return facts;
  };

  const keep = async (key: string, facts: CodeFacts): Promise<void> => {
    memory.set(key, facts);
    const path = pathOf(home, key);
    const shelf = join(home, key.slice(0, 2));
    if ((await files.list(shelf)).length >= FILES_IN_FOLDER) await files.removeTree(shelf);
    await files.makeFolder(shelf);
    if (await files.createExclusive(path, wrap(facts))) return;
    await files.removeFile(path);
    await files.createExclusive(path, wrap(facts));
  };

  return {
    read: async (texts) => {
      const keys = await Promise.all(texts.map((text) => keyOf(text)));
      const answers = await Promise.all(keys.map(recall));
      const missing = [...answers.keys()].filter((index) => answers[index] === undefined);
      const fresh = await reader.read(missing.map((index) => texts[index] as CodeText));
      const keeping = missing.map(async (index, at) => {
        const facts = fresh[at];
        answers[index] = facts;
        if (facts !== undefined) await unlessRefused(keep(keys[index] as string, facts));
      });
      await Promise.all(keeping);
      return answers;
    },
  };
}

/** What the file system refuses is read again next time; that is all a cache may cost. */
async function unlessRefused<Value>(work: Promise<Value>): Promise<Value | undefined> {
  try {
    return await work;
  } catch (error) {
    if (errorCode(error) === "") throw error;
    return undefined;
  }
}

async function keyOf({ language, text }: CodeText): Promise<string> {
  return await sha256Hex(`${language}\n${text}`);
}

function pathOf(home: string, key: string): string {
  return join(home, key.slice(0, 2), `${key.slice(2)}.json`);
}

function wrap(facts: CodeFacts): string {
  const body = JSON.stringify(facts);
  return `${crc32(body)}\n${body}`;
}

/** The facts of a file that is as it was written. */
function unwrap(content: string | undefined): CodeFacts | undefined {
  const end = content?.indexOf("\n") ?? -1;
  if (content === undefined || end === -1) return undefined;
  const body = content.slice(end + 1);
  return crc32(body) === content.slice(0, end) ? (JSON.parse(body) as CodeFacts) : undefined;
}

/** What was used last, up to a number of facts. */
function createMemory(): { get(key: string): CodeFacts | undefined; set(key: string, facts: CodeFacts): void } {
  const kept = new Map<string, CodeFacts>();
  let size = 0;
  const sizeOf = ({ definitions, references, imports }: CodeFacts): number =>
    1 + definitions.length + references.length + imports.length;
  const remove = (key: string): CodeFacts | undefined => {
    const facts = kept.get(key);
    if (facts === undefined) return undefined;
    size -= sizeOf(facts);
    kept.delete(key);
    return facts;
  };
  const set = (key: string, facts: CodeFacts): void => {
    remove(key);
    kept.set(key, facts);
    size += sizeOf(facts);
    for (const oldest of kept.keys()) {
      if (size <= KEPT_FACTS || kept.size === 1) break;
      remove(oldest);
    }
  };
  return {
    set,
    get: (key) => {
      const facts = remove(key);
      if (facts !== undefined) set(key, facts);
      return facts;
    },
  };
}
