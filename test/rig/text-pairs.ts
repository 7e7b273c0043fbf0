/** Pairs of changes to real text, made at random from a seed, and what git's own merge says of each. */
import { readdir, readFile } from "node:fs/promises";
import { execFile } from "node:child_process";
import { join } from "node:path";

/** A text, two versions of it, and whether git merges them. */
export interface TextPair {
  readonly base: string;
  readonly left: string;
  readonly right: string;
  /** What git's merge gives where it merges them. */
  readonly merged: string | undefined;
  /** Unified diffs of base and left, base and right, as `git diff` shows them. */
  readonly diffs: readonly [string, string];
  readonly clean: boolean;
}

type Draft = Pick<TextPair, "base" | "left" | "right">;

const env = { PATH: process.env["PATH"] ?? "", GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };

function runGit(folder: string, argv: readonly string[], input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, env, maxBuffer: 256 * 1024 * 1024 };
    const child = execFile("git", argv, options, (error, stdout) => {
      // 1 says that some of the merges have conflicts.
      if (error && error.code !== 1) reject(new Error(`git ${argv[0]} failed`, { cause: error }));
      else resolve(stdout);
    });
    // A command that ends without reading its input is judged by its exit code.
    child.stdin?.on("error", () => undefined).end(input);
  });
}

/** Makes pairs out of the sources below a folder; `scratch` has to be empty. */
export async function makeTextPairs(request: {
  readonly sources: string;
  readonly scratch: string;
  readonly seed: number;
  readonly count: number;
}): Promise<readonly TextPair[]> {
  const { scratch, count } = request;
  const random = chance(request.seed);
  const texts = await readSources(request.sources);
  const drafts: Draft[] = [];
  while (drafts.length < count) {
    const lines = pick(random, texts);
    const start = Math.floor(random() * Math.max(1, lines.length - 40));
    const part = lines.slice(start, start + 40);
    const other = pick(random, texts);
    const version = (): string => mutate(random, part, other).join("\n") + (random() < 0.1 ? "" : "\n");
    const draft = { base: `${part.join("\n")}\n`, left: version(), right: version() };
    if (draft.left !== draft.base && draft.right !== draft.base) drafts.push(draft);
  }
  await runGit(scratch, ["init", "--quiet", "--bare", "."]);
  await runGit(scratch, ["fast-import", "--quiet", "--force"], drafts.map(importOf).join(""));
  const names = drafts.map((_, index) => ({ base: `b${index}`, left: `l${index}`, right: `r${index}` }));
  const merges = await runGit(
    scratch,
    ["merge-tree", "--write-tree", "--stdin", "-z", "--name-only", "--no-messages"],
    names.map(({ left, right }) => `${left} ${right}\n`).join(""),
  );
  const trees = readTrees(merges.split("\0"), count);
  const diffs = new Map<string, string>();
  for (const { base, left, right } of names) {
    for (const side of [left, right]) diffs.set(side, await runGit(scratch, ["diff", base, side]));
  }
  const pairs: TextPair[] = [];
  for (const [index, draft] of drafts.entries()) {
    const tree = trees[index];
    const merged = tree === undefined ? undefined : await runGit(scratch, ["cat-file", "blob", `${tree}:file.ts`]);
    pairs.push({
      ...draft,
      merged,
      clean: merged !== undefined,
      diffs: [diffs.get(`l${index}`) ?? "", diffs.get(`r${index}`) ?? ""],
    });
  }
  return pairs;
}

/** A linear congruential generator (Knuth's constants for 32 bits). */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function pick<Item>(random: () => number, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

async function readSources(folder: string): Promise<readonly (readonly string[])[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ts")).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return texts.map((text) => text.split("\n").slice(0, -1)).filter((lines) => lines.length > 20);
}

/** Inserts, deletes, doubles and replaces some lines; what comes in is taken from the text itself or another one. */
function mutate(random: () => number, lines: readonly string[], other: readonly string[]): readonly string[] {
  const result = [...lines];
  const some = (most: number): number => 1 + Math.floor(random() * most);
  const take = (): readonly string[] => {
    const from = random() < 0.5 ? result : other;
    const start = Math.floor(random() * from.length);
    return from.slice(start, start + some(4));
  };
  for (let edits = some(4); edits > 0; edits--) {
    const at = Math.floor(random() * (result.length + 1));
    const kind = random();
    if (kind < 0.35) result.splice(at, 0, ...take());
    else if (kind < 0.6) result.splice(at, some(3));
    else if (kind < 0.7) result.splice(at, 0, ...result.slice(at, at + some(3)));
    else result.splice(at, some(2), ...take());
  }
  return result;
}

function importOf({ base, left, right }: Draft, index: number): string {
  const commit = (name: string, text: string, from: string): string =>
    `commit refs/heads/${name}${index}\ncommitter a <a@example.com> 0 +0000\ndata 0\n${from}M 100644 inline file.ts\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  const from = `from refs/heads/b${index}\n`;
  return commit("b", base, "") + commit("l", left, from) + commit("r", right, from);
}

/** The merged trees; undefined for a merge with conflicts. */
function readTrees(fields: readonly string[], count: number): readonly (string | undefined)[] {
  const trees: (string | undefined)[] = [];
  for (let at = 0; trees.length < count; at++) {
    trees.push(fields[at] === "1" ? fields[at + 1] : undefined);
    at += 2;
    while (fields[at] !== "") at++;
  }
  return trees;
}
