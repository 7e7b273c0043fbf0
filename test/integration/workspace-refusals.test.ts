import * as fs from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fingerprint, makeRepository, runGitAsOwner, temporaryFolder, type TestRepository } from "../rig/git-rig.ts";
import { openWorld, scripted, scriptedRun, simulatedRun, told, writing, type RunWorld } from "../rig/whole-run.ts";

const simulated = [writing("one", { "one.txt": "1\n" })];
const real = [scripted("one", "echo 1 > one.txt")];

/** The refusal, by simulated and by real agents alike; nothing is written anywhere. */
async function refusedEverywhere(world: RunWorld, workspace: string): Promise<string> {
  const watched = [world.home, world.scratch];
  const before = await Promise.all(watched.map(fingerprint));
  const first = await world.refusal(simulatedRun(workspace, simulated));
  const second = await world.refusal(scriptedRun(workspace, real));
  expect(second).toEqual(first);
  expect(first.advice).not.toBe("");
  expect(await Promise.all(watched.map(fingerprint))).toEqual(before);
  await expect(fs.readdir(world.state)).rejects.toThrow("ENOENT");
  expect(await world.services.runs.recent(10)).toEqual([]);
  return `${first.code}: ${first.error}`;
}

describe("a run is refused before anything is written, with the reason", () => {
  it("when its workspace is missing, a file, or an impossible path (C6)", async () => {
    await using world = await openWorld();
    await fs.writeFile(join(world.scratch, "file.txt"), "x\n");
    expect(await refusedEverywhere(world, join(world.scratch, "missing"))).toMatch(
      /^WORKSPACE_NOT_FOUND: .* does not exist/,
    );
    expect(await refusedEverywhere(world, join(world.scratch, "file.txt"))).toMatch(/^WORKSPACE_NOT_A_FOLDER: /);
    expect(await refusedEverywhere(world, join(world.scratch, "file.txt/below"))).toMatch(/^WORKSPACE_NOT_FOUND: /);
    expect(await refusedEverywhere(world, " ")).toMatch(/^WORKSPACE_NOT_FOUND: /);
    expect(await refusedEverywhere(world, "a\0b")).toMatch(/^WORKSPACE_NOT_FOUND: /);
    expect(await refusedEverywhere(world, `/${"x".repeat(5_000)}`)).toMatch(/^WORKSPACE_NOT_FOUND: /);
  });

  it("when it is the root of the file system or the home folder, however it is written (C6)", async () => {
    await using world = await openWorld();
    await fs.symlink(world.home, join(world.scratch, "link-home"));
    await fs.symlink("/", join(world.scratch, "link-root"));
    const ways = [
      "/",
      "//",
      "/.",
      "/tmp/..",
      world.home,
      `${world.home}/`,
      `${world.home}/.`,
      "~",
      "~/",
      join(world.scratch, "link-home"),
      join(world.scratch, "link-root"),
    ];
    for (const way of ways) expect(await refusedEverywhere(world, way)).toMatch(/^WORKSPACE_NOT_ALLOWED: /);
  });

  it("when it lies inside .git, or is a bare repository (C6)", async () => {
    await using world = await openWorld();
    const root = join(world.scratch, "repository");
    await runGitAsOwner(world.scratch, ["init", "-q", root]);
    await runGitAsOwner(world.scratch, ["init", "-q", "--bare", "bare.git"]);
    expect(await refusedEverywhere(world, join(root, ".git"))).toMatch(
      /^WORKSPACE_NOT_ALLOWED: .* inside a \.git folder/,
    );
    expect(await refusedEverywhere(world, join(root, ".git/hooks"))).toMatch(
      /^WORKSPACE_NOT_ALLOWED: .* inside a \.git folder/,
    );
    expect(await refusedEverywhere(world, join(world.scratch, "bare.git"))).toMatch(
      /^WORKSPACE_NOT_ALLOWED: .* bare repository/,
    );
    expect(await refusedEverywhere(world, join(world.scratch, "bare.git/objects"))).toMatch(/^WORKSPACE_NOT_ALLOWED: /);
  });

  it("when its repository is damaged (C6)", async () => {
    await using world = await openWorld();
    const root = join(world.scratch, "damaged");
    await fs.mkdir(join(root, ".git"), { recursive: true });
    expect(await refusedEverywhere(world, root)).toMatch(/^WORKSPACE_NOT_ALLOWED: Git cannot use the repository/);
    await fs.rm(join(root, ".git"), { recursive: true });
    await fs.writeFile(join(root, ".git"), "gitdir: /nowhere\n");
    expect(await refusedEverywhere(world, root)).toMatch(/^WORKSPACE_NOT_ALLOWED: Git cannot use the repository/);
  });

  const operations: readonly (readonly [name: string, start: (repo: TestRepository) => Promise<unknown>])[] = [
    ["merge", (repo) => repo.git("merge", "other")],
    ["rebase", (repo) => repo.git("rebase", "other")],
    ["cherry-pick", (repo) => repo.git("cherry-pick", "other")],
  ];
  it.each(operations)("when a %s is unfinished there; its state is not touched (C6)", async (name, start) => {
    await using world = await openWorld();
    await using repo = await makeRepository({ "a.txt": "base\n" });
    await repo.git("switch", "-qc", "other");
    await repo.commit("theirs", { "a.txt": "theirs\n" });
    await repo.git("switch", "-q", "main");
    await repo.commit("ours", { "a.txt": "ours\n" });
    await start(repo).catch(() => "");
    const before = await fingerprint(repo.root);
    expect(await refusedEverywhere(world, repo.root)).toContain(`A ${name} is unfinished`);
    expect(await fingerprint(repo.root)).toEqual(before);
  });

  it("when the limits or the tasks make no sense, whatever the workspace (C3, C6)", async () => {
    await using world = await openWorld();
    await using repo = await makeRepository({ "a.txt": "a\n" });
    const before = await fingerprint(repo.root);
    const codes: string[] = [];
    for (const more of [
      { maxParallelAgents: 0 },
      { maxParallelAgents: 101 },
      { constraints: { timeoutMinutes: -1 } },
      { constraints: { apiRateLimit: { provider: "anthropic", maxRequestsPerMinute: 0 } } },
      { constraints: { resourceLimits: { maxMemoryMB: -5 } } },
      { executor: "nobody" },
      { tasks: [] },
      { tasks: [writing("one", { "../out.txt": "x" })] },
      { tasks: [writing("one", { "a.txt": "x" }, { dependsOn: ["two"] })] },
    ]) {
      codes.push((await world.refusal(simulatedRun(repo.root, simulated, more))).code);
    }
    expect(codes).not.toContain(undefined);
    expect(await fingerprint(repo.root)).toEqual(before);
    await expect(fs.readdir(world.state)).rejects.toThrow("ENOENT");
  });

  it("when edits would have to be applied to a folder without git by simulated agents (C6)", async () => {
    await using world = await openWorld();
    await using folder = await temporaryFolder();
    const { code, error } = await world.refusal(simulatedRun(folder.path, simulated));
    expect(`${code}: ${error}`).toMatch(
      /^INVALID_ARGUMENT: apply 'merge' needs agents that change files of a git repository/,
    );
    expect(await fs.readdir(folder.path)).toEqual([]);
  });

  it("but a rehearsal that touches no files does not care where it was called from", async () => {
    await using world = await openWorld();
    const view = await world.run({ tasks: [{ id: "one", description: "one" }], simulation: { failureRate: 0 } });
    expect(told(view)).toMatchObject({ status: "completed", applied: undefined });
  });
});
