import * as fs from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesOf, startRun, workOn } from "../rig/isolation-rig.ts";
import { makeRepository, readText, runGitAsOwner, writeFiles } from "../rig/git-rig.ts";

describe("a task's workspace", () => {
  it("is a repository of its own with the files of its start, no remote and nothing of the user's refs", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n", "bin/run": { executable: "#!/bin/sh\n" } });
    await repo.git("branch", "other");
    const run = await startRun(repo);
    const { workspace } = await workOn(run, "Task/1", {});
    expect(workspace.folder).toBe(workspace.root);
    expect(basename(workspace.root)).toBe("_54ask_2f1-1");
    expect(await runGitAsOwner(workspace.root, ["status", "--porcelain"])).toBe("");
    expect(await runGitAsOwner(workspace.root, ["rev-parse", "HEAD"])).toBe(run.base);
    expect(await runGitAsOwner(workspace.root, ["for-each-ref"])).toBe("");
    expect(await runGitAsOwner(workspace.root, ["remote"])).toBe("");
    expect((await fs.stat(join(workspace.root, "bin/run"))).mode & 0o100).toBe(0o100);
    expect((await fs.stat(workspace.root)).mode & 0o077).toBe(0);
  });

  it("starts from what a dependency left behind", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const run = await startRun(repo);
    const first = await workOn(run, "first", { "made.txt": "by the first\n" });
    const second = await workOn(
      run,
      "second",
      async ({ root }) => {
        expect(await readText(join(root, "made.txt"))).toBe("by the first\n");
        await writeFiles(root, { "made.txt": "by the second\n" });
      },
      first.commit,
    );
    const parent = await runGitAsOwner(run.shadow.gitDir, ["rev-parse", `${second.commit}^`]);
    expect(parent).toBe(first.commit);
    expect(await filesOf(run.shadow, second.commit)).toEqual({ "a.txt": "a", "made.txt": "by the second" });
  });

  it("lies at the same place below the root as the user's workspace", async () => {
    await using repo = await makeRepository({ "packages/app/a.txt": "a\n", "packages/lib/b.txt": "b\n" });
    const run = await startRun(repo, join(repo.root, "packages/app"));
    expect(run.shadow.prefix).toBe("packages/app/");
    const { workspace, commit } = await workOn(run, "one", async ({ folder }) =>
      writeFiles(folder, { "a.txt": "edited\n", "../lib/b.txt": "edited\n" }),
    );
    expect(workspace.folder).toBe(join(workspace.root, "packages/app"));
    expect(await filesOf(run.shadow, commit)).toEqual({
      "packages/app/a.txt": "edited",
      "packages/lib/b.txt": "edited",
    });
  });

  it("is captured alike whether the agent commits, stashes nothing, or leaves its repository broken", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const run = await startRun(repo);
    const edit = { "a.txt": "edited\n", "b.txt": "new\n" };
    const plain = await workOn(run, "plain", edit);
    const committed = await workOn(run, "committed", async ({ root }) => {
      await writeFiles(root, edit);
      await runGitAsOwner(root, ["add", "."]);
      await runGitAsOwner(root, ["commit", "-qm", "mine"]);
      await runGitAsOwner(root, ["switch", "-qc", "branch"]);
    });
    const broken = await workOn(run, "broken", async ({ root }) => {
      await writeFiles(root, { ...edit, ".git": null });
    });
    expect([committed.tree, broken.tree]).toEqual([plain.tree, plain.tree]);
    const again = await run.isolation.captureWorkspace({ shadow: run.shadow, workspace: plain.workspace });
    expect(again).toEqual({ ok: true, value: { commit: plain.commit, tree: plain.tree } });
  });

  it("runs nothing that an agent planted when it is captured", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n", "b.txt": "b\n" });
    await runGitAsOwner(repo.scratch, ["init", "-q", "library"]);
    await writeFiles(repo.scratch, { "library/file.txt": "library\n" });
    await runGitAsOwner(join(repo.scratch, "library"), ["add", "."]);
    await runGitAsOwner(join(repo.scratch, "library"), ["commit", "-q", "-m", "first"]);
    await repo.git(
      "-c",
      "protocol.file.allow=always",
      "submodule",
      "--quiet",
      "add",
      join(repo.scratch, "library"),
      "library",
    );
    await repo.commit("with a submodule");
    const run = await startRun(repo);
    const trace = join(repo.scratch, "executed");
    const library = await repo.git("rev-parse", "HEAD:library");
    const script = join(repo.scratch, "evil.sh");
    await writeFiles(repo.scratch, { "evil.sh": { executable: `#!/bin/sh\necho "$0 $@" >> ${trace}\n` } });
    const planted = [
      "[core]",
      `fsmonitor = ${script}`,
      `hooksPath = hooks`,
      `pager = ${script}`,
      `editor = ${script}`,
      `sshCommand = ${script}`,
      `[filter "evil"]`,
      `clean = ${script}`,
      `smudge = ${script}`,
      `process = ${script}`,
      "required = true",
      `[diff "evil"]`,
      `command = ${script}`,
      `textconv = ${script}`,
      "[diff]",
      `external = ${script}`,
      `[merge "evil"]`,
      `driver = ${script}`,
      `[gpg]`,
      `program = ${script}`,
      "[commit]",
      "gpgsign = true",
      "",
    ].join("\n");
    const hooks = Object.fromEntries(
      ["pre-commit", "post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman"].map(
        (hook) => [`hooks/${hook}`, { executable: `#!/bin/sh\necho ${hook} >> ${trace}\n` }],
      ),
    );
    const { commit, workspace } = await workOn(run, "hostile", async ({ root }) => {
      await fs.appendFile(join(root, ".git/config"), planted);
      await writeFiles(join(root, ".git"), hooks);
      await writeFiles(root, {
        ".gitattributes": "* filter=evil diff=evil merge=evil\n",
        ".gitmodules": `[submodule "library"]\n\tpath = library\n\turl = ./x\n\tupdate = !${script}\n\tignore = none\n`,
        "a.txt": "edited\n",
        "nested/file.txt": "NESTED!\n",
      });
      await runGitAsOwner(root, ["clone", "-q", join(repo.scratch, "library"), "library"]);
      await runGitAsOwner(join(root, "nested"), ["init", "-q"]);
      await runGitAsOwner(join(root, "nested"), ["add", "."]);
      await runGitAsOwner(join(root, "nested"), ["commit", "-qm", "planted"]);
      for (const name of ["library", "nested"]) {
        await fs.appendFile(join(root, name, ".git/config"), planted);
        await writeFiles(join(root, name, ".git"), hooks);
        // Of the same size, so that git must read it, and run the filter, to see a difference.
        await writeFiles(join(root, name), { "file.txt": "planted\n", ".gitattributes": "* filter=evil\n" });
      }
    });
    await run.isolation.captureWorkspace({ shadow: run.shadow, workspace });
    expect(await readText(trace)).toBeUndefined();
    const captured = await filesOf(run.shadow, commit);
    expect(captured["a.txt"]).toBe("edited");
    expect(captured["nested/file.txt"]).toBe("planted");
    expect(captured["library"]).toBe(`160000 ${library}`);
    expect(await run.isolation.removeWorkspace({ shadow: run.shadow, workspace })).toBe(true);
    expect(await readText(trace)).toBeUndefined();
    // The same workspace under the agent's own configuration: the traps are real.
    const trapped = await workOn(run, "control", async ({ root }) => {
      await fs.appendFile(join(root, ".git/config"), planted);
      await writeFiles(root, { ".gitattributes": "* filter=evil\n", "a.txt": "edited\n" });
    });
    await runGitAsOwner(trapped.workspace.root, ["add", "-A"]).catch(() => "");
    expect(await readText(trace)).toContain("evil.sh");
  });

  it("records repositories that an agent made within it as plain files, at any depth", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const run = await startRun(repo);
    const { commit } = await workOn(run, "scaffold", async ({ root }) => {
      await writeFiles(root, { "web/index.html": "<p>\n", "web/inner/deep.txt": "deep\n" });
      await runGitAsOwner(join(root, "web"), ["init", "-q"]);
      await runGitAsOwner(join(root, "web/inner"), ["init", "-q"]);
    });
    expect(await filesOf(run.shadow, commit)).toEqual({
      "a.txt": "a",
      "web/index.html": "<p>",
      "web/inner/deep.txt": "deep",
    });
  });

  it("leaves out ignored files and what a killed editor left behind, unless the base has it", async () => {
    const leftover = "a.txt.tmp.123.0123456789ab";
    await using repo = await makeRepository({
      ".gitignore": "dist/\n",
      "a.txt": "a\n",
      [`old/${leftover}`]: "committed\n",
    });
    const run = await startRun(repo);
    const { commit, workspace } = await workOn(run, "one", { [leftover]: "half", "dist/x.js": "x", "b.txt": "b\n" });
    expect(Object.keys(await filesOf(run.shadow, commit))).toEqual([".gitignore", "a.txt", "b.txt", `old/${leftover}`]);
    expect(await readText(join(workspace.root, leftover))).toBeUndefined();
  });

  it("fails with a reason when the agent has removed its folder or replaced it by a link", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const run = await startRun(repo);
    const { workspace } = await workOn(run, "one", {});
    await fs.rm(workspace.root, { recursive: true });
    const gone = await run.isolation.captureWorkspace({ shadow: run.shadow, workspace });
    expect(gone).toMatchObject({ ok: false, error: { code: "WORKSPACE_NOT_FOUND" } });
    await fs.symlink(repo.root, workspace.root);
    const linked = await run.isolation.captureWorkspace({ shadow: run.shadow, workspace });
    expect(linked).toMatchObject({ ok: false, error: { code: "WORKSPACE_NOT_FOUND" } });
    expect(await run.isolation.removeWorkspace({ shadow: run.shadow, workspace })).toBe(true);
    expect(await repo.read("a.txt")).toBe("a\n");
    const other = await workOn(run, "two", {});
    await fs.rename(join(other.workspace.root, ".."), join(repo.scratch, "moved"));
    await fs.symlink(join(repo.scratch, "moved"), join(other.workspace.root, ".."));
    const moved = await run.isolation.captureWorkspace({ shadow: run.shadow, workspace: other.workspace });
    expect(moved).toMatchObject({ ok: false, error: { code: "WORKSPACE_NOT_FOUND" } });
  });

  it("stays when its marker cannot be read, and goes when its making was cut short", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const run = await startRun(repo);
    const damaged = await workOn(run, "damaged", {});
    const half = await workOn(run, "half", {});
    await fs.writeFile(join(damaged.workspace.own, "workspace.json"), "{");
    await fs.rm(join(half.workspace.own, "workspace.json"));
    expect(await run.isolation.removeRunWorkspaces({ shadow: run.shadow, executionId: "run-1", forget: true })).toBe(1);
    expect(await fs.readdir(join(damaged.workspace.root, ".."))).toEqual(["damaged-1", "damaged-1.own"]);
  });

  it("fails with a reason when its files cannot be recorded", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const run = await startRun(repo);
    const { workspace } = await workOn(run, "one", {});
    await writeFiles(workspace.root, { ".gitattributes": "*.txt working-tree-encoding=nonsense\n" });
    const captured = await run.isolation.captureWorkspace({ shadow: run.shadow, workspace });
    expect(captured).toMatchObject({
      ok: false,
      error: { error: expect.stringContaining("failed to encode 'a.txt'") as string },
    });
    expect(await run.isolation.removeWorkspace({ shadow: run.shadow, workspace })).toBe(true);
  });

  it("gets the ignored files that .worktreeinclude names, which are never recorded", async () => {
    await using repo = await makeRepository({
      ".gitignore": ".env*\nlocal/\nout\naway\ninside\n",
      ".worktreeinclude": ".env\nlocal/\nout\naway\ninside\na.txt\nuntracked.txt\n",
      "a.txt": "a\n",
    });
    await repo.write({
      ".env": "KEY=1\n",
      ".env.other": "KEY=2\n",
      "local/deep/settings.json": "{}\n",
      "untracked.txt": "not ignored\n",
      out: { link: "/etc/passwd" },
      away: { link: "../scratch/secret" },
      "../scratch/secret": "SECRET\n",
      inside: { link: ".env" },
    });
    const run = await startRun(repo);
    const { commit, workspace } = await workOn(run, "one", async ({ root }) => {
      expect(await readText(join(root, ".env"))).toBe("KEY=1\n");
      expect(await readText(join(root, "inside"))).toBe("KEY=1\n");
      expect(await readText(join(root, "local/deep/settings.json"))).toBe("{}\n");
      expect(await readText(join(root, ".env.other"))).toBeUndefined();
      await writeFiles(root, { ".gitignore": "nothing\n" });
    });
    await expect(fs.lstat(join(workspace.root, "out"))).rejects.toThrow("ENOENT");
    await expect(fs.lstat(join(workspace.root, "away"))).rejects.toThrow("ENOENT");
    expect(Object.keys(await filesOf(run.shadow, commit))).toEqual([
      ".gitignore",
      ".worktreeinclude",
      "a.txt",
      "untracked.txt",
    ]);
  });

  it("is removed only when this program made it, and only after its files are kept", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const run = await startRun(repo);
    const { isolation, shadow, base } = run;
    const key = { shadow, executionId: "run-1", start: base };
    const kept = await isolation.createWorkspace({ ...key, taskId: "kept", attempt: 1 });
    await writeFiles(kept.root, { "a.txt": "not captured yet\n" });
    const repeated = await isolation.createWorkspace({ ...key, taskId: "kept", attempt: 1 });
    expect(repeated.root).not.toBe(kept.root);
    const foreign = join(kept.root, "../foreign");
    await fs.mkdir(foreign);
    expect(await isolation.removeWorkspace({ shadow, workspace: { ...kept, root: foreign } })).toBe(false);
    expect(await isolation.removeRunWorkspaces({ shadow, executionId: "run-1" })).toBe(2);
    expect(await fs.readdir(join(kept.root, ".."))).toEqual(["foreign"]);
    const refs = "refs/runs/run-1/tasks/kept";
    expect(await filesOf(shadow, `${refs}/a1`)).toEqual({ "a.txt": "not captured yet" });
    expect(await filesOf(shadow, `${refs}/a1-2`)).toEqual({ "a.txt": "a" });
  });

  it("keeps the work of many agents at once apart", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const run = await startRun(repo);
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, index) => workOn(run, `t${index}`, { "a.txt": `by ${index}\n` })),
    );
    for (const [index, { commit }] of results.entries()) {
      expect(await filesOf(run.shadow, commit)).toEqual({ "a.txt": `by ${index}` });
    }
  });
});
