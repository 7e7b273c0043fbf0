import type { Git, Shadow } from "../../ports/git.ts";

/** Blobs in one git process; its answer is held in memory. */
const MAX_BATCH = 100;

const LINE_FEED = 10;

/** The contents of blobs as text, by their ids; ids that are no blob are left out. */
export async function readBlobs(request: {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly ids: readonly string[];
}): Promise<ReadonlyMap<string, string>> {
  const { git, shadow } = request;
  const ids = [...new Set(request.ids)];
  const blobs = new Map<string, string>();
  for (let from = 0; from < ids.length; from += MAX_BATCH) {
    const input = ids
      .slice(from, from + MAX_BATCH)
      .map((id) => `${id}\n`)
      .join("");
    const { bytes } = await git.run(["cat-file", "--batch"], { gitDir: shadow.gitDir, input });
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(LINE_FEED, at);
      const [id, type, size] = decoder.decode(bytes.subarray(at, end)).split(" ");
      at = end + 1;
      if (size === undefined || id === undefined) continue;
      if (type === "blob") blobs.set(id, decoder.decode(bytes.subarray(at, at + Number(size))));
      at += Number(size) + 1;
    }
  }
  return blobs;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
