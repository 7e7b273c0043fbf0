import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { builtServer, type BuiltServer } from "../rig/built-server.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- answers have every shape
type Answer = Record<string, any>;

let server: BuiltServer;
let workspace: string;
let marker: string;

beforeEach(() => {
  server = builtServer();
  workspace = join(server.cwd, "project");
  mkdirSync(workspace);
  execFileSync("git", ["init", "--quiet", workspace]);
  marker = join(server.cwd, "ran");
});

afterEach(() => server.dispose());

describe.each([
  ["of 2026-07-28", { pin: "2026-07-28" }],
  ["of the 2025 era", "legacy"],
] as const)("a person at a client %s", (_name, mode) => {
  let client: Client;
  let shown: string[];

  const connect = async (reply: () => Answer): Promise<void> => {
    shown = [];
    const capabilities = { elicitation: { form: {} } };
    client = new Client({ name: "asking", version: "1" }, { versionNegotiation: { mode }, capabilities });
    client.setRequestHandler("elicitation/create", ({ params }) => {
      shown.push(params.message);
      return reply() as { action: "decline" };
    });
    await client.connect(new StdioClientTransport({ ...server, stderr: "ignore" }));
  };

  afterEach(() => client.close());

  const touch = (name = marker): string[] => [
    process.execPath,
    "-e",
    `require("fs").writeFileSync(${JSON.stringify(name)},"")`,
  ];
  const run = async (command: readonly string[]): Promise<Answer> => {
    const tasks = [{ id: "touch", description: "Touch the marker", command }];
    const args = { tasks, executor: "command", workspace, waitSeconds: 60 };
    return await client.callTool({ name: "execute_parallel_workflow", arguments: args });
  };

  test("is shown every command that nobody has allowed, and it runs once they agree", async () => {
    await connect(() => ({ action: "accept", content: { answer: "Run them" } }));
    expect((await run(touch()))["structuredContent"]).toMatchObject({ status: "completed" });
    expect(shown).toEqual([expect.stringContaining("writeFileSync")]);
    expect(existsSync(marker)).toBe(true);
  });

  test.each([
    ["declines", { action: "decline" }],
    ["dismisses the question", { action: "cancel" }],
    ["says no", { action: "accept", content: { answer: "Do not run them" } }],
  ])("who %s is not asked again, and nothing runs", async (_what, reply) => {
    await connect(() => reply);
    const refused = await run(touch());
    expect(refused["isError"]).toBe(true);
    expect(JSON.parse(refused["content"][0].text)).toMatchObject({ code: "COMMAND_NOT_ALLOWED" });
    expect(shown).toHaveLength(1);
    expect(existsSync(marker)).toBe(false);
  });

  test.each([
    ["hides characters", "\u202etext"],
    ["is too long to be read", "x".repeat(3_000)],
  ])("is not asked about a command that %s", async (_what, word) => {
    await connect(() => ({ action: "accept", content: { answer: "Run them" } }));
    expect((await run([...touch(), word]))["isError"]).toBe(true);
    expect(shown).toEqual([]);
    expect(existsSync(marker)).toBe(false);
  });
});
