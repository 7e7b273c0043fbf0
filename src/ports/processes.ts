/** A program to start. There is never a shell in between. */
export interface ProcessSpec {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment of the program; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Longest line read from standard output; longer ones are cut and counted. */
  readonly maxLineBytes: number;
  /** Whether the program and all its descendants must end with this process. */
  readonly contained: boolean;
}

/** How a program ended. */
export interface ProcessExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why the program could not even start. */
  readonly spawnError?: string;
}

/** A running program and all its descendants. */
export interface ChildProcess {
  readonly pid: number | undefined;
  /** Settles when the program itself has ended and its output was read. */
  readonly exited: Promise<ProcessExit>;
  /** Calls back for every complete line of standard output, which is read only from the first call on. */
  onLine(callback: (line: string) => void): void;
  /** How many lines were longer than `maxLineBytes` and lost their end. */
  cutLines(): number;
  /** The last few kilobytes of standard error. */
  stderrTail(): string;
  write(text: string): void;
  endInput(): void;
  /** Sends a signal to the program's process group. */
  signal(name: "SIGINT" | "SIGTERM"): void;
  /** Ends the program and every descendant; settles when none is left. */
  killTree(): Promise<void>;
}

/** How strongly descendants are tied to this process on this machine. */
export interface Containment {
  /** `pid-namespace`: nothing survives; `process-group`: programs that leave their group are swept at the next start. */
  readonly driver: "pid-namespace" | "process-group";
  /** One sentence for people. */
  readonly guarantee: string;
}

/** How the engines see other programs. */
export interface Processes {
  containment(): Promise<Containment>;
  start(spec: ProcessSpec): Promise<ChildProcess>;
  /** Absolute path of a program, searched like the shell does, or undefined. */
  find(program: string): Promise<string | undefined>;
  /** Ends every process whose environment carries `name=value`; for leftovers of a dead server. Gives the number ended. */
  sweep(name: string, value: string): Promise<number>;
}
