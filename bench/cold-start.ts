/** From the start of the built server's process to its list of tools, spoken raw, in both eras of the protocol. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { median, shown, type Figure, type Part } from "./figure.ts";
import { withScratchFolder } from "./scratch-folder.ts";

const times = 15;

const initialize = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "bench", version: "1" } },
};
const initialized = { jsonrpc: "2.0", method: "notifications/initialized" };
const listTools = { jsonrpc: "2.0", id: 2, method: "tools/list", params: {} };
const listToolsAtOnce = {
  ...listTools,
  params: {
    _meta: {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1" },
      "io.modelcontextprotocol/clientCapabilities": {},
    },
  },
};

const openings = { "2025-11-25": [initialize, initialized, listTools], "2026-07-28": [listToolsAtOnce] } as const;

async function untilExit(): Promise<number> {
  const before = performance.now();
  const bare = spawn(process.execPath, ["-e", "0"], { stdio: "ignore" });
  await once(bare, "exit");
  return performance.now() - before;
}

async function untilTools(folder: string, messages: readonly object[]): Promise<number> {
  // Beside package.json, from which the benchmark is started, lies what is shipped.
  const server = fileURLToPath(new URL("dist/main.js", `file://${process.cwd()}/`));
  const env = { PATH: process.env["PATH"], HOME: folder, PARALLELIZATION_STATE_DIR: folder };
  const before = performance.now();
  const child = spawn(process.execPath, [server], { stdio: ["pipe", "pipe", "ignore"], cwd: folder, env });
  child.stdin.write(messages.map((message) => `${JSON.stringify(message)}\n`).join(""));
  let said = "";
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.endsWith("\n") && said.includes('"id":2')) break;
  }
  const ms = performance.now() - before;
  if (!said.includes('"inputSchema"')) throw new Error(`the server did not list its tools: ${said.slice(0, 300)}`);
  const gone = once(child, "exit");
  child.kill();
  await gone;
  return ms;
}

/** Cold start beside a Node process that does nothing. */
export const coldStart: Part = {
  name: "cold-start",
  about: `From the start of the process to the tools/list reply over stdio, over \`node -e 0\` from start to exit; the least of ${times} of each, taken in turn.`,
  measure: (say) =>
    withScratchFolder(async (folder) => {
      const figures: Figure[] = [];
      for (const [era, messages] of Object.entries(openings)) {
        say(era);
        const bare: number[] = [];
        const listed: number[] = [];
        for (let time = 0; time < times; time++) {
          bare.push(await untilExit());
          listed.push(await untilTools(folder, messages));
        }
        figures.push({
          name: `cold start to tools/list, protocol ${era}, over node -e 0`,
          unit: "×",
          value: Math.min(...listed) / Math.min(...bare),
          target: 2.5,
          remark: `of the medians: ${shown(median(listed) / median(bare))}`,
          peers: { "ms: server": Math.min(...listed), "node -e 0": Math.min(...bare) },
        });
      }
      return figures;
    }),
};
