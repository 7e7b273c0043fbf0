import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { isatty } from "node:tty";
import { readSurroundings } from "./surroundings.ts";

/** This process as a command sees it that was typed by somebody. */
export interface CommandTerminal {
  /** The words after the program's name. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  readonly temporaryFolder: string;
  readonly nodeVersion: string;
  /** Which of the standard streams are a terminal. */
  readonly terminals: { readonly input: boolean; readonly output: boolean; readonly errors: boolean };
  out(text: string): void;
  note(text: string): void;
  /** All of standard input; undefined when it is longer than that. */
  readInput(maxBytes: number): Promise<string | undefined>;
  /** Asks for one line; undefined when input has ended or the signal aborts. */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>;
  absolutePath(path: string): string;
  /** Calls back for every SIGINT, SIGTERM and SIGHUP; the returned function ends it. */
  onInterrupt(callback: () => void): () => void;
  /** Ends the process when everything written has been handed over. */
  exit(code: number): void;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Takes over the standard streams for a command. To be called once. */
export function openTerminal(): CommandTerminal {
  const { workingFolder, environment } = readSurroundings();
  process.stdout.on("error", endUnread);
  process.stderr.on("error", () => undefined);
  return {
    argv: process.argv.slice(2),
    environment,
    workingFolder,
    temporaryFolder: tmpdir(),
    nodeVersion: process.version,
    terminals: {
      input: isatty(0),
      output: isatty(1),
      errors: isatty(2),
    },
    out: (text) => void process.stdout.write(text),
    note: (text) => void process.stderr.write(text),
    readInput,
    ask,
    absolutePath: (path) => resolve(workingFolder, path),
    onInterrupt(callback) {
      for (const signal of signals) process.on(signal, callback);
      return () => {
        for (const signal of signals) process.off(signal, callback);
      };
    },
    exit: (code) => void process.stdout.write("", () => process.exit(code)),
  };
}

/** A reader that has seen enough, such as `head`, ends the command: in order where it has work under way, else at once. */
function endUnread(): void {
  if (process.listenerCount("SIGTERM") > 0) process.emit("SIGTERM");
  else process.exit(0);
}

/** The version in the package.json one folder above a file of the package. */
export function packageVersion(fileUrl: string): string {
  const content: unknown = JSON.parse(readFileSync(new URL("../package.json", fileUrl), "utf8"));
  const version = typeof content === "object" && content !== null && "version" in content ? content.version : undefined;
  return typeof version === "string" ? version : "0.0.0";
}

async function readInput(maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > maxBytes) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function ask(question: string, signal: AbortSignal): Promise<string | undefined> {
  // Not as a terminal: line editing would take Ctrl-C away from the process.
  const lines = createInterface({ input: process.stdin, terminal: false });
  process.stderr.write(question);
  return new Promise((settle) => {
    lines.once("line", (line) => {
      settle(line.trim());
      lines.close();
    });
    lines.once("close", () => settle(undefined));
    signal.addEventListener("abort", () => lines.close());
  });
}
