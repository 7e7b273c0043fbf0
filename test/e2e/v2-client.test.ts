import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { builtServer, fiveTasks, type BuiltServer } from "../rig/built-server.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- answers have every shape
type Answer = Record<string, any>;

let server: BuiltServer;

beforeEach(() => {
  server = builtServer();
});

afterEach(() => server.dispose());

const asking = {
  taskDescription: "Ship the site",
  subtasks: fiveTasks,
};

describe.each([
  ["auto", "auto"],
  ["pinned to 2026-07-28", { pin: "2026-07-28" }],
  ["of the 2025 era", "legacy"],
] as const)("a client %s, over stdio, on the built package", (_name, mode) => {
  let client: Client;

  beforeEach(async () => {
    client = new Client(
      { name: "newer-client", version: "1" },
      { versionNegotiation: { mode }, capabilities: { elicitation: { form: {} } } },
    );
    client.setRequestHandler("elicitation/create", () => ({ action: "accept", content: { answer: "blue" } }));
    await client.connect(new StdioClientTransport({ ...server, stderr: "ignore" }));
  });

  afterEach(() => client.close());

  const call = async (name: string, args: Record<string, unknown>): Promise<Answer> =>
    (await client.callTool({ name, arguments: args })).structuredContent as Answer;

  test("lists the tools, analyses and executes (P1)", async () => {
    expect((await client.listTools()).tools).toHaveLength(7);
    const { planId, ...analysis } = await call("analyze_task_parallelizability", asking);
    expect(analysis).toMatchObject({ parallelizable: true, hasCycles: false });
    const run = await call("execute_parallel_workflow", { planId, simulation: { failureRate: 0 } });
    expect(run).toMatchObject({ status: "completed", success: true });
    const { contents } = await client.readResource({ uri: `parallelization://runs/${String(run["executionId"])}` });
    expect(JSON.stringify(contents)).toContain("completed");
    expect((await client.getPrompt({ name: "parallelize", arguments: { goal: "x" } })).messages).toHaveLength(1);
  });

  test("is asked what an agent wants to know, and the run goes on with the answer", async () => {
    const tasks = [
      {
        id: "paint",
        description: "Paint it",
        simulate: { question: { text: "Which colour?", options: ["red", "blue"] } },
      },
    ];
    const run = await call("execute_parallel_workflow", { tasks, simulation: { failureRate: 0, realTime: 0.001 } });
    expect(run).toMatchObject({ status: "completed" });
  });
});

test("a line of 11 MiB and a broken one are answered, and the server goes on (C6)", async () => {
  const child = spawn(server.command, server.args, {
    env: server.env,
    cwd: server.cwd,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const hear = async (): Promise<Answer> => JSON.parse((await lines.next()).value as string) as Answer;
  child.stdin.write(`${"x".repeat(11 * 1024 * 1024)}\n`);
  expect(await hear()).toMatchObject({ jsonrpc: "2.0", id: null, error: { code: -32_700 } });
  child.stdin.write('{"jsonrpc": "2.0", \n');
  expect(await hear()).toMatchObject({ id: null, error: { code: -32_700 } });
  const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "raw", version: "1" } };
  child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params })}\n`);
  expect(await hear()).toMatchObject({ id: 1, result: { serverInfo: { name: "parallelization" } } });
  child.stdin.end();
  expect(await once(child, "exit")).toEqual([0, null]);
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "a server that gets %s is gone within half a second",
  async (signal) => {
    const child = spawn(server.command, server.args, {
      env: server.env,
      cwd: server.cwd,
      stdio: ["pipe", "pipe", "ignore"],
    });
    child.stdin.write(
      '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"raw","version":"1"}}}\n',
    );
    await once(child.stdout, "data");
    const signalled = performance.now();
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(performance.now() - signalled).toBeLessThan(1_000);
  },
);

test("a client that disappears leaves a run that every later server can tell of (C4, C6)", async () => {
  const child = spawn(server.command, server.args, {
    env: server.env,
    cwd: server.cwd,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "raw", version: "1" } };
  const call = {
    name: "execute_parallel_workflow",
    arguments: { tasks: fiveTasks, waitSeconds: 0, simulation: { failureRate: 0, realTime: 1 } },
  };
  child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params })}\n`);
  child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/call", params: call })}\n`);
  await lines.next();
  const { result } = JSON.parse((await lines.next()).value as string) as Answer;
  const { executionId, status, next } = result.structuredContent as Answer;
  expect({ status, next }).toMatchObject({ status: "running", next: { tool: "aggregate_progress" } });
  const closed = performance.now();
  child.stdin.end();
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(performance.now() - closed).toBeLessThan(1_000);

  const later = new Client({ name: "later", version: "1" }, { versionNegotiation: { mode: "auto" } });
  await later.connect(new StdioClientTransport({ ...server, stderr: "ignore" }));
  const told = await later.callTool({ name: "aggregate_progress", arguments: { executionId } });
  expect(told.structuredContent).toMatchObject({ executionId, status: "interrupted" });
  await later.close();
});
