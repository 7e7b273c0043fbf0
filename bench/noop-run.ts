/** A run of the whole engine with agents that only wait, or do nothing at all. */
import { SubAgentCoordinator } from "../src/engines/coordination/sub-agent-coordinator.ts";
import type { Executor } from "../src/engines/execution/executor.ts";
import { openJournal } from "../src/engines/journal/journal.ts";
import { nodeFiles } from "../src/platform/node-files.ts";
import { systemClock } from "../src/platform/system-clock.ts";
import type { Files } from "../src/ports/files.ts";
import type { RunSpec } from "../src/schema/event.ts";
import { plannedRun } from "../test/rig/planned-run.ts";
import type { TaskShape } from "./task-shapes.ts";

/** The run of a graph whose tasks are expected to take the given times. */
export function shapeRun(shape: TaskShape, agents: number, seconds: readonly number[] = []): RunSpec {
  const tasks = shape.needs.map((needs, task) => ({
    id: `t${task}`,
    needs: needs.map((need) => `t${need}`),
    minutes: (seconds[task] ?? 60) / 60,
  }));
  return plannedRun(tasks, { maxParallelAgents: agents });
}

/** The executor of agents that do what `work` does, with the task's number. */
export function workingExecutor(work: (task: number) => Promise<void>): Executor {
  const end = { success: true, partial: false } as const;
  return {
    kind: "bench",
    real: true,
    probe: () => Promise.resolve({ available: true }),
    start: ({ order }) => ({
      ended: work(order).then(() => end),
      answer: () => undefined,
      stop: () => undefined,
    }),
  };
}

/** Runs a spec from its first event to a closed journal, on real time and real files. */
export async function runWhole(options: {
  readonly spec: RunSpec;
  readonly folder: string;
  readonly durable: boolean;
  readonly executor: Executor;
  readonly files?: Files;
}): Promise<void> {
  const { spec, folder, durable, executor, files = nodeFiles() } = options;
  const journal = await openJournal({ files, folder, durable });
  const coordinator = new SubAgentCoordinator(spec, {
    clock: systemClock(),
    journal,
    durable,
    executorFor: () => executor,
    workspaces: undefined,
    runProgram: () => Promise.resolve(undefined),
    owner: { pid: process.pid, startTime: "1", bootId: "bench" },
    containment: "none needed",
    onBreakdown: (error) => {
      throw error;
    },
    onSinkFailure: (error) => {
      throw error;
    },
  });
  await coordinator.start();
  const { status } = await coordinator.done;
  await coordinator.closeJournal();
  if (status !== "completed") throw new Error(`the run ended as ${status}`);
}
