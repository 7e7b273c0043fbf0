import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { capacityGovernor } from "../../src/engines/coordination/capacity-governor.ts";
import { runMemory } from "../../src/engines/limits/run-memory.ts";
import { ResourceWatch } from "../../src/engines/limits/resource-watch.ts";
import { linuxMachine } from "../../src/platform/linux-machine.ts";
import { findByEnvironment } from "../../src/platform/processes/process-table.ts";
import { runResult } from "../../src/report/run-result.ts";
import type { EventBody, RunEvent } from "../../src/schema/event.ts";
import type { ExecuteInput } from "../../src/schema/workflow.ts";
import { createServices } from "../../src/services.ts";
import { makeRepository, type TestRepository } from "../rig/git-rig.ts";
import { manualClock } from "../rig/manual-clock.ts";
import { startModelServer } from "../rig/model-server.ts";
import { plannedRun } from "../rig/planned-run.ts";

/** Runs tasks on a repository with real programs as agents. */
async function runOn(repository: TestRepository, input: ExecuteInput) {
  const { runs } = createServices({ stateFolder: join(repository.scratch, "state") });
  const events: RunEvent[] = [];
  const onEvent = (event: RunEvent): void => void events.push(event);
  const id = await runs.start({ workspace: repository.root, ...input }, {}, { commandsApproved: true, onEvent });
  return { view: await runs.wait(id, { waitMs: 90_000 }), events };
}

const node = (script: string): string[] => [process.execPath, "-e", script];
/** Leaves a file, then takes memory until it is ended. */
const hog = node(
  `require("fs").writeFileSync("done-so-far.txt", "half\\n"); const kept = [];
   setInterval(() => kept.push(Buffer.alloc(8 * 1024 * 1024, 1)), 40);`,
);
/** Takes as much CPU time as it is told to, by its own account of it. */
const burner = (ms: number): string[] =>
  node(
    `for (let sum = 0; sum < ${ms}; ) { for (let turn = 0; turn < 1e5; turn++) Math.sqrt(turn);
     const { user, system } = process.cpuUsage(); sum = (user + system) / 1000; }
     require("fs").writeFileSync("burnt.txt", "yes\\n");`,
  );

/** Takes 200 MB and holds it until it was seen. */
const holdMemory = node("const kept = Buffer.alloc(200 * 1024 * 1024, 1); setTimeout(() => kept[0], 2500);");

/** Whether no task started while as many were at work as were allowed at that moment. */
function atWorkAtOnce(events: readonly RunEvent[], allowedAt: (at: number) => number): boolean {
  let working = 0;
  return events.every((event) => {
    if (event.type === "task.finished") working -= 1;
    if (event.type !== "task.started") return true;
    working += 1;
    return working <= allowedAt(event.at);
  });
}

