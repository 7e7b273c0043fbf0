import { chmod, mkdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dropBackups } from "../../src/engines/merging/apply/backups.ts";
import { apply, undo } from "../rig/apply-rig.ts";
import { fingerprint, gitFingerprint, type FileContent } from "../rig/git-rig.ts";
import { lines, merged, type MergeRig, openMergeRig } from "../rig/merge-rig.ts";

describe("writing results into the user's files", () => {
  test("all results arrive, and what the user had not committed stays, the index to the byte (C20, C21)", async () => {
    await using rig = await openMergeRig(
      { "a.ts": lines(), "b.ts": "b\n", "c.ts": "c\n" },
      { uncommitted: { "a.ts": lines({ 28: "mine" }), "untracked.ts": "mine\n" } },
    );
    await rig.repository.git("add", "a.ts");
    const outcome = await rig.merge([
      await rig.task("t1", { "a.ts": lines({ 3: "one", 28: "mine" }) }),
      await rig.task("t2", { "a.ts": lines({ 15: "two", 28: "mine" }), "new/deep.ts": "new\n" }),
      await rig.task("t3", { "b.ts": null, "c.ts": { executable: "c!\n" } }),
    ]);
    const before = await gitFingerprint(rig.repository.root);
    const applied = await apply(rig, outcome.commit);
    expect(applied).toEqual({
      applied: true,
      files: ["a.ts", "b.ts", "c.ts", "new/deep.ts"],
      undo: "run-1",
      conflicts: [],
    });
    expect(await rig.repository.read("a.ts")).toBe(lines({ 3: "one", 15: "two", 28: "mine" }));
    expect(await rig.repository.read("b.ts")).toBeUndefined();
    expect((await stat(join(rig.repository.root, "c.ts"))).mode & 0o111).toBe(0o111);
    expect(await rig.repository.read("untracked.ts")).toBe("mine\n");
    expect(await gitFingerprint(rig.repository.root)).toEqual(before);
    expect(await apply(rig, outcome.commit)).toEqual({ applied: true, files: [], conflicts: [] });
  });

  test("what the user changed meanwhile at another place stays (C20)", async () => {
    await using rig = await openMergeRig({ a: lines(), b: "b\n" });
    const commit = await merged(rig, { a: lines({ 3: "agent" }) });
    await rig.repository.write({ a: lines({ 20: "user" }), b: "user\n", c: "user\n" });
    expect(await apply(rig, commit)).toMatchObject({ applied: true, files: ["a"] });
    expect(await rig.repository.read("a")).toBe(lines({ 3: "agent", 20: "user" }));
    expect(await rig.repository.read("b")).toBe("user\n");
  });

  test("what the user changed meanwhile at the same place keeps everything from being written (C20, C21)", async () => {
    await using rig = await openMergeRig({ a: lines(), b: "b\n" });
    const commit = await merged(rig, { a: lines({ 3: "agent" }), b: "agent\n" });
    await rig.repository.write({ a: lines({ 3: "user" }) });
    const before = await fingerprint(rig.repository.root);
    const outcome = await apply(rig, commit);
    expect(outcome).toMatchObject({
      applied: false,
      files: [],
      reason: "you have changed a at the same place meanwhile",
      conflicts: [{ id: "a1", affectedResources: ["a"], agents: ["you", "merged results"] }],
    });
    expect(outcome.conflicts[0]?.locations).toEqual([
      { file: "a", startLine: 3, endLine: 3, agentId: "you" },
      { file: "a", startLine: 3, endLine: 3, agentId: "merged results" },
    ]);
    expect(await fingerprint(rig.repository.root)).toEqual(before);
  });

  test("a file that is saved in the very moment of writing is never written over", async () => {
    await using rig = await openMergeRig({ a: "1\n", b: "1\n", c: "1\n" });
    const commit = await merged(rig, { a: "2\n", b: "2\n", c: "2\n" });
    const files = {
      ...rig.files,
      writeAtomic: async (to: string, content: string | Uint8Array, mode?: number) => {
        await rig.files.writeAtomic(to, content, mode);
        if (to.endsWith("/state") && content === "writing\n") await rig.repository.write({ b: "mine\n" });
      },
    };
    const outcome = await apply(rig, commit, { files });
    expect(outcome.applied).toBe(false);
    expect(outcome.reason).toContain("b changed in this moment; apply again");
    const now = await Promise.all(["a", "b", "c"].map((name) => rig.repository.read(name)));
    expect(now).toEqual(["1\n", "mine\n", "1\n"]);
  });

  test("a folder without git, and a workspace below the root of a repository, are written to alike", async () => {
    await using plain = await openMergeRig({ "a/b.txt": "1\n" }, { withoutGit: true });
    expect(await apply(plain, await merged(plain, { "a/b.txt": "2\n", "c.txt": "3\n" }))).toMatchObject({
      applied: true,
      files: ["a/b.txt", "c.txt"],
    });
    expect(await plain.repository.read("a/b.txt")).toBe("2\n");
    expect(await undo(plain)).toEqual({ ok: true, value: ["a/b.txt", "c.txt"] });

    await using below = await openMergeRig({ "top.txt": "0\n", "pkg/a.txt": "1\n" }, { below: "pkg" });
    expect(await apply(below, await merged(below, { "a.txt": "2\n" }))).toMatchObject({
      applied: true,
      files: ["a.txt"],
    });
    expect(await below.repository.read("pkg/a.txt")).toBe("2\n");
    const outside = await rigTask(below, { "../top.txt": "9\n" });
    expect(await apply(below, outside)).toMatchObject({
      applied: false,
      reason: ":/top.txt lies outside of the workspace",
    });
  });

  test("odd names arrive and go like any other", async () => {
    const names = ["with space", "-dash", "*star", "ümlaut", 'quo"te', "new\nline", ":(top)x", "a\\b", "sub dir/-x"];
    const all = (content: string): Record<string, string> => Object.fromEntries(names.map((name) => [name, content]));
    await using rig = await openMergeRig(all("1\n"));
    const before = await fingerprint(rig.repository.root);
    const outcome = await apply(rig, await merged(rig, all("2\n")));
    expect(outcome.files.toSorted()).toEqual(names.toSorted());
    for (const name of names) expect(await rig.repository.read(name)).toBe("2\n");
    expect(await undo(rig)).toMatchObject({ ok: true });
    expect(await fingerprint(rig.repository.root)).toEqual(before);
  });

  test("line ends are those the attributes ask for, and the user's permissions stay", async () => {
    await using rig = await openMergeRig({
      ".gitattributes": "*.bat text eol=crlf\n",
      "run.bat": "one\r\n",
      plain: "1\n",
    });
    await chmod(join(rig.repository.root, "plain"), 0o640);
    const commit = await merged(rig, { "run.bat": "one\r\ntwo\r\n", plain: "2\n" });
    expect(await apply(rig, commit)).toMatchObject({ applied: true });
    expect(await rig.repository.read("run.bat")).toBe("one\r\ntwo\r\n");
    expect((await stat(join(rig.repository.root, "plain"))).mode & 0o777).toBe(0o640);
  });
});

