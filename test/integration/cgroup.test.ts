import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ResourceWatch } from "../../src/engines/limits/resource-watch.ts";
import type { LimitNotice } from "../../src/engines/limits/resource-limits.ts";
import { probeCgroup, type CgroupPlace } from "../../src/platform/processes/cgroup.ts";
import { childProcesses } from "../../src/platform/processes/child-processes.ts";
import { systemClock } from "../../src/platform/system-clock.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "cgroupfs-"));
  await mkdir(join(root, "user.slice/session.scope"), { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A folder that behaves like the kernel's: a new group has the files of the controllers that are delegated to it. */
function fakeCgroups(controllers: readonly string[], writable = "user.slice"): CgroupPlace {
  const removed: string[] = [];
  const refuse = (): never => {
    throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
  };
  return {
    root,
    membership: "12:pids:/old\n0::/user.slice/session.scope\n",
    files: {
      async makeFolder(path) {
        if (!path.startsWith(join(root, writable, "parallelization-"))) refuse();
        await mkdir(path);
        const files = ["cgroup.procs", "cgroup.kill", "memory.events", ...controllers];
        await Promise.all(files.map((file) => writeFile(join(path, file), "")));
      },
      async removeFolder(path) {
        removed.push(path);
        await rm(path, { recursive: true });
      },
      read: (path) => readFile(path, "utf8"),
      write: (path, value) => writeFile(path, value, { flag: "r+" }),
    },
  };
}

const groups = async (): Promise<string[]> =>
  (await readdir(join(root, "user.slice"))).filter((name) => name.startsWith("parallelization-"));

describe.skipIf(process.platform !== "linux")("limits that the kernel holds", () => {
  it.each([
    [["memory.max", "cpu.max"], { memory: true, cpu: true }],
    [["memory.max"], { memory: true, cpu: false }],
  ])("are those that can really be set: %j", async (controllers, found) => {
    expect(await probeCgroup(fakeCgroups(controllers))).toMatchObject({ ...found, folder: join(root, "user.slice") });
    expect(await groups()).toEqual([]);
  });

  it("are none where no controller was delegated, or where no group may be made", async () => {
    expect(await probeCgroup(fakeCgroups([]))).toBeUndefined();
    expect(await probeCgroup(fakeCgroups(["memory.max"], "elsewhere"))).toBeUndefined();
    expect(await probeCgroup({ ...fakeCgroups(["memory.max"]), membership: "4:memory:/version-1\n" })).toBeUndefined();
  });

  it("are set on a group that the program joins before it does anything, and that is removed after it (C14, C15)", async () => {
    const cgroups = fakeCgroups(["memory.max", "cpu.max", "memory.oom.group"]);
    const processes = childProcesses({ cgroups });
    expect((await processes.containment()).limits).toMatch(/^The kernel itself holds limits on memory and CPU/);
    const child = await processes.start({
      argv: ["sh", "-c", "echo up; read -r word; kill -9 $$"],
      cwd: "/",
      env: { PATH: process.env["PATH"] ?? "" },
      maxLineBytes: 1_000,
      contained: true,
    });
    await new Promise<void>((resolve) => child.onLine(() => resolve()));
    const [group = ""] = await groups();
    const written = (file: string): Promise<string> => readFile(join(root, "user.slice", group, file), "utf8");
    expect(await written("cgroup.procs")).toBe("0\n");
    const told: LimitNotice[] = [];
    const watch = new ResourceWatch({ clock: systemClock(), usage: processes.usage });
    const following = watch.follow({
      child,
      kind: "test",
      limits: { maxMemoryMB: 1_000, maxCPUPercent: 50 },
      listener: { notice: () => undefined, overMemory: (notice) => void told.push(notice), fault: () => undefined },
    });
    await expect.poll(() => written("cpu.max")).toBe("50000 100000");
    expect(await written("memory.max")).toBe(String(1_050 * 1024 * 1024));
    expect(await written("memory.oom.group")).toBe("1");
    // What the kernel does when the group is above its limit.
    await writeFile(join(root, "user.slice", group, "memory.events"), "low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\n");
    child.write("\n");
    await following.settled;
    await child.killTree();
    expect(told).toMatchObject([{ type: "limit.enforced", limit: "resourceLimits.maxMemoryMB", allowed: 1_000 }]);
    expect(await groups()).toEqual([]);
  });
});
