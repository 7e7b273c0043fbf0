import { Client, InMemoryTransport } from "@modelcontextprotocol/client";
import { describe, expect, test } from "vitest";
import { createServer } from "../../src/server.ts";
import { testCodeReader } from "../rig/code-reader-rig.ts";
import { asksWhich, fakeRuns } from "../rig/fake-runs.ts";
import { manualClock } from "../rig/manual-clock.ts";
import { envelope, initialize, rawClient, type Message } from "../rig/raw-client.ts";
import { started, succeeded } from "../rig/run-story.ts";
import { fakePlans, noRefs, noSurvey } from "../rig/tool-world.ts";

const tasksExtension = { extensions: { "io.modelcontextprotocol/tasks": {} } };
const tasks = [{ id: "a", description: "do a" }];
const execute = { name: "execute_parallel_workflow", arguments: { tasks } };
const finish = [succeeded("a", "agent-1", { durationMs: 1 }), { type: "run.finished", status: "completed" }] as const;

describe("a connection", () => {
  test("of the 2025 era tells its name, its tools and how to use them (P1)", async () => {
    const client = rawClient();
    const { result } = await initialize(client);
    expect(result).toMatchObject({ serverInfo: { name: "parallelization" }, protocolVersion: "2025-11-25" });
    expect(result.instructions).toContain("analyze_task_parallelizability");
    const listed = await client.request("tools/list");
    expect(listed["result"].tools.map((tool: Message) => tool["name"])).toHaveLength(7);
    expect((await client.request("resources/list"))["result"].resources).toHaveLength(1);
    expect((await client.request("resources/templates/list"))["result"].resourceTemplates).toHaveLength(3);
    expect((await client.request("prompts/list"))["result"].prompts).toHaveLength(3);
    expect((await client.request("prompts/get", { name: "explain_run" }))["result"].messages).toHaveLength(1);
  });

  test("of the 2026-07-28 era is discovered without a handshake (P1)", async () => {
    const client = rawClient();
    const { result } = await client.request("server/discover", envelope());
    expect(result).toMatchObject({ supportedVersions: ["2026-07-28"], capabilities: { tools: {}, ...tasksExtension } });
    const listed = await client.request("tools/list", envelope());
    expect(listed["result"]).toMatchObject({ resultType: "complete", ttlMs: 3_600_000 });
    expect(listed["result"].tools).toHaveLength(7);
    const read = await client.request("resources/read", { ...envelope(), uri: "parallelization://runs" });
    expect(read["result"]).toMatchObject({ ttlMs: 0, contents: [{ text: "[]" }] });
  });

  test("outlives broken lines, overlong lines and unknown methods (C6)", async () => {
    const client = rawClient();
    await initialize(client);
    client.write('{"jsonrpc":"2.0","id":7,"meth\n[1,2]\n\n"hello"\n');
    const piece = Buffer.alloc(1024 * 1024, "x");
    for (let mebibyte = 0; mebibyte < 11; mebibyte++) client.write(piece);
    client.write("\n");
    const listed = await client.request("tools/list");
    expect(listed["result"].tools).toHaveLength(7);
    const faults = client.heard.filter((message) => message["id"] === null);
    expect(faults.map((fault) => fault["error"].message)).toEqual([
      "not-json",
      "not-a-message",
      "not-a-message",
      "too-long",
    ]);
    for (const fault of faults) expect(fault).toMatchObject({ jsonrpc: "2.0", id: null, error: { code: -32_700 } });
    expect(await client.request("no/such/method")).toMatchObject({ error: { code: -32_601 } });
    const refused = await client.request("tools/call", { name: "__proto__", arguments: { a: 1 } });
    expect(refused["result"]).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("UNKNOWN_TOOL") }],
    });
    expect(await client.request("tools/call", { name: "detect_conflicts", arguments: [] })).toMatchObject({
      error: { code: -32_602 },
    });
    expect((await client.request("ping"))["result"]).toEqual({});
  });

  test("that the client drops leaves the run alone", async () => {
    const client = rawClient();
    await initialize(client);
    client.send({ id: 99, method: "tools/call", params: execute });
    await client.runs.waited();
    await client.hangUp();
    expect(client.runs.calls.map(({ method }) => method)).toEqual(["start"]);
  });
});

