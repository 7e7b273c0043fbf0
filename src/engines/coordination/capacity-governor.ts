/** Lets the number of a run's agents follow what the machine can bear and what limits on calls let through. */
import type { Clock } from "../../ports/clock.ts";
import type { Machine } from "../../ports/machine.ts";
import type { EventBody, RunSpec } from "../../schema/event.ts";
import { executorKindsOf } from "../../schema/fallback.ts";
import { decideParallelism, openParallelism } from "../limits/parallelism.ts";
import type { RunMemory } from "../limits/run-memory.ts";
import type { ResourceWatch } from "../limits/resource-watch.ts";

/** A run whose agents are paced. */
export interface PacedRun {
  readonly spec: RunSpec;
  /** How many of its agents are at work. */
  running(): number;
  /** How many of those wait for a call at a limit. */
  heldBack(): number;
  /** What its agents use together; absent without a limit on that. */
  readonly memory: RunMemory | undefined;
  emit(event: EventBody): void;
}

/** Begins to pace a run, and decides for the first time before it returns; the returned function ends it. */
export type PaceRun = (run: PacedRun) => () => void;

const DECIDE_EVERY_MS = 1_000;

/** Paces runs of real agents by the machine's memory and load, and by their calls. Every change is an event with its reason. */
export function capacityGovernor(world: {
  readonly clock: Clock;
  readonly machine: Pick<Machine, "cores" | "freeMemoryMb" | "totalMemoryMb" | "load">;
  readonly watch: ResourceWatch;
}): PaceRun {
  const { clock, machine, watch } = world;
  return ({ spec, running, heldBack, memory, emit }) => {
    const most = spec.maxParallelAgents;
    const limits = spec.constraints.resourceLimits ?? {};
    const kinds = [...new Set(spec.tasks.flatMap(executorKindsOf))];
    let state = openParallelism(most);
    const decide = (): void => {
      const expectedMb = Math.max(0, ...kinds.map((kind) => watch.expectedMemoryMb(kind, limits)));
      const reading = {
        freeMb: machine.freeMemoryMb(),
        totalMb: machine.totalMemoryMb(),
        cores: machine.cores,
        load: machine.load(),
        expectedMb,
        runSpareMb: memory?.spareMb(running(), expectedMb),
        present: watch.presentAgents(),
        running: running(),
        heldBack: heldBack(),
      };
      const { next, reason } = decideParallelism(state, reading, { most, now: clock.now() });
      state = next;
      if (reason !== undefined) emit({ type: "capacity.changed", agents: next.agents, reason });
    };
    let cancelTimer: () => void = () => undefined;
    const again = (): void => {
      decide();
      cancelTimer = clock.setTimer(DECIDE_EVERY_MS, again);
    };
    again();
    return () => cancelTimer();
  };
}
