/** Branches of any repository are compared as git would merge them, and nothing is written there. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { refsComparison, type RefsReport } from "../../src/engines/coordination/meaning/compare-refs.ts";
import { openIsolation } from "../../src/engines/isolation/isolation.ts";
import { gitCli } from "../../src/platform/git-cli.ts";
import type { Git } from "../../src/ports/git.ts";
import { nodeFiles } from "../../src/platform/node-files.ts";
import { testCodeReader } from "../rig/code-reader-rig.ts";
import { fingerprint, makeRepository, type FileContent, type TestRepository } from "../rig/git-rig.ts";

const lines = (count: number, word = "line"): string =>
  Array.from({ length: count }, (_, index) => `${word} ${index + 1}\n`).join("");
const changed = (line: number, text: string): string => lines(20).replace(`line ${line}\n`, `${text}\n`);

/** Commits these files on a new branch from `start`. */
async function branch(
  repository: TestRepository,
  name: string,
  files: Readonly<Record<string, FileContent>>,
  start = "main",
): Promise<void> {
  await repository.git("switch", "--quiet", "--create", name, start);
  await repository.commit(name, files);
  await repository.git("switch", "--quiet", "main");
}

function compare(repository: TestRepository, base: string, ...refs: string[]): Promise<RefsReport> {
  return compareWith(gitCli(), repository, base, ...refs);
}

function compareWith(git: Git, repository: TestRepository, base: string, ...refs: string[]): Promise<RefsReport> {
  const files = nodeFiles();
  const { root, scratch } = repository;
  const isolation = openIsolation({
    git,
    files,
    homeFolder: join(scratch, "home"),
    stateFolder: join(scratch, "state"),
    cacheFolder: join(scratch, "cache"),
    userGitConfigFolder: join(scratch, "home"),
  });
  const surroundings = { workingFolder: root, homeFolder: join(scratch, "home"), projectFolder: undefined };
  const compareRefs = refsComparison({ git, files, isolation, surroundings, code: testCodeReader() });
  return compareRefs({ workspace: root, base, heads: refs.map((ref) => ({ ref })) }, {});
}

test("without git it is said that git is missing", async () => {
  await using repository = await makeRepository({ "a.txt": "a\n" });
  const missing = gitCli({ programPath: join(repository.scratch, "no-git") });
  await expect(compareWith(missing, repository, "main", "top")).rejects.toThrow(
    "git was not found; branches are compared with git 2.39 or newer",
  );
});

test("branches that change the same lines are a conflict with its lines, and the others get an order", async () => {
  await using repository = await makeRepository({ "a.txt": lines(20), "b.txt": "b\n" });
  await branch(repository, "top", { "a.txt": changed(2, "two") });
  await branch(repository, "low", { "a.txt": changed(18, "eighteen") });
  await branch(repository, "rival", { "a.txt": changed(2, "zwei"), "b.txt": "bb\n" });
  const report = await compare(repository, "main", "top", "low", "rival");
  expect(report).toMatchObject({ hasConflicts: true, resolutionStrategy: "manual", mergeOrder: ["top", "low"] });
  const [conflict] = report.conflicts;
  expect(conflict).toMatchObject({ severity: "medium", tasks: ["top", "rival"], affectedResources: ["a.txt"] });
  expect(conflict?.locations).toContainEqual({ file: "a.txt", startLine: 2, endLine: 2, agentId: "rival" });
  expect(conflict?.resolutionOptions.map(({ preview }) => preview)).toEqual(expect.arrayContaining(["two", "zwei"]));
  expect(report.held).toEqual([{ taskId: "rival", conflictIds: ["c1"], reason: "in conflict with 'top'" }]);
  expect(report.conflicts.filter(({ severity }) => severity === "low")).toHaveLength(1);
});

test("the target's own progress counts: a branch that no longer merges into it is left out", async () => {
  await using repository = await makeRepository({ "a.txt": lines(20) });
  await branch(repository, "old", { "a.txt": changed(5, "five") });
  await branch(repository, "fine", { "c.txt": "c\n" });
  await repository.commit("onwards", { "a.txt": changed(5, "fünf") });
  const report = await compare(repository, "main", "old", "fine");
  expect(report.conflicts.map(({ tasks }) => tasks)).toEqual([["main", "old"]]);
  expect(report).toMatchObject({ mergeOrder: ["fine"], held: [{ taskId: "old" }] });
});

test("a branch built on another comes after it, one that is merged already is named, and none conflicts", async () => {
  await using repository = await makeRepository({ "a.txt": lines(20) });
  await branch(repository, "first", { "a.txt": changed(5, "five") });
  await branch(repository, "second", { "a.txt": changed(5, "five and more") }, "first");
  await repository.git("tag", "--annotate", "--message", "v1", "v1", "main~0");
  const report = await compare(repository, "main", "second", "first", "v1");
  expect(report).toMatchObject({ hasConflicts: false, mergeOrder: ["first", "second"], contained: ["v1"] });
});

