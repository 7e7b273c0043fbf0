/** Branches that go together two by two, and not all of them. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { refsComparison, type RefsReport } from "../../src/engines/coordination/meaning/compare-refs.ts";
import { openIsolation } from "../../src/engines/isolation/isolation.ts";
import { gitCli } from "../../src/platform/git-cli.ts";
import { nodeFiles } from "../../src/platform/node-files.ts";
import { refsSummary } from "../../src/report/conflicts-text.ts";
import { testCodeReader } from "../rig/code-reader-rig.ts";
import { fingerprint, makeRepository, type TestRepository } from "../rig/git-rig.ts";

const lines = (from: number, to: number, word = "line"): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `${word} number ${from + index}\n`).join("");

async function branch(
  repository: TestRepository,
  name: string,
  files: Readonly<Record<string, string>>,
  start = "main",
): Promise<void> {
  await repository.git("switch", "--quiet", "--create", name, start);
  await repository.commit(name, files);
  await repository.git("switch", "--quiet", "main");
}

async function compare(repository: TestRepository, ...refs: string[]): Promise<RefsReport> {
  const files = nodeFiles();
  const git = gitCli();
  const { root, scratch } = repository;
  const folders = { homeFolder: scratch, stateFolder: scratch, cacheFolder: scratch, userGitConfigFolder: scratch };
  const isolation = openIsolation({ git, files, ...folders });
  const surroundings = { workingFolder: root, homeFolder: join(scratch, "home"), projectFolder: undefined };
  const compareRefs = refsComparison({ git, files, isolation, surroundings, code: testCodeReader() });
  const before = await fingerprint(root);
  const report = await compareRefs({ workspace: root, base: "main", heads: refs.map((ref) => ({ ref })) }, {});
  expect(await fingerprint(root)).toEqual(before);
  return report;
}

/** What becomes of a file of 20 lines of which one branch rewrites the first six, one six in the middle, one the last six. */
const [start, head, middle, end] = [
  lines(1, 20),
  lines(1, 6, "HEAD") + lines(7, 20),
  lines(1, 7) + lines(8, 13, "MIDDLE") + lines(14, 20),
  lines(1, 14) + lines(15, 20, "END"),
];

/** Makes a branch that moves a file, rewritten. */
async function moves(repository: TestRepository, name: string, file: string, more: Record<string, string>) {
  await repository.git("switch", "--quiet", "--create", name, "main");
  await repository.git("mv", file, `moved-${file}`);
  await repository.commit(name, { [`moved-${file}`]: head, ...more });
  await repository.git("switch", "--quiet", "main");
}

test("branches that merge two by two and not all together: the first that stops is named, and the rest goes in", async () => {
  await using repository = await makeRepository({ "a.txt": start, "b.txt": start, "apart.txt": "apart\n" });
  // Whoever moves a file would have to come last, and there are two of them.
  await moves(repository, "one", "a.txt", { "b.txt": middle });
  await moves(repository, "two", "b.txt", { "a.txt": middle });
  await branch(repository, "three", { "a.txt": end, "b.txt": end });
  await branch(repository, "apart", { "apart.txt": "changed\n" });
  for (const pair of [
    ["one", "two"],
    ["one", "three"],
    ["two", "three"],
  ]) {
    expect(await compare(repository, ...pair)).toMatchObject({ hasConflicts: false, mergeOrder: pair });
  }
  const report = await compare(repository, "one", "three", "two", "apart");
  const serious = report.conflicts.filter(({ severity }) => severity !== "low");
  const [stop] = serious;
  expect(serious).toHaveLength(1);
  expect(stop).toMatchObject({ detectionMethod: "git merge of all", tasks: ["main", "two", "one", "three"] });
  expect(stop?.description).toContain("not with one and three together");
  expect(report).toMatchObject({
    hasConflicts: true,
    mergeOrder: ["one", "three", "apart"],
    together: {
      tried: ["one", "three", "two", "apart"],
      stopsAt: { ref: "two", over: "text", conflictId: stop?.id },
    },
    held: [{ taskId: "two", conflictIds: [stop?.id], reason: "in conflict with the others taken together" }],
  });
  expect(refsSummary(report, "main")).toContain("all together they stop at two, over lines");
});

test("where only the order keeps branches apart, one is proposed in which all go in", async () => {
  await using repository = await makeRepository({ "a.txt": start });
  await moves(repository, "moves", "a.txt", {});
  await branch(repository, "rewrites", { "a.txt": middle });
  await branch(repository, "edits", { "a.txt": end });
  const report = await compare(repository, "moves", "rewrites", "edits");
  expect(report).toMatchObject({ hasConflicts: false, held: [], mergeOrder: ["edits", "rewrites", "moves"] });
  expect(report.together).toEqual({ tried: ["edits", "rewrites", "moves"] });
});

const gap = "    a = 1\n    b = 2\n    c = 3\n    d = 4\n";
const [fast, slow] = ["    def f():\n        return 1\n", "    def f():\n        return 2\n"];
const either = (one: string, other: string): string =>
  `import sys\nif sys.platform:\n${gap}${one}else:\n${gap}${other}`;
const using = { "use.py": "from either import f\n\nf()\n" };

test("branches that break only when all are put together: the last one is held, and told why (C24)", async () => {
  await using repository = await makeRepository({ "either.py": either(fast, slow) });
  await branch(repository, "first", { "either.py": either("", slow) });
  await branch(repository, "second", { "either.py": either(fast, "") });
  await branch(repository, "third", using);
  for (const pair of [
    ["first", "second"],
    ["first", "third"],
    ["second", "third"],
  ]) {
    expect(await compare(repository, ...pair)).toMatchObject({ hasConflicts: false, mergeOrder: pair });
  }
  const report = await compare(repository, "first", "second", "third");
  const stop = report.conflicts.find(({ severity }) => severity !== "low");
  expect(stop).toMatchObject({ type: "semantic", severity: "high", tasks: ["first", "third"] });
  expect(stop?.description).toContain("it shows where all are put together");
  expect(report).toMatchObject({
    hasConflicts: true,
    mergeOrder: ["first", "second"],
    together: { stopsAt: { ref: "third", over: "meaning", conflictId: stop?.id } },
    held: [{ taskId: "third", reason: "breaks what 'first' and the others do" }],
  });
  expect(refsSummary(report, "main")).toMatch(/stop at third, over what the\s+code means/);
});

test("the target's own progress is one of those put together", async () => {
  await using repository = await makeRepository({ "either.py": either(fast, slow) });
  await branch(repository, "second", { "either.py": either(fast, "") });
  await branch(repository, "third", using);
  await repository.commit("onwards", { "either.py": either("", slow) });
  expect(await compare(repository, "third")).toMatchObject({ hasConflicts: false, mergeOrder: ["third"] });
  const report = await compare(repository, "second", "third");
  expect(report).toMatchObject({
    mergeOrder: ["second"],
    together: { tried: ["second", "third"], stopsAt: { ref: "third", over: "meaning" } },
  });
});

test("a branch that brings the missing name with it makes the whole sound", async () => {
  await using repository = await makeRepository({ "either.py": either(fast, slow) });
  await branch(repository, "first", { "either.py": either("", slow) });
  await branch(repository, "second", { "either.py": either(fast, "") });
  await branch(repository, "third", { "use.py": "from plain import f\n\nf()\n", "plain.py": "def f():\n    pass\n" });
  const report = await compare(repository, "first", "second", "third");
  expect(report).toMatchObject({ hasConflicts: false, mergeOrder: ["first", "second", "third"] });
  expect(report.together).toEqual({ tried: ["first", "second", "third"] });
});
