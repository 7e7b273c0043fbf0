import type { Clock } from "../../../ports/clock.ts";
import type { Files } from "../../../ports/files.ts";
import type { ChildProcess, Processes, ProcessSpec } from "../../../ports/processes.ts";
import { deferred } from "../../../util/deferred.ts";
import type { AgentAssignment, AgentEnd, AgentReport, RunningAgent, StopReason } from "../executor.ts";
import { cappedLine } from "../plain-text.ts";
import { failedStart, programEnd, stoppedBeforeStart } from "./program-end.ts";
import { ProgramOutput } from "./program-output.ts";
import { ProgressThrottle } from "./progress-throttle.ts";
import { startProgram } from "./start-program.ts";

/** What one program is started with. */
export interface ProgramLaunch {
  readonly processes: Processes;
  readonly clock: Clock;
  readonly files: Pick<Files, "realPath">;
  readonly argv: readonly string[];
  readonly env: ProcessSpec["env"];
  readonly folder: string;
  /** What it may see and change of the machine's files. */
  readonly view: AgentAssignment["view"];
  /** Written to its standard input, which then ends. */
  readonly input: string;
  readonly report: (said: AgentReport) => void;
  /** Told of its process as soon as there is one. */
  readonly onProcess: AgentAssignment["onProcess"];
}

/** Longest line that is read; a summary is shorter. */
const LINE_BYTES = 64 * 1_024;
/** From being asked to end until it is ended by force. */
const GRACE_MS = 2_000;

/**
 * One program from its start to the end of everything it started.
 *
 * 1. `ended` settles exactly once, after the process tree is gone.
 * 2. Stopping: SIGTERM, and force 2 s later; force at once when the server itself ends.
 * 3. It may be silent as long as it likes; its time limit is its caller's.
 */
export class ProgramAgent implements RunningAgent {
  readonly #launch: ProgramLaunch;
  readonly #end = deferred<AgentEnd>();
  readonly #output = new ProgramOutput();
  readonly #throttle: ProgressThrottle;
  #child: ChildProcess | undefined;
  #cause: StopReason | undefined;
  #over = false;
  #cancelForce: () => void = () => undefined;

  constructor(launch: ProgramLaunch) {
    this.#launch = launch;
    this.#throttle = new ProgressThrottle({ clock: launch.clock, report: launch.report });
    // Failing to start is an end like any other; whatever else is thrown is a fault of this program and says so.
    this.#run().catch((error: unknown) => this.#fail(error));
  }

  get ended(): Promise<AgentEnd> {
    return this.#end.promise;
  }

  /** Programs cannot ask. */
  answer(): void {}

  stop(reason: StopReason): void {
    if (this.#over) return;
    // The server's own end waits for no grace that somebody else has granted.
    const hurry = reason === "shutdown" && this.#cause !== undefined && this.#cause !== "shutdown";
    if (this.#cause !== undefined && !hurry) return;
    this.#cause ??= reason;
    if (this.#child !== undefined) this.#endChild(this.#child, reason);
  }

  async #run(): Promise<void> {
    const { processes, files, folder, view, argv, env, input } = this.#launch;
    const cwd = await files.realPath(folder);
    if (cwd === undefined) return this.#settle(failedStart(`The program's folder ${folder} does not exist.`));
    if (this.#cause !== undefined) return this.#settle(stoppedBeforeStart(this.#cause));
    const child = await startProgram(processes, { argv, cwd, env, maxLineBytes: LINE_BYTES, contained: true, view });
    this.#child = child;
    this.#launch.onProcess?.(child);
    child.onLine((line) => this.#hear(line));
    child.write(input);
    child.endInput();
    if (this.#cause !== undefined) this.#endChild(child, this.#cause);
    const exit = await child.exited;
    this.#over = true;
    this.#cancelForce();
    // Also after an orderly end: it may have left something behind.
    await child.killTree();
    this.#settle(
      programEnd({
        name: cappedLine(argv[0] ?? "", 200),
        exit,
        cause: this.#cause,
        summary: this.#output.summary(),
        tail: this.#output.tail(),
        stderr: child.stderrTail(),
        usage: this.#output.usage,
      }),
    );
  }

  #hear(line: string): void {
    const news = this.#output.hear(line);
    if (news) this.#throttle.push(news);
  }

  #endChild(child: ChildProcess, reason: StopReason): void {
    this.#cancelForce();
    const force = (): void => void child.killTree().catch((error: unknown) => this.#fail(error));
    if (reason === "shutdown") return force();
    child.signal("SIGTERM");
    this.#cancelForce = this.#launch.clock.setTimer(GRACE_MS, force);
  }

  #settle(end: AgentEnd): void {
    this.#over = true;
    this.#throttle.close();
    this.#end.resolve(end);
  }

  #fail(fault: unknown): void {
    this.#cancelForce();
    const words = fault instanceof Error ? fault.message : String(fault);
    const settle = (): void => this.#settle(failedStart(`Internal error: ${words}`));
    if (this.#child === undefined) settle();
    else this.#child.killTree().then(settle, settle);
  }
}
