import type { Clock } from "../../../ports/clock.ts";
import type { ChildProcess, FileView, Processes, ProcessSpec } from "../../../ports/processes.ts";
import { lastWords, OutputTail } from "./output-tail.ts";
import { startProgram } from "./start-program.ts";

/** A program to run to its end, such as a check of a result. */
export interface ProgramRequest {
  readonly processes: Processes;
  readonly clock: Clock;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Its whole environment; `programEnvironment` makes one. */
  readonly env: ProcessSpec["env"];
  readonly timeoutMs: number;
  /** What it may see and change of the machine's files. */
  readonly view?: FileView | undefined;
  /** Ends the program at once, by force. */
  readonly signal?: AbortSignal;
  /** Told of its process as soon as there is one. */
  readonly onProcess?: (child: ChildProcess) => void;
}

/** How a program ended. */
export interface ProgramResult {
  /** Null when a signal ended it, or when it could not start. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly aborted: boolean;
  /** Its last lines of output, then its last error output, as plain text of at most 8,000 characters. */
  readonly outputTail: string;
  /** Why it could not even start. */
  readonly spawnError?: string;
}

const LINE_BYTES = 16 * 1_024;
const PART_CHARACTERS = 4_000;
const GRACE_MS = 2_000;

/**
 * Runs a program without input to its end, and ends whatever it leaves behind. When its time is over it gets SIGTERM,
 * and 2 s later force. Output is read to the end and only its last part kept.
 */
export async function runProgram(request: ProgramRequest): Promise<ProgramResult> {
  const { processes, clock, argv, cwd, env, timeoutMs, signal, view } = request;
  if (signal?.aborted) return { exitCode: null, timedOut: false, aborted: true, outputTail: "" };
  const child = await startProgram(processes, { argv, cwd, env, maxLineBytes: LINE_BYTES, contained: true, view });
  request.onProcess?.(child);
  const tail = new OutputTail();
  child.onLine((line) => tail.push(line));
  child.endInput();
  let timedOut = false;
  // What goes wrong here goes wrong again, and is heard, where the tree is ended below.
  const force = (): void => void child.killTree().catch(() => undefined);
  let cancelTimer = clock.setTimer(timeoutMs, () => {
    timedOut = true;
    child.signal("SIGTERM");
    cancelTimer = clock.setTimer(GRACE_MS, force);
  });
  signal?.addEventListener("abort", force, { once: true });
  // Asked again: it may have come while the program was being started.
  if (signal?.aborted) force();
  const { exitCode, spawnError } = await child.exited;
  cancelTimer();
  signal?.removeEventListener("abort", force);
  const aborted = signal?.aborted ?? false;
  await child.killTree();
  const errors = lastWords(child.stderrTail(), PART_CHARACTERS);
  const parts = [tail.text(PART_CHARACTERS), errors].filter((part) => part !== "");
  return {
    exitCode,
    timedOut,
    aborted,
    outputTail: parts.join("\n"),
    ...(spawnError !== undefined && { spawnError }),
  };
}
