import * as fs from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { likelyFiles } from "../../src/engines/analysis/evidence/likely-files.ts";
import { surveyRepository } from "../../src/engines/survey/survey-repository.ts";
import { bulkReader } from "../../src/platform/bulk-reader.ts";
import { gitCli } from "../../src/platform/git-cli.ts";
import { nodeFiles } from "../../src/platform/node-files.ts";
import type { BulkReader } from "../../src/ports/bulk-reader.ts";
import type { RepositoryIndex } from "../../src/schema/repository-index.ts";
import { identifierHash } from "../../src/util/word-hashes.ts";
import { fingerprint, makeRepository, temporaryFolder, writeFiles } from "../rig/git-rig.ts";

/** Surveys a folder and says which files were read for it. */
async function survey(root: string, cacheFolder: string): Promise<{ index: RepositoryIndex; read: readonly string[] }> {
  const read: string[] = [];
  const real = bulkReader();
  const reader: BulkReader = {
    ...real,
    read: (place, visit) =>
      real.read(place, (number, bytes) => {
        read.push(place.paths[number] as string);
        visit(number, bytes);
      }),
  };
  const index = await surveyRepository({ files: nodeFiles(), git: gitCli(), reader, cacheFolder }, root);
  return { index, read: read.toSorted() };
}

const knows = (index: RepositoryIndex, name: string): boolean => index.words.includes(identifierHash(name));

test("a repository is looked at without a trace in it: tracked and new files, no ignored ones and no secrets", async () => {
  await using repository = await makeRepository({
    ".gitignore": "ignored/\n",
    "src/user.ts": "export const parseUser = 1;",
    ".env": "secretKey=parseSecret",
    "deploy/server.pem": "parseSecret",
  });
  await repository.write({
    "src/new.ts": "export const parseNew = 1;",
    "ignored/made.ts": "parseIgnored",
    "src/binary.ts": new Uint8Array([0, 1, 2]),
    "src/huge.ts": "parseHuge ".repeat(20_000),
    "src/link.ts": { link: "../.env" },
  });
  const before = await fingerprint(repository.root);
  const { index, read } = await survey(repository.root, join(repository.scratch, "cache"));
  expect(await fingerprint(repository.root)).toEqual(before);
  expect([...index.paths].toSorted()).toEqual([
    ".gitignore",
    "src/binary.ts",
    "src/huge.ts",
    "src/link.ts",
    "src/new.ts",
    "src/user.ts",
  ]);
  expect(read).toEqual([".gitignore", "src/binary.ts", "src/new.ts", "src/user.ts"]);
  expect(
    ["parseUser", "parseNew", "parseSecret", "parseIgnored", "parseHuge"].filter((name) => knows(index, name)),
  ).toEqual(["parseUser", "parseNew"]);
});

test("what was read is kept by version: the second time only what has changed is read", async () => {
  await using repository = await makeRepository({ "a.ts": "alphaOne", "b.ts": "betaOne" });
  const cache = join(repository.scratch, "cache");
  expect((await survey(repository.root, cache)).read).toEqual(["a.ts", "b.ts"]);
  expect((await survey(repository.root, cache)).read).toEqual([]);
  await repository.commit("second", { "b.ts": "betaTwo" });
  const { index, read } = await survey(repository.root, cache);
  expect(read).toEqual(["b.ts"]);
  expect(["alphaOne", "betaOne", "betaTwo"].map((name) => knows(index, name))).toEqual([true, false, true]);
  expect([...index.changes]).toEqual([1, 2]);
  expect(index.commits).toBe(2);
});

test("a cache that was cut short is read anew, and the words are right the second time", async () => {
  await using repository = await makeRepository({ "src/user.ts": "parseUser", "src/long-name.ts": "renderPage twice" });
  const cache = join(repository.scratch, "cache");
  const first = await survey(repository.root, cache);
  const [name] = await fs.readdir(join(cache, "surveys"));
  await fs.truncate(join(cache, "surveys", name as string), 40);
  expect((await survey(repository.root, cache)).read).toEqual(["src/long-name.ts", "src/user.ts"]);
  const again = await survey(repository.root, cache);
  expect(again.read).toEqual([]);
  expect(again.index).toEqual(first.index);
});

