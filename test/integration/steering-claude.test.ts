/** The real Claude Code is told something while it works; the model is scripted and on loopback. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { agentRig, type AgentRig, type RiggedAgent } from "../rig/agent-rig.ts";
import { CLAUDE_MISSING, claudeBinary } from "../rig/claude-cli.ts";
import { startModelServer, type ModelServer, type Scripts } from "../rig/model-server.ts";

const binary = claudeBinary();
const write = (path: string, content: string) => ({ name: "Write", input: { file_path: path, content } });
const scripts: Scripts = {
  steered: ({ cwd }) => [
    { gate: "first", use: [write(`${cwd}/a.txt`, "a\n")] },
    { gate: "last", say: "Done." },
    { use: [write(`${cwd}/b.txt`, "b\n")] },
    { say: "Done as you said." },
  ],
};

interface Stage extends AsyncDisposable {
  readonly rig: AgentRig;
  readonly model: ModelServer;
  readonly agent: RiggedAgent;
}

async function stage(): Promise<Stage> {
  const model = await startModelServer({ scripts });
  const rig = await agentRig({ binary: binary ?? CLAUDE_MISSING, baseUrl: model.baseUrl });
  const agent = rig.start({ description: `[[script:steered]] [[cwd:${rig.workspace}]]` });
  return {
    rig,
    model,
    agent,
    async [Symbol.asyncDispose]() {
      await rig[Symbol.asyncDispose]();
      await model.close();
    },
  };
}

describe.skipIf(binary === undefined)("a real Claude Code agent", () => {
  it("is told something while it works, and its next request to the model says so (C12)", async () => {
    await using at = await stage();
    const { agent } = at;
    await at.model.waitForRequest(({ step }) => step === 0);
    expect(agent.running.steer?.("keep the old route")).toBe(true);
    expect(agent.running.steer?.("and the new one")).toBe(true);
    at.model.release("first");
    const next = await at.model.waitForRequest(({ script, step }) => script === "steered" && step === 1);
    const newest = JSON.stringify(next.body.messages?.slice(-2));
    expect(newest).toContain("keep the old route");
    expect(newest).toContain("and the new one");
    at.model.release("last");
    expect(await agent.running.ended).toMatchObject({ success: true, summary: "Done.", usage: { apiCalls: 2 } });
    expect(agent.running.steer?.("too late")).toBe(false);
  });

  it("that is told something while it says its last words goes on with that, and all its tokens count (C12)", async () => {
    await using at = await stage();
    const { agent } = at;
    at.model.release("first");
    await at.model.waitForRequest(({ script, step }) => script === "steered" && step === 1);
    expect(agent.running.steer?.("write b as well")).toBe(true);
    expect(agent.running.steer?.("and say so")).toBe(true);
    at.model.release("last");
    expect(await agent.running.ended).toEqual({
      success: true,
      partial: false,
      summary: "Done as you said.",
      usage: { tokens: 4_200, costUsd: expect.closeTo(0.02, 5), apiCalls: 4 },
    });
    const told = at.model.requests.find(({ script, step }) => script === "steered" && step === 2);
    expect(JSON.stringify(told?.body.messages?.at(-1))).toContain("write b as well");
    expect(await readFile(join(at.rig.workspace, "b.txt"), "utf8")).toBe("b\n");
    expect(await at.rig.marked()).toEqual([]);
  });
});