describe.skipIf(process.platform === "win32")("the limits of a run of real programs", () => {
  test("end the agent above its memory, keep what it has left, and leave nobody behind (C3, C14, C25)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const { view, events } = await runOn(repository, {
      executionStrategy: "aggressive",
      constraints: { resourceLimits: { maxMemoryMB: 256 } },
      tasks: [
        { id: "hog", description: "take memory", command: hog },
        { id: "calm", description: "take none", command: node('require("fs").writeFileSync("calm.txt", "c\\n")') },
      ],
    });
    const task = view.tasks.get("hog");
    expect(task?.outcome).toMatchObject({ success: false, partial: true });
    expect(task?.outcome?.error).toMatchObject({ name: "MemoryLimitExceeded", retryable: false });
    expect(task?.outcome?.peakMemoryMB).toBeGreaterThan(256);
    expect(task?.changes.map(({ file }) => file)).toEqual(["done-so-far.txt"]);
    expect(task?.outcome?.commit).toBeDefined();
    expect(events.filter(({ type }) => type.startsWith("limit.")).map(({ type }) => type)).toEqual([
      "limit.warned",
      "limit.enforced",
    ]);
    expect(view.spec.unenforced).toEqual([]);
    expect(runResult(view).summary).toContain("limit: memory 256 MB an agent");
    expect(await repository.read("calm.txt")).toBe("c\n");
    expect(await findByEnvironment({ PARALLELIZATION_RUN: view.spec.executionId })).toEqual([]);
  });

  test("end the agent that uses most when all of them together are above theirs, and leave the others alone (C3, C14)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const { view, events } = await runOn(repository, {
      executionStrategy: "aggressive",
      constraints: { resourceLimits: { maxTotalMemoryMB: 450 } },
      tasks: [
        { id: "large", description: "take memory", command: hog, retries: 0 },
        { id: "small", description: "take less", command: holdMemory, retries: 0 },
      ],
    });
    const { outcome, changes } = view.tasks.get("large") ?? {};
    expect(outcome?.error?.name).toBe("MemoryLimitExceeded");
    expect(outcome?.error?.message).toMatch(/the run's agents used \d+ MB of memory together/);
    expect(changes?.map(({ file }) => file)).toEqual(["done-so-far.txt"]);
    expect(view.tasks.get("small")?.state).toBe("succeeded");
    expect(view.spec.unenforced).toEqual([]);
    const limits = events.filter((event) => event.type === "limit.enforced");
    expect(limits).toMatchObject([{ taskId: "large", limit: "resourceLimits.maxTotalMemoryMB", allowed: 450 }]);
  });

  test("slow the agent down to its CPU, and the task completes (C3, C15, C25)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const { view, events } = await runOn(repository, {
      constraints: { resourceLimits: { maxCPUPercent: 10 } },
      tasks: [{ id: "busy", description: "burn", command: burner(500) }],
    });
    expect(view.status).toBe("completed");
    expect(await repository.read("burnt.txt")).toBe("yes\n");
    const { outcome } = view.tasks.get("busy") ?? {};
    expect(outcome?.throttledMs).toBeGreaterThan(100);
    // Half a second of CPU at a tenth of a core takes 5 s, less what it had on credit.
    expect(outcome?.durationMs).toBeGreaterThan(4_000);
    expect(outcome?.cpuMs).toBeGreaterThan(400);
    expect(events.filter(({ type }) => type.startsWith("limit.")).map(({ type }) => type)).toEqual([
      "limit.warned",
      "limit.enforced",
    ]);
    expect(runResult(view).metrics.throttledMs).toBe(outcome?.throttledMs);
  });

  test("are measured also where none is asked for", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const { view } = await runOn(repository, { tasks: [{ id: "a", description: "a", command: burner(400) }] });
    const { outcome } = view.tasks.get("a") ?? {};
    expect(outcome?.peakMemoryMB).toBeGreaterThan(5);
    expect(outcome?.cpuMs).toBeGreaterThan(100);
    expect(outcome?.throttledMs).toBeUndefined();
  });

  test("hold for the command that verifies the agent's work as well (C14)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const { view } = await runOn(repository, {
      constraints: { resourceLimits: { maxMemoryMB: 200 } },
      tasks: [
        { id: "a", description: "a", command: node('require("fs").writeFileSync("a.txt", "a\\n")'), verify: hog },
      ],
    });
    expect(view.tasks.get("a")?.outcome?.error?.name).toBe("MemoryLimitExceeded");
  });
});

describe.skipIf(process.platform === "win32")("the time limit of a real program", () => {
  test("ends it with time to clean up, and keeps what it has done until then (C17, C25)", async () => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const script = `const fs = require("fs"); fs.writeFileSync("half.txt", "half\\n");
      process.on("SIGTERM", () => { fs.writeFileSync("cleaned-up.txt", "yes\\n"); process.exit(0); });
      setInterval(() => 0, 1e6);`;
    const { view } = await runOn(repository, {
      tasks: [{ id: "slow", description: "never ends", command: node(script), timeoutMinutes: 0.05 }],
    });
    const { outcome, changes } = view.tasks.get("slow") ?? {};
    expect(outcome).toMatchObject({ success: false, partial: true, error: { name: "Timeout" } });
    expect(outcome?.durationMs).toBeGreaterThanOrEqual(3_000);
    expect(changes?.map(({ file }) => file).toSorted()).toEqual(["cleaned-up.txt", "half.txt"]);
    expect(outcome?.commit).toBeDefined();
    expect(await findByEnvironment({ PARALLELIZATION_RUN: view.spec.executionId })).toEqual([]);
  });
});

