import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { judgePairs } from "../../src/engines/merging/pairs/judge-pairs.ts";
import { readCandidates } from "../../src/engines/merging/merge-candidate.ts";
import { meetingPairs } from "../../src/engines/merging/pairs/meeting-pairs.ts";
import { mergePairs, mergeTwo } from "../../src/engines/merging/pairs/merge-tree.ts";
import { areApart, proveClean } from "../../src/engines/merging/pairs/prove-clean.ts";
import { readBlobs } from "../../src/engines/merging/read-blobs.ts";
import { readHunks } from "../../src/engines/merging/pairs/read-hunks.ts";
import { uniteInsertions } from "../../src/engines/merging/by-kind/unite-insertions.ts";
import { gitCli } from "../../src/platform/git-cli.ts";
import type { Git, Shadow } from "../../src/ports/git.ts";
import { temporaryFolder } from "../rig/git-rig.ts";
import { chance, randomEdit, randomText } from "../rig/random-texts.ts";

const CASES = 1_500;

interface Repository {
  readonly git: Git;
  readonly shadow: Shadow;
  readonly attributeFolder: string;
  commitOf(name: string): Promise<string>;
}

interface Entry {
  readonly path: string;
  readonly text: string | undefined;
  readonly mode?: string;
}

/** A bare repository of a base and commits on top of it. */
async function openRepository(
  folder: string,
  commits: Readonly<Record<string, readonly Entry[]>>,
): Promise<Repository> {
  const gitDir = join(folder, "shadow.git");
  const attributeFolder = join(folder, "attributes");
  await mkdir(attributeFolder);
  const git = gitCli();
  await git.run(["init", "--quiet", "--bare", "--", gitDir], { cwd: folder });
  const entry = ({ path, text, mode = "100644" }: Entry): string =>
    text === undefined ? `D ${path}\n` : `M ${mode} inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  const input = Object.entries(commits).map(
    ([name, entries]) =>
      `commit refs/heads/${name}\ncommitter a <a@example.com> 0 +0000\ndata 0\n` +
      `${name === "base" ? "" : "from refs/heads/base\n"}${entries.map(entry).join("")}\n`,
  );
  await git.run(["fast-import", "--quiet"], { gitDir, input: input.join("") });
  return {
    git,
    attributeFolder,
    shadow: { gitDir, workTree: folder, prefix: "", userGitDir: undefined },
    commitOf: async (name) => (await git.run(["rev-parse", "--verify", `refs/heads/${name}`], { gitDir })).text.trim(),
  };
}

async function commitsOf(repository: Repository, names: readonly string[]): Promise<readonly string[]> {
  return Promise.all(names.map((name) => repository.commitOf(name)));
}

test.each([1, 2, 3])(
  "texts whose changes are proven to be apart are the very texts that git's merge gives, whatever the edits (seed %i)",
  async (seed) => {
    const random = chance(seed);
    const texts = Array.from({ length: CASES }, () => {
      const base = randomText(random);
      return { base, left: randomEdit(random, base), right: randomEdit(random, base) };
    });
    const entries = (side: "base" | "left" | "right"): readonly Entry[] =>
      texts.map((each, index) => ({ path: `f${index}.txt`, text: each[side] }));
    await using folder = await temporaryFolder();
    const commits = { base: entries("base"), left: entries("left"), right: entries("right") };
    const repository = await openRepository(folder.path, commits);
    const { git, shadow } = repository;
    const [from = "", left = "", right = ""] = await commitsOf(repository, ["base", "left", "right"]);
    const merge = await mergeTwo({ ...repository, fleeting: true }, left, right);
    if (merge.status !== "conflict") throw new Error("some of so many edits are in conflict");
    const listed = await git.run(["ls-tree", "-r", "-z", merge.tree], { gitDir: shadow.gitDir });
    const idOf = new Map(
      listed.text.split("\0").map((line) => [line.split("\t")[1] ?? "", line.split(/[ \t]/)[2] ?? ""]),
    );
    const blobs = await readBlobs({ git, shadow, ids: [...idOf.values()] });
    const inConflict = new Set(merge.paths);
    const [mine, theirs] = await readHunks({ git, shadow, from, commits: [left, right] });
    let [apart, clean] = [0, 0];
    for (const [index, { base, left: one, right: other }] of texts.entries()) {
      const path = `f${index}.txt`;
      const [own, their] = [mine?.get(path), theirs?.get(path)];
      if (one === base || other === base || one === other || !own || !their) continue;
      if (!inConflict.has(path)) clean += 1;
      if (!areApart(own, their)) continue;
      apart += 1;
      const text = uniteInsertions({ base, left: own, right: their }, () => false);
      const gits = inConflict.has(path) ? "a conflict" : blobs.get(idOf.get(path) ?? "");
      expect({ base, one, other, merged: gits }).toEqual({ base, one, other, merged: text });
    }
    // Git merges a little more: changes that meet and are alike in part.
    expect(apart).toBeGreaterThan(CASES / 10);
    expect(clean - apart).toBeLessThan(clean / 5);
  },
  120_000,
);

test("every pair is judged as git's merge judges it, whatever the results do to files beside their texts", async () => {
  const random = chance(7);
  const names = Array.from({ length: 14 }, (_, index) => `d${index % 3}/f${index}.txt`);
  const base = new Map(names.map((path) => [path, randomText(random)]));
  const results = Array.from({ length: 32 }, (): readonly Entry[] => {
    const edits = new Map<string, Entry>();
    for (let count = 9; count > 0; count--) {
      const path = names[Math.floor(random() * names.length)] ?? "";
      edits.set(path, { path, text: randomEdit(random, base.get(path) ?? "", 1) });
    }
    for (const extra of oddEdits(random, base)) edits.set(extra.path, extra);
    return [...edits.values()];
  });
  const commits: Record<string, readonly Entry[]> = {
    base: [...base].map(([path, text]) => ({ path, text })),
    ...Object.fromEntries(results.map((edits, index) => [`r${index}`, edits])),
  };
  await using folder = await temporaryFolder();
  const repository = await openRepository(folder.path, commits);
  // One text that is merged by a rule, one that is merged as a whole, one that is shown as a text whatever it holds.
  const rules = "f1.txt merge=union\nf2.txt binary\nf3.txt diff\n";
  await writeFile(join(repository.attributeFolder, ".gitattributes"), rules);
  const start = await repository.commitOf("base");
  const heads = await commitsOf(
    repository,
    results.map((_, index) => `r${index}`),
  );
  const { candidates } = await readCandidates({
    ...repository,
    base: start,
    results: heads.map((commit, order) => ({
      ...{ taskId: `t${order}`, agentId: `a${order}`, commit, needs: [], priority: 0, order },
    })),
  });
  const pairs = meetingPairs(candidates).filter(({ alike }) => !alike);
  const { proven } = await proveClean({ ...repository, base: start, pairs });
  const verdicts = await mergePairs({
    ...repository,
    fleeting: true,
    pairs: pairs.map(({ left, right }) => [left.commit, right.commit]),
  });
  const wrong = pairs.filter((pair, index) => proven.has(pair) && verdicts[index]?.status !== "clean");
  expect(wrong).toEqual([]);
  expect(proven.size).toBeGreaterThan(10);
  expect(verdicts.filter(({ status }) => status !== "clean").length).toBeGreaterThan(50);
  const judged = await judgePairs({ ...repository, base: start, candidates });
  expect(judged.rivalries.length).toBe(verdicts.filter(({ status }) => status !== "clean").length);
}, 120_000);

/** Files that are added, deleted, moved, made links or folders, or given another mode or content that is no text. */
function oddEdits(random: () => number, base: ReadonlyMap<string, string>): readonly Entry[] {
  const paths = [...base.keys()];
  const path = paths[Math.floor(random() * paths.length)] ?? "";
  const text = base.get(path) ?? "";
  const kinds: readonly (() => readonly Entry[])[] = [
    () => [],
    () => [],
    () => [],
    () => [{ path: "new.txt", text: randomText(random) }],
    () => [{ path, text: undefined }],
    () => [
      { path, text: undefined },
      { path: `moved/${path}`, text },
    ],
    () => [{ path, text: "target", mode: "120000" }],
    () => [{ path, text, mode: "100755" }],
    () => [{ path, text: `${text}\0` }],
    () => [
      { path, text: undefined },
      { path: `${path}/inside`, text },
    ],
    () => [{ path: "new.txt/inside", text }],
  ];
  return (kinds[Math.floor(random() * kinds.length)] ?? kinds[0])?.() ?? [];
}