test("a server keeps nothing to itself: what one has started, every other one tells of (C4)", async () => {
  const clock = manualClock();
  const services = {
    runs: fakeRuns(clock),
    plans: fakePlans(),
    clock,
    compareRefs: noRefs,
    planner: { analyze: async () => "none" as const },
    code: testCodeReader(),
    survey: noSurvey,
    log: () => undefined,
  };
  const connect = async (): Promise<Client> => {
    const [near, far] = InMemoryTransport.createLinkedPair();
    await createServer(() => Promise.resolve(services), { era: "legacy", version: "0.0.0" }).connect(far);
    const client = new Client({ name: "in-memory", version: "1" });
    await client.connect(near);
    return client;
  };
  const [first, second] = [await connect(), await connect()];
  await first.callTool({ name: "execute_parallel_workflow", arguments: { tasks, waitSeconds: 0 } });
  await first.close();
  const told = await second.callTool({ name: "aggregate_progress", arguments: { executionId: "run-1" } });
  expect(told.structuredContent).toMatchObject({ executionId: "run-1", status: "running" });
  await second.close();
});

describe("a long call of the 2025 era", () => {
  test("tells its progress and answers with the result (C4)", async () => {
    const client = rawClient();
    await initialize(client, {}, "claude-code");
    client.send({ id: 50, method: "tools/call", params: { ...execute, _meta: { progressToken: "p" } } });
    await client.runs.waited();
    client.runs.happen("run-1", started("a", "agent-1"), ...finish);
    const { result } = await client.hear((message) => message["id"] === 50);
    expect(result.structuredContent).toMatchObject({ status: "completed", success: true, executionId: "run-1" });
    expect(JSON.parse(result.content[0].text)).toEqual(result.structuredContent);
    const progress = client.heard.find((message) => message["method"] === "notifications/progress");
    expect(progress).toMatchObject({
      params: { progressToken: "p", total: 100, message: expect.stringContaining("0/1 done") },
    });
  });

  test("asks the client which folder it works in, where no workspace is named", async () => {
    const client = rawClient();
    await initialize(client, { roots: {} }, "claude-code");
    client.send({ id: 50, method: "tools/call", params: execute });
    const { id } = await client.hear((message) => message["method"] === "roots/list");
    client.send({ id, result: { roots: [{ uri: "file:///home/me/my%20project" }] } });
    await client.runs.waited();
    expect(client.runs.calls[0]?.given[1]).toEqual({ clientRoot: "/home/me/my project" });
  });

  test("puts an agent's question to the person and goes on with the answer", async () => {
    const client = rawClient();
    await initialize(client, { elicitation: {} }, "claude-code");
    client.send({ id: 50, method: "tools/call", params: execute });
    await client.runs.waited();
    client.runs.happen("run-1", started("a", "agent-1"), asksWhich);
    const { id, params } = await client.hear((message) => message["method"] === "elicitation/create");
    expect(params).toMatchObject({
      message: expect.stringContaining("a asks: Which?"),
      requestedSchema: { required: ["answer"] },
    });
    client.send({ id, result: { action: "accept", content: { answer: "y" } } });
    await client.runs.waited();
    client.runs.happen("run-1", ...finish);
    const { result } = await client.hear((message) => message["id"] === 50);
    expect(result.structuredContent).toMatchObject({ status: "completed" });
    expect(client.runs.calls.map(({ method }) => method)).toEqual(["start", "answer"]);
    expect(client.runs.calls[1]?.given[1]).toEqual({ taskId: "a", questionId: "q", answer: "y" });
  });

  test("shows the question where the person dismissed it", async () => {
    const client = rawClient();
    await initialize(client, { elicitation: { form: {} } }, "claude-code");
    client.send({ id: 50, method: "tools/call", params: execute });
    await client.runs.waited();
    client.runs.happen("run-1", started("a", "agent-1"), asksWhich);
    const { id } = await client.hear((message) => message["method"] === "elicitation/create");
    client.send({ id, result: { action: "cancel" } });
    const { result } = await client.hear((message) => message["id"] === 50);
    expect(result.structuredContent).toMatchObject({
      status: "blocked",
      next: { tool: "control_workflow", arguments: { action: "answer", questionId: "q" } },
    });
  });

  test.each([
    ["AbortError: user-cancel", ["start", "cancel"]],
    ["McpError: MCP error -32001: Request timed out", ["start"]],
  ])("cancelled with %s has done %j, and is not answered", async (reason, methods) => {
    const client = rawClient();
    await initialize(client, {}, "claude-code");
    client.send({ id: 50, method: "tools/call", params: execute });
    await client.runs.waited();
    client.send({ method: "notifications/cancelled", params: { requestId: 50, reason } });
    await client.request("ping");
    expect(client.runs.calls.map(({ method }) => method)).toEqual(methods);
    expect(client.heard.filter((message) => message["id"] === 50)).toEqual([]);
  });
});

