/**
 * The real Claude Code command line as tests use it: the pinned program under test/agents, a clean environment, and a
 * running process whose NDJSON events can be awaited.
 *
 * `npm ci --prefix test/agents` installs it. The native program of the platform package is used directly: it needs
 * neither the package's install script nor the Node version that its launcher asks for.
 */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Why a test that needs the real program is skipped where it is not installed. */
export const CLAUDE_MISSING = "Claude Code is not installed under test/agents; run: npm ci --prefix test/agents";

const PACKAGES = fileURLToPath(new URL("../agents/node_modules/@anthropic-ai/", import.meta.url));

/** The pinned native program, or undefined where it is not installed. */
export function claudeBinary(): string | undefined {
  const platform = `claude-code-${process.platform}-${process.arch}`;
  const program = process.platform === "win32" ? "claude.exe" : "claude";
  const candidates = [platform, `${platform}-musl`].map((name) => join(PACKAGES, name, program));
  return candidates.find((candidate) => existsSync(candidate));
}

/**
 * An environment in which the program can reach nothing but the model at `baseUrl`, reads no settings of the person
 * who runs the tests, and does not take itself for a child of another Claude Code. Without `baseUrl` it has no key.
 */
export function cleanClaudeEnvironment(options: {
  readonly home: string;
  readonly baseUrl?: string;
  readonly extra?: Readonly<Record<string, string>>;
}): Record<string, string> {
  const { home, baseUrl, extra } = options;
  const model = baseUrl === undefined ? {} : { ANTHROPIC_BASE_URL: baseUrl, ANTHROPIC_API_KEY: "not-a-real-key" };
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    CLAUDE_CONFIG_DIR: join(home, ".claude"),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_TELEMETRY: "1",
    DISABLE_ERROR_REPORTING: "1",
    DISABLE_AUTOUPDATER: "1",
    CLAUDE_CODE_MAX_RETRIES: "0",
    ...model,
    ...extra,
  };
}

/** Whether this process can reach nothing but its own machine, as under scripts/private-network.mjs. */
export function inPrivateNetwork(): boolean {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.length > 0 && addresses.every((address) => address.internal);
}

/** One line the program printed, or one line sent to it. */
export type ClaudeMessage = Readonly<Record<string, unknown>>;

/** How the program ended. */
interface ClaudeExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** A running program; `await using` ends it. */
export interface ClaudeProcess extends AsyncDisposable {
  readonly pid: number;
  /** Everything it printed so far; a line that is no JSON object is `{ type: "unparsed", line }`. */
  readonly messages: readonly ClaudeMessage[];
  /** The first message, past or future, that fits; fails when the program ends without one. */
  waitForMessage(fits: (message: ClaudeMessage) => boolean): Promise<ClaudeMessage>;
  send(message: ClaudeMessage): void;
  endInput(): void;
  readonly exit: Promise<ClaudeExit>;
}

/** Starts a program that prints NDJSON; `command` may wrap the binary, for example in a namespace. */
export function startClaude(options: {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}): ClaudeProcess {
  const [program, ...args] = options.command;
  const child = spawn(program, args, { cwd: options.cwd, env: { ...options.env }, stdio: "pipe" });
  const messages: ClaudeMessage[] = [];
  const listeners = new Set<() => void>();
  const exit = exitOf(child);
  createInterface({ input: child.stdout }).on("line", (line) => {
    messages.push(parseLine(line));
    for (const look of listeners) look();
  });
  // The program may end while a test still writes; its exit says all there is to say about that.
  child.stdin.on("error", () => undefined);
  return {
    pid: child.pid ?? -1,
    messages,
    waitForMessage: (fits) => waitForMessage({ messages, listeners, exit, fits }),
    send: (message) => void child.stdin.write(`${JSON.stringify(message)}\n`),
    endInput: () => void child.stdin.end(),
    exit,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      const harder = setTimeout(() => child.kill("SIGKILL"), 5_000);
      await exit;
      clearTimeout(harder);
    },
  };
}

function exitOf(child: ChildProcessWithoutNullStreams): Promise<ClaudeExit> {
  const errors: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text));
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: null, signal: null, stderr: error.message }));
    const ended = (code: number | null, signal: NodeJS.Signals | null): void =>
      resolve({ code, signal, stderr: errors.join("") });
    child.once("close", ended);
    // A process left behind may keep the pipes open: do not wait for it for ever.
    child.once("exit", (code, signal) => setTimeout(() => ended(code, signal), 2_000).unref());
  });
}

function parseLine(line: string): ClaudeMessage {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as ClaudeMessage;
  } catch {
    // Reported below as what it is: a line that is not JSON.
  }
  return { type: "unparsed", line };
}

async function waitForMessage(wait: {
  readonly messages: readonly ClaudeMessage[];
  readonly listeners: Set<() => void>;
  readonly exit: Promise<ClaudeExit>;
  readonly fits: (message: ClaudeMessage) => boolean;
}): Promise<ClaudeMessage> {
  let stop = (): void => undefined;
  const arrival = new Promise<ClaudeMessage>((resolve) => {
    const look = (): void => {
      const found = wait.messages.find(wait.fits);
      if (found !== undefined) resolve(found);
    };
    wait.listeners.add(look);
    stop = () => wait.listeners.delete(look);
    look();
  });
  const end = wait.exit.then((exit): never => {
    throw new Error(
      `the program ended before such a message: ${JSON.stringify(exit)}; it printed ${JSON.stringify(wait.messages)}`,
    );
  });
  try {
    return await Promise.race([arrival, end]);
  } finally {
    stop();
  }
}
