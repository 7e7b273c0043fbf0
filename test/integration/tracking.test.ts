import * as fs from "node:fs/promises";
import { join } from "node:path";
import { parsePatch } from "diff";
import { describe, expect, it } from "vitest";
import { changesBetween } from "../../src/engines/tracking/track-changes.ts";
import type { FileChange } from "../../src/schema/change.ts";
import { startRun, workOn, type StartedRun } from "../rig/isolation-rig.ts";
import { makeRepository, type FileContent } from "../rig/git-rig.ts";

const tenLines = Array.from({ length: 10 }, (_, index) => `line ${index + 1}\n`);

async function changesOf(
  run: StartedRun,
  taskId: string,
  work: Parameters<typeof workOn>[2],
): Promise<readonly FileChange[]> {
  const { commit } = await workOn(run, taskId, work);
  return changesBetween({ git: run.git, shadow: run.shadow, from: run.base, to: commit });
}

describe("the changes of an agent", () => {
  it("are told file by file and line by line: created, modified, deleted and renamed (C19)", async () => {
    await using repo = await makeRepository({
      "edit.txt": tenLines.join(""),
      "delete.txt": "one\ntwo\n",
      "from.txt": tenLines.map((line) => `long ${line}`).join(""),
    });
    const run = await startRun(repo);
    const edited = [...tenLines.slice(0, 1), "LINE 2\n", ...tenLines.slice(2, 8), "new\n", ...tenLines.slice(8)];
    const changes = await changesOf(run, "one", {
      "edit.txt": edited.join(""),
      "delete.txt": null,
      "create.txt": "hello\nworld\n",
      "from.txt": null,
      "to/here.txt": tenLines.map((line, index) => (index === 4 ? "other\n" : `long ${line}`)).join(""),
    });
    expect(changes).toEqual([
      {
        file: "create.txt",
        type: "create",
        hunks: [{ oldStart: 0, oldLines: 0, newStart: 1, newLines: 2 }],
        lineNumbers: { start: 1, end: 2 },
        addedLines: 2,
        removedLines: 0,
        diff: "--- /dev/null\n+++ b/create.txt\n@@ -0,0 +1,2 @@\n+hello\n+world\n",
      },
      {
        file: "delete.txt",
        type: "delete",
        hunks: [{ oldStart: 1, oldLines: 2, newStart: 0, newLines: 0 }],
        addedLines: 0,
        removedLines: 2,
        diff: "--- a/delete.txt\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-one\n-two\n",
      },
      {
        file: "edit.txt",
        type: "modify",
        hunks: [
          { oldStart: 2, oldLines: 1, newStart: 2, newLines: 1 },
          { oldStart: 8, oldLines: 0, newStart: 9, newLines: 1 },
        ],
        lineNumbers: { start: 2, end: 9 },
        addedLines: 2,
        removedLines: 1,
        diff: expect.stringContaining("-line 2\n+LINE 2\n") as string,
      },
      {
        file: "to/here.txt",
        type: "rename",
        oldFile: "from.txt",
        hunks: [{ oldStart: 5, oldLines: 1, newStart: 5, newLines: 1 }],
        lineNumbers: { start: 5, end: 5 },
        addedLines: 1,
        removedLines: 1,
        diff: expect.stringContaining("rename from from.txt\nrename to to/here.txt\n") as string,
      },
    ]);
  });

  it("name binary files, changed modes and files that became links", async () => {
    await using repo = await makeRepository({
      "picture.png": "a\0b",
      "run.sh": "echo\n",
      "became.txt": "text\nmore\n",
    });
    const run = await startRun(repo);
    const changes = await changesOf(run, "one", {
      "picture.png": "c\0d",
      "run.sh": { executable: "echo\n" },
      "became.txt": { link: "run.sh" },
    });
    expect(changes).toEqual([
      {
        file: "became.txt",
        type: "modify",
        hunks: [{ oldStart: 1, oldLines: 2, newStart: 1, newLines: 1 }],
        lineNumbers: { start: 1, end: 1 },
        addedLines: 1,
        removedLines: 2,
        diff: expect.stringMatching(
          /^old mode 100644\nnew mode 120000\n[^]*\n-text\n-more\n\+run\.sh\n\\ No newline/,
        ) as string,
      },
      { file: "picture.png", type: "modify", binary: true },
      {
        file: "run.sh",
        type: "modify",
        hunks: [],
        addedLines: 0,
        removedLines: 0,
        diff: "old mode 100644\nnew mode 100755\n",
      },
    ]);
  });

  it("keep names with blanks, quotes, line ends and arrows apart", async () => {
    await using repo = await makeRepository({ "plain.txt": "a\n" });
    const run = await startRun(repo);
    const names = [
      '"quoted".txt',
      "-dash.txt",
      ":(top)magic.txt",
      "line\nend.txt",
      "two words.txt",
      "{a => b}.txt",
      "ünï.txt",
    ];
    const files: Record<string, FileContent> = Object.fromEntries(names.map((name) => [name, `${name.length}\n`]));
    const changes = await changesOf(run, "one", files);
    expect(changes.map(({ file, type, addedLines }) => [file, type, addedLines])).toEqual(
      names.toSorted().map((name) => [name, "create", 1]),
    );
    for (const change of changes) expect(change.diff).toContain(`+${change.file.length}\n`);
  });

  it("escape names that are not UTF-8", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const run = await startRun(repo);
    const changes = await changesOf(run, "one", async ({ root }) => {
      await fs.writeFile(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9])]), "x\n");
    });
    expect(changes.map((change) => change.file)).toEqual(["caf\\351"]);
  });

  it("are relative to the workspace, and `:/` begins the name of a file outside it", async () => {
    await using repo = await makeRepository({ "packages/app/a.txt": "a\n", "packages/lib/b.txt": "b\n" });
    const run = await startRun(repo, join(repo.root, "packages/app"));
    const changes = await changesOf(run, "one", { "packages/app/a.txt": "A\n", "packages/lib/b.txt": "B\n" });
    expect(changes.map((change) => change.file)).toEqual(["a.txt", ":/packages/lib/b.txt"]);
  });

  it("show no more than 16 KB of a file and 200 KB in all, and still count every line", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const run = await startRun(repo);
    const long = Array.from({ length: 3_000 }, (_, index) => `line number ${index}\n`).join("");
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`f${index}.txt`, `${index}\n${long}`]));
    const changes = await changesOf(run, "one", files);
    expect(changes.map((change) => change.addedLines)).toEqual(Array.from({ length: 20 }, () => 3_001));
    expect(changes.every((change) => change.lineNumbers?.end === 3_001)).toBe(true);
    const sizes = changes.map((change) => Buffer.byteLength(change.diff ?? ""));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(16 * 1024);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(200 * 1024);
    expect(parsePatch(changes[0]?.diff ?? "")[0]?.hunks).toHaveLength(1);
  });

  it("give only the numbers of lines for files of more than 50,000 changed lines", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const run = await startRun(repo);
    const [small, huge] = await changesOf(run, "one", { "a.txt": "b\n", "huge.csv": "1,2\n".repeat(60_000) });
    expect(small?.hunks).toEqual([{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 1 }]);
    expect(huge).toEqual({ file: "huge.csv", type: "create", addedLines: 60_000, removedLines: 0 });
  });

  it("are none where nothing changed, line ends included", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    await repo.git("config", "core.autocrlf", "true");
    await repo.write({ "crlf.txt": "one\r\ntwo\r\n" });
    const run = await startRun(repo);
    expect(await changesOf(run, "same", { "crlf.txt": "one\r\ntwo\r\n" })).toEqual([]);
    const [change] = await changesOf(run, "edited", { "crlf.txt": "one\r\nTWO\r\n" });
    expect(change?.hunks).toEqual([{ oldStart: 2, oldLines: 1, newStart: 2, newLines: 1 }]);
  });
});
