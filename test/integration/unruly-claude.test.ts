import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { AgentAssignment } from "../../src/engines/execution/executor.ts";
import type { ContainmentStrength } from "../../src/platform/processes/containment.ts";
import { agentRig } from "../rig/agent-rig.ts";
import type { AgentRig, RiggedAgent } from "../rig/agent-rig.ts";
import { manualClock } from "../rig/manual-clock.ts";
import type { ManualClock } from "../rig/manual-clock.ts";

interface Stage extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly rig: AgentRig;
  readonly agent: RiggedAgent;
}

/** Starts a stand-in for Claude Code that misbehaves; time stands still until the test moves it. */
async function stage(
  program: string,
  strongest?: ContainmentStrength,
  changes: Partial<AgentAssignment> = {},
): Promise<Stage> {
  const clock = manualClock();
  const binary = fileURLToPath(new URL(`../fixtures/${program}.mjs`, import.meta.url));
  const rig = await agentRig({ binary, clock, ...(strongest && { strongest }) });
  return { clock, rig, agent: rig.start({}, changes), [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

/** It has said the last that it will ever say. */
function up(agent: RiggedAgent): Promise<unknown> {
  return agent.waitFor("progress", ({ usage }) => usage?.tokens === 15);
}

/** The whole ladder: asked, told, forced. */
const LADDER_MS = 4_000;

describe("a Claude Code that misbehaves", () => {
  it("may print anything between its messages, and lines that are too long", async () => {
    await using at = await stage("claude-that-babbles");
    expect(await at.agent.running.ended).toMatchObject({ success: true, summary: "answered: error" });
  });

  it("that dies at once has not started, and what it complained about is told without keys (C12)", async () => {
    await using at = await stage("claude-that-dies-at-once");
    const end = await at.agent.running.ended;
    expect(end).toMatchObject({ success: false, partial: false, error: { name: "SpawnFailed", retryable: false } });
    expect(end.error?.message).toContain(
      "exit code 1 before it was up. Its last error output: error: unknown option '--tools'",
    );
    expect(end.error?.message).not.toContain("secret");
    expect(end.error?.options.join()).toContain("Update Claude Code");
  });

  it("that dies halfway has broken the protocol, and what it said until then is kept (C12)", async () => {
    await using at = await stage("claude-that-dies-halfway");
    expect(await at.agent.running.ended).toMatchObject({
      success: false,
      partial: true,
      summary: "half of it is done",
      usage: { tokens: 15, apiCalls: 1 },
      error: {
        name: "ProtocolError",
        retryable: true,
        message: expect.stringContaining("exit code 7 and no result. Its last error output: panic: out of luck"),
      },
    });
  });

  it("that reports success and then fails has not succeeded", async () => {
    await using at = await stage("claude-that-fails-after-success");
    expect(await at.agent.running.ended).toMatchObject({
      success: false,
      error: { name: "ProtocolError", message: expect.stringContaining("exit code 3") },
    });
  });

  it("that stays after its result is ended 10 s later with all it started; the result counts", async () => {
    await using at = await stage("claude-that-stays-after-its-result");
    await at.agent.waitFor("progress", ({ usage }) => usage?.costUsd === 0.5);
    expect(await at.rig.marked()).not.toEqual([]);
    at.clock.advance(10_000 + LADDER_MS);
    expect(await at.agent.running.ended).toMatchObject({ success: true, summary: "all done" });
    expect(await at.rig.marked()).toEqual([]);
  });

  it.each(["pid-namespace", "death-signal", "process-group"] as const)(
    "takes what it left behind with it when it ends by itself, whatever ties it here: %s (C9)",
    async (strongest) => {
      await using at = await stage("claude-that-leaves-a-program-behind", strongest);
      expect(await at.agent.running.ended).toMatchObject({ success: true, summary: "all done" });
      expect(await at.rig.marked()).toEqual([]);
    },
  );

  it.each(["claude-that-goes-silent", "claude-that-closes-its-output"])(
    "is ended after 300 s without a word: %s (C9)",
    async (program) => {
      await using at = await stage(program);
      await up(at.agent);
      at.clock.advance(299_999);
      expect(await at.rig.marked()).not.toEqual([]);
      at.clock.advance(1 + LADDER_MS);
      expect(await at.agent.running.ended).toMatchObject({
        success: false,
        partial: true,
        error: { name: "Stalled", retryable: true },
      });
      expect(await at.rig.marked()).toEqual([]);
    },
  );

  it("may be silent for as long as a call of its is held back by a limit (C16)", async () => {
    let held = true;
    const meter = { admit: () => Promise.resolve(undefined) };
    const models = { environment: {}, meter, isHeldBack: () => held };
    await using at = await stage("claude-that-goes-silent", undefined, { models });
    await up(at.agent);
    at.clock.advance(3_600_000);
    expect(await at.rig.marked()).not.toEqual([]);
    held = false;
    at.clock.advance(300_000 + LADDER_MS);
    expect((await at.agent.running.ended).error?.name).toBe("Stalled");
  });

  it("may be silent for 600 s while one of its tools works", async () => {
    await using at = await stage("claude-that-hangs-in-a-tool");
    await at.agent.waitFor("progress", ({ operation }) => operation === "Reading slow.txt");
    at.clock.advance(599_999);
    expect(await at.rig.marked()).not.toEqual([]);
    at.clock.advance(1 + LADDER_MS);
    expect((await at.agent.running.ended).error?.name).toBe("Stalled");
  });

  it("that is not up within 60 s is ended, however much it prints", async () => {
    await using at = await stage("claude-that-never-comes-up");
    let end: unknown;
    void at.agent.running.ended.then((ended) => (end = ended));
    await expect
      .poll(() => (at.clock.advance(60_000 + LADDER_MS), end), { timeout: 20_000, interval: 20 })
      .toMatchObject({
        success: false,
        partial: false,
        error: { name: "SpawnFailed", retryable: true },
      });
    expect(await at.rig.marked()).toEqual([]);
  });

  it("that ignores every signal is ended by force when its time is over (C9)", async () => {
    await using at = await stage("claude-that-goes-silent");
    await up(at.agent);
    at.agent.running.stop("timeout");
    at.agent.running.stop("cancelled");
    at.clock.advance(LADDER_MS - 1);
    expect(await at.rig.marked()).not.toEqual([]);
    at.clock.advance(1);
    expect(await at.agent.running.ended).toMatchObject({
      success: false,
      partial: true,
      summary: "thinking about it",
      error: { name: "Timeout" },
    });
    expect(await at.rig.marked()).toEqual([]);
  });

  it("can be stopped before it was even started", async () => {
    await using at = await stage("claude-that-goes-silent");
    at.agent.running.stop("cancelled");
    expect(await at.agent.running.ended).toMatchObject({
      success: false,
      partial: false,
      error: { name: "Cancelled" },
    });
    expect(await at.rig.marked()).toEqual([]);
  });
});

describe("no Claude Code", () => {
  it("is a reason that says what to do, and no agent starts (C12)", async () => {
    await using rig = await agentRig({ binary: "no-such-claude" });
    const { available, reason } = await rig.executor.probe();
    expect(available).toBe(false);
    expect(reason).toContain("PARALLELIZATION_CLAUDE");
    expect(await rig.start({}).running.ended).toMatchObject({
      success: false,
      error: { name: "SpawnFailed", message: expect.stringContaining("no-such-claude") },
    });
  });

  it("is a program that tells no version", async () => {
    await using rig = await agentRig({
      binary: fileURLToPath(new URL("../fixtures/claude-that-dies-at-once.mjs", import.meta.url)),
    });
    expect(await rig.executor.probe()).toEqual({
      available: false,
      reason: expect.stringContaining("--version gave no version"),
    });
  });

  it("is started by a server that an agent started (C8)", async () => {
    await using rig = await agentRig({ binary: "node", environment: { PARALLELIZATION_DEPTH: "1" } });
    expect(await rig.executor.probe()).toEqual({
      available: false,
      reason: expect.stringContaining("no agents of its own"),
    });
    expect((await rig.start({}).running.ended).error?.name).toBe("SpawnFailed");
  });

  it("works without a folder, or in one that is gone", async () => {
    await using rig = await agentRig({ binary: "node" });
    expect((await rig.start({}, { folder: undefined }).running.ended).error?.message).toContain("needs a folder");
    expect((await rig.start({}, { folder: "/no/such/folder" }).running.ended).error?.message).toContain(
      "/no/such/folder does not exist",
    );
  });
});
