/** How many work at once, for how long, and how often: for real programs and for simulated agents alike. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RunView } from "../../src/engines/progress/run-view.ts";
import type { TaskInput } from "../../src/schema/task.ts";
import { createServices } from "../../src/services.ts";
import { makeRepository } from "../rig/git-rig.ts";
import { plannedRun } from "../rig/planned-run.ts";
import { simulateRun } from "../rig/simulated-run.ts";

const node = (script: string): string[] => [process.execPath, "-e", script];

/** What became of each task, and how many worked at once at most. */
const told = (view: RunView) => [
  view.maxParallel,
  ...[...view.tasks.values()].map(({ task, state, attempts }) => `${task.id} ${state} ${attempts}`),
  view.tasks.get("slow")?.outcome?.error?.name,
];
const held = [2, "flaky succeeded 2", "slow failed 2", "broken failed 3", "a succeeded 1", "b succeeded 1", "Timeout"];

describe("workers, the time of each, and how often it is repeated, are limited", () => {
  test.skipIf(process.platform === "win32")("for real programs (B7)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const mark = join(repository.scratch, "was-here");
    const flaky = `const fs = require("fs"); if (!fs.existsSync(${JSON.stringify(mark)})) { fs.writeFileSync(${JSON.stringify(mark)}, ""); process.exit(1); }`;
    const task = (id: string, script: string, more: Partial<TaskInput> = {}): TaskInput => ({
      id,
      description: id,
      command: node(script),
      ...more,
    });
    const { runs } = createServices({ stateFolder: join(repository.scratch, "state") });
    const id = await runs.start(
      {
        workspace: repository.root,
        executionStrategy: "aggressive",
        maxParallelAgents: 2,
        constraints: { maxRetries: 1 },
        tasks: [
          task("flaky", flaky),
          task("slow", "setInterval(() => 0, 1e6)", { timeoutMinutes: 0.03 }),
          task("broken", "process.exit(1)", { retries: 2 }),
          task("a", "0"),
          task("b", "0"),
        ],
      },
      {},
      { commandsApproved: true },
    );
    const view = await runs.wait(id, { waitMs: 80_000 });
    expect(told(view)).toEqual(held);
    await runs.shutdown();
  });

  test("for simulated agents (B7)", async () => {
    const tasks = [
      { id: "flaky", maxAttempts: 2, simulate: { fail: { attempts: 1 } } },
      { id: "slow", maxAttempts: 2, timeoutMs: 60_000, simulate: { hang: true } },
      { id: "broken", maxAttempts: 3, simulate: { fail: true as const } },
      { id: "a" },
      { id: "b" },
    ];
    const { view } = await simulateRun(plannedRun(tasks, { maxParallelAgents: 2, strategy: "aggressive" }));
    expect(told(view)).toEqual(held);
  });
});
