import type { ProcessExit } from "../../../ports/processes.ts";
import type { AgentError, Usage } from "../../../schema/outcome.ts";
import type { AgentEnd, StopReason } from "../executor.ts";
import { cappedText } from "../plain-text.ts";
import type { ResultMessage } from "./codec.ts";
import { stoppedAgent } from "../stopped-agent.ts";

/** Why an agent was ended by us: from outside, or because it did not start, went silent, or stayed after its result. */
export type EndCause = StopReason | "no-start" | "stalled" | "lingering";

/** Everything known of an agent that has ended. */
export interface AgentHistory {
  readonly exit: ProcessExit;
  /** It said that it is up; before that, its end is a failure to start. */
  readonly initialized: boolean;
  readonly result: ResultMessage | undefined;
  readonly cause: EndCause | undefined;
  /** The result was there before anybody stopped the agent. */
  readonly finishedFirst: boolean;
  /** How the program named the last failure of a reply, such as `authentication_failed`. */
  readonly replyError: string | undefined;
  readonly files: readonly string[];
  readonly denials: readonly string[];
  /** Commands that were allowed; what they changed is not known here. */
  readonly commandsRun: number;
  readonly usage: Usage;
  /** The model's newest words; the summary of what was done until then. */
  readonly said: string;
  readonly stderr: string;
  readonly cutLines: number;
}

const SUMMARY_CHARACTERS = 4_000;
const MESSAGE_CHARACTERS = 1_000;
const STDERR_CHARACTERS = 800;

type Failure = Pick<AgentError, "name" | "message" | "options" | "retryable">;

/**
 * What the end of a Claude Code agent amounts to. It succeeded only if it says so without an error, ended by itself
 * with exit code 0, and was not kept from its work; staying after its result is a known fault of the program and
 * takes nothing from the result.
 */
export function mapEnd(history: AgentHistory): AgentEnd {
  const failure = failureOf(history);
  const summary = summaryOf(history);
  return {
    success: failure === undefined,
    partial: failure !== undefined && history.initialized,
    ...(failure && { error: { ...failure, message: clean(failure.message, MESSAGE_CHARACTERS) } }),
    ...(summary !== "" && { summary }),
    ...(Object.keys(history.usage).length > 0 && { usage: history.usage }),
  };
}

/** The end of an agent that could not be started at all. */
export function failedStart(reason: string): AgentEnd {
  const failure = notStarted(reason);
  return { success: false, partial: false, error: { ...failure, message: clean(failure.message, MESSAGE_CHARACTERS) } };
}

/** The end of an agent that was stopped before it was started. */
export function stoppedBeforeStart(reason: StopReason): AgentEnd {
  return { success: false, partial: false, error: stoppedAgent(reason) };
}

function failureOf(history: AgentHistory): Failure | undefined {
  const { exit, cause, result } = history;
  if (exit.spawnError !== undefined) return notStarted(exit.spawnError);
  if (cause !== undefined && cause !== "lingering" && !(history.finishedFirst && result))
    return endedByUs(history, cause);
  if (result === undefined) return withoutResult(history);
  if (result.isError || result.subtype !== "success") return resultFailure(history, result);
  if (exit.exitCode !== 0 && cause === undefined) {
    return protocolFault(`Claude Code reported success but ended with ${exitText(exit)}.`, history);
  }
  if (history.denials.length > 0 && history.files.length === 0 && history.commandsRun === 0)
    return keptFromWork(history.denials);
  return undefined;
}

function endedByUs(history: AgentHistory, cause: Exclude<EndCause, "lingering">): Failure {
  switch (cause) {
    case "timeout":
    case "cancelled":
    case "shutdown":
      return stoppedAgent(cause);
    case "no-start":
      return {
        name: "SpawnFailed",
        message: `Claude Code did not come up in time and was ended. ${stderrText(history.stderr)}`,
        retryable: true,
        options: [
          "Retry when the machine is less busy",
          "Start fewer agents at once (maxParallelAgents)",
          "Run `claude -p hello` by hand and see what it waits for",
        ],
      };
    case "stalled":
      return {
        name: "Stalled",
        message: "Claude Code said nothing for too long and was ended.",
        retryable: true,
        options: ["Retry the task", "Look whether the model's service has trouble", "Split the task into smaller ones"],
      };
  }
}

function withoutResult(history: AgentHistory): Failure {
  if (asksForLogin(history.stderr)) return authRequired("Claude Code is not logged in.");
  const end = exitText(history.exit);
  if (!history.initialized)
    return notStarted(`Claude Code ended with ${end} before it was up. ${stderrText(history.stderr)}`);
  return protocolFault(`Claude Code ended with ${end} and no result.`, history);
}

