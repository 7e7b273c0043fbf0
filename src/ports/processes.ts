/**
 * What a program and all it starts may see and change of the machine's files. All paths are absolute, with every link
 * resolved.
 */
export interface FileView {
  /** The folder that it works in; it lies in `hidden`. */
  readonly own: string;
  /** A folder of which it sees nothing but `own`, and in which it can make nothing else. */
  readonly hidden: string;
  /** An empty folder in `hidden` that is there for putting the view together; any number of programs share it. */
  readonly stage: string;
  /** Folders in which it can read only. */
  readonly readOnly: readonly string[];
  /** Folders within those that stay as they are. */
  readonly writable: readonly string[];
}

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
  /** Held for contained programs, where `holdsView` says so; where it cannot be held the program is not started. */
  readonly view?: FileView | undefined;
}

/** How a program ended. */
export interface ProcessExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why the program could not even start. */
  readonly spawnError?: string;
}

/** Limits that the kernel itself holds for a program and all it starts, where it was allowed to. */
export interface KernelLimits {
  /** Megabytes and percent of one core; what cannot be set is left to whoever watches the program. */
  set(limits: {
    readonly maxMemoryMB?: number | undefined;
    readonly maxCPUPercent?: number | undefined;
  }): Promise<void>;
  /** Whether the kernel has ended the program for its memory. */
  memoryExceeded(): Promise<boolean>;
}

/** A running program and all its descendants. */
export interface ChildProcess {
  readonly pid: number | undefined;
  /** Absent where the kernel holds no limits for it; they are held by watching then. */
  readonly kernelLimits?: KernelLimits;
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
  /** Sends a signal to the program's process group; one that is paused goes on, or it would never take the signal. */
  signal(name: "SIGINT" | "SIGTERM"): void;
  /** Stops the program and every descendant that is known where they are; nothing happens once it was told to end. */
  pause(): void;
  /** Lets them go on. */
  resume(): void;
  /** Ends the program and every descendant; settles when none is left. */
  killTree(): Promise<void>;
}

/** How strongly descendants are tied to this process on this machine. */
export interface Containment {
  /** `pid-namespace`, `bubblewrap`: nothing survives; `process-group`: programs that leave their group are swept at the next start. */
  readonly driver: "pid-namespace" | "bubblewrap" | "process-group";
  /** One sentence for people. */
  readonly guarantee: string;
  /** Whether agents are kept from each other's folders and from the user's files: one sentence for people. */
  readonly files: string;
  /** How limits on memory and CPU are held, and how exactly: one sentence for people. */
  readonly limits: string;
}

/** What a program and all its descendants use at one moment. */
export interface TreeUsage {
  readonly processes: number;
  /** Resident memory of them all; pages that several share count for each. */
  readonly rssMb: number;
  /** CPU time of all that belong or have belonged to it; it never goes back. */
  readonly cpuMs: number;
}

/** How what programs use is seen. Programs that have ended are missing in every answer. */
export interface UsageSampler {
  /**
   * What programs started here use, by pid, in one look for all of them. Descendants of `newcomersOf` that have come
   * since the last look are found first; who is known already costs nothing unless it is among `pids`.
   */
  sample(pids: readonly number[], newcomersOf: readonly number[]): Promise<ReadonlyMap<number, TreeUsage>>;
  /** Memory of the same with shared pages counted once, by pid; empty where the system does not tell. */
  proportionalMemoryMb(pids: readonly number[]): Promise<ReadonlyMap<number, number>>;
}

/** How the engines see other programs. */
export interface Processes {
  /** Absent where neither memory nor CPU of programs can be seen. */
  readonly usage?: UsageSampler;
  containment(): Promise<Containment>;
  /** Finds out by trying whether contained programs can be kept to such a view here. Its `own` and `stage` must be there. */
  holdsView(view: FileView): Promise<boolean>;
  start(spec: ProcessSpec): Promise<ChildProcess>;
  /** Absolute path of a program, searched like the shell does, or undefined. */
  find(program: string): Promise<string | undefined>;
  /** Ends every process whose environment carries `name=value`; for leftovers of a dead server. Gives the number ended. */
  sweep(name: string, value: string): Promise<number>;
}
