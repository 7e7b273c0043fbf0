import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { builtServer, fiveTasks, type BuiltServer } from "../rig/built-server.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- answers have every shape
type Answer = Record<string, any>;

let server: BuiltServer;
let client: Client;

beforeEach(async () => {
  server = builtServer();
  client = new Client({ name: "older-client", version: "1" });
  await client.connect(new StdioClientTransport({ ...server, stderr: "ignore" }));
});

afterEach(async () => {
  await client.close();
  server.dispose();
});

/** Calls a tool, and checks that text and object say the same. */
async function call(name: string, args: Record<string, unknown>): Promise<Answer> {
  const reply = await client.callTool({ name, arguments: args });
  const content = reply.content as readonly { readonly text: string }[];
  const answer = JSON.parse(content[0]?.text ?? "") as Answer;
  expect(reply.structuredContent).toEqual(reply.isError === true ? undefined : answer);
  return answer;
}

const noFailures = { seed: 1, failureRate: 0 };

describe("a client of the 2025 era, over stdio, on the built package", () => {
  test("finds the tools and the instructions (P1)", async () => {
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toContain("execute_parallel_workflow");
    expect(client.getServerVersion()?.name).toBe("parallelization");
    expect(client.getInstructions()).toContain("aggregate_progress");
  });

  test("analyses, executes the analysis as it is, and looks for conflicts in the results as they are (P1, C4, C5, C7)", async () => {
    const analysisResult = await call("analyze_task_parallelizability", {
      taskDescription: "Ship the site",
      subtasks: fiveTasks,
    });
    expect(analysisResult).toMatchObject({ parallelizable: true, planId: expect.any(String) });
    expect(analysisResult["suggestedBatches"]).toHaveLength(3);
    const run = await call("execute_parallel_workflow", {
      analysisResult,
      maxParallelAgents: 3,
      simulation: noFailures,
    });
    expect(run).toMatchObject({
      success: true,
      status: "completed",
      simulated: true,
      executionId: expect.any(String),
      conflicts: [],
      metrics: { totalTasks: 5, parallelTasks: 4, sequentialTasks: 1, failureCount: 0, conflictCount: 0 },
    });
    expect(run["batches"]).toHaveLength(3);
    expect(run["results"].filter((result: Answer) => result["success"] === true)).toHaveLength(5);
    for (const value of Object.values(run["metrics"] as Answer)) expect(Number.isFinite(value)).toBe(true);
    expect(await call("detect_conflicts", { agentResults: run["results"] })).toMatchObject({ hasConflicts: false });
    expect(await call("aggregate_progress", { agentProgresses: run["results"] })).toMatchObject({
      overallProgress: 100,
    });
    expect(await call("aggregate_progress", { executionId: run["executionId"] })).toMatchObject({
      status: "completed",
      overallProgress: 100,
    });
    expect(await call("aggregate_progress", {})).toMatchObject({ runs: [{ executionId: run["executionId"] }] });
  });

  test("executes a plan by its id, and never sees an unknown one accepted (C5, C6)", async () => {
    const { planId } = await call("analyze_task_parallelizability", {
      taskDescription: "Ship the site",
      subtasks: fiveTasks,
    });
    expect(await call("execute_parallel_workflow", { planId, simulation: noFailures })).toMatchObject({
      status: "completed",
    });
    expect(await call("execute_parallel_workflow", { planId: "plan_none" })).toMatchObject({
      success: false,
      code: "UNKNOWN_PLAN",
    });
  });

  test.each([
    ["an unknown executor", { tasks: fiveTasks, executor: "magic" }, "UNKNOWN_EXECUTOR"],
    ["no tasks", {}, "NO_TASKS"],
    ["no agents", { tasks: fiveTasks, maxParallelAgents: 0 }, "AGENTS_OUT_OF_RANGE"],
    [
      "a circle",
      {
        tasks: [
          { id: "a", description: "a", dependsOn: ["b"] },
          { id: "b", description: "b", dependsOn: ["a"] },
        ],
      },
      "DEPENDENCY_CYCLE",
    ],
    ["an option that is to come", { tasks: fiveTasks, resume: "run_x" }, "NOT_SUPPORTED_YET"],
    ["a workspace that is not there", { tasks: fiveTasks, workspace: "/nowhere/at/all" }, "WORKSPACE_NOT_FOUND"],
  ])("is refused %s, and no run comes of it (C6)", async (_what, args, code) => {
    expect(await call("execute_parallel_workflow", args)).toMatchObject({ success: false, code });
    expect(await call("aggregate_progress", {})).toMatchObject({ runs: [] });
  });

  test("that runs out of patience finds the run going on (C6)", async () => {
    const slow = { tasks: fiveTasks, simulation: { ...noFailures, realTime: 0.001 } };
    await expect(
      client.callTool({ name: "execute_parallel_workflow", arguments: slow }, undefined, { timeout: 300 }),
    ).rejects.toThrow("timed out");
    const { runs } = await call("aggregate_progress", {});
    expect(runs).toMatchObject([{ status: "running" }]);
    const ended = await call("aggregate_progress", { executionId: runs[0]["executionId"], waitSeconds: 30 });
    expect(ended).toMatchObject({ status: "completed", overallProgress: 100 });
  });

  test("whose user cancels finds the run stopped, with what was done (C6)", async () => {
    const slow = { tasks: fiveTasks, simulation: { ...noFailures, realTime: 0.01 } };
    const abort = new AbortController();
    const running = client.callTool({ name: "execute_parallel_workflow", arguments: slow }, undefined, {
      signal: abort.signal,
    });
    let runs: Answer[] = [];
    while (runs.length === 0) {
      const recent = await call("aggregate_progress", {});
      expect(recent).toMatchObject({ runs: expect.any(Array) });
      runs = recent["runs"] as Answer[];
    }
    abort.abort("user-cancel");
    await expect(running).rejects.toThrow("user-cancel");
    const ended = await call("aggregate_progress", { executionId: runs[0]?.["executionId"], waitSeconds: 30 });
    expect(ended).toMatchObject({ status: "cancelled" });
  });
});
