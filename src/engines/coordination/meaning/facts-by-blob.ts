import type { CodeReader } from "../../../ports/code-reader.ts";
import type { Git, Shadow } from "../../../ports/git.ts";
import { readBlobs } from "../../merging/read-blobs.ts";
import { languageOf, type CodeFacts, type CodeLanguage } from "../../../schema/code-facts.ts";

/** Facts that are kept in memory; the oldest go first. */
const MAX_KEPT = 5_000;

/** Texts of manifests and configuration that are kept in memory. */
const MAX_TEXTS = 500;

/** Where blobs lie, and the git that reads them there. */
export interface BlobPlace {
  readonly git: Git;
  readonly shadow: Shadow;
}

/** Reads facts and texts of blobs; each blob is read once, and what is asked for at the same time in one go. */
export interface FactsByBlob {
  facts(place: BlobPlace, path: string, id: string): Promise<CodeFacts | undefined>;
  text(place: BlobPlace, id: string): Promise<string | undefined>;
  /** The facts of a text that is in no blob; `id` tells it from all others. */
  factsOf(path: string, id: string, text: () => Promise<string | undefined>): Promise<CodeFacts | undefined>;
}

interface Asked {
  readonly place: BlobPlace;
  readonly id: string;
  readonly language: CodeLanguage | undefined;
  readonly answer: (found: { readonly facts?: CodeFacts | undefined; readonly text?: string | undefined }) => void;
  readonly fail: (reason: unknown) => void;
}

/** Opens an empty store of facts. */
export function factsByBlob(reader: CodeReader): FactsByBlob {
  const kept = new Map<string, Promise<CodeFacts | undefined>>();
  const texts = new Map<string, Promise<string | undefined>>();
  let waiting: Asked[] = [];
  let busy = false;

  const work = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    // What is asked for in this turn and the next goes along.
    await Promise.resolve();
    while (waiting.length > 0) {
      const [first] = waiting as [Asked, ...Asked[]];
      const batch = waiting.filter((each) => each.place === first.place);
      waiting = waiting.filter((each) => each.place !== first.place);
      await readBatch(reader, batch).catch((error: unknown) => batch.forEach((each) => each.fail(error)));
    }
    busy = false;
  };
  const ask = (what: Omit<Asked, "answer" | "fail">): Promise<Parameters<Asked["answer"]>[0]> =>
    new Promise((answer, fail) => {
      waiting.push({ ...what, answer, fail });
      void work();
    });

  return {
    facts(place, path, id) {
      const language = languageOf(path);
      if (language === undefined) return Promise.resolve(undefined);
      const key = `${language} ${id}`;
      const known = kept.get(key);
      if (known) return known;
      const asked = ask({ place, id, language }).then((found) => found.facts);
      remember(kept, { key, asked, most: MAX_KEPT });
      return asked;
    },
    text(place, id) {
      const known = texts.get(id);
      if (known) return known;
      const asked = ask({ place, id, language: undefined }).then(({ text }) => text);
      remember(texts, { key: id, asked, most: MAX_TEXTS });
      return asked;
    },
    factsOf(path, id, text) {
      const language = languageOf(path);
      if (language === undefined) return Promise.resolve(undefined);
      const key = `${language} ${id}`;
      const known = kept.get(key);
      if (known) return known;
      const asked = text().then(async (found) =>
        found === undefined ? undefined : (await reader.read([{ language, text: found }]))[0],
      );
      remember(kept, { key, asked, most: MAX_KEPT });
      return asked;
    },
  };
}

/** Keeps an answer, and the newest others up to a number; one that failed is asked for again. */
function remember<Value>(
  known: Map<string, Promise<Value>>,
  { key, asked, most }: { readonly key: string; readonly asked: Promise<Value>; readonly most: number },
): void {
  known.set(key, asked);
  asked.catch(() => known.delete(key));
  if (known.size > most) known.delete(known.keys().next().value ?? "");
}

async function readBatch(reader: CodeReader, batch: readonly Asked[]): Promise<void> {
  const [{ place }] = batch as [Asked];
  const blobs = await readBlobs({ ...place, ids: batch.map(({ id }) => id) });
  const readable = batch.filter(({ id, language }) => language !== undefined && blobs.has(id));
  const facts = await reader.read(
    readable.map(({ id, language }) => ({ language: language as CodeLanguage, text: blobs.get(id) ?? "" })),
  );
  const found = new Map(readable.map((each, index) => [each, facts[index]]));
  for (const each of batch) each.answer({ facts: found.get(each), text: blobs.get(each.id) });
}
