import fc from "fast-check";
import { expect, test } from "vitest";
import { initialState } from "../../src/engines/scheduling/run-state.ts";
import { transition } from "../../src/engines/scheduling/transition.ts";
import type { EventBody } from "../../src/schema/event.ts";
import { plannedRun } from "../rig/planned-run.ts";

const drawn = fc.record({
  tasks: fc.array(
    fc.record({
      needs: fc.array(fc.nat(20), { maxLength: 2 }),
      writes: fc.subarray(["a.ts", "b.ts", "src/**"], { maxLength: 2 }),
      exclusive: fc.subarray(["port", "db", "lock"], { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 20 },
  ),
  agents: fc.integer({ min: 1, max: 5 }),
  /** At each step: which of those that run ends or fails, and what file two of them may come together over. */
  steps: fc.array(
    fc.record({ ends: fc.nat(4), retried: fc.boolean(), file: fc.constantFrom(undefined, "a.ts", "b.ts", "src/x.ts") }),
    { minLength: 200, maxLength: 200 },
  ),
});

const matches = (pattern: string, file: string): boolean =>
  pattern === "src/**" ? file.startsWith("src/") : pattern === file;

test("what would write a file that agents came together over waits until they have ended, every mutex has one holder, and nothing waits for ever (C18)", () => {
  fc.assert(
    fc.property(drawn, ({ tasks: drafts, agents, steps }) => {
      const tasks = drafts.map(({ needs, ...rest }, number) => ({
        id: `t${number}`,
        needs: [...new Set(needs.filter((need) => need < number).map((need) => `t${need}`))],
        maxAttempts: 2,
        ...rest,
      }));
      const spec = plannedRun(tasks, { maxParallelAgents: agents });
      let state = initialState(spec);
      const running: { readonly taskId: string; readonly attempt: number; readonly agentId: string }[] = [];
      const contested: { readonly file: string; readonly holders: readonly string[]; readonly before: Set<string> }[] =
        [];
      const seen = new Set<string>();
      const ended: string[] = [];
      const happen = (event: EventBody): void => {
        const [next, commands] = transition(state, event);
        state = next;
        for (const command of commands) {
          if (command.type === "finish") ended.push(command.status);
          if (command.type !== "start-task") continue;
          const task = tasks.find(({ id }) => id === command.taskId);
          const others = new Set(running.map(({ taskId }) => taskId));
          for (const { file, holders, before } of contested) {
            if (before.has(command.taskId) || !task?.writes.some((each) => matches(each, file))) continue;
            expect(holders.filter((holder) => others.has(holder) && holder !== command.taskId)).toEqual([]);
          }
          const locks = new Set(tasks.filter(({ id }) => others.has(id)).flatMap(({ exclusive }) => exclusive));
          expect(task?.exclusive.filter((lock) => locks.has(lock))).toEqual([]);
          running.push(command);
          seen.add(command.taskId);
        }
      };
      const owner = { pid: 1, startTime: "0", bootId: "b" };
      happen({ type: "run.created", spec, owner, createdAt: "2026-01-01T00:00:00.000Z", containment: "none" });
      for (const { ends, retried, file } of steps) {
        if (ended.length > 0) break;
        expect(running.length).toBeGreaterThan(0);
        const [left, right] = running;
        if (left && right && file !== undefined) {
          const holders = [left.taskId, right.taskId];
          contested.push({ file, holders, before: new Set(running.map(({ taskId }) => taskId)) });
          happen({ type: "overlap.warned", conflict: conflictOver(file, holders) });
        }
        const [done] = running.splice(ends % running.length, 1);
        if (!done) continue;
        const fails = retried && done.attempt === 1;
        const error = { name: "AgentError", message: "m", retryable: true, options: [] } as const;
        const outcome = {
          success: !fails,
          partial: false,
          durationMs: 1,
          changes: [],
          ...(fails && { error: { ...error, options: [] } }),
        };
        happen({ ...done, type: "task.finished", outcome });
      }
      expect(ended).toEqual(["completed"]);
      expect(seen.size).toBe(tasks.length);
    }),
  );
});

function conflictOver(file: string, tasks: readonly string[]): (EventBody & { type: "overlap.warned" })["conflict"] {
  return {
    id: "l1",
    type: "file-level",
    severity: "medium",
    agents: [],
    tasks: [...tasks],
    description: "both",
    affectedResources: [file],
    detectionMethod: "live",
    locations: [],
    confidence: 1,
    resolutionOptions: [],
  };
}
