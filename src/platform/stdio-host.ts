import type { Readable, Writable } from "node:stream";
import { GuardedInput, type LineFault } from "./guarded-input.ts";

/** Standard input and output as a server uses them, and the end of the process. */
export interface StdioHost {
  /** Standard input behind its guard: only whole JSON-RPC messages. */
  readonly input: Readable;
  readonly output: Writable;
  /** Calls back once when the client has gone or somebody asks the process to end. */
  onEnd(callback: (reason: string) => void): void;
  /** Settles when a client has had the time to open the connection and to list what there is. */
  afterOpening(): Promise<void>;
  /** Ends the process when `delayMs` are over, whatever still runs; does not keep it alive until then. */
  exitAfter(delayMs: number): void;
  exit(): void;
  /** Writes a line to standard error; never fails. */
  log(line: string): void;
}

const faultText: Readonly<Record<LineFault, string>> = {
  "too-long": "Parse error: a line of more than 10 MB",
  "not-json": "Parse error: a line that is not JSON",
  "not-a-message": "Parse error: a line that is not a JSON-RPC message",
};

/** A client opens the connection and lists the tools within this time, unless the machine is very slow. */
const openingMs = 250;

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Takes over the standard streams of this process. To be called once. */
export function openStdio(): StdioHost {
  const log = (line: string): void => {
    if (process.stderr.writable) process.stderr.write(`${line}\n`);
  };
  const onFault = (fault: LineFault): void => {
    const answer = { jsonrpc: "2.0", id: null, error: { code: -32_700, message: faultText[fault] } };
    if (process.stdout.writable) process.stdout.write(`${JSON.stringify(answer)}\n`);
  };
  // Every answer that waits for a slow reader listens for it.
  process.stdout.setMaxListeners(0);
  // A client that has gone breaks the pipes; an error nobody listens to would end the process before its agents.
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", () => undefined);
  const input = process.stdin.pipe(new GuardedInput({ onFault }));
  process.stdin.on("error", () => input.end());
  return {
    input,
    output: process.stdout,
    onEnd: (callback) => whenEnded(callback),
    afterOpening: () => new Promise((resolve) => void setTimeout(resolve, openingMs)),
    exitAfter: (delayMs) => setTimeout(() => process.exit(0), delayMs).unref(),
    exit: () => process.exit(0),
    log,
  };
}

function whenEnded(callback: (reason: string) => void): void {
  let ended = false;
  const end = (reason: string): void => {
    if (ended) return;
    ended = true;
    callback(reason);
  };
  for (const signal of signals) process.on(signal, () => end(signal));
  process.stdin.on("end", () => end("the client closed the connection"));
  process.stdin.on("close", () => end("the client closed the connection"));
  process.stdout.on("error", () => end("the client no longer reads"));
}
