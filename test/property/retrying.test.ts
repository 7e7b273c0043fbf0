import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { initialState } from "../../src/engines/scheduling/run-state.ts";
import { transition } from "../../src/engines/scheduling/transition.ts";
import { plannedRun } from "../rig/planned-run.ts";
import { PlayedRun, type Ended } from "../rig/played-run.ts";

const moves = ["end", "end", "end", "retry", "skip", "pause"] as const;

const randomRun = fc
  .record({
    needs: fc.array(fc.array(fc.nat(30), { maxLength: 3 }), { minLength: 1, maxLength: 18 }),
    mutexes: fc.array(fc.nat(4), { minLength: 18, maxLength: 18 }),
    attempts: fc.integer({ min: 1, max: 2 }),
    fallbacks: fc.boolean(),
    agents: fc.integer({ min: 1, max: 5 }),
    mode: fc.constantFrom("dependency" as const, "batch" as const, "sequential" as const, "pipeline" as const),
    strategy: fc.constantFrom("conservative" as const, "aggressive" as const),
    isolated: fc.boolean(),
    failureShare: fc.integer({ min: 0, max: 7 }),
    moves: fc.array(
      fc.record({ move: fc.constantFrom(...moves), pick: fc.nat(1_000), luck: fc.nat(9), joins: fc.nat(3) }),
      {
        minLength: 1,
        maxLength: 150,
      },
    ),
    cancelAt: fc.option(fc.nat(120), { freq: 5 }),
  })
  .map((drawn) => {
    const tasks = drawn.needs.map((needs, number) => ({
      id: `t${number}`,
      maxAttempts: drawn.attempts,
      needs: [...new Set(needs.filter((need) => need < number).map((need) => `t${need}`))],
      ...(drawn.mutexes[number] === 0 && { exclusive: ["lockfile"] }),
      ...(drawn.fallbacks && { fallback: { executorKind: "simulated", timeoutMs: 60_000 } }),
    }));
    const { mode, strategy, isolated, agents } = drawn;
    return { drawn, spec: plannedRun(tasks, { mode, strategy, isolated, maxParallelAgents: agents }) };
  });

function play({ drawn, spec }: typeof randomRun extends fc.Arbitrary<infer Run> ? Run : never): PlayedRun {
  const run = new PlayedRun(spec);
  drawn.moves.forEach(({ move, pick, luck, joins }, step) => {
    if (run.finishes > 0) return;
    run.isJoining = joins === 0;
    const taskId = `t${pick % spec.tasks.length}`;
    if (step === drawn.cancelAt && !run.isCancelled) {
      run.isCancelled = true;
      run.happen({ type: "run.cancel-requested", reason: "r" });
    } else if (move === "end") run.end(pick, luck >= drawn.failureShare);
    else if (move === "retry") run.happen({ type: "task.retry-requested", taskId });
    else if (move === "skip") run.happen({ type: "task.skip-requested", taskId, reason: "not wanted" });
    else {
      run.isPaused = !run.isPaused;
      run.happen(
        run.isPaused
          ? { type: "run.paused", by: "person", reason: "r" }
          : { type: "run.resumed", extendsBudget: false },
      );
    }
  });
  run.isJoining = false;
  run.happen();
  if (run.isPaused && run.finishes === 0) {
    run.isPaused = false;
    run.happen({ type: "run.resumed", extendsBudget: false });
  }
  for (let step = 0; run.finishes === 0 && step < 1_000; step++) run.end(step, step % 10 >= drawn.failureShare);
  return run;
}

describe("a run whose tasks are retried and skipped at random moments", () => {
  test("ends once, never does a task twice at once, and never starts what needs a task that has not succeeded (C12)", () => {
    fc.assert(
      fc.property(randomRun, (drawn) => {
        const { finishes, ended, running, state } = play(drawn);
        expect(finishes).toBe(1);
        expect(running.size).toBe(0);
        expect(ended.size).toBe(drawn.spec.tasks.length);
        expect([...state.counts].reduce((sum, count) => sum + count, 0)).toBe(drawn.spec.tasks.length);
        const tally = (what: Ended) => [...ended.values()].filter((each) => each === what).length;
        expect([...state.counts]).toEqual([0, 0, 0, tally("succeeded"), tally("failed"), tally("skipped")]);
        expect(state.admission.take(0)).toBeUndefined();
      }),
      { numRuns: 3_000 },
    );
  });

  test("gives the same commands and the same end when its events are replayed (C12)", () => {
    fc.assert(
      fc.property(randomRun, (drawn) => {
        const live = play(drawn);
        let state = initialState(drawn.spec);
        const replayed: string[] = [];
        for (const event of live.events) {
          const [next, commands] = transition(state, event);
          state = next;
          replayed.push(JSON.stringify(commands));
        }
        expect(replayed).toEqual(live.commands);
        expect([...state.standings]).toEqual([...live.state.standings]);
        expect(state.outcome).toBe(live.state.outcome);
      }),
      { numRuns: 500 },
    );
  });

  test("does everything when every task that fails is retried until it succeeds, whatever the strategy (C12)", () => {
    fc.assert(
      fc.property(randomRun, ({ drawn, spec }) => {
        // Something always has to be at work for a run to last: one more task, which is the last to end.
        const tasks = [...spec.tasks.map((task) => ({ ...task })), { id: "last" }];
        const { mode, strategy, isolated } = drawn;
        if (mode !== "dependency") return;
        const run = new PlayedRun(
          plannedRun(
            tasks.toReversed().map((task) => ({ ...task, priority: task.id === "last" ? 9 : 0 })),
            {
              mode,
              strategy,
              isolated,
              maxParallelAgents: 3,
            },
          ),
        );
        for (let step = 0; step < 2_000 && run.ended.size + run.running.size < tasks.length + 1; step++) {
          const { pick = 0, luck = 0 } = drawn.moves[step % drawn.moves.length] ?? {};
          const failed = [...run.ended].find(([, how]) => how === "failed")?.[0];
          const others = [...run.running.keys()].filter((id) => id !== "last");
          if (failed !== undefined && (pick + step) % 2 === 0)
            run.happen({ type: "task.retry-requested", taskId: failed });
          else if (others.length > 0) {
            const wanted = [...run.running.keys()].indexOf(others[pick % others.length] ?? "");
            run.end(wanted, luck >= drawn.failureShare || step > 500);
          } else if (failed !== undefined) run.happen({ type: "task.retry-requested", taskId: failed });
          else break;
        }
        run.end(0, true);
        expect(run.state.outcome ?? (spec.isolated ? "completed" : undefined)).toBe("completed");
        expect([...run.ended.values()].every((how) => how === "succeeded")).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
