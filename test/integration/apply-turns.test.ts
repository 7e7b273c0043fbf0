/** Only one writes to a workspace at a time, and the others wait for their turn. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { advisoryLocks } from "../../src/platform/advisory-lock.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { apply, memoryLocks, standingClock, undo, waitedClock } from "../rig/apply-rig.ts";
import { LOCK_STALE_MS } from "../../src/ports/locks.ts";
import { GitFailure, type Git } from "../../src/ports/git.ts";
import { temporaryFolder } from "../rig/git-rig.ts";
import { lines, merged, openMergeRig } from "../rig/merge-rig.ts";

describe("only one writes to a workspace", () => {
  test("whoever never leaves is waited for 75 s, longer than the lock of somebody who is gone stands, and then named (C18)", async () => {
    await using rig = await openMergeRig({ a: "1\n" });
    const commit = await merged(rig, { a: "2\n" });
    const locks = memoryLocks();
    const clock = waitedClock();
    const holders: string[] = [];
    const held = await locks.acquire(`${rig.shadow.gitDir}/apply`, { onLost: () => {} });
    const reason = "process 1 is writing to this workspace right now; it was waited for 75 s";
    const wait = { onWait: (holder: string) => holders.push(holder) };
    expect(await apply(rig, commit, { locks, clock, wait })).toMatchObject({ applied: false, reason });
    expect([clock.now(), holders]).toEqual([75_000, ["process 1"]]);
    expect(clock.now()).toBeGreaterThan(LOCK_STALE_MS);
    expect(await rig.repository.read("a")).toBe("1\n");
    expect(await undo(rig, { locks })).toEqual({ ok: false, error: reason });
    if (held.ok) await held.value();
    expect(await apply(rig, commit, { locks })).toMatchObject({ applied: true });
  });

  test("whoever leaves is followed at once, and what was written meanwhile stays (C18, C20)", async () => {
    await using rig = await openMergeRig({ a: lines() });
    const commit = await merged(rig, { a: lines({ 3: "agent" }) });
    const locks = memoryLocks();
    const held = await locks.acquire(`${rig.shadow.gitDir}/apply`, { onLost: () => {} });
    const clock = waitedClock(async () => {
      await rig.repository.write({ a: lines({ 20: "the other" }) });
      if (held.ok) await held.value();
    });
    expect(await apply(rig, commit, { locks, clock })).toMatchObject({ applied: true, files: ["a"] });
    expect(await rig.repository.read("a")).toBe(lines({ 3: "agent", 20: "the other" }));
    expect(clock.now()).toBe(100);
    const again = await locks.acquire(`${rig.shadow.gitDir}/apply`, { onLost: () => {} });
    const leaves = waitedClock(async () => again.ok && (await again.value()));
    expect(await undo(rig, { locks, clock: leaves })).toEqual({ ok: true, value: ["a"] });
    expect(await rig.repository.read("a")).toBe(lines({ 20: "the other" }));
  });

  test("a wait that is ended writes nothing, and says why it ended (C18)", async () => {
    await using rig = await openMergeRig({ a: "1\n" });
    const commit = await merged(rig, { a: "2\n" });
    const locks = memoryLocks();
    await locks.acquire(`${rig.shadow.gitDir}/apply`, { onLost: () => {} });
    const ending = new AbortController();
    const wait = { signal: ending.signal, onWait: () => setImmediate(() => ending.abort("the run was cancelled")) };
    expect(await apply(rig, commit, { locks, clock: standingClock, wait })).toMatchObject({
      applied: false,
      reason: "process 1 is writing to this workspace right now, and the run was cancelled",
    });
    expect(await rig.repository.read("a")).toBe("1\n");
  });

  test("a wait that is ended just as the other leaves writes nothing either, and keeps the right from nobody (C18)", async () => {
    await using rig = await openMergeRig({ a: "1\n" });
    const commit = await merged(rig, { a: "2\n" });
    const locks = memoryLocks();
    const held = await locks.acquire(`${rig.shadow.gitDir}/apply`, { onLost: () => {} });
    const ending = new AbortController();
    const leave = async (): Promise<void> => {
      if (held.ok) await held.value();
      ending.abort("the run was cancelled");
    };
    const wait = { signal: ending.signal, onWait: () => void leave() };
    const reason = "process 1 is writing to this workspace right now, and the run was cancelled";
    expect(await apply(rig, commit, { locks, clock: standingClock, wait })).toMatchObject({ applied: false, reason });
    expect(await rig.repository.read("a")).toBe("1\n");
    const cancelled = { applied: false, reason: "the run was cancelled" };
    expect(await apply(rig, commit, { locks, wait: { signal: ending.signal } })).toMatchObject(cancelled);
    const late = new AbortController();
    const git: Git = {
      parallel: rig.git.parallel,
      version: () => rig.git.version(),
      run: (argv, call) => {
        if (argv[0] === "update-ref") late.abort("the run was cancelled");
        return rig.git.run(argv, call);
      },
    };
    expect(await apply(rig, commit, { locks, git, wait: { signal: late.signal } })).toMatchObject(cancelled);
    expect(await apply(rig, commit, { locks })).toMatchObject({ applied: true });
  });

  test("a disk that refuses is not taken for somebody else who writes, and nobody waits for it", async () => {
    await using rig = await openMergeRig({ a: "1\n" });
    const commit = await merged(rig, { a: "2\n" });
    const locks = memoryLocks();
    const clock = waitedClock();
    const git: Git = {
      parallel: rig.git.parallel,
      version: () => rig.git.version(),
      run: (argv, call) =>
        argv[0] === "hash-object" && call.input !== undefined
          ? Promise.reject(new GitFailure({ argv, exitCode: 128, stderr: "fatal: No space left on device" }))
          : rig.git.run(argv, call),
    };
    await expect(apply(rig, commit, { locks, clock, git })).rejects.toThrow("No space left on device");
    expect(clock.now()).toBe(0);
    expect(await apply(rig, commit, { locks })).toMatchObject({ applied: true });
  });

  test("of two applies at once one writes, and the other finds everything written (C18)", async () => {
    await using rig = await openMergeRig({ a: "1\n" });
    const commit = await merged(rig, { a: "2\n" });
    const world = { locks: advisoryLocks(), clock: systemClock() };
    const both = await Promise.all([1, 2].map(() => apply(rig, commit, world)));
    expect(both.map(({ applied }) => applied)).toEqual([true, true]);
    expect(both.flatMap((outcome) => outcome.files)).toEqual(["a"]);
    expect(await rig.repository.read("a")).toBe("2\n");
    expect(await undo(rig, { locks: advisoryLocks() })).toMatchObject({ ok: true });
  });

  test("whoever loses the lock writes nothing more, and the files are as they were", async () => {
    await using rig = await openMergeRig({ a: "1\n", b: "1\n", c: "1\n" });
    const commit = await merged(rig, { a: "2\n", b: "2\n", c: "2\n" });
    const locks = memoryLocks();
    const path = join(rig.repository.root, "b");
    const files = {
      ...rig.files,
      writeAtomic: async (to: string, content: string | Uint8Array, mode?: number) => {
        await rig.files.writeAtomic(to, content, mode);
        if (to === path && Buffer.from(content).toString() === "2\n") locks.lose();
      },
    };
    expect(await apply(rig, commit, { files, locks })).toMatchObject({
      applied: false,
      reason: "another process has taken over this workspace",
    });
    for (const name of ["a", "b", "c"]) expect(await rig.repository.read(name)).toBe("1\n");
  });

  test("the lock on disk keeps a second process out, and a dead one does not", async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, "apply");
    const locks = advisoryLocks();
    const first = await locks.acquire(path, { onLost: () => {} });
    expect(first.ok).toBe(true);
    expect(await locks.acquire(path, { onLost: () => {} })).toEqual({ ok: false, error: `process ${process.pid}` });
    if (first.ok) await first.value();
    if (first.ok) await first.value();
    await mkdir(`${path}.lock`);
    // No process has this number: it is above the largest that Linux gives.
    await writeFile(`${path}.owner`, "4194999\n");
    const next = await locks.acquire(path, { onLost: () => {} });
    expect(next.ok).toBe(true);
    expect(await readFile(`${path}.owner`, "utf8")).toBe(`${process.pid}\n`);
    if (next.ok) await next.value();
  });
});
