import { chmod, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { childProcesses } from "../../src/platform/processes/child-processes.ts";
import { linuxMachine, newUuid } from "../../src/platform/linux-machine.ts";
import { parsePsLine, readProcessTable, readTableWithPs } from "../../src/platform/processes/process-table.ts";

const onLinux = process.platform === "linux";
const machine = linuxMachine();
const processes = childProcesses();
const PATH = process.env["PATH"] ?? "";
const folders: string[] = [];

async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "machine-")));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

describe("finding a program", () => {
  it("searches PATH for something that can be run, and runs nothing", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "tool"), "not a program\n");
    expect(await processes.find("sh")).toMatch(/^\/.*\/sh$/);
    expect(await processes.find("no-such-program-here")).toBeUndefined();
    expect(await processes.find(join(folder, "tool"))).toBeUndefined();
    await chmod(join(folder, "tool"), 0o755);
    expect(await processes.find(join(folder, "tool"))).toBe(join(folder, "tool"));
    expect(await processes.find(folder)).toBeUndefined();
    expect(await processes.find("")).toBeUndefined();
  });

  it("never takes one from the folder a program is started in, whatever PATH says", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "trap"), "#!/bin/sh\necho trapped\n", { mode: 0o755 });
    const spec = { argv: ["trap"], cwd: folder, env: { PATH: `.::${PATH}` }, maxLineBytes: 100, contained: false };
    const child = await processes.start(spec);
    expect((await child.exited).spawnError).toContain("not found");
  });
});

describe("the machine", () => {
  it("knows a process by its pid, its start and the boot, so that a reused pid is nobody's", async () => {
    const self = machine.self();
    expect(machine.isAlive(self)).toBe(true);
    expect(machine.isAlive({ ...self, startTime: "1" })).toBe(false);
    expect(machine.isAlive({ ...self, bootId: "another" })).toBe(false);
    const argv = ["sh", "-c", "echo up; exec sleep 1000"];
    const child = await processes.start({ argv, cwd: "/", env: { PATH }, maxLineBytes: 100, contained: false });
    await new Promise<string>((resolve) => child.onLine(resolve));
    const entry = (await readProcessTable()).get(child.pid ?? 0);
    const owner = {
      pid: child.pid ?? 0,
      startTime: onLinux ? String(entry?.startedAt) : self.startTime,
      bootId: self.bootId,
    };
    expect(machine.isAlive(owner)).toBe(onLinux);
    await child.killTree();
    expect(machine.isAlive(owner)).toBe(false);
  });

  it("has cores and memory, and gives ids and seeds that nobody can guess", () => {
    expect(machine.cores).toBeGreaterThanOrEqual(1);
    expect(machine.freeMemoryMb()).toBeGreaterThan(0);
    const ids = new Set(Array.from({ length: 1_000 }, () => machine.newId("run-")));
    expect(ids.size).toBe(1_000);
    for (const id of ids) expect(id).toMatch(/^run-[0-9a-z]{26}$/);
    expect(Number.isInteger(machine.randomSeed())).toBe(true);
    expect(newUuid()).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("reads the same table of processes from ps as from /proc", async () => {
    const fromPs = (await readTableWithPs()).get(process.pid);
    const entry = (await readProcessTable()).get(process.pid);
    expect(fromPs).toMatchObject({ pid: process.pid, parent: entry?.parent, group: entry?.group, ended: false });
    expect(parsePsLine("  PID  PPID")).toBeUndefined();
    expect(parsePsLine(" 12 1 12 0x1f Z+ Sat Nov 21 07:39:14 2026")).toMatchObject({
      pid: 12,
      session: 0,
      ended: true,
    });
  });
});
