import { describe, expect, test } from "vitest";
import { runResult } from "../../src/report/run-result.ts";
import { formatEventLine } from "../../src/report/event-line.ts";
import { initialState } from "../../src/engines/scheduling/run-state.ts";
import { transition } from "../../src/engines/scheduling/transition.ts";
import { plannedRun } from "../rig/planned-run.ts";
import { simulateRun } from "../rig/simulated-run.ts";

const minute = 60_000;
const held = {
  constraints: { resourceLimits: { maxMemoryMB: 512, maxCPUPercent: 50 } },
  strategy: "aggressive" as const,
};

describe("the limits of a simulated run", () => {
  test("on the memory of all agents together end the one that uses most; repeated beside fewer, it has room (C3, C14)", async () => {
    const constraints = { resourceLimits: { maxTotalMemoryMB: 1_000 } };
    const { view, events } = await simulateRun(
      plannedRun(
        [
          { id: "small", minutes: 10, simulate: { minutes: 10, memoryMB: 300 } },
          { id: "large", minutes: 12, maxAttempts: 2, simulate: { minutes: 12, memoryMB: 800 } },
        ],
        { constraints, strategy: "aggressive" },
      ),
    );
    expect(events.filter(({ type }) => type.startsWith("limit."))).toMatchObject([
      { type: "limit.warned", taskId: "large", limit: "resourceLimits.maxTotalMemoryMB", measured: 1_100 },
      { type: "limit.enforced", taskId: "large", limit: "resourceLimits.maxTotalMemoryMB", allowed: 1_000 },
    ]);
    expect(view.status).toBe("completed");
    expect(view.tasks.get("large")?.attempts).toBe(2);
    expect(view.tasks.get("large")?.previousError).toMatch(/used 1100 MB of memory together, this one 800 MB of it/);
    expect(runResult(view).summary).toContain("memory 1000 MB for all agents together (1 agent ended)");
  });

  test("end an agent above its memory, report the peak and the limit, and leave the others alone (C3, C14, C25)", async () => {
    const { view, events } = await simulateRun(
      plannedRun(
        [
          { id: "hog", minutes: 10, simulate: { minutes: 10, memoryMB: 700 } },
          { id: "calm", simulate: { memoryMB: 200 } },
        ],
        held,
      ),
    );
    const hog = view.tasks.get("hog");
    expect(hog?.state).toBe("failed");
    expect(hog?.outcome).toMatchObject({ success: false, partial: true, peakMemoryMB: 700, durationMs: 5 * minute });
    expect(hog?.outcome?.error).toMatchObject({ name: "MemoryLimitExceeded", retryable: false });
    expect(hog?.outcome?.error?.message).toMatch(/700 MB.*512 MB/);
    expect(view.tasks.get("calm")?.state).toBe("succeeded");
    expect(events.filter(({ type }) => type.startsWith("limit."))).toMatchObject([
      { type: "limit.warned", taskId: "hog", limit: "resourceLimits.maxMemoryMB", measured: 700, allowed: 512 },
      { type: "limit.enforced", taskId: "hog", limit: "resourceLimits.maxMemoryMB", measured: 700, allowed: 512 },
    ]);
    const { summary, results, unenforced } = runResult(view);
    expect(summary).toContain("memory 512 MB an agent (most used 700, 1 agent ended)");
    expect(unenforced).toEqual([]);
    expect(results.find(({ taskId }) => taskId === "hog")).toMatchObject({
      partial: true,
      peakMemoryMB: 700,
      error: { name: "MemoryLimitExceeded" },
      limits: [{ type: "limit.enforced", measured: 700, allowed: 512 }],
    });
  });

  test("warn at 80 % of the memory and let the agent finish (C14)", async () => {
    const { view, events } = await simulateRun(plannedRun([{ id: "a", simulate: { memoryMB: 450 } }], held));
    expect(view.status).toBe("completed");
    expect(events.filter(({ type }) => type.startsWith("limit.")).map(({ type }) => type)).toEqual(["limit.warned"]);
  });

  test("slow an agent down that asks for more CPU, and it completes in the longer time (C15, C25)", async () => {
    const { view, events } = await simulateRun(
      plannedRun(
        [
          { id: "busy", simulate: { minutes: 10, cpuPercent: 100 } },
          { id: "near", simulate: { minutes: 1, cpuPercent: 45 } },
        ],
        held,
      ),
    );
    expect(view.status).toBe("completed");
    expect(view.tasks.get("busy")?.outcome).toMatchObject({ durationMs: 20 * minute, throttledMs: 10 * minute });
    expect(view.tasks.get("near")?.outcome).toMatchObject({ durationMs: minute });
    const told = events.flatMap((event) =>
      event.type.startsWith("limit.") && "taskId" in event ? [`${event.taskId} ${event.type}`] : [],
    );
    expect(told).toEqual(["busy limit.warned", "busy limit.enforced", "near limit.warned"]);
    const { summary, metrics } = runResult(view);
    expect(metrics.throttledMs).toBe(10 * minute);
    expect(summary).toContain("CPU 50 % of a core an agent (1 held back for 10m");
  });

  test("do not charge an agent's time limit with the time for which it was held back (C15, C17)", async () => {
    const { view } = await simulateRun(
      plannedRun(
        [
          { id: "in time", timeoutMs: 12 * minute, simulate: { minutes: 10, cpuPercent: 100 } },
          { id: "late", timeoutMs: 8 * minute, simulate: { minutes: 10, cpuPercent: 100 } },
        ],
        held,
      ),
    );
    expect(view.tasks.get("in time")?.state).toBe("succeeded");
    expect(view.tasks.get("late")?.outcome?.error?.name).toBe("Timeout");
  });

  test("are words in the log of events", async () => {
    const { view, events } = await simulateRun(plannedRun([{ id: "hog", simulate: { memoryMB: 700 } }], held));
    const lines = events.flatMap((event) => formatEventLine(event, view) ?? []);
    expect(lines.join("\n")).toMatch(/\[hog\] +warned +memory 700 of 512 MB: watched closely/);
    expect(lines.join("\n")).toMatch(/\[hog\] +LIMIT +memory 700 of 512 MB: the agent is ended/);
  });
});

describe("the capacity of a run (A9)", () => {
  const spec = plannedRun([{ id: "a" }, { id: "b" }, { id: "c" }, { id: "d" }], { maxParallelAgents: 3 });
  const outcome = { success: true, partial: false, durationMs: 1, changes: [] };
  const starting = (commands: readonly { readonly type: string }[]): unknown[] =>
    commands.flatMap((command) => ("taskId" in command && command.type === "start-task" ? [command.taskId] : []));

  test("starts nothing above it, stops nothing when it shrinks, and starts more when it grows", () => {
    const state = initialState(spec);
    const owner = { pid: 1, startTime: "1", bootId: "b" };
    transition(state, { type: "capacity.changed", agents: 2, reason: "memory" });
    const first = transition(state, { type: "run.created", spec, owner, createdAt: "", containment: "" })[1];
    expect(starting(first)).toEqual(["a", "b"]);
    expect(transition(state, { type: "capacity.changed", agents: 1, reason: "memory" })[1]).toEqual([]);
    const finished = { type: "task.finished", attempt: 1, agentId: "agent-1", outcome } as const;
    expect(starting(transition(state, { ...finished, taskId: "a" })[1])).toEqual([]);
    expect(starting(transition(state, { ...finished, taskId: "b" })[1])).toEqual(["c"]);
    expect(starting(transition(state, { type: "capacity.changed", agents: 50, reason: "room" })[1])).toEqual(["d"]);
  });
});
