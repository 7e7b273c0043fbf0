/** The built server as a client sees it: a process over stdio, driven by the older of the two client libraries. */
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

/** The built program. */
const builtServer = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** A running server with a client connected to it. */
export interface ServerUnderTest extends AsyncDisposable {
  readonly client: Client;
  readonly pid: number;
  /** Calls a tool and gives its structured answer, or the refusal. */
  call(name: string, args: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Ends the server with a signal and waits until it has gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Starts the built server in a folder with exactly this environment. */
export async function startServer(options: {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}): Promise<ServerUnderTest> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [builtServer],
    cwd: options.cwd,
    env: { ...options.env },
    stderr: "inherit",
  });
  const client = new Client({ name: "test-client", version: "1.0.0" });
  await client.connect(transport);
  const pid = transport.pid ?? -1;
  const closed = new Promise<void>((resolve) => {
    // The client library knows no other way to hear of it.
    // oxlint-disable-next-line unicorn/prefer-add-event-listener
    client.onclose = resolve;
  });
  return {
    client,
    pid,
    async call(name, args) {
      const answer = await client.callTool({ name, arguments: args }, undefined, { timeout: 120_000 });
      const [block] = answer.content as { text: string }[];
      return (answer.structuredContent ?? JSON.parse(block?.text ?? "{}")) as Record<string, unknown>;
    },
    async kill(signal) {
      process.kill(pid, signal);
      await closed;
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
