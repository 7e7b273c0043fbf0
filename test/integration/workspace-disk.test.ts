import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { fingerprint, openRepository, runGitAsOwner, temporaryFolder, type TestRepository } from "../rig/git-rig.ts";
import { openWorld, scripted, scriptedRun, simulatedRun, told, userFiles, writing } from "../rig/whole-run.ts";

const run = promisify(execFile);

/** A folder on a small file system of its own, which its disposal takes away. */
async function smallDisk(size: string): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await temporaryFolder();
  const path = join(folder.path, "disk");
  await fs.mkdir(path);
  await run("mount", ["-t", "tmpfs", "-o", `size=${size},mode=700`, "tmpfs", path]);
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await run("umount", ["--lazy", path]);
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Whether this user may mount file systems here. */
async function mayMount(): Promise<boolean> {
  try {
    await using _ = await smallDisk("64k");
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}

/** Writes until nothing more fits, and gives what frees it again. */
async function fill(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, "filler");
  const handle = await fs.open(path, "w");
  for (const size of [65_536, 4_096, 1]) while (await fits(handle.write(randomBytes(size))));
  await handle.close();
  return () => fs.rm(path);
}

async function fits(writing: Promise<unknown>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOSPC") return false;
    throw error;
  }
}

async function repositoryOn(disk: string, scratch: string): Promise<TestRepository> {
  const root = join(disk, "repository");
  await fs.mkdir(root);
  await runGitAsOwner(root, ["init", "--quiet", "--initial-branch=main"]);
  const repo = await openRepository(root, { path: scratch, [Symbol.asyncDispose]: () => Promise.resolve() });
  await repo.commit("first", { "a.txt": "a\n", "b.txt": "b\n" });
  return repo;
}

