import { randomInt } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { childProcesses } from "../../src/platform/processes/child-processes.ts";
import type { ChildProcess } from "../../src/ports/processes.ts";
import { limited } from "../rig/limits-rig.ts";
import { fixture } from "../rig/program-rig.ts";

const PATH = process.env["PATH"] ?? "";
const processes = childProcesses({ strongest: "bubblewrap" });
const { driver } = await processes.containment();

function start(argv: readonly string[]): Promise<ChildProcess> {
  return processes.start({ argv, cwd: tmpdir(), env: { PATH }, maxLineBytes: 1_000, contained: true });
}

function said(child: ChildProcess, wanted: string): Promise<void> {
  return new Promise((resolve) => child.onLine((line) => void (line === wanted && resolve())));
}

async function sleepers(seconds: string): Promise<number> {
  const argvs = await Promise.all(
    (await readdir("/proc")).map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return argvs.filter((argv) => argv === `sleep\0${seconds}\0`).length;
}

describe.skipIf(driver !== "bubblewrap")("a program in bubblewrap", () => {
  it("leaves not even a daemon that has nothing in common with its ancestors (C9)", async () => {
    const seconds = String(randomInt(1_000_000, 9_000_000));
    const child = await start([process.execPath, fixture("become-invisible-daemon"), seconds]);
    await said(child, "ready");
    await expect.poll(() => sleepers(seconds), { timeout: 5_000, interval: 5 }).not.toBe(0);
    await child.killTree();
    expect(await sleepers(seconds)).toBe(0);
  });

  it("has its grace: it is asked to end and may clean up before bubblewrap ends (C17)", async () => {
    const script =
      "process.on('SIGTERM', () => { console.log('cleaned up'); process.exit(3); }); console.log('up'); setInterval(() => 0, 1e6)";
    const child = await start([process.execPath, "-e", script]);
    const lines: string[] = [];
    child.onLine((line) => lines.push(line));
    await expect.poll(() => lines).toEqual(["up"]);
    child.signal("SIGTERM");
    expect(await child.exited).toEqual({ exitCode: 3, signal: null });
    expect(lines).toEqual(["up", "cleaned up"]);
    await child.killTree();
  });

  it("is held to its CPU with all it starts, and says which limits are held (C15)", async () => {
    await using busy = await limited({ maxCPUPercent: 10 }, { strongest: "bubblewrap" });
    await busy.order("escape 0");
    await expect.poll(() => busy.following.used.throttledMs, { timeout: 20_000 }).toBeGreaterThan(500);
    expect((await processes.containment()).limits).toContain("Memory and CPU of agents are looked at");
  });
});
