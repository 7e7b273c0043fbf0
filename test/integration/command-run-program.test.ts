/** Programs that are run to their end, such as checks of a result. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { programEnvironment } from "../../src/engines/execution/agent-environment.ts";
import { runProgram } from "../../src/engines/execution/command/run-program.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { manualClock } from "../rig/manual-clock.ts";
import { fixture, markedProcesses, programRig } from "../rig/program-rig.ts";
import type { ProgramRig } from "../rig/program-rig.ts";

const node = process.execPath;
const processes = markedProcesses();

let rig: ProgramRig;

beforeEach(async () => {
  rig = await programRig();
});

afterEach(() => rig[Symbol.asyncDispose]());

/** Waits until the stubborn program says that it ignores signals, and its child as well. */
async function ready(): Promise<void> {
  await expect.poll(() => existsSync(join(rig.folder, "ready")), { timeout: 10_000, interval: 5 }).toBe(true);
}

describe("a program that is run to its end", () => {
  const run = (argv: readonly string[], changes: Partial<Parameters<typeof runProgram>[0]> = {}) =>
    runProgram({
      processes,
      clock: systemClock(),
      argv,
      cwd: rig.folder,
      env: programEnvironment({
        server: { PATH: process.env["PATH"] },
        executionId: rig.executionId,
        taskId: "verify",
      }),
      timeoutMs: 60_000,
      ...changes,
    });

  it.each(["pid-namespace", "process-group"] as const)(
    "gives its exit code and last words and leaves nothing behind: in a %s",
    async (strongest) => {
      const by = markedProcesses(strongest);
      const shell = "cat; echo \u001b[31mone; echo two >&2; setsid sleep 1000 & exit 3";
      expect(await run(["sh", "-c", shell], { processes: by })).toEqual({
        exitCode: 3,
        timedOut: false,
        aborted: false,
        outputTail: "one\ntwo",
      });
      expect(await rig.marked()).toEqual([]);
      expect(await run(["true"])).toMatchObject({ exitCode: 0, outputTail: "" });
    },
  );

  it("says when it could not start", async () => {
    expect(await run(["no-such-program-here"])).toMatchObject({
      exitCode: null,
      timedOut: false,
      spawnError: expect.stringContaining("was not found"),
    });
  });

  it("keeps only the end of what it prints", { timeout: 60_000 }, async () => {
    const { exitCode, outputTail } = await run([node, fixture("command-floods"), "20"]);
    expect(exitCode).toBe(0);
    expect(outputTail.length).toBeLessThanOrEqual(8_000);
    expect(outputTail.endsWith("yyy\nthe end")).toBe(true);
  });

  it("is ended when its time is over, by force if it must be", async () => {
    const clock = manualClock();
    const end = run([node, fixture("command-stays")], { clock, timeoutMs: 5_000 });
    await ready();
    clock.advance(4_999);
    expect(await rig.marked()).not.toEqual([]);
    clock.advance(1 + 2_000);
    expect(await end).toMatchObject({ exitCode: null, timedOut: true, aborted: false });
    expect(await rig.marked()).toEqual([]);
  });

  it("can be called off, before its start and after", async () => {
    const early = new AbortController();
    early.abort();
    expect(await run(["touch", "ran"], { signal: early.signal })).toMatchObject({ exitCode: null, aborted: true });
    expect(await readdir(rig.folder)).toEqual([]);
    const late = new AbortController();
    const end = run([node, fixture("command-stays")], { signal: late.signal });
    await ready();
    late.abort();
    expect(await end).toMatchObject({ exitCode: null, aborted: true, timedOut: false });
    expect(await rig.marked()).toEqual([]);
  });
});
