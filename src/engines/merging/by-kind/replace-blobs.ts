import type { Git, Shadow } from "../../../ports/git.ts";

interface Place {
  readonly git: Git;
  readonly shadow: Pick<Shadow, "gitDir">;
}

/** What stands at a path of a tree. */
export interface BlobAt {
  /** Octal, such as `100644`. */
  readonly mode: string;
  readonly id: string;
}

/** Whether it is an ordinary file: no link, no submodule. */
export function isPlainFile(blob: BlobAt | undefined): blob is BlobAt {
  return blob?.mode.startsWith("100") === true;
}

/** Mode and blob of each path of a commit that is there. */
export async function blobsAt(
  { git, shadow }: Place,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, BlobAt>> {
  const argv = ["--literal-pathspecs", "ls-tree", "-z", "--full-tree", "--end-of-options", commit, "--", ...paths];
  const answer = await git.run(argv, { gitDir: shadow.gitDir });
  const entries = answer.text.split("\0").flatMap((entry) => {
    const [, mode, id, path] = /^(\d+) blob ([0-9a-f]+)\t([^]*)$/.exec(entry) ?? [];
    return mode && id && path ? [[path, { mode, id }] as const] : [];
  });
  return new Map(entries);
}

/** The tree with other blobs at paths that are there; objects are all that is written. */
export async function replaceBlobs(
  place: Place,
  tree: string,
  blobs: Iterable<readonly [string, BlobAt]>,
): Promise<string> {
  let current = tree;
  for (const [path, { mode, id }] of blobs) {
    const names = path.split("/").map((part) => Buffer.from(part).toString("latin1"));
    current = await replaceEntry(place, current, names, `${mode} blob ${id}`);
  }
  return current;
}

/** Names are carried as one character a byte: those beside the path may be no UTF-8. */
async function replaceEntry(
  call: Place,
  tree: string,
  [name = "", ...rest]: readonly string[],
  replacement: string,
): Promise<string> {
  const { gitDir } = call.shadow;
  const listed = await call.git.run(["ls-tree", "-z", "--end-of-options", tree], { gitDir });
  const entries = Buffer.from(listed.bytes)
    .toString("latin1")
    .split("\0")
    .filter((entry) => entry !== "");
  const changed: string[] = [];
  for (const entry of entries) {
    // Names may hold tabs; what stands before them does not.
    const tab = entry.indexOf("\t");
    const [, , id = ""] = entry.slice(0, tab).split(" ");
    if (entry.slice(tab + 1) !== name) changed.push(entry);
    else if (rest.length === 0) changed.push(`${replacement}\t${name}`);
    else changed.push(`040000 tree ${await replaceEntry(call, id, rest, replacement)}\t${name}`);
  }
  const input = Buffer.from(changed.map((entry) => `${entry}\0`).join(""), "latin1");
  return (await call.git.run(["mktree", "-z"], { gitDir, input })).text.trim();
}
