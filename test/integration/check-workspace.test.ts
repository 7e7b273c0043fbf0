import * as fs from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkWorkspace } from "../../src/engines/isolation/check-workspace.ts";
import { gitCli } from "../../src/platform/git-cli.ts";
import { nodeFiles } from "../../src/platform/node-files.ts";
import { makeRepository, runGitAsOwner, temporaryFolder, type TestRepository } from "../rig/git-rig.ts";

const check = { files: nodeFiles(), git: gitCli(), homeFolder: "/nowhere/home" };

async function refusal(path: string, changed: Partial<typeof check> = {}): Promise<string> {
  const result = await checkWorkspace(path, { ...check, ...changed });
  return result.ok ? "accepted" : `${result.error.code}: ${result.error.error}`;
}

describe("a workspace is refused with a reason", () => {
  it("when it does not exist, is a file, a git folder or a bare repository", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    await runGitAsOwner(repo.scratch, ["init", "-q", "--bare", "bare.git"]);
    expect(await refusal(join(repo.root, "missing"))).toMatch(/^WORKSPACE_NOT_FOUND: .* does not exist\.$/);
    expect(await refusal(join(repo.root, "a.txt"))).toMatch(/^WORKSPACE_NOT_A_FOLDER: .* is not a folder\.$/);
    expect(await refusal(join(repo.root, ".git/hooks"))).toMatch(/^WORKSPACE_NOT_ALLOWED: .* inside a \.git folder\.$/);
    expect(await refusal(join(repo.scratch, "bare.git"))).toMatch(/^WORKSPACE_NOT_ALLOWED: .* bare repository/);
  });

  it("when it is the home folder or the root of the file system, also behind a link", async () => {
    await using folder = await temporaryFolder();
    const link = join(folder.path, "link");
    await fs.symlink(folder.path, link);
    expect(await refusal("/")).toMatch(/is the root of the file system/);
    expect(await refusal(link, { homeFolder: folder.path })).toMatch(/is the home folder/);
    expect(await refusal(folder.path, { homeFolder: link })).toMatch(/is the home folder/);
  });

  it("when it may not be read or written", async () => {
    await using folder = await temporaryFolder();
    for (const forbidden of ["read", "write"]) {
      const files = { ...check.files, allows: async (_path: string, use: string) => use !== forbidden };
      expect(await refusal(folder.path, { files })).toMatch(
        new RegExp(`^WORKSPACE_NOT_ALLOWED: You may not ${forbidden} `),
      );
    }
  });

  it("when git is missing or too old", async () => {
    await using folder = await temporaryFolder();
    const missing = gitCli({ programPath: join(folder.path, "no-git") });
    expect(await refusal(folder.path, { git: missing })).toMatch(/^GIT_NOT_AVAILABLE: git was not found/);
    const program = join(folder.path, "old-git");
    await fs.writeFile(program, "#!/bin/sh\necho git version 2.37.9.windows.1\n", { mode: 0o755 });
    const old = gitCli({ programPath: program });
    expect(await refusal(folder.path, { git: old })).toMatch(/^GIT_NOT_AVAILABLE: git 2\.37\.9 is too old/);
  });

  const operations: [name: string, start: (repo: TestRepository) => Promise<unknown>][] = [
    ["merge", (repo) => repo.git("merge", "other")],
    ["rebase", (repo) => repo.git("rebase", "other")],
    ["cherry-pick", (repo) => repo.git("cherry-pick", "other")],
    ["revert", (repo) => repo.git("revert", "--no-edit", "HEAD~1")],
    ["bisect", (repo) => repo.git("bisect", "start")],
  ];
  it.each(operations)("when a %s is unfinished", async (name, start) => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    await repo.git("switch", "-qc", "other");
    await repo.commit("theirs", { "a.txt": "theirs\n" });
    await repo.git("switch", "-q", "main");
    await repo.commit("ours", { "a.txt": "ours\n" });
    await repo.commit("more", { "a.txt": "more\n" });
    await start(repo).catch(() => undefined);
    expect(await refusal(repo.root)).toBe(`WORKSPACE_NOT_ALLOWED: A ${name} is unfinished in ${repo.root}.`);
  });

  it("when conflicts of a stash are left", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    await repo.write({ "a.txt": "stashed\n" });
    await repo.git("stash");
    await repo.commit("other", { "a.txt": "other\n" });
    await repo.git("stash", "pop").catch(() => "");
    expect(await refusal(repo.root)).toMatch(/There are unresolved conflicts/);
  });
});

describe("a workspace whose repository is damaged", () => {
  it("is refused with what git says about it", async () => {
    await using repo = await makeRepository({ "a.txt": "a\n" });
    await repo.write({ ".git/index": "no index" });
    expect(await refusal(repo.root)).toMatch(/^STORAGE_FAILED: Looking at the workspace .* failed: .*index/);
    await repo.write({ ".git/HEAD": "nonsense" });
    expect(await refusal(repo.root)).toMatch(/^WORKSPACE_NOT_ALLOWED: Git cannot use the repository/);
  });
});

describe("a workspace is accepted", () => {
  it("at and below the root of a repository, through links, and in a linked work tree", async () => {
    await using repo = await makeRepository({ "packages/app/a.txt": "a\n" });
    await fs.symlink(repo.root, join(repo.scratch, "link"));
    const below = await checkWorkspace(join(repo.scratch, "link/packages/app"), check);
    expect(below).toEqual({
      ok: true,
      value: {
        root: join(repo.root, "packages/app"),
        workTree: repo.root,
        prefix: "packages/app/",
        userGitDir: join(repo.root, ".git"),
        commonGitDir: join(repo.root, ".git"),
        objectDirs: [join(repo.root, ".git/objects")],
        objectFormat: "sha1",
      },
    });
    const linked = join(repo.scratch, "linked");
    await repo.git("worktree", "add", "-q", linked);
    expect(await checkWorkspace(linked, check)).toMatchObject({
      value: { userGitDir: join(repo.root, ".git/worktrees/linked"), objectDirs: [join(repo.root, ".git/objects")] },
    });
  });

  it("as a plain folder without git, below an ignored folder, and in a home folder that is a repository", async () => {
    await using folder = await temporaryFolder();
    expect(await checkWorkspace(folder.path, check)).toMatchObject({ value: { userGitDir: undefined, prefix: "" } });
    await using repo = await makeRepository({ ".gitignore": "out/\n", "dots/a.txt": "a\n" });
    await repo.write({ "out/project/a.txt": "a\n" });
    expect(await checkWorkspace(join(repo.root, "out/project"), check)).toMatchObject({
      value: { userGitDir: undefined, workTree: join(repo.root, "out/project") },
    });
    expect(await checkWorkspace(join(repo.root, "dots"), { ...check, homeFolder: repo.root })).toMatchObject({
      value: { userGitDir: undefined, workTree: join(repo.root, "dots") },
    });
  });
});
