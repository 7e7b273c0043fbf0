import * as fs from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  fingerprint,
  gitFingerprint,
  makeRepository,
  openRepository,
  readText,
  runGitAsOwner,
  temporaryFolder,
  writeFiles,
  type FileContent,
  type TestRepository,
} from "../rig/git-rig.ts";
import {
  openWorld,
  scripted,
  scriptedRun,
  simulatedRun,
  told,
  userFiles,
  writing,
  type RunWorld,
} from "../rig/whole-run.ts";

/** What a run comes to, from before its start to after its undo. */
interface Journey {
  readonly outcome: ReturnType<typeof told>;
  /** Contents of the changed and the new file after the apply. */
  readonly written: readonly string[];
  /** Whether git's own files were the same to the byte after the apply, and all files after the undo. */
  readonly gitUntouched: boolean;
  readonly allRestored: boolean;
}

const goodJourney: Journey = {
  outcome: { status: "completed", applied: true, files: ["a.txt", "deep/new.txt", "gone.txt"], reason: undefined },
  written: ["a\nmore\n", "new\n"],
  gitUntouched: true,
  allRestored: true,
};

/** Two agents add, change and delete; what they leave is applied and undone. */
async function journey(world: RunWorld, workspace: string, root = workspace): Promise<Journey> {
  const before = await userFiles(root);
  const ofGit = (lines: readonly string[]): string => lines.filter((line) => line.startsWith(".git")).join("\n");
  const change = scripted("change", "echo more >> a.txt; mkdir deep; echo new > deep/new.txt");
  const remove = scripted("remove", "rm gone.txt");
  const view = await world.run(scriptedRun(workspace, [change, remove]));
  const read = async (name: string): Promise<string> => (await readText(join(workspace, name))) ?? "nothing";
  const written = [await read("a.txt"), await read("deep/new.txt")];
  const gitUntouched = ofGit(await fingerprint(root)) === ofGit(before);
  if (view.apply?.applied) await world.undo(view);
  const allRestored = (await userFiles(root)).join("\n") === before.join("\n");
  return { outcome: told(view), written, gitUntouched, allRestored };
}

const files: Readonly<Record<string, FileContent>> = { "a.txt": "a\n", "gone.txt": "gone\n", "other.txt": "other\n" };

/** With everything a user may have lying about: a stash, a staged file, an edit, an untracked file, a hook. */
async function livedIn(): Promise<TestRepository> {
  const repo = await makeRepository(files);
  await repo.write({ "other.txt": "stashed\n" });
  await repo.git("stash");
  await repo.write({ "staged.txt": "staged\n" });
  await repo.git("add", "staged.txt");
  await repo.git("branch", "side");
  await repo.write({ "other.txt": "edited\n", "untracked.txt": "untracked\n" });
  await repo.write({ ".git/hooks/post-commit": { executable: "#!/bin/sh\nexit 1\n" } });
  return repo;
}

