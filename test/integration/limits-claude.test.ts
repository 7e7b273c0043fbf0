import { join } from "node:path";
import { expect, it } from "vitest";
import { findByEnvironment } from "../../src/platform/processes/process-table.ts";
import type { RunEvent } from "../../src/schema/event.ts";
import type { ExecuteInput } from "../../src/schema/workflow.ts";
import { createServices } from "../../src/services.ts";
import { claudeBinary, cleanClaudeEnvironment } from "../rig/claude-cli.ts";
import { makeRepository } from "../rig/git-rig.ts";
import { startModelServer, type Scripts } from "../rig/model-server.ts";

const binary = claudeBinary();

/** Runs one Claude Code agent whose model says what the script says. */
async function runClaude(scripts: Scripts, resourceLimits: { maxMemoryMB?: number; maxCPUPercent?: number }) {
  await using repository = await makeRepository({ "kept.txt": "kept\n" });
  await using model = await startModelServer({ scripts });
  const environment = cleanClaudeEnvironment({
    home: join(repository.scratch, "home"),
    baseUrl: model.baseUrl,
    extra: { PARALLELIZATION_CLAUDE: binary ?? "" },
  });
  const { runs } = createServices({ stateFolder: join(repository.scratch, "state"), environment });
  const events: RunEvent[] = [];
  const input: ExecuteInput = {
    workspace: repository.root,
    executor: "claude-code",
    constraints: { resourceLimits },
    tasks: [{ id: "a", description: "[[script:work]] do your part", tools: ["Bash", "Write"] }],
  };
  const id = await runs.start(input, {}, { onEvent: (event) => void events.push(event) });
  const view = await runs.wait(id, { waitMs: 100_000 });
  const left = await findByEnvironment({ PARALLELIZATION_RUN: id });
  return { view, left, limits: events.filter(({ type }) => type.startsWith("limit.")).map(({ type }) => type) };
}

const hog = "import time\nkept = []\nwhile True:\n    kept.append(bytearray(8 << 20))\n    time.sleep(0.04)\n";
const burn = "import time\nwhile time.process_time() < 0.3: pass\nopen('burnt.txt', 'w').write('yes')\n";

it.skipIf(binary === undefined)(
  "A command of a Claude Code agent that takes too much memory ends the agent, and what it wrote before is kept (C14, C25)",
  async () => {
    const { view, left, limits } = await runClaude(
      {
        work: () => [
          { use: [{ name: "Write", input: { file_path: "before.txt", content: "done\n" } }] },
          { use: [{ name: "Bash", input: { command: `python3 -c '${hog}'` } }] },
          { say: "never" },
        ],
      },
      { maxMemoryMB: 700 },
    );
    const task = view.tasks.get("a");
    expect(task?.outcome).toMatchObject({ success: false, partial: true, error: { name: "MemoryLimitExceeded" } });
    expect(task?.outcome?.peakMemoryMB).toBeGreaterThan(700);
    expect(task?.changes.map(({ file }) => file)).toEqual(["before.txt"]);
    expect(limits).toEqual(["limit.warned", "limit.enforced"]);
    expect(left).toEqual([]);
  },
  120_000,
);

it.skipIf(binary === undefined)(
  "A Claude Code agent that is held to its CPU completes its task (C15, C25)",
  async () => {
    const { view, limits } = await runClaude(
      {
        work: () => [{ use: [{ name: "Bash", input: { command: `python3 -c "${burn}"` } }] }, { say: "burnt" }],
      },
      { maxCPUPercent: 25 },
    );
    expect(view.status).toBe("completed");
    const { outcome } = view.tasks.get("a") ?? {};
    expect(outcome?.changes.map(({ file }) => file)).toEqual(["burnt.txt"]);
    expect(outcome?.throttledMs).toBeGreaterThan(0);
    expect(outcome?.cpuMs).toBeGreaterThan(1_000);
    expect(outcome?.peakMemoryMB).toBeGreaterThan(50);
    expect(limits).toEqual(["limit.warned", "limit.enforced"]);
  },
  120_000,
);
