import type { Clock } from "../../../ports/clock.ts";
import type { Files } from "../../../ports/files.ts";
import type { Processes } from "../../../ports/processes.ts";
import type { AgentAssignment, AgentReport, Executor, ExecutorStatus, RunningAgent } from "../executor.ts";
import { claudeCodeEnvironment, nestingDepth } from "../agent-environment.ts";
import type { Environment } from "../agent-environment.ts";
import { cappedLine } from "../plain-text.ts";
import { roleText, taskPrompt } from "../prompt.ts";
import { usualPatience } from "./agent-patience.ts";
import type { AgentPatience } from "./agent-patience.ts";
import { ClaudeAgent } from "./claude-agent.ts";
import { defaultTools, launchArguments } from "./launch-arguments.ts";
import { failedStart } from "./map-end.ts";

/** What the executor works with. */
export interface ClaudeCodeOptions {
  readonly processes: Processes;
  readonly clock: Clock;
  readonly files: Pick<Files, "realPath" | "readText">;
  /** The server's own environment; agents get a part of it. */
  readonly environment: Environment;
  /** Gives a fresh UUID for each session. */
  readonly newSessionId: () => string;
  /** Finds out the path or name of the program; PARALLELIZATION_CLAUDE, then `claude` if absent. */
  readonly binary?: () => Promise<string>;
  readonly patience?: AgentPatience;
}

const VERSION_TIMEOUT_MS = 30_000;
const VERSION_LINE_BYTES = 1_000;
const METERED_CALL_TIMEOUT_MS = 24 * 60 * 60_000;

/**
 * Agents that are the person's own installed Claude Code, with the person's own login. It neither reads nor keeps
 * credentials: whether somebody is logged in shows in the first run. It does not isolate agents from one another;
 * each gets a folder of its own from its caller.
 */
export function claudeCodeExecutor(options: ClaudeCodeOptions): Executor {
  const named = options.environment["PARALLELIZATION_CLAUDE"] || "claude";
  const binary = options.binary ?? (() => Promise.resolve(named));
  return {
    kind: "claude-code",
    real: true,
    takesMessages: true,
    probe: async () => probe(options, await binary()),
    start: (assignment, report) => start({ options, binary, assignment, report }),
  };
}

async function probe(options: ClaudeCodeOptions, binary: string): Promise<ExecutorStatus> {
  const nested = nestedRefusal(options.environment);
  if (nested !== undefined) return { available: false, reason: nested };
  const path = await options.processes.find(binary);
  if (path === undefined) {
    const missing =
      binary === "claude"
        ? "Claude Code was not found on PATH."
        : `Claude Code was not found at ${cappedLine(binary, 300)}.`;
    const advice = "Install it (https://code.claude.com), or set PARALLELIZATION_CLAUDE to the path of the program.";
    return { available: false, reason: `${missing} ${advice}` };
  }
  const version = await askVersion(options, path);
  if (version !== undefined) return { available: true, version };
  const advice = "Run it in a terminal to see why, or set PARALLELIZATION_CLAUDE to another program.";
  return {
    available: false,
    reason: `${path} --version gave no version within ${VERSION_TIMEOUT_MS / 1_000} s. ${advice}`,
  };
}

async function askVersion(options: ClaudeCodeOptions, path: string): Promise<string | undefined> {
  const { processes, clock, environment } = options;
  // A mark of its own: what carries the same marks is ended together, on the whole machine.
  const executionId = `probe-${options.newSessionId()}`;
  const child = await processes.start({
    argv: [path, "--version"],
    cwd: "/",
    env: claudeCodeEnvironment({ server: environment, executionId, taskId: "probe" }),
    maxLineBytes: VERSION_LINE_BYTES,
    contained: true,
  });
  let version: string | undefined;
  child.onLine((line) => (version ??= /\b\d+\.\d+\.\d+\b/.exec(line)?.[0]));
  child.endInput();
  const cancel = clock.setTimer(VERSION_TIMEOUT_MS, () => void child.killTree());
  const { exitCode } = await child.exited;
  cancel();
  await child.killTree();
  return exitCode === 0 ? version : undefined;
}

function start(request: {
  readonly options: ClaudeCodeOptions;
  readonly binary: () => Promise<string>;
  readonly assignment: AgentAssignment;
  readonly report: (said: AgentReport) => void;
}): RunningAgent {
  const { options, binary, assignment, report } = request;
  const { task, folder } = assignment;
  const refusal = nestedRefusal(options.environment);
  if (refusal !== undefined) return neverStarted(refusal);
  if (folder === undefined)
    return neverStarted("A Claude Code agent needs a folder to work in: name a workspace for the run.");
  const tools = task.tools ?? defaultTools;
  const args = launchArguments({
    sessionId: options.newSessionId(),
    tools,
    model: task.model,
    role: roleText(assignment),
  });
  const server = options.environment;
  return new ClaudeAgent({
    processes: options.processes,
    clock: options.clock,
    files: options.files,
    patience: options.patience ?? usualPatience,
    program: {
      binary,
      args,
      env: {
        ...claudeCodeEnvironment({ server, executionId: assignment.executionId, taskId: task.id }),
        ...meteredEnvironment(assignment.models, server),
      },
    },
    folder,
    view: assignment.view,
    prompt: (rules) => taskPrompt(assignment, rules),
    tools,
    isHeldBack: assignment.models?.isHeldBack,
    questionPrefix: `a${assignment.attempt}-q`,
    report,
    onProcess: assignment.onProcess,
  });
}

/** A call may wait for its turn for longer than the program waits for an answer by itself. */
function meteredEnvironment(models: AgentAssignment["models"], server: Environment): Readonly<Record<string, string>> {
  if (models === undefined || Object.keys(models.environment).length === 0) return {};
  return { ...models.environment, API_TIMEOUT_MS: server["API_TIMEOUT_MS"] || String(METERED_CALL_TIMEOUT_MS) };
}

function nestedRefusal(environment: Environment): string | undefined {
  if (nestingDepth(environment) === 0) return undefined;
  return "This server was started by an agent of another one; it starts no agents of its own, or their number would have no bound.";
}

function neverStarted(reason: string): RunningAgent {
  return { ended: Promise.resolve(failedStart(reason)), answer: () => undefined, stop: () => undefined };
}
