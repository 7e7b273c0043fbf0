import { Server, type CallToolResult, type ListToolsResult } from "@modelcontextprotocol/server";
import { serveStdio, StdioServerTransport, type StdioServerHandle } from "@modelcontextprotocol/server/stdio";
import type { CallServices } from "./serving/answer-call.ts";
import { tasksExtension, type Era } from "./serving/client-facts.ts";
import { instructions } from "./serving/instructions.ts";
import { getPrompt, listPrompts } from "./serving/prompts.ts";
import { handleTasks } from "./serving/task-methods.ts";
import { toolList } from "./tools/tool-list.ts";

/** What a server is made for. */
export interface ServerOptions {
  readonly era: Era;
  readonly version: string;
}

/** How long clients may keep the lists that never change, in milliseconds. */
const listTtlMs = 3_600_000;
/** A person may take an hour to answer a form. */
const formTimeoutMs = 3_600_000;
/** Questions that one call may ask in a row. */
const mostRounds = 1_000;

/**
 * Makes the MCP server of one connection. All state is in the services, so that any server can tell of any run. They
 * are loaded, with everything that answers calls, when the first call needs them: clients wait for the list of tools.
 */
export function createServer(load: () => Promise<CallServices>, { era, version }: ServerOptions): Server {
  const server = new Server(
    { name: "parallelization", title: "Parallel agents", version },
    {
      instructions,
      capabilities: { tools: {}, resources: {}, prompts: {}, extensions: { [tasksExtension]: {} } },
      cacheHints: {
        "tools/list": { ttlMs: listTtlMs, cacheScope: "private" },
        "prompts/list": { ttlMs: listTtlMs, cacheScope: "private" },
        "resources/templates/list": { ttlMs: listTtlMs, cacheScope: "private" },
      },
      inputRequired: { roundTimeoutMs: formTimeoutMs, maxRounds: mostRounds },
    },
  );
  const connection = { server, era };
  const tools = { tools: toolList } as unknown as ListToolsResult;
  server.setRequestHandler("tools/list", () => tools);
  server.setRequestHandler("tools/call", async ({ params }, context) => {
    const call = { name: params.name, arguments: params.arguments };
    const [{ answerCall }, services] = await Promise.all([import("./serving/answer-call.ts"), load()]);
    // A task is no CallToolResult to the SDK's types, though it lets it through; see the protocol's tasks extension.
    return (await answerCall(call, context, { connection, services })) as unknown as CallToolResult;
  });
  server.setRequestHandler("resources/list", async () => {
    const [{ listResources }, { runs }] = await Promise.all([import("./serving/resources.ts"), load()]);
    return { resources: await listResources(runs) };
  });
  server.setRequestHandler("resources/templates/list", async () => {
    const { listResourceTemplates } = await import("./serving/resources.ts");
    return { resourceTemplates: listResourceTemplates() };
  });
  server.setRequestHandler("resources/read", async ({ params }) => {
    const [{ readResource }, services] = await Promise.all([import("./serving/resources.ts"), load()]);
    return readResource(params.uri, services);
  });
  server.setRequestHandler("prompts/list", () => ({ prompts: listPrompts() }));
  server.setRequestHandler("prompts/get", ({ params }) => getPrompt(params.name, params.arguments));
  if (era === "modern") handleTasks(server, load);
  return server;
}

/** The streams a server speaks over: standard input behind its guard, and standard output. */
export interface ServerStreams {
  readonly input: NonNullable<ConstructorParameters<typeof StdioServerTransport>[0]>;
  readonly output: NonNullable<ConstructorParameters<typeof StdioServerTransport>[1]>;
  /** Writes one line for whoever looks after the server. */
  log(line: string): void;
}

/** The guard before it lets no line through that comes near this. */
const transportBufferBytes = 32 * 1024 * 1024;

/** Serves one client over standard streams, in whichever era of the protocol it opens. */
export function connectStdio(
  load: () => Promise<CallServices>,
  version: string,
  streams: ServerStreams,
): StdioServerHandle {
  const transport = new StdioServerTransport(streams.input, streams.output, { maxBufferSize: transportBufferBytes });
  return serveStdio(({ era }) => createServer(load, { era, version }), {
    transport,
    onerror: (error) => streams.log(`connection: ${error.message}`),
  });
}