test("nothing is written in the repository, bare, dirty, locked or in the middle of a merge", async () => {
  await using repository = await makeRepository({ "a.txt": lines(20) });
  await branch(repository, "one", { "a.txt": changed(5, "five") });
  await branch(repository, "two", { "a.txt": changed(5, "fünf") });
  await repository.git("merge", "--quiet", "one");
  await repository.git("merge", "--quiet", "two").catch(() => undefined);
  await repository.write({ "a.txt": "in the middle\n", ".git/index.lock": "" });
  const before = await fingerprint(repository.root);
  const report = await compare(repository, "HEAD", "two");
  expect(report.conflicts).toHaveLength(1);
  expect(await fingerprint(repository.root)).toEqual(before);
});

test.each([
  ["--output=/tmp/x", "'--output=/tmp/x' is no branch, tag or commit of this repository."],
  ["nowhere", "'nowhere' is no branch, tag or commit of this repository."],
  ["main..one", "'main..one' is no branch, tag or commit of this repository."],
  ["main:a.txt", "'main:a.txt' is no branch, tag or commit of this repository."],
])("%s is refused in one sentence", async (ref, sentence) => {
  await using repository = await makeRepository({ "a.txt": lines(20) });
  await branch(repository, "one", { "a.txt": changed(5, "five") });
  await expect(compare(repository, "main", ref)).rejects.toMatchObject({
    problem: { code: "UNKNOWN_REF", error: sentence, field: "refs.heads[0].ref" },
  });
  await expect(compare(repository, ref, "one")).rejects.toMatchObject({ problem: { field: "refs.base" } });
});

const math = "export function add(a: number, b: number): number {\n  return a + b;\n}\n\nexport const zero = 0;\n";
const using = 'import { add } from "./math.ts";\n\nexport const two = add(1, 1);\n';

test("branches that merge as text and break together are a conflict with both places (C24)", async () => {
  await using repository = await makeRepository({ "math.ts": math, "other.ts": "export const other = 1;\n" });
  await branch(repository, "rename", { "math.ts": math.replace("add(", "sum(") });
  await branch(repository, "use", { "use.ts": using });
  await branch(repository, "apart", { "other.ts": "export const other = 2;\n" });
  await repository.commit("onwards", { "notes.md": "# Notes\n" });
  const report = await compare(repository, "main", "rename", "use", "apart");
  expect(report).toMatchObject({ hasConflicts: true, mergeOrder: ["rename", "apart"] });
  expect(report.conflicts).toMatchObject([
    {
      type: "semantic",
      severity: "high",
      tasks: ["rename", "use"],
      detectionMethod: "meaning: name-gone",
      locations: [
        { file: "use.ts", startLine: 1, agentId: "use", symbol: "add" },
        { file: "math.ts", startLine: 1, agentId: "rename", symbol: "add" },
      ],
    },
  ]);
  expect(report.conflicts[0]?.resolutionOptions.map(({ description }) => description)).toContain(
    "Merge by hand: check out rename, then git merge use",
  );
  expect(report.held).toEqual([{ taskId: "use", conflictIds: ["c1"], reason: "in conflict with 'rename'" }]);
});

test("a branch that uses what the target has renamed meanwhile is held, and so is one built on it, told once", async () => {
  await using repository = await makeRepository({ "math.ts": math });
  await branch(repository, "use", { "use.ts": using });
  await branch(repository, "more", { "more.ts": "export const more = 1;\n" }, "use");
  await repository.commit("rename", { "math.ts": math.replace("add(", "sum(") });
  const report = await compare(repository, "main", "use", "more");
  expect(report.conflicts).toMatchObject([{ type: "semantic", severity: "high", tasks: ["main", "use"] }]);
  expect(report.mergeOrder).toEqual([]);
  expect(report.held.map(({ taskId }) => taskId)).toEqual(["use", "more"]);
});

test("a renamed file keeps the other branch's lines when its meaning is judged, and a remark is listed low", async () => {
  const calls = `${using}${"\n".repeat(6)}export function f(a: number) {\n  const b = a + 1;\n\n\n\n  return b;\n}\n`;
  await using repository = await makeRepository({ "math.ts": math, "use.ts": calls });
  await repository.git("switch", "--quiet", "--create", "moves");
  await repository.git("mv", "use.ts", "moved.ts");
  await repository.commit("moves", {
    "math.ts": math.replace("add(", "sum("),
    "moved.ts": calls.replace("{ add }", "{ sum as add }").replace("a + 1", "a + 2"),
  });
  await repository.git("switch", "--quiet", "main");
  await branch(repository, "edits", { "use.ts": calls.replace("return b", "return add(b, 1)") });
  const report = await compare(repository, "main", "moves", "edits");
  expect(report).toMatchObject({ hasConflicts: false, mergeOrder: ["moves", "edits"] });
  expect(new Set(report.conflicts.map(({ severity }) => severity))).toEqual(new Set(["low"]));
  expect(report.conflicts.map(({ type }) => type)).toContain("file-level");
});

test("a folder without git is refused", async () => {
  await using repository = await makeRepository({ "a.txt": lines(20) });
  const { scratch } = repository;
  await expect(compare({ ...repository, root: scratch }, "main", "one")).rejects.toMatchObject({
    problem: { code: "WORKSPACE_NOT_ALLOWED" },
  });
});