function resultFailure(history: AgentHistory, result: ResultMessage): Failure {
  const words =
    result.text ?? (result.errors.length > 0 ? result.errors.join("; ") : `Claude Code ended with ${result.subtype}`);
  const status = result.apiErrorStatus;
  if (status === 401 || status === 403 || history.replyError === "authentication_failed" || asksForLogin(words))
    return authRequired(words);
  if (status === 429 || status === 529 || history.replyError === "rate_limit") return rateLimited(words);
  if (result.subtype === "error_max_budget_usd") return overBudget(words);
  if (history.replyError === "billing_error") return overBudget(words);
  if (status !== undefined || result.terminalReason === "api_error") return apiError(words, status);
  return {
    name: "AgentError",
    message: words,
    retryable: true,
    options: ["Retry the task", "Read the task's log for what went before", "Describe the task more precisely"],
  };
}

function authRequired(words: string): Failure {
  return {
    name: "AuthRequired",
    message: words,
    retryable: false,
    options: [
      "Run `claude` once in a terminal and log in, then resume the run",
      "Set ANTHROPIC_API_KEY for this server",
      'Run with executor "simulated" to rehearse without an account',
    ],
  };
}

function rateLimited(words: string): Failure {
  return {
    name: "RateLimited",
    message: words,
    retryable: true,
    options: [
      "Wait until the limit resets, then resume the run",
      "Start fewer agents at once (maxParallelAgents)",
      "Set constraints.apiRateLimit",
    ],
  };
}

function overBudget(words: string): Failure {
  return {
    name: "BudgetExceeded",
    message: words,
    retryable: false,
    options: [
      "Raise the budget and resume the run",
      "Check the account's credit",
      "Choose a cheaper model for the task",
    ],
  };
}

function apiError(words: string, status: number | undefined): Failure {
  const passing = status === undefined || status >= 500 || status === 408 || status === 409;
  const options = passing
    ? ["Retry the task", "Check the network, the proxy and the model's status page"]
    : ["Check the task's model and the length of its description and context", "Retry the task"];
  return { name: "ApiError", message: words, retryable: passing, options };
}

function keptFromWork(denials: readonly string[]): Failure {
  return {
    name: "AgentError",
    message: `The agent changed nothing: what it tried was refused (${counted(denials)}).`,
    retryable: false,
    options: [
      'List the tools the task needs in its `tools`, such as "Bash(npm test *)"',
      "Describe the task so that it stays inside the workspace",
    ],
  };
}

function notStarted(reason: string): Failure {
  return {
    name: "SpawnFailed",
    message: reason,
    retryable: false,
    options: [
      "Install Claude Code, or set PARALLELIZATION_CLAUDE to its path",
      "Update Claude Code: old versions lack options that are needed here",
      "Run `claude --version` in a terminal",
    ],
  };
}

function protocolFault(what: string, history: AgentHistory): Failure {
  const cut = history.cutLines > 0 ? ` ${history.cutLines} of its lines were too long and were cut.` : "";
  return {
    name: "ProtocolError",
    message: `${what}${cut} ${stderrText(history.stderr)}`,
    retryable: true,
    options: ["Retry the task", "Update Claude Code", "Read the task's log for its last messages"],
  };
}

function summaryOf(history: AgentHistory): string {
  const words = history.result && !history.result.isError ? (history.result.text ?? history.said) : history.said;
  const refused = history.denials.length > 0 ? `\nRefused on the way: ${counted(history.denials)}.` : "";
  return (clean(words, SUMMARY_CHARACTERS) + refused).trim();
}

function counted(names: readonly string[]): string {
  const kinds = [...new Set(names)];
  return kinds.map((name) => `${name} ${names.filter((other) => other === name).length}×`).join(", ");
}

function exitText({ exitCode, signal }: ProcessExit): string {
  return signal === null ? `exit code ${exitCode ?? "unknown"}` : `signal ${signal}`;
}

function stderrText(stderr: string): string {
  const text = clean(stderr.slice(-STDERR_CHARACTERS), STDERR_CHARACTERS);
  return text === "" ? "It left no error message." : `Its last error output: ${text}`;
}

function asksForLogin(text: string): boolean {
  return /not logged in|please run \/login|invalid api key|oauth token (has )?(expired|been revoked)/i.test(text);
}

/** Others' words as a message: plain, capped, and without anything that looks like a key. */
function clean(text: string, characters: number): string {
  return cappedText(text.replace(/\bsk-[\w-]{8,}/g, "sk-…"), characters);
}