describe("the number of a run's agents (A9)", () => {
  test("leaves room for what each may come to need within a limit on all of them together (A9)", () => {
    const clock = manualClock();
    const machine = { cores: 4, freeMemoryMb: () => 8_000, totalMemoryMb: () => 9_000, load: () => 1 };
    const events: EventBody[] = [];
    const watch = new ResourceWatch({ clock, usage: undefined });
    const tasks = Array.from({ length: 8 }, (_, index) => ({ id: `t${index}`, executorKind: "claude-code" }));
    const end = capacityGovernor({ clock, machine, watch })({
      spec: plannedRun(tasks, { maxParallelAgents: 8, executor: "claude-code" }),
      running: () => 0,
      heldBack: () => 0,
      // An agent of that kind is expected to need 300 MB.
      memory: runMemory(1_000),
      emit: (event) => void events.push(event),
    });
    end();
    const reason = "a further agent needs about 300 MB of memory, and 1000 MB are to spare";
    expect(events).toMatchObject([{ type: "capacity.changed", agents: 3, reason }]);
  });

  test.skipIf(process.platform === "win32")(
    "of real programs follows the memory that the machine has left, with the reason in the journal (A9, B7)",
    async () => {
      await using repository = await makeRepository({ "kept.txt": "kept\n" });
      const machine = linuxMachine();
      // All but 450 MB above what is kept free for others is taken: room for one more program of 200 MB, not for two.
      const reserveMb = Math.min(0.1 * machine.totalMemoryMb(), 2_048);
      vi.spyOn(process, "availableMemory").mockImplementation(() => (reserveMb + 450) * 1024 * 1024);
      const { runs } = createServices({ stateFolder: join(repository.scratch, "state") });
      const events: RunEvent[] = [];
      const tasks = ["a", "b", "c", "d"].map((id) => ({
        id,
        description: id,
        command: node("setTimeout(() => 0, 300)"),
      }));
      const id = await runs.start(
        {
          workspace: repository.root,
          maxParallelAgents: 4,
          constraints: { resourceLimits: { maxMemoryMB: 400 } },
          tasks: [
            { id: "first", description: "take memory", command: holdMemory },
            ...tasks.map((task) => ({ ...task, dependsOn: ["first"] })),
          ],
        },
        {},
        { commandsApproved: true, onEvent: (event) => void events.push(event) },
      );
      const view = await runs.wait(id, { waitMs: 60_000 });
      expect(view.status).toBe("completed");
      const changes = events.filter((event) => event.type === "capacity.changed");
      expect(changes[0]?.agents).toBeLessThan(4);
      expect(changes[0]?.reason).toMatch(/^a further agent needs about \d+ MB of memory, and \d+ MB are to spare$/);
      expect(atWorkAtOnce(events, (at) => changes.findLast((change) => change.at <= at)?.agents ?? 4)).toBe(true);
      await runs.shutdown();
    },
  );

  test.each([
    [2, 2],
    [6, 6],
  ])("of a project of %d independent tasks is %d where nobody says how many (A9)", async (count, agents) => {
    await using repository = await makeRepository({ "kept.txt": "kept\n" });
    const tasks = Array.from({ length: count }, (_, index) => ({ id: `t${index}`, description: `part ${index}` }));
    const { view } = await runOn(repository, { executor: "simulated", tasks });
    expect(view.spec.maxParallelAgents).toBe(agents);
    expect(view.maxParallel).toBe(agents);
  });

  test.skipIf(process.platform === "win32")(
    "at the limit of a provider shrinks to those who use it, and the time they waited adds up (A9, C16)",
    async () => {
      await using repository = await makeRepository({ "kept.txt": "kept\n" });
      await using model = await startModelServer({ scripts: {} });
      const calls = `(async () => { for (let call = 0; call < 3; call++)
        await fetch(process.env.ANTHROPIC_BASE_URL + "/v1/messages", { method: "POST", body: "{}" }); })()`;
      const { runs } = createServices({
        stateFolder: join(repository.scratch, "state"),
        environment: { ANTHROPIC_BASE_URL: model.baseUrl },
      });
      const events: RunEvent[] = [];
      const id = await runs.start(
        {
          workspace: repository.root,
          maxParallelAgents: 4,
          constraints: { apiRateLimit: { provider: "anthropic", maxRequestsPerMinute: 60 } },
          tasks: ["a", "b", "c", "d"].map((id) => ({ id, description: id, command: node(calls) })),
        },
        {},
        { commandsApproved: true, onEvent: (event) => void events.push(event) },
      );
      const view = await runs.wait(id, { waitMs: 60_000 });
      await runs.shutdown();
      expect(view.status).toBe("completed");
      const change = events.find(
        (event) => event.type === "capacity.changed" && event.reason.includes("wait for calls at the limit"),
      );
      expect(change?.type === "capacity.changed" && change.agents).toBeLessThanOrEqual(2);
      const waits = [...view.tasks.values()].map(({ usage }) => usage?.waitedMs ?? 0);
      expect(runResult(view).metrics.throttledMs).toBe(waits.reduce((sum, ms) => sum + ms, 0));
      expect(Math.min(...waits)).toBeGreaterThan(1_000);
    },
  );

  test("follows the machine's memory: fewer at first, more as soon as there is room", () => {
    const clock = manualClock();
    const machine = { cores: 4, freeMemoryMb: () => freeMb, totalMemoryMb: () => 8_000, load: () => 1 };
    let freeMb = 1_200;
    const events: EventBody[] = [];
    const watch = new ResourceWatch({ clock, usage: undefined });
    const tasks = Array.from({ length: 8 }, (_, index) => ({ id: `t${index}`, executorKind: "claude-code" }));
    const spec = plannedRun(tasks, { maxParallelAgents: 4, executor: "claude-code" });
    const end = capacityGovernor({ clock, machine, watch })({
      spec,
      running: () => 0,
      heldBack: () => 0,
      memory: undefined,
      emit: (event) => void events.push(event),
    });
    expect(events).toMatchObject([{ type: "capacity.changed", agents: 1 }]);
    freeMb = 6_000;
    clock.advance(1_000);
    expect(events.at(-1)).toMatchObject({ agents: 4, reason: "the machine has room for 4 of 4 agents" });
    end();
    freeMb = 0;
    clock.advance(60_000);
    expect(events).toHaveLength(2);
  });
});
