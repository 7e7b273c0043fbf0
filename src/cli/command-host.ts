import type { Services } from "../services.ts";

/** Everything a command sees of the world it was typed in. */
export interface CommandHost {
  /** The words after the program's name. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  readonly temporaryFolder: string;
  readonly nodeVersion: string;
  /** Version of this package. */
  readonly version: string;
  /** Which of the standard streams are a terminal. */
  readonly terminals: { readonly input: boolean; readonly output: boolean; readonly errors: boolean };
  /** Writes results. */
  out(text: string): void;
  /** Writes what is going on. */
  note(text: string): void;
  /** All of standard input, at most `maxBytes`; refuses with TEXT_TOO_LONG. */
  readInput(maxBytes: number): Promise<string>;
  /** Asks the person at the terminal for one line; undefined when there is none, or the signal aborts. */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>;
  absolutePath(path: string): string;
  /** Calls back for every Ctrl-C or termination signal; the returned function ends it. */
  onInterrupt(callback: () => void): () => void;
  /** Puts the engines together; nothing is started by that. */
  services(options?: { readonly stateFolder?: string }): Promise<Services>;
  /** Serves MCP over standard input and output until the client leaves. */
  serve(): Promise<void>;
}

/** A command that has been parsed: gives the exit code. */
export type CommandRun = (host: CommandHost) => Promise<number>;
