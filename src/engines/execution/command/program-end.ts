import type { ProcessExit } from "../../../ports/processes.ts";
import type { AgentError, Usage } from "../../../schema/outcome.ts";
import type { AgentEnd, StopReason } from "../executor.ts";
import { firstWords, lastWords } from "./output-tail.ts";
import { stoppedAgent } from "../stopped-agent.ts";

/** Everything known of a program that has ended. */
export interface ProgramHistory {
  /** How the command is called in messages. */
  readonly name: string;
  readonly exit: ProcessExit;
  /** Why it was stopped, if it was before it had ended. */
  readonly cause: StopReason | undefined;
  readonly summary: string;
  readonly tail: string;
  readonly stderr: string;
  readonly usage: Usage | undefined;
}

const MESSAGE_CHARACTERS = 4_000;
const STDERR_CHARACTERS = 1_500;

/** What the end of a program amounts to: it succeeded if its exit code is 0 and nobody stopped it. */
export function programEnd(history: ProgramHistory): AgentEnd {
  const { exit, cause, summary, usage } = history;
  if (exit.spawnError !== undefined) return failedStart(exit.spawnError);
  const said = { ...(summary !== "" && { summary }), ...(usage && { usage }) };
  if (cause === undefined && exit.exitCode === 0) return { success: true, partial: false, ...said };
  const error = cause === undefined ? failure(history) : stoppedAgent(cause);
  return { success: false, partial: true, error, ...said };
}

/** The end of a program that could not be started. */
export function failedStart(reason: string): AgentEnd {
  const error: AgentError = {
    name: "SpawnFailed",
    message: firstWords(reason, MESSAGE_CHARACTERS),
    retryable: false,
    options: [
      "Install the program, or name it by its full path",
      'Write the command as an array of words, such as ["npm","test"], or as {"shell":"…"}',
      "Look whether the file may be executed",
    ],
  };
  return { success: false, partial: false, error };
}

/** The end of a program that was stopped before it was started. */
export function stoppedBeforeStart(reason: StopReason): AgentEnd {
  return { success: false, partial: false, error: stoppedAgent(reason) };
}

function failure({ name, exit, tail, stderr }: ProgramHistory): AgentError {
  const how = exit.signal === null ? exitCodeText(exit.exitCode) : `signal ${exit.signal}`;
  const errors = lastWords(stderr, STDERR_CHARACTERS);
  const words = [
    `${name} ended with ${how}.`,
    ...(tail === "" ? [] : [`Its last output:\n${tail}`]),
    ...(errors === "" ? [] : [`Its last error output:\n${errors}`]),
    ...(tail === "" && errors === "" ? ["It printed nothing."] : []),
  ];
  // What shells and loaders end with where they could not run what they were given.
  const notRun = exit.exitCode === 126 || exit.exitCode === 127;
  return {
    name: "AgentError",
    message: firstWords(words.join("\n"), MESSAGE_CHARACTERS),
    retryable: !notRun,
    options: [
      ...(notRun ? ["Look whether every program that it calls is installed"] : []),
      "Run the command by hand to see why it fails",
      "Retry the task",
    ],
  };
}

/** Shells and those who wait for a program pass a signal on as 128 and its number. */
function exitCodeText(exitCode: number | null): string {
  const isSignal = exitCode !== null && exitCode > 128 && exitCode <= 128 + 31;
  return `exit code ${exitCode ?? "unknown"}${isSignal ? ` (signal ${exitCode - 128})` : ""}`;
}
