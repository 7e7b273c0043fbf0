import type { CallWorld } from "../../src/engines/coordination/calls/call-world.ts";
import { runCalls } from "../../src/engines/coordination/calls/run-calls.ts";
import { SubAgentCoordinator } from "../../src/engines/coordination/sub-agent-coordinator.ts";
import type { AgentAssignment, Executor } from "../../src/engines/execution/executor.ts";
import { simulatedExecutor } from "../../src/engines/execution/simulated/executor.ts";
import { openJournal, readJournal } from "../../src/engines/journal/journal.ts";
import type { RunView } from "../../src/engines/progress/run-view.ts";
import { SimulatedClock } from "../../src/platform/simulated-clock.ts";
import type { RunEvent, RunSpec } from "../../src/schema/event.ts";
import { memoryFiles } from "./memory-files.ts";

/** A run with simulated agents on virtual time, and everything that happened in it. */
export interface SimulatedRun {
  readonly view: RunView;
  readonly events: readonly RunEvent[];
  /** The events read back from the journal. */
  readonly journal: readonly RunEvent[];
  /** What each attempt was started with, in order. */
  readonly assignments: readonly AgentAssignment[];
}

/** Simulated agents call nobody. */
const noRealCalls: CallWorld = {
  environment: {},
  gateway: {
    obstacle: () => undefined,
    open: () => Promise.reject(new Error("a simulated agent needs no gateway")),
    close: () => Promise.resolve(),
  },
  broker() {
    throw new Error("a simulated agent calls no provider");
  },
};

/** Runs a spec with simulated agents; `react` may answer or cancel as events come. */
export async function simulateRun(
  spec: RunSpec,
  react: (event: RunEvent, coordinator: SubAgentCoordinator) => void = () => undefined,
): Promise<SimulatedRun> {
  const files = memoryFiles();
  const clock = new SimulatedClock();
  const settings = { failureRate: 0, ...spec.simulation };
  const simulated = simulatedExecutor({ clock, files, settings });
  const assignments: AgentAssignment[] = [];
  const executor: Executor = {
    ...simulated,
    start(assignment, report) {
      assignments.push(assignment);
      return simulated.start(assignment, report);
    },
  };
  const coordinator = new SubAgentCoordinator(spec, {
    clock,
    durable: false,
    journal: await openJournal({ files, folder: "/run", durable: false }),
    executorFor: () => executor,
    calls: runCalls({ spec, clock, world: noRealCalls }),
    workspaces: undefined,
    runProgram: () => Promise.resolve(undefined),
    owner: { pid: 1, startTime: "1", bootId: "b" },
    containment: "none needed",
    onBreakdown: (error) => {
      throw error;
    },
    onSinkFailure: (error) => {
      throw error;
    },
  });
  const events: RunEvent[] = [];
  coordinator.watch((event) => {
    events.push(event);
    react(event, coordinator);
  });
  await coordinator.start();
  const view = await coordinator.done;
  const journal = await readJournal({ files, folder: "/run" });
  return { view, events, journal: journal.ok ? journal.value : [], assignments };
}
