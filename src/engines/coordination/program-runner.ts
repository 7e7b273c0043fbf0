import type { Clock } from "../../ports/clock.ts";
import type { Processes } from "../../ports/processes.ts";
import { programEnvironment, type Environment } from "../execution/agent-environment.ts";
import { runProgram } from "../execution/command/run-program.ts";
import { parseCommand, shellOf } from "../execution/program-command.ts";
import type { RunProgram } from "./workspaces.ts";

/** How long a setup or verify command may take. */
const programTimeoutMs = 30 * 60_000;

/** Runs setup and verify commands: contained like agents, judged by their exit code. */
export function programRunner(world: {
  readonly processes: Processes;
  readonly clock: Clock;
  readonly environment: Environment;
}): RunProgram {
  const { processes, clock, environment } = world;
  return async ({ command, folder, view, executionId, taskId, signal, onProcess }) => {
    const parsed = parseCommand(command, "command", shellOf(environment));
    if (!parsed.ok) return parsed.error.error;
    const result = await runProgram({
      processes,
      clock,
      argv: parsed.value.argv,
      cwd: folder,
      env: programEnvironment({ server: environment, executionId, taskId }),
      timeoutMs: programTimeoutMs,
      view,
      ...(signal && { signal }),
      ...(onProcess && { onProcess }),
    });
    const tail = result.outputTail === "" ? "" : `: ${result.outputTail}`;
    if (result.spawnError !== undefined) return result.spawnError;
    if (result.timedOut) return `it was ended after ${programTimeoutMs / 60_000} minutes${tail}`;
    if (result.aborted) return "it was stopped";
    return result.exitCode === 0 ? undefined : `exit code ${result.exitCode ?? "unknown"}${tail}`;
  };
}
