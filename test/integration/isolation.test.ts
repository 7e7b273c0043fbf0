import * as fs from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openIsolation } from "../../src/engines/isolation/isolation.ts";
import { GitFailure, type Git } from "../../src/ports/git.ts";
import { filesOf, makeIsolation, startRun, workOn } from "../rig/isolation-rig.ts";
import {
  fingerprint,
  makeRepository,
  openRepository,
  readText,
  runGitAsOwner,
  temporaryFolder,
  writeFiles,
} from "../rig/git-rig.ts";

describe("the base of a run", () => {
  it("holds uncommitted, untracked, deleted, executable and linked files, and nothing that is ignored", async () => {
    await using repo = await makeRepository({
      ".gitignore": "*.secret\nbuild/\n",
      "kept.txt": "kept\n",
      "edited.txt": "before\n",
      "staged.txt": "before\n",
      "deleted.txt": "gone\n",
      "run.sh": "echo\n",
    });
    await repo.write({ "staged.txt": "staged\n" });
    await repo.git("add", "staged.txt");
    await repo.write({
      "edited.txt": "after\n",
      "deleted.txt": null,
      "untracked/new.txt": "new\n",
      "run.sh": { executable: "echo\n" },
      link: { link: "kept.txt" },
      "key.secret": "password",
      "build/out.js": "x",
      ".parallelization/runs/run-1/events.jsonl": "{}",
    });
    const run = await startRun(repo);
    expect(await filesOf(run.shadow, run.base)).toEqual({
      ".gitignore": "*.secret\nbuild/",
      "kept.txt": "kept",
      "edited.txt": "after",
      "staged.txt": "staged",
      "untracked/new.txt": "new",
      "run.sh": "100755 echo",
      link: "120000 kept.txt",
    });
    const parent = await runGitAsOwner(run.shadow.gitDir, ["rev-parse", `${run.base}^`]);
    expect(parent).toBe(await repo.git("rev-parse", "HEAD"));
    expect(await runGitAsOwner(run.shadow.gitDir, ["for-each-ref", "--format=%(objectname) %(refname)"])).toBe(
      `${run.base} refs/runs/run-1/base`,
    );
  });

  it("is captured, worked on and cleaned up without a byte of the user's repository changing (C21)", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n", "b.txt": "b\n" });
    await repo.write({ "a.txt": "stashed\n" });
    await repo.git("stash");
    await repo.write({ "a.txt": "dirty\n", "new.txt": "new\n", "b.txt": null });
    await repo.git("add", "new.txt");
    await repo.git("branch", "other");
    await writeFiles(join(repo.root, ".git"), {
      "hooks/post-checkout": { executable: "#!/bin/sh\ntouch ../../ran\n" },
    });
    const before = await fingerprint(repo.root);
    const run = await startRun(repo);
    const { workspace } = await workOn(run, "one", { "a.txt": "agent\n", "b.txt": "again\n" });
    await runGitAsOwner(workspace.root, ["commit", "-qam", "agent's own"]);
    expect(await run.isolation.removeWorkspace({ shadow: run.shadow, workspace })).toBe(true);
    expect(await run.isolation.removeRunWorkspaces({ shadow: run.shadow, executionId: "run-1" })).toBe(0);
    expect(await run.isolation.dropRunRefs({ shadow: run.shadow, executionId: "run-1" })).toBe(2);
    expect(await fingerprint(repo.root)).toEqual(before);
    expect(await repo.git("stash", "list")).toContain("stash@{0}");
  });

  it("is the same commit however often it is asked for, and does not follow later edits", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const run = await startRun(repo);
    await repo.write({ "a.txt": "later\n" });
    expect(await run.isolation.captureBase({ shadow: run.shadow, executionId: "run-1" })).toBe(run.base);
    const other = await run.isolation.captureBase({ shadow: run.shadow, executionId: "run-2" });
    expect(await filesOf(run.shadow, other)).toEqual({ "a.txt": "later" });
  });

  it("sees an edit of the same size made in the moment the index was written", async () => {
    await using repo = await makeRepository({ "a.txt": "before\n" });
    const run = await startRun(repo);
    const moment = 1_700_000_000;
    const file = join(repo.root, "a.txt");
    await repo.write({ "a.txt": "staged\n" });
    await fs.utimes(file, moment, moment);
    await repo.git("add", "a.txt");
    await repo.write({ "a.txt": "edited\n" });
    await fs.utimes(file, moment, moment);
    await fs.utimes(join(repo.root, ".git/index"), moment, moment);
    const { commit } = await run.isolation.snapshots.take({ shadow: run.shadow, message: "now" });
    expect(await filesOf(run.shadow, commit)).toEqual({ "a.txt": "edited" });
  });

  it("works for a repository without a commit and for a folder without git", async () => {
    await using unborn = await makeRepository();
    await unborn.write({ "a.txt": "a\n" });
    const first = await startRun(unborn);
    expect(await filesOf(first.shadow, first.base)).toEqual({ "a.txt": "a" });

    const folder = await temporaryFolder();
    await using plain = await openRepository(join(folder.path, "plain"), folder);
    await plain.write({ "a.txt": "a\n", "node_modules/x/index.js": "x", ".gitignore": "*.log\n", "x.log": "log" });
    const second = await startRun(plain);
    expect(await filesOf(second.shadow, second.base)).toEqual({ "a.txt": "a", ".gitignore": "*.log" });
    await plain.write({ "a.txt": "b\n" });
    const again = await second.isolation.snapshots.take({ shadow: second.shadow, message: "now" });
    expect(await filesOf(second.shadow, again.commit)).toEqual({ "a.txt": "b", ".gitignore": "*.log" });
    expect(await fs.readdir(plain.root)).not.toContain(".git");
    const { commit } = await workOn(second, "one", { "new.txt": "new\n" });
    expect(await filesOf(second.shadow, commit)).toMatchObject({ "new.txt": "new" });
  });

  it("works for a shallow clone, a linked work tree, a split index and SHA-256 objects", async () => {
    await using origin = await makeRepository({ "a.txt": "1\n" });
    await origin.commit("second", { "a.txt": "2\n" });
    const clone = join(origin.scratch, "clone");
    await runGitAsOwner(origin.scratch, ["clone", "-q", "--depth=1", `file://${origin.root}`, clone]);
    await using shallow = await openRepository(clone, await temporaryFolder());
    const one = await startRun(shallow);
    const work = await workOn(one, "one", { "a.txt": "3\n" });
    expect(await runGitAsOwner(work.workspace.root, ["log", "--oneline"])).toMatch(/second/);

    const linked = join(origin.scratch, "linked");
    await origin.git("worktree", "add", "-q", "--detach", linked);
    await using tree = await openRepository(linked, await temporaryFolder());
    await tree.write({ "a.txt": "in the linked tree\n" });
    const two = await startRun(tree);
    expect(await filesOf(two.shadow, two.base)).toEqual({ "a.txt": "in the linked tree" });
    await workOn(two, "one", { "b.txt": "b\n" });

    await using split = await makeRepository({ "a.txt": "a\n", "b.txt": "b\n" });
    await split.git("update-index", "--split-index");
    await split.commit("more", { "c.txt": "c\n" });
    const before = await fingerprint(split.root);
    const three = await startRun(split);
    expect(Object.keys(await filesOf(three.shadow, three.base))).toEqual(["a.txt", "b.txt", "c.txt"]);
    expect(await fingerprint(split.root)).toEqual(before);

    await using sha256 = await makeRepository({ "a.txt": "a\n" }, { initArguments: ["--object-format=sha256"] });
    const four = await startRun(sha256);
    const { commit } = await workOn(four, "one", { "a.txt": "b\n" });
    expect(commit).toHaveLength(64);
  });

  it("keeps what a sparse checkout leaves out, and looks at files taken as unchanged", async () => {
    await using repo = await makeRepository({
      "in/a.txt": "a\n",
      "out/b.txt": "b\n",
      "out/back.txt": "back\n",
      "top.txt": "top\n",
      "skipped.txt": "skipped\n",
    });
    await repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "in");
    await repo.git("update-index", "--assume-unchanged", "top.txt");
    await repo.git("update-index", "--skip-worktree", "skipped.txt");
    await repo.write({
      "in/a.txt": "edited\n",
      "top.txt": "hidden edit\n",
      "skipped.txt": "another\n",
      "out/back.txt": "written by hand\n",
    });
    expect(await repo.read("out/b.txt")).toBeUndefined();
    const run = await startRun(repo);
    expect(await filesOf(run.shadow, run.base)).toEqual({
      "in/a.txt": "edited",
      "out/b.txt": "b",
      "out/back.txt": "written by hand",
      "skipped.txt": "another",
      "top.txt": "hidden edit",
    });
  });

  it("respects the user's own ignore rules and line-end settings", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    await repo.git("config", "core.autocrlf", "true");
    await repo.write({ "crlf.txt": "one\r\ntwo\r\n", "mine.tmp": "x", "yours.bak": "x", "global.bak2": "x" });
    await writeFiles(repo.root, { ".git/info/exclude": "*.tmp\n" });
    await repo.write({ "../scratch/ignore": "*.bak" });
    await writeFiles(repo.scratch, { "home/.gitconfig": `[core]\n\texcludesFile = ~/../ignore\n` });
    const run = await startRun(repo);
    const base = await filesOf(run.shadow, run.base);
    expect(Object.keys(base)).toEqual(["a.txt", "crlf.txt", "global.bak2"]);
    expect(base["crlf.txt"]).toBe("one\ntwo");
    const { workspace, tree } = await workOn(run, "one", {});
    expect(await readText(join(workspace.root, "crlf.txt"))).toBe("one\r\ntwo\r\n");
    expect(await runGitAsOwner(run.shadow.gitDir, ["rev-parse", `${run.base}^{tree}`])).toBe(tree);
  });

  it("takes repositories within the work tree as they are, with or without a commit", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    await repo.write({ "empty/x.txt": "x\n", "nested/y.txt": "y\n" });
    await runGitAsOwner(join(repo.root, "empty"), ["init", "-q"]);
    await runGitAsOwner(join(repo.root, "nested"), ["init", "-q"]);
    await runGitAsOwner(join(repo.root, "nested"), ["add", "."]);
    await runGitAsOwner(join(repo.root, "nested"), ["commit", "-qm", "nested"]);
    const run = await startRun(repo);
    expect(await filesOf(run.shadow, run.base)).toEqual({
      "a.txt": "a",
      nested: expect.stringMatching(/^160000 /) as string,
    });
    const { tree } = await workOn(run, "one", { "nested/z.txt": "not recorded\n", "nested/.git/config": "x" });
    expect(await runGitAsOwner(run.shadow.gitDir, ["rev-parse", `${run.base}^{tree}`])).toBe(tree);
  });

  it("is refused with what went wrong when git or the disk fails", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const run = await startRun(repo);
    const full = new GitFailure({ argv: ["write-tree"], exitCode: 128, stderr: "fatal: No space left on device\n" });
    const git: Git = {
      ...run.git,
      run: (argv, call) => (argv[0] === "write-tree" ? Promise.reject(full) : run.git.run(argv, call)),
    };
    const failing = openIsolation({ ...run.folders, files: run.files, git });
    const { shadow, base: start } = run;
    await expect(failing.captureBase({ shadow, executionId: "run-2" })).rejects.toMatchObject({
      problem: { code: "STORAGE_FAILED", error: "Recording the workspace's files failed: No space left on device." },
    });
    const workspace = await failing.createWorkspace({ shadow, executionId: "run-1", taskId: "one", attempt: 1, start });
    expect(await failing.captureWorkspace({ shadow, workspace })).toMatchObject({
      ok: false,
      error: { code: "STORAGE_FAILED" },
    });
    const unknown = { shadow, executionId: "run-1", taskId: "two", attempt: 1, start: "1".repeat(40) };
    await expect(failing.createWorkspace(unknown)).rejects.toMatchObject({ problem: { code: "STORAGE_FAILED" } });
    expect(await fs.readdir(join(workspace.root, ".."))).toEqual(["one-1", "one-1.own"]);
  });

  it("can be opened by two servers at once", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const rig = await makeIsolation(repo.scratch);
    const place = await rig.isolation.checkWorkspace(repo.root);
    if (!place.ok) throw new Error(place.error.error);
    const opened = await Promise.all(Array.from({ length: 8 }, () => rig.isolation.openShadow(place.value)));
    expect(new Set(opened.map((shadow) => shadow.gitDir)).size).toBe(1);
    const shadow = opened[0];
    if (!shadow) throw new Error("nothing was opened");
    const bases = await Promise.all(
      Array.from({ length: 8 }, (_, index) => rig.isolation.captureBase({ shadow, executionId: `run-${index}` })),
    );
    for (const base of bases) expect(await filesOf(shadow, base)).toEqual({ "a.txt": "a" });
    expect(await fs.readdir(join(shadow.gitDir, ".."))).toEqual(["shadow.git"]);
    expect((await fs.readdir(shadow.gitDir)).filter((name) => name.endsWith(".index"))).toEqual([]);
  });
});