describe("a whole run, applied and undone, leaves git's own files as they are", () => {
  it("in a repository with a stash, a staged file, edits and hooks (C19, C21)", async () => {
    await using world = await openWorld();
    await using repo = await livedIn();
    expect(await journey(world, repo.root)).toEqual(goodJourney);
  });

  it("in a folder without git (C19, C21)", async () => {
    await using world = await openWorld();
    await using folder = await temporaryFolder();
    await writeFiles(folder.path, files);
    expect(await journey(world, folder.path)).toEqual(goodJourney);
    expect(await fs.readdir(folder.path)).not.toContain(".git");
  });

  it("in a folder below the root of its repository, whose other files no agent's work reaches (C21)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository({ "top.txt": "top\n", "sub/a.txt": "a\n", "sub/gone.txt": "gone\n" });
    expect(await journey(world, join(repo.root, "sub"), repo.root)).toEqual(goodJourney);
    const before = await userFiles(repo.root);
    const outside = scripted("outside", "echo changed >> ../top.txt; echo more >> a.txt");
    const inside = scripted("inside", "echo new > new.txt");
    const view = await world.run(scriptedRun(join(repo.root, "sub"), [outside, inside]));
    expect(view.merge?.held).toEqual([
      { taskId: "outside", conflictIds: [], reason: ":/top.txt lies outside of the workspace" },
    ]);
    expect(told(view)).toMatchObject({ status: "partial", applied: true, files: ["new.txt"] });
    await world.undo(view);
    expect(await userFiles(repo.root)).toEqual(before);
  });

  it("in a shallow clone", async () => {
    await using world = await openWorld();
    await using origin = await makeRepository(files);
    await origin.commit("second", { "other.txt": "2\n" });
    await runGitAsOwner(origin.scratch, ["clone", "-q", "--depth=1", `file://${origin.root}`, "shallow"]);
    expect(await journey(world, join(origin.scratch, "shallow"))).toEqual(goodJourney);
  });

  it("in a repository without a commit, with some files staged", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository();
    await repo.write(files);
    await repo.git("add", "a.txt");
    expect(await journey(world, repo.root)).toEqual(goodJourney);
  });

  it("in an empty repository without a commit", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository();
    const before = await fingerprint(repo.root);
    const view = await world.run(simulatedRun(repo.root, [writing("one", { "first.txt": "1\n" })]));
    expect(told(view)).toMatchObject({ status: "completed", files: ["first.txt"] });
    await world.undo(view);
    expect(await userFiles(repo.root)).toEqual(before);
  });

  it("with a split index, and with SHA-256 objects", async () => {
    await using world = await openWorld();
    await using split = await makeRepository(files);
    await split.git("update-index", "--split-index");
    await split.commit("more", { "c.txt": "c\n" });
    expect(await journey(world, split.root)).toEqual(goodJourney);
    await using sha256 = await makeRepository(files, { initArguments: ["--object-format=sha256"] });
    expect(await journey(world, sha256.root)).toEqual(goodJourney);
  });

  it("in a linked work tree, and the main one with its stash and branches stays too", async () => {
    await using world = await openWorld();
    await using repo = await livedIn();
    const linked = join(repo.scratch, "linked");
    await repo.git("worktree", "add", "-q", "--detach", linked);
    const main = await fingerprint(repo.root);
    expect(await journey(world, linked)).toEqual(goodJourney);
    expect(await fingerprint(repo.root)).toEqual(main);
  });

  it("in a detached HEAD and in a repository whose git folder lies elsewhere", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository(files);
    await repo.git("checkout", "-q", "--detach");
    expect(await journey(world, repo.root)).toEqual(goodJourney);
    await using folder = await temporaryFolder();
    const elsewhere = join(folder.path, "elsewhere.git");
    const root = join(folder.path, "tree");
    await fs.mkdir(root);
    await runGitAsOwner(root, ["init", "-q", `--separate-git-dir=${elsewhere}`]);
    const tree = await openRepository(root, folder);
    await tree.commit("first", files);
    const ofGit = await fingerprint(elsewhere);
    expect(await journey(world, root)).toEqual(goodJourney);
    expect(await fingerprint(elsewhere)).toEqual(ofGit);
  });

  it("in a sparse checkout, where what is left out stays left out", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository({ ...files, "in/a.txt": "in\n", "out/b.txt": "out\n" });
    await repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "in");
    expect(await journey(world, repo.root)).toEqual(goodJourney);
    expect(await fs.readdir(repo.root)).not.toContain("out");
    expect(await repo.status()).toEqual(["?? .parallelization/"].slice(1));
  });

  it("in a partial clone; one with a sparse checkout too lacks content, which is said before anything starts (C6)", async () => {
    await using world = await openWorld();
    await using origin = await makeRepository({ ...files, "in/a.txt": "in\n", "out/b.txt": "out\n" });
    await origin.commit("second", { "other.txt": "2\n" });
    await origin.git("config", "uploadpack.allowFilter", "true");
    const clone = ["clone", "-q", "--filter=blob:none", `file://${origin.root}`];
    await runGitAsOwner(origin.scratch, [...clone, "partial"]);
    await runGitAsOwner(origin.scratch, [...clone, "--sparse", "sparse"]);
    const missing = ["rev-list", "--objects", "--all", "--missing=print"];
    expect(await runGitAsOwner(join(origin.scratch, "partial"), missing)).toMatch(/^\?/m);
    expect(await journey(world, join(origin.scratch, "partial"))).toEqual(goodJourney);
    const sparse = join(origin.scratch, "sparse");
    const before = await fingerprint(sparse);
    const { code, error } = await world.refusal(simulatedRun(sparse, [writing("one", { "one.txt": "1\n" })]));
    expect(`${code}: ${error}`).toMatch(/^WORKSPACE_NOT_ALLOWED: .* partial clone with a sparse checkout/);
    expect(await fingerprint(sparse)).toEqual(before);
  });

  it("with submodules, which stay as they are, whatever an agent leaves inside (C21)", async () => {
    await using world = await openWorld();
    await using library = await makeRepository({ "lib.txt": "lib\n" });
    await using repo = await makeRepository(files);
    await repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.root, "library");
    await repo.commit("with a submodule");
    await repo.write({ "library/lib.txt": "edited in the submodule\n", "library/own.txt": "untracked there\n" });
    expect(await journey(world, repo.root)).toEqual(goodJourney);
    const before = await userFiles(repo.root);
    const inside = scripted("inside", "mkdir -p library; echo x > library/lib.txt; echo more >> a.txt");
    const view = await world.run(scriptedRun(repo.root, [inside]));
    expect(told(view)).toMatchObject({ status: "completed", applied: true, files: ["a.txt"] });
    expect(await repo.read("library/lib.txt")).toBe("edited in the submodule\n");
    expect(await repo.git("diff", "--submodule=short", "--", "library")).not.toContain("new commit");
    await world.undo(view);
    expect(await userFiles(repo.root)).toEqual(before);
  });

  it("with repositories inside that are no submodules", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository(files);
    await repo.write({ "vendored/x.txt": "x\n", "empty/.keep": "" });
    await runGitAsOwner(join(repo.root, "vendored"), ["init", "-q"]);
    await runGitAsOwner(join(repo.root, "vendored"), ["add", "."]);
    await runGitAsOwner(join(repo.root, "vendored"), ["commit", "-q", "-m", "inner"]);
    await runGitAsOwner(join(repo.root, "empty"), ["init", "-q"]);
    expect(await journey(world, repo.root)).toEqual(goodJourney);
  });
});

