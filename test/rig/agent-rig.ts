/**
 * Agents as tests start them: the real executor, real processes, a workspace of their own, and everything they
 * report, which can be waited for.
 */
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runMark, taskMark } from "../../src/engines/execution/agent-environment.ts";
import { claudeCodeExecutor } from "../../src/engines/execution/claude-code/executor.ts";
import type { AgentAssignment, AgentReport, Executor, RunningAgent } from "../../src/engines/execution/executor.ts";
import { childProcesses } from "../../src/platform/processes/child-processes.ts";
import type { ContainmentStrength } from "../../src/platform/processes/containment.ts";
import { linuxMachine, newUuid } from "../../src/platform/linux-machine.ts";
import { nodeFiles } from "../../src/platform/node-files.ts";
import { findByEnvironment } from "../../src/platform/processes/process-table.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Processes } from "../../src/ports/processes.ts";
import type { PlannedTask } from "../../src/schema/event.ts";
import { cleanClaudeEnvironment } from "./claude-cli.ts";
import { plannedTask } from "./planned-run.ts";

/** An agent at work and what it said so far. */
export interface RiggedAgent {
  readonly running: RunningAgent;
  readonly reports: readonly AgentReport[];
  /** The first report, past or future, that fits; fails when the agent ends without one. */
  waitFor<Type extends AgentReport["type"]>(
    type: Type,
    fits?: (said: Extract<AgentReport, { type: Type }>) => boolean,
  ): Promise<Extract<AgentReport, { type: Type }>>;
}

/** A workspace and an executor; `await using` removes what they left. */
export interface AgentRig extends AsyncDisposable {
  readonly executionId: string;
  readonly workspace: string;
  readonly executor: Executor;
  readonly processes: Processes;
  start(task: Partial<PlannedTask>, changes?: Partial<AgentAssignment>): RiggedAgent;
  /** Processes alive that carry the run's mark. */
  marked(): Promise<readonly number[]>;
}

/** Makes a workspace and an executor that starts `binary`, with the model at `baseUrl` if there is one. */
export async function agentRig(options: {
  readonly binary: string;
  readonly baseUrl?: string;
  readonly clock?: Clock;
  readonly environment?: Readonly<Record<string, string>>;
  readonly strongest?: ContainmentStrength;
}): Promise<AgentRig> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "agent-rig-")));
  const home = join(root, "home");
  const workspace = join(root, "work");
  await mkdir(home);
  await mkdir(workspace);
  const executionId = linuxMachine().newId("run-");
  const processes = childProcesses({
    marks: [runMark, taskMark],
    ...(options.strongest && { strongest: options.strongest }),
  });
  const { baseUrl, environment: extra } = options;
  const executor = claudeCodeExecutor({
    processes,
    clock: options.clock ?? systemClock(),
    files: nodeFiles(),
    environment: cleanClaudeEnvironment({ home, ...(baseUrl !== undefined && { baseUrl }), ...(extra && { extra }) }),
    newSessionId: newUuid,
    binary: () => Promise.resolve(options.binary),
  });
  const marked = (): Promise<readonly number[]> => findByEnvironment({ [runMark]: executionId });
  return {
    executionId,
    workspace,
    executor,
    processes,
    marked,
    start: (task, changes = {}) => {
      const planned = plannedTask({ id: "t1", executorKind: "claude-code", ...task });
      return startAgent(executor, { ...assignment(executionId, workspace), task: planned, ...changes });
    },
    async [Symbol.asyncDispose]() {
      await processes.sweep(runMark, executionId);
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function assignment(executionId: string, folder: string): Omit<AgentAssignment, "task"> {
  return {
    executionId,
    agentId: "agent-1",
    order: 0,
    attempt: 1,
    goal: "prove that agents really work",
    strategy: "conservative",
    folder,
    dependencies: [],
    previousError: undefined,
  };
}

function startAgent(executor: Executor, request: AgentAssignment): RiggedAgent {
  const reports: AgentReport[] = [];
  const listeners = new Set<() => void>();
  const running = executor.start(request, (said) => {
    reports.push(said);
    for (const look of listeners) look();
  });
  return {
    running,
    reports,
    waitFor(type, fits = () => true) {
      type Wanted = Extract<AgentReport, { type: typeof type }>;
      const arrival = new Promise<Wanted>((resolve) => {
        const look = (): void => {
          const found = reports.find((said): said is Wanted => said.type === type && fits(said as Wanted));
          if (found) resolve(found);
        };
        listeners.add(look);
        look();
      });
      const end = running.ended.then((ended): never => {
        throw new Error(`the agent ended before such a report: ${JSON.stringify(ended)}`);
      });
      return Promise.race([arrival, end]);
    },
  };
}