describe.runIf(await mayMount())("a full disk", () => {
  it("under the state folder: a run is refused or fails with the reason, and the workspace is as it was (C6, C21)", async () => {
    await using disk = await smallDisk("2m");
    await using world = await openWorld({ state: join(disk.path, "state") });
    const repo = await repositoryOn(world.scratch, world.scratch);
    await repo.write({ "big.bin": randomBytes(3_000_000) });
    const before = await userFiles(repo.root);
    const failed = await world.run(simulatedRun(repo.root, [writing("one", { "one.txt": "1\n" })]));
    expect(told(failed)).toMatchObject({
      status: "failed",
      applied: undefined,
      reason: expect.stringMatching(/failed: .*([Nn]o space|write)/),
    });
    expect(await userFiles(repo.root)).toEqual(before);
    await fill(disk.path);
    const whole = await fingerprint(repo.root);
    const { code } = await world.refusal(simulatedRun(repo.root, [writing("one", { "one.txt": "1\n" })]));
    expect(code).toBe("STORAGE_FAILED");
    expect(await fingerprint(repo.root)).toEqual(whole);
  });

  it("under the agents' workspaces, filled by one of them: what it did is told as lost, and nothing is applied by halves (C21)", async () => {
    await using disk = await smallDisk("4m");
    await using world = await openWorld({ state: join(disk.path, "state") });
    const repo = await repositoryOn(world.scratch, world.scratch);
    const before = await userFiles(repo.root);
    const hog = scripted("hog", "head -c 20000000 /dev/urandom > huge.bin || true; echo more >> a.txt || true");
    const view = await world.run(scriptedRun(repo.root, [hog]));
    expect(view.endedAt).toBeDefined();
    expect(view.apply?.applied).not.toBe(true);
    expect(await userFiles(repo.root)).toEqual(before);
    expect(view.tasks.get("hog")?.outcome?.error?.message).toMatch(/could not be read|could not be recorded/);
    await world.services.runs.remove(view.spec.executionId);
    const again = await world.run(scriptedRun(repo.root, [scripted("small", "echo more >> a.txt")]));
    expect(told(again)).toMatchObject({ status: "completed", files: ["a.txt"] });
  });

  it("under the workspace: nothing is written by halves, and the results can be applied when there is room (C21)", async () => {
    await using disk = await smallDisk("2m");
    await using world = await openWorld();
    const repo = await repositoryOn(disk.path, world.scratch);
    const before = await userFiles(repo.root);
    const make = scripted(
      "make",
      "echo more >> a.txt; rm b.txt; head -c 3000000 /dev/urandom > big.bin; echo z > z.txt",
    );
    const view = await world.run(scriptedRun(repo.root, [make]));
    expect(told(view)).toMatchObject({
      status: "partial",
      applied: false,
      reason: expect.stringMatching(/no space.*all is as it was/i),
    });
    expect(await userFiles(repo.root)).toEqual(before);
    await run("mount", ["-o", "remount,size=8m", disk.path]);
    await world.services.runs.apply(view.spec.executionId);
    expect(await repo.read("z.txt")).toBe("z\n");
    await world.undo(view);
    expect(await userFiles(repo.root)).toEqual(before);
  });

  it("under the workspace from the start: the run is refused and leaves nothing (C6)", async () => {
    await using disk = await smallDisk("1m");
    await using world = await openWorld();
    const repo = await repositoryOn(disk.path, world.scratch);
    await fill(disk.path);
    const before = await fingerprint(disk.path);
    const { code } = await world.refusal(simulatedRun(repo.root, [writing("one", { "one.txt": "1\n" })]));
    expect(code).toBe("STORAGE_FAILED");
    expect(await fingerprint(disk.path)).toEqual(before);
    expect(await world.services.runs.recent(10)).toEqual([]);
  });

  it("that leaves room for a file but not for a run's first event: it is refused and leaves nothing (C6)", async () => {
    await using disk = await smallDisk("1m");
    await using world = await openWorld();
    const repo = await repositoryOn(disk.path, world.scratch);
    const free = await fill(disk.path);
    const handle = await fs.open(join(disk.path, "filler"), "r+");
    const { size } = await handle.stat();
    await handle.truncate(size - 16_384);
    await handle.close();
    const before = await fingerprint(disk.path);
    const long = writing("one", { "one.txt": "1\n" }, { context: "x".repeat(100_000) });
    const { code } = await world.refusal(simulatedRun(repo.root, [long]));
    expect(code).toBe("STORAGE_FAILED");
    expect(await fingerprint(disk.path)).toEqual(before);
    expect(await world.services.runs.recent(10)).toEqual([]);
    await free();
    expect((await world.run(simulatedRun(repo.root, [long]))).status).toBe("completed");
  });

  it("under the workspace in the middle of a run: the run is told as interrupted, agents end, and nothing is written (C21)", async () => {
    await using disk = await smallDisk("1m");
    await using world = await openWorld();
    const repo = await repositoryOn(disk.path, world.scratch);
    const before = await userFiles(repo.root);
    let free: () => Promise<void> = () => Promise.resolve();
    const tasks = Array.from({ length: 40 }, (_, number) =>
      writing(`task-${number}`, { [`${number}.txt`]: "x".repeat(4_000) }, { description: "y".repeat(4_000) }),
    );
    const view = await world.run(simulatedRun(repo.root, tasks), {
      after: "task.started",
      act: async () => void (free = await fill(disk.path)),
    });
    expect(["interrupted", "partial", "failed"]).toContain(view.status);
    expect(view.apply?.applied).not.toBe(true);
    const later = await world.services.runs.view(view.spec.executionId);
    expect(later.status).not.toBe("running");
    await free();
    expect(await userFiles(repo.root)).toEqual(before);
  });
});

describe.runIf(await mayMount())("a read-only file system", () => {
  it("as the workspace is refused before anything starts (C6)", async () => {
    await using disk = await smallDisk("2m");
    await using world = await openWorld();
    const repo = await repositoryOn(disk.path, world.scratch);
    await run("mount", ["-o", "remount,ro", disk.path]);
    const { code, error } = await world.refusal(simulatedRun(repo.root, [writing("one", { "one.txt": "1\n" })]));
    expect(`${code}: ${error}`).toMatch(/^WORKSPACE_NOT_ALLOWED: You may not write the workspace/);
    await expect(fs.readdir(world.state)).rejects.toThrow("ENOENT");
  });

  it("at one folder of the workspace keeps all of a run out that writes there, and nothing else is changed (C21)", async () => {
    await using world = await openWorld();
    const repo = await repositoryOn(world.scratch, world.scratch);
    await repo.commit("more", { "locked/x.txt": "x\n" });
    const locked = join(repo.root, "locked");
    await run("mount", ["--bind", locked, locked]);
    try {
      await run("mount", ["-o", "remount,bind,ro", locked]);
      const before = await userFiles(repo.root);
      const view = await world.run(
        scriptedRun(repo.root, [scripted("edit", "echo more >> a.txt; echo more >> locked/x.txt; rm b.txt")]),
      );
      expect(told(view)).toMatchObject({
        status: "partial",
        applied: false,
        reason: expect.stringContaining("all is as it was"),
      });
      expect(await userFiles(repo.root)).toEqual(before);
    } finally {
      await run("umount", [locked]);
    }
  });
});