describe("what a run leaves for people in the workspace", () => {
  it("is refused its folder where a file or a link of that name is, which stays as it is (C6)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository(files);
    const one = simulatedRun(repo.root, [writing("one", { "one.txt": "1\n" })]);
    for (const obstacle of ["a file\n", { link: repo.scratch }, { link: "/nowhere/at/all" }]) {
      await repo.write({ ".parallelization": obstacle });
      const before = await Promise.all([fingerprint(repo.root), fingerprint(repo.scratch)]);
      const { code, error } = await world.refusal(one);
      expect(`${code}: ${error}`).toMatch(/^WORKSPACE_NOT_ALLOWED: .*\.parallelization is (no folder|a link)/);
      expect(await Promise.all([fingerprint(repo.root), fingerprint(repo.scratch)])).toEqual(before);
      await repo.write({ ".parallelization": null });
    }
    expect((await world.run(one)).status).toBe("completed");
  });

  it("ignores itself, is never recorded and can be deleted with the run", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository(files);
    const git = await gitFingerprint(repo.root);
    const first = await world.run(simulatedRun(repo.root, [writing("one", { "one.txt": "1\n" })]));
    const look = scripted("look", "test ! -e .parallelization; mkdir .parallelization; echo x > .parallelization/x");
    const second = await world.run(scriptedRun(repo.root, [look]));
    expect(told(second)).toMatchObject({ status: "completed", files: [] });
    expect(await fs.readdir(join(repo.root, ".parallelization"))).toEqual([".gitignore", "runs"]);
    expect(await repo.git("status", "--porcelain", "--untracked-files=all")).toBe("?? one.txt");
    await world.undo(first);
    await world.services.runs.remove(first.spec.executionId);
    await world.services.runs.remove(second.spec.executionId);
    expect(await fs.readdir(join(repo.root, ".parallelization/runs"))).toEqual([]);
    expect((await gitFingerprint(repo.root)).filter((line) => !line.startsWith(".git/index "))).toEqual(
      git.filter((line) => !line.startsWith(".git/index ")),
    );
  });
});
