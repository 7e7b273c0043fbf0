import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Command } from "../../src/engines/scheduling/command.ts";
import { initialState } from "../../src/engines/scheduling/run-state.ts";
import { transition } from "../../src/engines/scheduling/transition.ts";
import type { EventBody, RunSpec } from "../../src/schema/event.ts";
import { plannedRun } from "../rig/planned-run.ts";

const created = (spec: RunSpec): EventBody => ({
  type: "run.created",
  spec,
  owner: { pid: 1, startTime: "0", bootId: "b" },
  createdAt: "2026-01-01T00:00:00.000Z",
  containment: "none",
});

const finished = (command: Command & { type: "start-task" }, success: boolean): EventBody => ({
  type: "task.finished",
  taskId: command.taskId,
  attempt: command.attempt,
  agentId: command.agentId,
  outcome: {
    success,
    partial: !success,
    durationMs: 1,
    changes: [],
    ...(!success && { error: { name: "AgentError", message: "no", retryable: true, options: [] } }),
  },
});

/** A random run: a graph in which tasks only need earlier ones, and how its attempts go. */
const randomRun = fc
  .record({
    needs: fc.array(fc.array(fc.nat(40), { maxLength: 4 }), { minLength: 1, maxLength: 25 }),
    minutes: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 25, maxLength: 25 }),
    mutexes: fc.array(fc.nat(5), { minLength: 25, maxLength: 25 }),
    attempts: fc.integer({ min: 1, max: 3 }),
    agents: fc.integer({ min: 1, max: 6 }),
    mode: fc.constantFrom("dependency" as const, "batch" as const, "sequential" as const, "pipeline" as const),
    strategy: fc.constantFrom("conservative" as const, "aggressive" as const),
    isolated: fc.boolean(),
    picks: fc.array(fc.nat(1000), { minLength: 100, maxLength: 100 }),
    failures: fc.array(fc.nat(9), { minLength: 100, maxLength: 100 }),
    failureShare: fc.integer({ min: 0, max: 5 }),
  })
  .map((drawn) => {
    const tasks = drawn.needs.map((needs, number) => ({
      id: `t${number}`,
      minutes: drawn.minutes[number] ?? 1,
      maxAttempts: drawn.attempts,
      needs: [...new Set(needs.filter((need) => need < number).map((need) => `t${need}`))],
      ...(drawn.mutexes[number] === 0 && { exclusive: ["lockfile"] }),
    }));
    const { mode, strategy, isolated, agents } = drawn;
    return { drawn, spec: plannedRun(tasks, { mode, strategy, isolated, maxParallelAgents: agents }) };
  });

/** Plays a run with completions in random order, checking every start against the invariants. */
function play({ drawn, spec }: typeof randomRun extends fc.Arbitrary<infer Run> ? Run : never) {
  let state = initialState(spec);
  const events: EventBody[] = [];
  const inbox: EventBody[] = [created(spec)];
  const running = new Map<string, Command & { type: "start-task" }>();
  const ended = new Map<string, "succeeded" | "failed" | "skipped">();
  const tasks = new Map(spec.tasks.map((task) => [task.id, task]));
  const agents = spec.mode === "sequential" ? 1 : spec.maxParallelAgents;
  const commandLog: string[] = [];
  let finishes = 0;
  let finalFailure = false;
  for (let step = 0; step < 5_000; step++) {
    const event = inbox.shift() ?? completeOne(step);
    if (!event) break;
    events.push(event);
    const [next, commands] = transition(state, event);
    state = next;
    commandLog.push(JSON.stringify(commands));
    for (const command of commands) obey(command);
  }
  return { events, commandLog, ended, finishes, state };

  function completeOne(step: number): EventBody | undefined {
    const all = [...running.values()];
    const command = all[(drawn.picks[step % 100] ?? 0) % Math.max(1, all.length)];
    if (!command) return undefined;
    running.delete(command.taskId);
    const success = (drawn.failures[step % 100] ?? 0) >= drawn.failureShare;
    const last = command.attempt >= (tasks.get(command.taskId)?.maxAttempts ?? 1);
    if (success) ended.set(command.taskId, "succeeded");
    else if (last || finalFailure) ended.set(command.taskId, "failed");
    if (!success && last && spec.strategy === "conservative") finalFailure = true;
    return finished(command, success);
  }

  function obey(command: Command): void {
    if (command.type === "capture-base") inbox.push({ type: "base.captured", commit: "c" });
    if (command.type === "merge") {
      inbox.push({ type: "merge.finished", merged: [...command.candidates], held: [], conflicts: [] });
    }
    if (command.type === "apply") throw new Error("nothing is applied here");
    if (command.type === "finish") finishes += 1;
    if (command.type === "skip-task") {
      expect(ended.has(command.taskId)).toBe(false);
      ended.set(command.taskId, "skipped");
    }
    if (command.type === "start-task") checkStart(command);
  }

  function checkStart(command: Command & { type: "start-task" }): void {
    const task = tasks.get(command.taskId);
    expect(finalFailure).toBe(false);
    expect(ended.has(command.taskId)).toBe(false);
    expect(running.has(command.taskId)).toBe(false);
    for (const need of task?.needs ?? []) expect(ended.get(need)).toBe("succeeded");
    const others = [...running.values()];
    expect(others.map((other) => other.agentId)).not.toContain(command.agentId);
    running.set(command.taskId, command);
    expect(running.size).toBeLessThanOrEqual(agents);
    const lockHolders = [...running.keys()].filter((id) => tasks.get(id)?.exclusive?.includes("lockfile"));
    expect(lockHolders.length).toBeLessThanOrEqual(1);
    if ((spec.mode !== "batch" && spec.mode !== "pipeline") || !task) return;
    const settledBatches = spec.mode === "batch" ? task.level : Math.max(0, task.level - 1);
    for (const earlier of spec.batches.slice(0, settledBatches).flat()) expect(ended.has(earlier)).toBe(true);
  }
}

describe("the scheduler, whatever the graph, the order of completions and the failures", () => {
  test("never over-subscribes, never starts before its needs, and ends every task exactly once (C1, C2)", () => {
    fc.assert(
      fc.property(randomRun, (run) => {
        const { ended, finishes } = play(run);
        expect(ended.size).toBe(run.spec.tasks.length);
        expect(finishes).toBe(1);
      }),
      { numRuns: 1_000 },
    );
  });

  test("gives the same commands and the same end when its events are replayed", () => {
    fc.assert(
      fc.property(randomRun, (run) => {
        const live = play(run);
        let state = initialState(run.spec);
        const replayed: string[] = [];
        for (const event of live.events) {
          const [next, commands] = transition(state, event);
          state = next;
          replayed.push(JSON.stringify(commands));
        }
        expect(replayed).toEqual(live.commandLog);
        expect(state.outcome).toBe(live.state.outcome);
        expect([...state.standings]).toEqual([...live.state.standings]);
      }),
      { numRuns: 300 },
    );
  });

  test("fails nobody's dependents silently: what needs a failed task is skipped in the aggressive strategy (C2, E3)", () => {
    fc.assert(
      fc.property(randomRun, (run) => {
        if (run.spec.strategy !== "aggressive") return;
        const { ended } = play(run);
        for (const task of run.spec.tasks) {
          const doomed = task.needs.some((need) => ended.get(need) !== "succeeded");
          expect(ended.get(task.id) === "skipped").toBe(doomed);
        }
      }),
      { numRuns: 500 },
    );
  });
});
