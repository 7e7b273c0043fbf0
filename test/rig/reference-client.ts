/** A caller of the six-tool server, connected to the built one over stdio with the older client library. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { builtServer } from "./built-server.ts";
import { readAnswer, type ReferenceAnswer, type ReferenceTool } from "./reference-shapes.ts";

/** A connected caller. */
export interface ReferenceClient {
  readonly client: Client;
  /** Calls a tool and reads its answer as the caller does: the JSON in the text, which the object repeats. */
  ask<Tool extends ReferenceTool>(tool: Tool, args: object): Promise<ReferenceAnswer<Tool>>;
  /** Executes an analysis with simulated agents: conservative, on three of them, without failures, unless told otherwise. */
  execute(analysisResult: object, more?: object): Promise<ReferenceAnswer<"execute_parallel_workflow">>;
  /** Calls a tool that refuses, and gives the JSON in the text. */
  refused(tool: string, args: object): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

interface Reply {
  readonly content: readonly { readonly type: string; readonly text: string }[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean;
}

/** Starts the built server in a place of its own and connects to it. */
export async function referenceClient(): Promise<ReferenceClient> {
  const place = builtServer();
  const client = new Client({ name: "caller", version: "1.0.0" });
  await client.connect(new StdioClientTransport({ ...place, stderr: "ignore" }));
  const call = async (name: string, args: object): Promise<Reply> =>
    (await client.callTool({ name, arguments: { ...args } })) as unknown as Reply;
  const ask: ReferenceClient["ask"] = async (tool, args) => {
    const { content, structuredContent, isError } = await call(tool, args);
    const text = content[0]?.text ?? "";
    if (isError === true || content.length !== 1) throw new Error(`${tool} was refused: ${text}`);
    const answer: unknown = JSON.parse(text);
    if (JSON.stringify(structuredContent) !== JSON.stringify(answer))
      throw new Error(`${tool} says one thing as text and another as an object`);
    return readAnswer(tool, answer);
  };
  return {
    client,
    ask,
    execute(analysisResult, more = {}) {
      const usual = {
        executionStrategy: "conservative",
        maxParallelAgents: 3,
        simulation: { seed: 1, failureRate: 0 },
      };
      return ask("execute_parallel_workflow", { analysisResult, ...usual, ...more });
    },
    async refused(tool, args) {
      const { content, structuredContent, isError } = await call(tool, args);
      const text = content[0]?.text ?? "";
      if (isError !== true || structuredContent !== undefined) throw new Error(`${tool} did not refuse: ${text}`);
      return JSON.parse(text) as Record<string, unknown>;
    },
    async close() {
      await client.close();
      place.dispose();
    },
  };
}

/** A batch as the six-tool server gives it. */
export function batchOf(number: number, tasks: readonly object[]): object {
  const dependsOnBatches = number === 1 ? [] : [`batch-${number - 1}`];
  return { id: `batch-${number}`, tasks, estimatedMinutes: 10, dependsOnBatches };
}
