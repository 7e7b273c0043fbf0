import fc from "fast-check";
import { expect, test } from "vitest";
import { initialState } from "../../src/engines/scheduling/run-state.ts";
import { transition } from "../../src/engines/scheduling/transition.ts";
import type { EventBody } from "../../src/schema/event.ts";
import { plannedRun } from "../rig/planned-run.ts";

const drawn = fc.record({
  needs: fc.array(fc.array(fc.nat(20), { maxLength: 3 }), { minLength: 1, maxLength: 20 }),
  agents: fc.integer({ min: 1, max: 5 }),
  pauses: fc.array(fc.boolean(), { minLength: 80, maxLength: 80 }),
});

test("whenever a run is paused nothing starts, and once it is resumed every task still runs exactly once", () => {
  fc.assert(
    fc.property(drawn, ({ needs, agents, pauses }) => {
      const tasks = needs.map((list, number) => ({
        id: `t${number}`,
        needs: [...new Set(list.filter((need) => need < number).map((need) => `t${need}`))],
      }));
      const spec = plannedRun(tasks, { maxParallelAgents: agents });
      let state = initialState(spec);
      const running: { readonly taskId: string; readonly attempt: number; readonly agentId: string }[] = [];
      const started: string[] = [];
      let isPaused = false;
      const ended: string[] = [];
      const happen = (event: EventBody): void => {
        const [next, commands] = transition(state, event);
        state = next;
        for (const command of commands) {
          if (command.type === "finish") ended.push(command.status);
          if (command.type !== "start-task") continue;
          expect(isPaused).toBe(false);
          running.push(command);
          started.push(command.taskId);
        }
      };
      const owner = { pid: 1, startTime: "0", bootId: "b" };
      happen({ type: "run.created", spec, owner, createdAt: "2026-01-01T00:00:00.000Z", containment: "none" });
      for (let step = 0; ended.length === 0; step++) {
        const wanted = pauses[step] === true && running.length > 0;
        if (wanted !== isPaused) {
          isPaused = wanted;
          happen(
            wanted ? { type: "run.paused", by: "person", reason: "r" } : { type: "run.resumed", extendsBudget: false },
          );
        }
        const done = running.shift();
        if (done === undefined) continue;
        const outcome = { success: true, partial: false, durationMs: 1, changes: [] };
        happen({ ...done, type: "task.finished", outcome });
      }
      expect(ended).toEqual(["completed"]);
      expect(started.toSorted()).toEqual(tasks.map(({ id }) => id).toSorted());
    }),
  );
});