function rigTask(rig: MergeRig, edits: Readonly<Record<string, FileContent>>): Promise<string> {
  return merged(rig, edits);
}

describe("what is not written", () => {
  test.each<
    [string, Record<string, FileContent>, Record<string, FileContent>, (root: string) => Promise<void>, string]
  >([
    [
      "a path that goes through a filter such as LFS",
      { ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n", "x.bin": "1" },
      { "x.bin": "2", a: "agent\n" },
      async () => {},
      "x.bin goes through the filter 'lfs', such as LFS",
    ],
    [
      "a path that leads through a link",
      { "dir/x": "1\n" },
      { "dir/x": "2\n", a: "agent\n" },
      async (root) => {
        const { rm } = await import("node:fs/promises");
        await rm(join(root, "dir"), { recursive: true });
        await mkdir(join(root, "..", "elsewhere"));
        await writeFile(join(root, "..", "elsewhere", "x"), "1\n");
        await symlink("../elsewhere", join(root, "dir"));
      },
      "you have changed",
    ],
    [
      "a link that leads out of the workspace",
      { a: "1\n" },
      { a: "agent\n", leak: { link: "../../secret" } },
      async () => {},
      "leak is a link that leads out of the workspace",
    ],
    [
      "a file that git ignores",
      { ".gitignore": "*.log\n", a: "1\n" },
      { ".gitignore": "\n", "x.log": "agent\n" },
      (root) => writeFile(join(root, "x.log"), "mine\n"),
      "would replace a file that git ignores",
    ],
  ])("%s", async (_name, content, edits, prepare, reason) => {
    await using rig = await openMergeRig({ a: "0\n", ...content });
    const commit = await merged(rig, edits);
    await prepare(rig.repository.root);
    const before = await fingerprint(rig.repository.root);
    const outcome = await apply(rig, commit);
    expect(outcome).toMatchObject({ applied: false, files: [] });
    expect(outcome.reason).toContain(reason);
    expect(await fingerprint(rig.repository.root)).toEqual(before);
  });

  test("a name that is not valid UTF-8, and a submodule", async () => {
    await using rig = await openMergeRig({ a: "0\n" });
    const { gitDir } = rig.shadow;
    const blob = (await rig.git.run(["rev-parse", `${rig.base}:a`], { gitDir })).text.trim();
    const commitOf = async (entry: string): Promise<string> => {
      const input = Buffer.from(`100644 blob ${blob}\ta\0${entry}\0`, "latin1");
      const tree = (await rig.git.run(["mktree", "-z", "--missing"], { gitDir, input })).text.trim();
      const argv = ["commit-tree", "-p", rig.base, "-m", "x", tree];
      return (await rig.git.run(argv, { gitDir })).text.trim();
    };
    const before = await fingerprint(rig.repository.root);
    expect((await apply(rig, await commitOf(`100644 blob ${blob}\tb\xff`))).reason).toContain("is not valid UTF-8");
    expect((await apply(rig, await commitOf(`160000 commit ${rig.base}\tsub`))).reason).toBe("sub is a submodule");
    expect(await fingerprint(rig.repository.root)).toEqual(before);
  });

  test("an ignored folder behind a link is not written through", async () => {
    await using rig = await openMergeRig({ ".gitignore": "out\n", a: "0\n" });
    const commit = await merged(rig, { ".gitignore": "\n", "out/x": "agent\n" });
    const elsewhere = join(rig.repository.root, "..", "elsewhere");
    await mkdir(elsewhere);
    await symlink(elsewhere, join(rig.repository.root, "out"));
    const outcome = await apply(rig, commit);
    expect(outcome).toMatchObject({ applied: false, reason: "out/x leads through the link out" });
    expect(await fingerprint(elsewhere)).toEqual([]);
  });
});

test("what is kept for undo is forgotten with the run", async () => {
  await using rig = await openMergeRig({ a: "1\n" });
  await apply(rig, await merged(rig, { a: "2\n" }));
  expect(await dropBackups(rig.files, rig.stateFolder, "run-1")).toBe(true);
  expect(await undo(rig)).toEqual({ ok: false, error: "there is nothing to undo" });
});