describe("a long call of the 2026-07-28 era", () => {
  test("becomes a task that any server can tell of, ask for, and end (C4)", async () => {
    const client = rawClient();
    const modern = envelope({ ...tasksExtension, elicitation: { form: {} } }, "claude-code");
    const created = await client.request("tools/call", { ...modern, ...execute });
    expect(created["result"]).toMatchObject({
      resultType: "task",
      taskId: "run-1",
      status: "working",
      ttlMs: null,
      pollIntervalMs: expect.any(Number),
    });
    const get = async (): Promise<Message> =>
      (await client.request("tasks/get", { ...modern, taskId: "run-1" }))["result"];
    client.runs.happen("run-1", started("a", "agent-1"));
    expect(await get()).toMatchObject({
      resultType: "complete",
      status: "working",
      statusMessage: expect.stringContaining("1 running"),
    });
    client.runs.happen("run-1", asksWhich);
    expect(await get()).toMatchObject({
      status: "input_required",
      inputRequests: { q1: { method: "elicitation/create" } },
    });
    await client.request("tasks/update", {
      ...modern,
      taskId: "run-1",
      inputResponses: { q1: { action: "accept", content: { answer: "x" } } },
    });
    expect(client.runs.calls.at(-1)?.method).toBe("answer");
    client.runs.happen("run-1", ...finish);
    const done = await get();
    expect(done).toMatchObject({
      status: "completed",
      result: { structuredContent: { success: true, executionId: "run-1" } },
    });
  });

  test("is cancelled by the client as often as it likes", async () => {
    const client = rawClient();
    const modern = envelope(tasksExtension);
    await client.request("tools/call", { ...modern, ...execute });
    for (let time = 0; time < 2; time++) {
      expect(await client.request("tasks/cancel", { ...modern, taskId: "run-1" })).toMatchObject({
        result: { resultType: "complete" },
      });
    }
    expect(client.runs.calls.map(({ method }) => method)).toEqual(["start", "cancel"]);
    expect(await client.request("tasks/get", { ...modern, taskId: "run-9" })).toMatchObject({
      error: { code: -32_602 },
    });
  });

  test("is never a task for a client that does not know tasks", async () => {
    const client = rawClient();
    const modern = envelope();
    const id = 70;
    client.send({ id, method: "tools/call", params: { ...modern, ...execute, arguments: { tasks, waitSeconds: 0 } } });
    const { result } = await client.hear((message) => message["id"] === id);
    expect(result).toMatchObject({ resultType: "complete", structuredContent: { status: "running" } });
    expect(result.structuredContent.next).toEqual({
      tool: "aggregate_progress",
      arguments: { executionId: "run-1", waitSeconds: 45 },
    });
    const refused = await client.request("tasks/get", { ...modern, taskId: "run-1" });
    expect(refused["error"]).toMatchObject({ code: -32_021, data: { requiredCapabilities: tasksExtension } });
  });

  test("asks through the call itself, and goes on with the same run when the client comes back", async () => {
    const client = rawClient();
    const modern = envelope({ elicitation: { form: {} } }, "claude-code");
    client.send({ id: 80, method: "tools/call", params: { ...modern, ...execute } });
    await client.runs.waited();
    client.runs.happen("run-1", started("a", "agent-1"), asksWhich);
    const { result: asked } = await client.hear((message) => message["id"] === 80);
    expect(asked).toMatchObject({
      resultType: "input_required",
      inputRequests: { q1: { method: "elicitation/create" } },
    });
    const inputResponses = { q1: { action: "accept", content: { answer: "y" } } };
    client.send({
      id: 81,
      method: "tools/call",
      params: { ...modern, ...execute, inputResponses, requestState: asked.requestState },
    });
    await client.runs.waited();
    client.runs.happen("run-1", ...finish);
    const { result } = await client.hear((message) => message["id"] === 81);
    expect(result.structuredContent).toMatchObject({ status: "completed", executionId: "run-1" });
    expect(client.runs.calls.map(({ method }) => method)).toEqual(["start", "answer"]);
  });
});
