/** How programs as agents are stopped, and that nothing of them is left. */
import { readdir } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Processes } from "../../src/ports/processes.ts";
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

describe("a program that is stopped", () => {
  it("is asked to end, and what it says then is kept (C9)", async () => {
    const agent = rig.start({ command: [node, fixture("command-goes-quietly")] });
    await agent.doing("ready");
    agent.running.answer("q1", "programs do not ask");
    agent.running.stop("cancelled");
    expect(await agent.running.ended).toMatchObject({
      success: false,
      partial: true,
      summary: "stopped after three of five",
      error: { name: "Cancelled", retryable: false },
    });
  });

  it.each(["pid-namespace", "process-group"] as const)(
    "that is a script does not go on with its next step: in a %s",
    async (strongest) => {
      const by = markedProcesses(strongest);
      const shell = "echo ready; sleep 1000; touch went-on; sleep 1000";
      // Time stands still: nothing but being asked ends it.
      const agent = rig.start({ command: { shell } }, { by, clock: manualClock() });
      await agent.doing("ready");
      agent.running.stop("cancelled");
      expect(await agent.running.ended).toMatchObject({ success: false, error: { name: "Cancelled" } });
      expect(await readdir(rig.folder)).toEqual([]);
    },
  );

  it("and ignores it is ended by force 2 s later, with all that hides (C9)", async () => {
    const clock = manualClock();
    const forced: number[] = [];
    const by: Processes = {
      ...processes,
      start: async (spec) => {
        const child = await processes.start(spec);
        return { ...child, killTree: () => (forced.push(clock.now()), child.killTree()) };
      },
    };
    const agent = rig.start({ command: [node, fixture("command-stays")] }, { clock, by });
    await agent.doing("ready");
    agent.running.stop("timeout");
    agent.running.stop("cancelled");
    clock.advance(1_999);
    expect(await rig.marked()).not.toEqual([]);
    expect(forced).toEqual([]);
    clock.advance(1);
    expect(await agent.running.ended).toMatchObject({
      success: false,
      partial: true,
      error: { name: "Timeout", retryable: true },
    });
    expect(forced[0]).toBe(2_000);
    expect(await rig.marked()).toEqual([]);
  });

  it.each([[[]], [["timeout"]]] as const)(
    "because the server ends is ended at once, also after %j (C9)",
    async (before) => {
      const agent = rig.start({ command: [node, fixture("command-stays")] }, { clock: manualClock() });
      await agent.doing("ready");
      for (const reason of before) agent.running.stop(reason);
      agent.running.stop("shutdown");
      const stoppedAt = performance.now();
      expect((await agent.running.ended).error?.name).toBe(before[0] === "timeout" ? "Timeout" : "Cancelled");
      expect(performance.now() - stoppedAt).toBeLessThan(1_000);
      expect(await rig.marked()).toEqual([]);
    },
  );

  it("before it was started never runs, and after its end has still succeeded", async () => {
    const early = rig.start({ command: ["touch", "ran"] });
    early.running.stop("cancelled");
    expect(await early.running.ended).toMatchObject({ success: false, partial: false, error: { name: "Cancelled" } });
    expect(await readdir(rig.folder)).toEqual([]);
    const late = rig.start({ command: ["true"] });
    const end = await late.running.ended;
    late.running.stop("cancelled");
    expect(end).toEqual({ success: true, partial: false });
  });
});