describe("a folder without git", () => {
  test("is walked without hidden and generated folders", async () => {
    await using folder = await temporaryFolder();
    await writeFiles(folder.path, {
      "src/user.ts": "parseUser",
      "node_modules/a/index.js": "parseModule",
      ".hidden/x.ts": "parseHidden",
      "credentials.json": "parseSecret",
    });
    const { index, read } = await survey(folder.path, join(folder.path, ".cache"));
    expect(index.paths).toEqual(["src/user.ts"]);
    expect(read).toEqual(["src/user.ts"]);
    expect(index.commits).toBe(0);
    expect((await survey(folder.path, join(folder.path, ".cache"))).read).toEqual([]);
  });

  test("has its .gitignore files honoured, those of folders below too, and nothing is written into it", async () => {
    await using folder = await temporaryFolder();
    await using cache = await temporaryFolder();
    const ignored = { "logs/day/a.txt": "x", "src/a.gen.ts": "x", "src/deep/notes.txt": "x" };
    await writeFiles(folder.path, {
      ".gitignore": "/logs/\n*.gen.ts\n",
      "src/deep/.gitignore": "notes.txt\n",
      "src/user.ts": "parseUser",
      "src/deep/kept.ts": "parseKept",
      "notes.txt": "kept here",
      ...ignored,
    });
    const { index, read } = await survey(folder.path, cache.path);
    expect([...index.paths].toSorted()).toEqual(["notes.txt", "src/deep/kept.ts", "src/user.ts"]);
    expect(read).toEqual(["notes.txt", "src/deep/kept.ts", "src/user.ts"]);
    expect((await fs.readdir(folder.path)).toSorted()).toEqual([".gitignore", "logs", "notes.txt", "src"]);
    expect((await survey(folder.path, cache.path)).index.paths).toEqual(index.paths);
  });

  test("that is not there is refused", async () => {
    await expect(survey("/nowhere/at/all", "/nowhere/cache")).rejects.toMatchObject({
      problem: { code: "WORKSPACE_NOT_FOUND", field: "workspace" },
    });
  });
});

test("a repository without a commit and one below a folder of another are looked at as they are", async () => {
  await using empty = await makeRepository();
  await empty.write({ "src/a.ts": "parseUser", "lib/b.ts": "renderPage" });
  const { index } = await survey(empty.root, join(empty.scratch, "cache"));
  expect([...index.paths].toSorted()).toEqual(["lib/b.ts", "src/a.ts"]);
  const below = await survey(join(empty.root, "src"), join(empty.scratch, "cache"));
  expect(below.index.paths).toEqual(["a.ts"]);
});

test("of more files than can be read a part is, those changed of late first, and the index says so", async () => {
  await using repository = await makeRepository({ "z-last.ts": "parseUser" });
  const files = Object.fromEntries(Array.from({ length: 6_050 }, (_, n) => [`many/f${n}.txt`, `word${n}`]));
  await repository.write(files);
  const { index, read } = await survey(repository.root, join(repository.scratch, "cache"));
  expect(index.paths).toHaveLength(6_051);
  expect(read).toHaveLength(6_000);
  expect(read).toContain("z-last.ts");
  expect(index.limits).toEqual(["Of 6051 files the content of 6000 was looked at, those changed of late first."]);
  const [ranked] = likelyFiles([{ id: "t", description: "Change f6049.txt" }], index);
  expect(index.paths[ranked?.[0]?.file ?? -1]).toBe("many/f6049.txt");
});

test("other calls are answered while a large repository is looked at, also when all is known already", async () => {
  await using repository = await makeRepository();
  const files = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`many/f${n}.txt`, `word${n} and more`]));
  await repository.commit("many", files);
  const cache = join(repository.scratch, "cache");
  await survey(repository.root, cache);
  const atWork: string[] = [];
  const real = bulkReader();
  const reader: BulkReader = {
    ...real,
    async turn() {
      let others = 0;
      setImmediate(() => (others += 1));
      await real.turn();
      atWork.push(`${others} others had their turn`);
    },
  };
  await surveyRepository({ files: nodeFiles(), git: gitCli(), reader, cacheFolder: cache }, repository.root);
  expect(new Set(atWork)).toEqual(new Set(["1 others had their turn"]));
  // Before, between and after listing, choosing, looking up; and twice for every thousand files.
  expect(atWork.length).toBeGreaterThanOrEqual(4 + 2 * 3);
});

test("a cache that cannot be used costs time and nothing else: the files are read again", async () => {
  await using repository = await makeRepository({ "src/user.ts": "export const parseUser = 1;" });
  await using cache = await temporaryFolder();
  await writeFiles(cache.path, { "a-file": "somebody's\n" });
  for (let time = 0; time < 2; time++) {
    const { index, read } = await survey(repository.root, `${cache.path}/a-file`);
    expect(knows(index, "parseUser")).toBe(true);
    expect(read).toEqual(["src/user.ts"]);
  }
  const usable = `${cache.path}/cache`;
  await survey(repository.root, usable);
  const [kept] = await fs.readdir(`${usable}/surveys`);
  await fs.rm(`${usable}/surveys/${kept}`);
  await fs.mkdir(`${usable}/surveys/${kept}`);
  expect((await survey(repository.root, usable)).read).toEqual(["src/user.ts"]);
  expect(await fs.readFile(`${cache.path}/a-file`, "utf8")).toBe("somebody's\n");
});
