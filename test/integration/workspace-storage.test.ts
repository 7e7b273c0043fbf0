import { join } from "node:path";
import { writeFile, rm } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { recoverWorkspaces } from "../../src/engines/coordination/repository/git-recovery.ts";
import { gitWorkspaces, type GitWorld } from "../../src/engines/coordination/repository/git-workspaces.ts";
import { openIsolation } from "../../src/engines/isolation/isolation.ts";
import { gitCli } from "../../src/platform/git-cli.ts";
import { nodeFiles } from "../../src/platform/node-files.ts";
import type { Files } from "../../src/ports/files.ts";
import { ProblemError } from "../../src/schema/problem.ts";
import { memoryLocks, standingClock } from "../rig/apply-rig.ts";
import { fingerprint, makeRepository, type TestRepository } from "../rig/git-rig.ts";
import { plannedRun, plannedTask } from "../rig/planned-run.ts";

const writes: ReadonlySet<string> = new Set<keyof Files>([
  "makeFolder",
  "writeAtomic",
  "writeLink",
  "createExclusive",
  "copyFile",
  "move",
]);

/** A file system on which the `step`th write, and with `stays` all after it, find the disk full. */
function fullDisk(step: number, stays: boolean): { readonly files: Files; readonly reached: () => boolean } {
  let count = 0;
  const guarded = Object.entries(nodeFiles()).map(([name, work]) => {
    const call = async (...given: never[]): Promise<unknown> => {
      if (writes.has(name)) count += 1;
      const isFull = writes.has(name) && (stays ? count >= step : count === step);
      if (isFull)
        throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC", syscall: "write" });
      return (work as (...given: never[]) => Promise<unknown>)(...given);
    };
    return [name, call];
  });
  return { files: Object.fromEntries(guarded) as Files, reached: () => count >= step };
}

function worldOf(scratch: string, files: Files): GitWorld {
  const git = gitCli({ homeFolder: join(scratch, "home") });
  const folders = {
    homeFolder: join(scratch, "home"),
    stateFolder: join(scratch, "state"),
    cacheFolder: join(scratch, "cache"),
    userGitConfigFolder: join(scratch, "home/.config/git"),
  };
  const isolation = openIsolation({ files, git, ...folders });
  return { files, git, clock: standingClock, isolation, locks: memoryLocks(), stateFolder: folders.stateFolder };
}

/** From the base to the apply; gives whether the user's files were written. Refusals are answers, anything else is thrown. */
async function wholeRun(world: GitWorld, workspace: string, executionId: string): Promise<boolean> {
  try {
    const workspaces = await gitWorkspaces(
      world,
      plannedRun([{ id: "one" }], { executionId, workspace, isolated: true }),
    );
    if (!(await workspaces.captureBase()).ok) return false;
    const opened = await workspaces.open({ taskId: "one", attempt: 1, dependencies: [] });
    if (!opened.ok) return false;
    await writeFile(join(opened.value.folder, "a.txt"), "changed\n");
    await writeFile(join(opened.value.folder, "new.txt"), "new\n");
    await rm(join(opened.value.folder, "gone.txt"));
    const collected = await workspaces.collect(opened.value, { taskId: "one", attempt: 1 });
    if (!collected.ok) return false;
    await workspaces.close(opened.value);
    const candidate = { task: plannedTask({ id: "one" }), order: 0, agentId: "agent-1", ...collected.value };
    const { commit } = await workspaces.merge([candidate], []);
    const applied = commit !== undefined && (await workspaces.apply("merge", commit)).applied;
    await workspaces.cleanUp(!applied);
    return applied;
  } catch (error) {
    if (error instanceof ProblemError) return false;
    throw error;
  }
}

async function startingPoint(): Promise<TestRepository> {
  return makeRepository({ "a.txt": "a\n", "gone.txt": "gone\n", "kept.txt": "kept\n" });
}

describe("a disk that is full at any moment", () => {
  it.each([
    ["for a moment", false, 1],
    ["until the next start", true, 2],
  ])(
    "%s leaves the user's files either all written or all as they were, and is never a crash (C21)",
    async (_when, stays, stride) => {
      let applied = 0;
      let step = 1;
      for (let reached = true; reached && step < 200; step += stride) {
        await using repo = await startingPoint();
        const before = await fingerprint(repo.root);
        const disk = fullDisk(step, stays);
        const done = await wholeRun(worldOf(repo.scratch, disk.files), repo.root, `run-${step}`);
        // Originals that found no room are put back by the next process.
        if (stays) await recoverWorkspaces(worldOf(repo.scratch, nodeFiles()));
        const after = await fingerprint(repo.root);
        const written = [await repo.read("a.txt"), await repo.read("new.txt"), await repo.read("gone.txt")];
        expect(done ? written : after).toEqual(done ? ["changed\n", "new\n", undefined] : before);
        applied += done ? 1 : 0;
        reached = disk.reached();
      }
      expect(step).toBeGreaterThan(20);
      expect(applied).toBeGreaterThan(0);
    },
    120_000,
  );
});
