import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { childProcesses } from "../../src/platform/processes/child-processes.ts";
import { findByEnvironment } from "../../src/platform/processes/process-table.ts";
import { claudeBinary } from "../rig/claude-cli.ts";
import { startModelServer } from "../rig/model-server.ts";

const binary = claudeBinary() ?? "";
const canIsolate = (await childProcesses().containment()).driver === "pid-namespace";
const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean();
});

it.skipIf(binary === "" || !canIsolate)(
  "A server that is killed outright takes its Claude Code agents and their commands with it within a second (C9)",
  async () => {
    const command = "python3 -c 'import time; time.sleep(600)'";
    await using model = await startModelServer({
      scripts: { work: () => [{ use: [{ name: "Bash", input: { command } }] }] },
    });
    const script = fileURLToPath(new URL("../fixtures/server-with-an-agent.mjs", import.meta.url));
    const argv = ["--import", "tsx", script, binary, model.baseUrl, "work"];
    const server = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
    cleanUp.push(() => Promise.resolve(server.kill("SIGKILL")));
    let started = "";
    for await (const line of createInterface({ input: server.stdout })) {
      started = line;
      break;
    }
    const { executionId, workspace } = JSON.parse(started) as {
      readonly executionId: string;
      readonly workspace: string;
    };
    cleanUp.push(() => rm(dirname(workspace), { recursive: true, force: true, maxRetries: 3 }));
    const agents = (): Promise<readonly number[]> => findByEnvironment({ PARALLELIZATION_RUN: executionId });
    // The program, its shell and the command: the command is under way.
    await expect.poll(async () => (await agents()).length, { timeout: 20_000, interval: 20 }).toBeGreaterThan(3);
    server.kill("SIGKILL");
    const diedAt = performance.now();
    await expect.poll(agents, { timeout: 5_000, interval: 5 }).toEqual([]);
    expect(performance.now() - diedAt).toBeLessThan(1_000);
  },
);
