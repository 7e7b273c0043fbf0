import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { childProcesses } from "../../src/platform/processes/child-processes.ts";
import { linuxMachine } from "../../src/platform/linux-machine.ts";
import { findByEnvironment } from "../../src/platform/processes/process-table.ts";
import { readUsageWithPs } from "../../src/platform/processes/process-usage.ts";
import { limited } from "../rig/limits-rig.ts";

const onLinux = process.platform === "linux";
const canIsolate = (await childProcesses().containment()).driver === "pid-namespace";
const sharers = fileURLToPath(new URL("../fixtures/limits-share.py", import.meta.url));

describe.skipIf(!onLinux)("the memory of a program and all it starts", () => {
  it("is warned about, and the program reported and then ended by force when it grows on (C14, C25)", async () => {
    await using hog = await limited({ maxMemoryMB: 300 });
    await hog.order("stay 0");
    await hog.order("allocate 240");
    // Every step waits until it was seen: the next one is not a surprise.
    const seen = async (atLeastMb: number): Promise<void> => {
      await expect.poll(() => hog.following.used.peakMemoryMb ?? 0, { timeout: 10_000 }).toBeGreaterThan(atLeastMb);
    };
    await seen(240);
    for (let peak = 0; peak <= 300; peak = hog.following.used.peakMemoryMb ?? 0) {
      await hog.order("allocate 4");
      await seen(peak);
    }
    const violation = await hog.overMemory;
    expect(hog.notices.map(({ type }) => type)).toEqual(["limit.warned", "limit.enforced"]);
    expect(violation).toMatchObject({ limit: "resourceLimits.maxMemoryMB", allowed: 300 });
    expect(violation.measured).toBeGreaterThan(300);
    hog.child.signal("SIGTERM");
    await hog.says("told");
    hog.child.write("allocate 64\n");
    expect(await hog.child.exited).toMatchObject({ signal: "SIGKILL" });
    expect(hog.following.used.peakMemoryMb).toBeGreaterThan(300);
  });

  it("counts what forked programs share once: four that share 200 MB stay below 300 MB (C14)", async () => {
    await using family = await limited({ maxMemoryMB: 300 }, { argv: ["python3", sharers, "200", "4"] });
    for (let child = 0; child < 4; child++) await family.says("shared");
    let over = false;
    void family.overMemory.then(() => (over = true));
    await expect.poll(() => family.following.used.peakMemoryMb ?? 0, { timeout: 10_000 }).toBeGreaterThan(200);
    family.child.endInput();
    expect(await family.child.exited).toMatchObject({ exitCode: 0 });
    expect(over).toBe(false);
    expect(family.following.used.peakMemoryMb).toBeLessThan(300);
  });
});

describe.skipIf(!onLinux)("the CPU of a program and all it starts", () => {
  // A share that the program gets also on a machine that others keep busy.
  it("is held at a tenth of a core, and the program completes (C15, C25)", async () => {
    await using busy = await limited({ maxCPUPercent: 10 });
    const before = performance.now();
    await busy.order("burn 600");
    const elapsedMs = performance.now() - before;
    const { cpuMs, throttledMs } = busy.following.used;
    busy.child.write("leave 7\n");
    expect(await busy.child.exited).toMatchObject({ exitCode: 7 });
    // Less what its start had on credit.
    expect(elapsedMs).toBeGreaterThan((0.9 * (600 - 25)) / 0.1);
    expect(cpuMs).toBeGreaterThan(500);
    expect(throttledMs).toBeGreaterThan(500);
    expect(busy.notices.map(({ type }) => type)).toEqual(["limit.warned", "limit.enforced"]);
    expect(busy.notices[0]).toMatchObject({ limit: "resourceLimits.maxCPUPercent", allowed: 10 });
  });

  it("is counted with children that no look has seen (C15)", async () => {
    await using parent = await limited({});
    await parent.order("scatter 20");
    // Each takes more than 20 ms to start; what only looks see of them is next to nothing.
    await expect.poll(() => parent.following.used.cpuMs, { timeout: 10_000 }).toBeGreaterThan(400);
  });

  it.each([
    ["pid-namespace", canIsolate],
    ["process-group", true],
  ] as const)("is held also for a child that has left for a session of its own (%s)", async (strongest, can) => {
    if (!can) return;
    await using busy = await limited({ maxCPUPercent: 10 }, { strongest });
    await busy.order("escape 0");
    await expect.poll(() => busy.following.used.throttledMs, { timeout: 20_000 }).toBeGreaterThan(500);
    const { cpuMs: before } = busy.following.used;
    const since = performance.now();
    await expect.poll(() => performance.now() - since, { timeout: 20_000, interval: 50 }).toBeGreaterThan(2_000);
    const { cpuMs } = busy.following.used;
    expect((cpuMs - before) / (performance.now() - since)).toBeLessThan(0.15);
  });

  it("is no reason to miss a signal: who is stopped goes on to take it, and is stopped no more (C15)", async () => {
    await using busy = await limited({ maxCPUPercent: 1 });
    await busy.order("stay 0");
    busy.child.write("burn 1000000\n");
    await expect.poll(() => busy.following.used.throttledMs, { timeout: 20_000 }).toBeGreaterThan(200);
    busy.child.pause();
    const pid = busy.child.pid ?? 0;
    const stateOf = async (): Promise<string | undefined> =>
      (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.[0];
    await expect.poll(stateOf).toBe("T");
    busy.child.signal("SIGTERM");
    busy.child.pause();
    expect(await stateOf()).not.toBe("T");
    await busy.child.killTree();
  });
});

it.skipIf(!onLinux)(
  "A program that a dead server has left stopped is ended by the sweep of the next one (C9)",
  async () => {
    const mark = { MARK: linuxMachine().newId("stopped-") };
    const processes = childProcesses({ strongest: "process-group" });
    const child = await processes.start({
      argv: ["sh", "-c", "echo up; trap '' TERM; while :; do :; done"],
      cwd: "/",
      env: { PATH: process.env["PATH"] ?? "", ...mark },
      maxLineBytes: 1_000,
      contained: false,
    });
    await new Promise<void>((resolve) => child.onLine(() => resolve()));
    child.pause();
    expect(await childProcesses().sweep("MARK", mark.MARK)).toBe(1);
    expect(await child.exited).toMatchObject({ signal: "SIGKILL" });
    expect(await findByEnvironment(mark)).toEqual([]);
  },
);

it.skipIf(process.platform === "win32")("ps tells the same of a process as /proc, in the same units", async () => {
  const rows = await readUsageWithPs();
  const self = rows.find((row) => row.pid === process.pid);
  const { rss } = process.memoryUsage();
  expect(self?.rssMb).toBeGreaterThan(rss / 1_024 / 1_024 / 2);
  expect(self?.rssMb).toBeLessThan((rss / 1_024 / 1_024) * 2);
  const { user, system } = process.cpuUsage();
  expect(Math.abs((self?.ownMs ?? 0) - (user + system) / 1_000)).toBeLessThan(2_000);
});
