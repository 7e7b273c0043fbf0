import type { Clock } from "../../../ports/clock.ts";
import type { Files } from "../../../ports/files.ts";
import type { Processes } from "../../../ports/processes.ts";
import type { AgentAssignment, AgentReport, Executor, RunningAgent } from "../executor.ts";
import { nestingDepth, programEnvironment } from "../agent-environment.ts";
import type { Environment } from "../agent-environment.ts";
import { parseCommand, shellOf } from "../program-command.ts";
import { ProgramAgent } from "./program-agent.ts";
import { failedStart } from "./program-end.ts";
import { taskMessage, taskVariables } from "./task-message.ts";

/** What the executor works with. */
export interface CommandOptions {
  readonly processes: Processes;
  readonly clock: Clock;
  readonly files: Pick<Files, "realPath">;
  /** The server's own environment; programs get a part of it. */
  readonly environment: Environment;
}

/**
 * Agents that are programs: a task's `command` runs in the task's folder, reads the task as JSON from its standard
 * input, and is judged by its exit code. It does not decide which commands may run; its caller does, before.
 */
export function commandExecutor(options: CommandOptions): Executor {
  return {
    kind: "command",
    real: true,
    probe: () => {
      const reason = nestedRefusal(options.environment);
      return Promise.resolve(reason === undefined ? { available: true } : { available: false, reason });
    },
    start: (assignment, report) => start(options, assignment, report),
  };
}

function start(
  options: CommandOptions,
  assignment: AgentAssignment,
  report: (said: AgentReport) => void,
): RunningAgent {
  const { processes, clock, files, environment } = options;
  const { task, folder, executionId } = assignment;
  const nested = nestedRefusal(environment);
  if (nested !== undefined) return neverStarted(nested);
  if (folder === undefined) return neverStarted("A program needs a folder to work in: name a workspace for the run.");
  if (task.command === undefined) return neverStarted(`The task "${task.id}" has no command to run.`);
  const command = parseCommand(task.command, "command", shellOf(environment));
  if (!command.ok) return neverStarted(command.error.error);
  return new ProgramAgent({
    processes,
    clock,
    files,
    argv: command.value.argv,
    env: {
      ...programEnvironment({ server: environment, executionId, taskId: task.id }),
      ...assignment.models?.environment,
      ...taskVariables(assignment),
    },
    folder,
    view: assignment.view,
    input: taskMessage(assignment),
    report,
    onProcess: assignment.onProcess,
  });
}

function nestedRefusal(environment: Environment): string | undefined {
  if (nestingDepth(environment) === 0) return undefined;
  return "This server was started by an agent of another one; it starts no programs of its own, or their number would have no bound.";
}

function neverStarted(reason: string): RunningAgent {
  return { ended: Promise.resolve(failedStart(reason)), answer: () => undefined, stop: () => undefined };
}