test("histories without a common commit are a conflict that says so", async () => {
  await using repository = await makeRepository({ "a.txt": lines(20) });
  await repository.git("switch", "--quiet", "--orphan", "other");
  await repository.commit("elsewhere", { "b.txt": "b\n" });
  await repository.git("switch", "--quiet", "main");
  const report = await compare(repository, "main", "other");
  expect(report.conflicts).toMatchObject([
    { severity: "high", description: "'main' and 'other' could not be merged: refusing to merge unrelated histories." },
  ]);
  expect(report.mergeOrder).toEqual([]);
});

test("branches that were merged crosswise are judged by git's virtual base", async () => {
  await using repository = await makeRepository({ "a.txt": lines(20) });
  await branch(repository, "left", { "a.txt": changed(5, "five") });
  await branch(repository, "right", { "b.txt": "b\n" });
  const [left, right] = [await repository.git("rev-parse", "left"), await repository.git("rev-parse", "right")];
  for (const [name, other] of [
    ["left", right],
    ["right", left],
  ] as const) {
    await repository.git("switch", "--quiet", name);
    await repository.git("merge", "--quiet", "--message", "cross", other);
  }
  await repository.commit("again", { "a.txt": changed(5, "5") });
  await repository.git("switch", "--quiet", "main");
  expect(await compare(repository, "left", "right")).toMatchObject({ hasConflicts: false, mergeOrder: ["right"] });
});

test("attributes count as in a checkout, and no merge program of the repository ever runs", async () => {
  await using repository = await makeRepository({
    ".gitattributes": "*.log merge=union\n*.bin -merge\n*.own merge=own\n",
    "a.log": "start\n",
    "a.bin": lines(20),
    "a.own": lines(20),
    "b.own": lines(20),
  });
  const marker = join(repository.scratch, "executed");
  await repository.git("config", "merge.own.driver", `touch ${marker}`);
  await branch(repository, "one", {
    "a.log": "start\none\n",
    "a.bin": changed(2, "x"),
    "a.own": changed(2, "x"),
    "b.own": changed(3, "x"),
  });
  await branch(repository, "two", {
    "a.log": "start\ntwo\n",
    "a.bin": changed(18, "y"),
    "a.own": changed(18, "y"),
    "b.own": changed(3, "y"),
  });
  const report = await compare(repository, "one", "two");
  const [conflict, ...low] = report.conflicts;
  expect(conflict?.affectedResources).toEqual(["a.bin", "b.own"]);
  expect(conflict?.description).toContain("The merge driver 'own' of b.own was not run.");
  expect(low.map(({ affectedResources }) => affectedResources)).toEqual([]);
  expect(await nodeFiles().status(marker)).toBeUndefined();
  await repository.write({ ".gitattributes": "" });
});

test("the repository's own way of following renamed folders decides", async () => {
  await using repository = await makeRepository({ "old/a.txt": lines(20), "old/b.txt": lines(20, "b") });
  await repository.git("switch", "--quiet", "--create", "renames");
  await repository.git("mv", "old", "new");
  await repository.commit("renames");
  await repository.git("switch", "--quiet", "main");
  await branch(repository, "adds", { "old/c.txt": "c\n" });
  expect((await compare(repository, "renames", "adds")).conflicts).toMatchObject([
    { severity: "high", description: expect.stringContaining("file location") },
  ]);
  await repository.git("config", "merge.directoryRenames", "true");
  expect((await compare(repository, "renames", "adds")).hasConflicts).toBe(false);
});

test("one submodule at two commits, and a name that is not valid UTF-8, are conflicts of their own pairs alone", async () => {
  await using repository = await makeRepository({ "a.txt": lines(20) });
  const { root } = repository;
  const [one, two, three] = ["1", "2", "3"].map((digit) => digit.repeat(40)) as [string, string, string];
  const setSubmodule = (commit: string) =>
    repository.git("update-index", "--add", "--cacheinfo", `160000,${commit},sub`);
  const odd = Buffer.concat([Buffer.from(`${root}/od`), Buffer.from([0xff])]);
  await setSubmodule(one);
  await writeFile(odd, lines(3));
  await repository.git("add", "--", "*od*");
  await repository.git("commit", "--quiet", "--message", "base");
  for (const [name, commit] of [
    ["left", two],
    ["right", three],
  ] as const) {
    await repository.git("switch", "--quiet", "--create", name, "main");
    await setSubmodule(commit);
    await writeFile(odd, `${name}\n`);
    await repository.git("commit", "--quiet", "--all", "--message", name);
    await setSubmodule(commit);
    await repository.git("commit", "--quiet", "--allow-empty", "--message", name);
  }
  await branch(repository, "fine", { "a.txt": changed(3, "x") });
  const report = await compare(repository, "main", "left", "right", "fine");
  expect(report.mergeOrder).toEqual(["left", "fine"]);
  expect(report.conflicts).toMatchObject([{ severity: "high", tasks: ["left", "right"] }]);
  expect(report.conflicts[0]?.affectedResources).toHaveLength(2);
});
