/** Every executor, and the template of a new one, held to the same contract. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noteExecutor } from "../../src/engines/execution/_template/executor.ts";
import { commandExecutor } from "../../src/engines/execution/command/executor.ts";
import { simulatedExecutor } from "../../src/engines/execution/simulated/executor.ts";
import { nodeFiles } from "../../src/platform/node-files.ts";
import { SimulatedClock } from "../../src/platform/simulated-clock.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { agentRig } from "../rig/agent-rig.ts";
import { keepsExecutorContract } from "../rig/executor-contract.ts";
import { fixture, markedProcesses, programRig } from "../rig/program-rig.ts";

const files = nodeFiles();
const node = process.execPath;

keepsExecutorContract({
  name: "simulated",
  asks: true,
  open: async () => ({
    executor: simulatedExecutor({ clock: new SimulatedClock(), files, settings: { seed: 1, failureRate: 0 } }),
    executionId: "run-simulated",
    folder: undefined,
    succeeding: { simulate: { minutes: 1, progress: ["halfway"] } },
    endless: { simulate: { hang: true } },
    failing: { simulate: { fail: "as scripted" } },
    asking: { simulate: { question: { text: "Which?", options: ["this", "that"] } } },
    async [Symbol.asyncDispose]() {},
  }),
});

keepsExecutorContract({
  name: "note, the template",
  asks: true,
  open: async () => {
    const folder = await mkdtemp(join(tmpdir(), "note-contract-"));
    for (const name of ["endless", "asking"]) await writeFile(join(folder, `${name}.md`), "a note of somebody's\n");
    await mkdir(join(folder, "failing.md"));
    return {
      executor: noteExecutor({ clock: new SimulatedClock(), files, writingMs: 60_000 }),
      executionId: "run-note",
      folder,
      succeeding: { id: "succeeding" },
      // It asks, and nobody answers.
      endless: { id: "endless" },
      // Where its note would be lies a folder.
      failing: { id: "failing" },
      asking: { id: "asking" },
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
    };
  },
});

keepsExecutorContract({
  name: "command",
  asks: false,
  open: async () => {
    const rig = await programRig();
    const environment = { PATH: process.env["PATH"], HOME: rig.folder };
    return {
      executor: commandExecutor({ processes: markedProcesses(), clock: systemClock(), files, environment }),
      executionId: rig.executionId,
      folder: rig.folder,
      succeeding: { command: [node, fixture("command-obeys")] },
      endless: { command: [node, "-e", "console.log('ready'); setInterval(() => {}, 1e6)"] },
      failing: { command: [join(rig.folder, "no-such-program")] },
      async atWork(agent) {
        await agent.said("progress");
      },
      [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
    };
  },
});

keepsExecutorContract({
  name: "claude-code, with a stand-in for its program",
  asks: false,
  open: async () => {
    const rig = await agentRig({ binary: fixture("claude-that-runs-scripts") });
    const script = (text: string): { readonly description: string } => ({
      description: `[[script:${Buffer.from(text).toString("base64")}]]`,
    });
    return {
      executor: rig.executor,
      executionId: rig.executionId,
      folder: rig.workspace,
      succeeding: script("true"),
      endless: script("sleep 100000"),
      failing: script("exit 3"),
      async atWork(agent) {
        await agent.said("progress");
      },
      [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
    };
  },
});
