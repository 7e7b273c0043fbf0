/** Programs as tests start them: the real executor, real processes, a folder of their own, and what they report. */
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandExecutor } from "../../src/engines/execution/command/executor.ts";
import type { AgentAssignment, AgentReport, RunningAgent } from "../../src/engines/execution/executor.ts";
import { childProcesses } from "../../src/platform/processes/child-processes.ts";
import type { ContainmentStrength } from "../../src/platform/processes/containment.ts";
import { linuxMachine } from "../../src/platform/linux-machine.ts";
import { nodeFiles } from "../../src/platform/node-files.ts";
import { findByEnvironment } from "../../src/platform/processes/process-table.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Processes } from "../../src/ports/processes.ts";
import type { PlannedTask } from "../../src/schema/event.ts";
import { plannedTask } from "./planned-run.ts";

/** A program at work as an agent. */
export interface StartedProgram {
  readonly running: RunningAgent;
  readonly reports: readonly AgentReport[];
  /** Resolves when it has reported that it does this. */
  doing(operation: string): Promise<void>;
}

/** What a test changes about a start. */
export type StartChanges = Partial<AgentAssignment> & {
  readonly clock?: Clock;
  readonly by?: Processes;
  readonly env?: Readonly<Record<string, string>>;
};

/** A folder and an executor; `await using`, or a call of its dispose function, removes what they left. */
export interface ProgramRig extends AsyncDisposable {
  readonly folder: string;
  readonly executionId: string;
  start(task: Partial<PlannedTask>, changes?: StartChanges): StartedProgram;
  /** Processes alive that carry the run's mark. */
  marked(): Promise<readonly number[]>;
}

/** Starts programs contained as strongly as this machine can, or less. */
export function markedProcesses(strongest: ContainmentStrength = "pid-namespace"): Processes {
  return childProcesses({ marks: ["PARALLELIZATION_RUN", "PARALLELIZATION_TASK"], strongest });
}

/** Path of a program among the fixtures. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}.mjs`, import.meta.url));
}

const processes = markedProcesses();

/** Makes a folder of its own for programs to work in. */
export async function programRig(): Promise<ProgramRig> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "program-rig-")));
  const executionId = linuxMachine().newId("run-");
  return {
    folder,
    executionId,
    start: (task, changes = {}) => start({ folder, executionId, task, changes }),
    marked: () => findByEnvironment({ PARALLELIZATION_RUN: executionId }),
    async [Symbol.asyncDispose]() {
      await processes.sweep("PARALLELIZATION_RUN", executionId);
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function start(request: {
  readonly folder: string;
  readonly executionId: string;
  readonly task: Partial<PlannedTask>;
  readonly changes: StartChanges;
}): StartedProgram {
  const { folder, executionId, task, changes } = request;
  const { clock = systemClock(), by = processes, env, ...assignment } = changes;
  const environment = { PATH: process.env["PATH"], HOME: folder, SECRET_TOKEN: "s", ...env };
  const reports: AgentReport[] = [];
  const listeners = new Set<() => void>();
  const running = commandExecutor({ processes: by, clock, files: nodeFiles(), environment }).start(
    {
      executionId,
      agentId: "agent-1",
      task: plannedTask({ id: "t1", executorKind: "command", ...task }),
      order: 0,
      attempt: 1,
      goal: "prove that programs really work",
      strategy: "conservative",
      folder,
      dependencies: [],
      previousError: undefined,
      ...assignment,
    },
    (said) => {
      reports.push(said);
      for (const look of listeners) look();
    },
  );
  const doing = (operation: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (reports.some((said) => said.type === "progress" && said.operation === operation)) resolve();
      };
      listeners.add(look);
      look();
      void running.ended.then((end) => reject(new Error(`it ended before: ${JSON.stringify(end)}`)));
    });
  return { running, reports, doing };
}
