import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { stat } from "node:fs/promises";
import type { ChildProcess, ProcessExit, Processes, ProcessSpec } from "../../ports/processes.ts";
import { deferred } from "../../util/deferred.ts";
import { cgroupPlace, openCgroup, probeCgroup } from "./cgroup.ts";
import type { Cgroup, CgroupParent, CgroupPlace } from "./cgroup.ts";
import { filesGuarantee, limitsGuarantee, plainGroup, probeContainment, probeView } from "./containment.ts";
import type { ContainmentStrength, ContainmentWay } from "./containment.ts";
import { findProgram } from "./find-program.ts";
import { LineSplitter } from "../line-splitter.ts";
import { endMarked, ProcessTree, signalGroup } from "./process-tree.ts";
import { usageSampler } from "./usage-sampler.ts";
import { errorCode } from "../error-code.ts";

const STDERR_TAIL_BYTES = 8 * 1024;
const DRAIN_MS = 1_000;
const LOOK_EVERY_MS = 2_000;

/** How programs are started here. */
export interface ChildProcessOptions {
  /**
   * Names of environment variables whose values, together, only one program and its descendants carry; they find
   * descendants that have hidden. A program that lacks one of them is not searched for in this way.
   */
  readonly marks?: readonly string[];
  /** Strongest containment to try; the strongest there is if absent. */
  readonly strongest?: ContainmentStrength;
  /** Where control groups are and which one this process is in; as the kernel tells if absent. */
  readonly cgroups?: CgroupPlace;
}

/** Starts real programs: no shell, a process group and session of their own, and an environment that is given. */
export function childProcesses(options: ChildProcessOptions = {}): Processes {
  const serverPath = process.env["PATH"] ?? "/usr/bin:/bin";
  let way: Promise<ContainmentWay> | undefined;
  let groups: Promise<CgroupParent | undefined> | undefined;
  let kept: Promise<string> | undefined;
  const cgroups = (): Promise<CgroupParent | undefined> => (groups ??= findCgroups(options.cgroups));
  const containment = (): Promise<ContainmentWay> => (way ??= probeContainment(options.strongest ?? "pid-namespace"));
  return {
    // Nothing of the kind is tried on Windows.
    ...(process.platform !== "win32" && { usage }),
    containment: async () => {
      const [tie, parent] = await Promise.all([containment(), cgroups()]);
      const { driver, guarantee } = tie;
      return { driver, guarantee, files: await (kept ??= filesGuarantee(tie)), limits: limitsGuarantee(parent) };
    },
    holdsView: async (view) => probeView(await containment(), view),
    async start(spec) {
      const [name, ...args] = spec.argv;
      const program = await findProgram(name ?? "", { path: spec.env["PATH"] ?? serverPath, cwd: spec.cwd });
      if (program === undefined) return notStarted(`${name ?? "the program"} was not found or cannot be run`);
      if (!(await isFolder(spec.cwd))) return notStarted(`the folder ${spec.cwd} does not exist`);
      const tie = spec.contained ? await containment() : plainGroup;
      const prefix = spec.view === undefined ? tie.prefix : tie.viewPrefix?.(spec.view, spec.cwd);
      if (prefix === undefined) return notStarted("its folder cannot be set apart from others on this machine");
      const parent = spec.contained ? await cgroups() : undefined;
      const group = parent && (await openCgroup(parent));
      const marks = marksOf(spec, options.marks ?? []);
      return startProgram({
        spec,
        argv: [...(group?.prefix ?? []), ...prefix, program, ...args],
        marks,
        group,
        mayEscape: tie.driver === "process-group",
        sparesRoot: tie.driver === "bubblewrap",
      });
    },
    find: (program) => findProgram(program, { path: serverPath, cwd: process.cwd() }),
    sweep: (name, value) => endMarked({ [name]: value }),
  };
}

async function findCgroups(given: CgroupPlace | undefined): Promise<CgroupParent | undefined> {
  const place = given ?? (await cgroupPlace());
  return place && (await probeCgroup(place));
}

interface LiveProgram {
  readonly pid: number;
  readonly tree: ProcessTree;
}

interface Start {
  readonly spec: ProcessSpec;
  readonly argv: readonly string[];
  readonly marks: Readonly<Record<string, string>>;
  /** Its control group, removed when everything is over. */
  readonly group: Cgroup | undefined;
  readonly mayEscape: boolean;
  /** Signals are for what it has started: bubblewrap itself ends at once by one, and everybody with it. */
  readonly sparesRoot: boolean;
}

/** Every program of this process that runs; where the process ends in an orderly way they end with it, also where the kernel does not see to that. */
const live = new Map<number, LiveProgram>();
const usage = usageSampler((pid) => live.get(pid)?.tree);
/** Pids of those whose descendants nothing holds together but our own looking. */
const escapable = new Set<number>();
let looking: NodeJS.Timeout | undefined;

function endLiveGroups(): void {
  if (process.platform !== "win32") for (const pid of live.keys()) signalGroup(pid, "SIGKILL");
}

function startProgram(start: Start): ChildProcess {
  const { spec, argv } = start;
  let child: ChildProcessWithoutNullStreams;
  try {
    child = spawn(argv[0] ?? "", argv.slice(1), {
      cwd: spec.cwd,
      env: { ...spec.env },
      stdio: "pipe",
      detached: process.platform !== "win32",
      windowsHide: true,
    });
  } catch (error) {
    // Node refuses arguments that no system takes, such as a NUL byte, by throwing.
    return notStarted(error instanceof Error ? error.message : String(error));
  }
  const { pid } = child;
  if (pid === undefined) {
    void start.group?.remove();
    return neverSpawned(child);
  }
  const program: LiveProgram = { pid, tree: new ProcessTree(pid, start.marks) };
  if (live.size === 0) process.once("exit", endLiveGroups);
  live.set(pid, program);
  if (start.mayEscape) watchTree(program, child);
  return runningChild({ child, program, start });
}

function runningChild(running: {
  readonly child: ChildProcessWithoutNullStreams;
  readonly program: LiveProgram;
  readonly start: Start;
}): ChildProcess {
  const { child, program, start } = running;
  const { spec, group } = start;
  const exited = deferred<ProcessExit>();
  const listeners: ((line: string) => void)[] = [];
  const tellLine = (line: string): void => listeners.forEach((tell) => tell(line));
  const lines = new LineSplitter({ maxLineBytes: spec.maxLineBytes, onLine: tellLine });
  let errors: Buffer = Buffer.alloc(0);
  let ended = false;
  /** Who was told to end is not paused any more. */
  let leaving = false;
  child.stderr.on("data", (chunk: Buffer) => {
    errors = Buffer.from(Buffer.concat([errors, chunk]).subarray(-STDERR_TAIL_BYTES));
  });
  // The program may end while somebody still writes or reads; its exit says all there is to say about that.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on("error", () => undefined);
  child.once("exit", (exitCode, signal) => {
    ended = true;
    live.delete(program.pid);
    if (live.size === 0) process.removeListener("exit", endLiveGroups);
    // Nobody listens: read on, or the end of the output is never seen.
    if (listeners.length === 0) child.stdout.resume();
    afterOutput(child, () => {
      lines.end();
      exited.resolve({ exitCode, signal });
    });
  });
  return {
    pid: program.pid,
    ...(group && { kernelLimits: group }),
    exited: exited.promise,
    onLine(callback) {
      listeners.push(callback);
      if (listeners.length === 1) child.stdout.on("data", (chunk: Buffer) => lines.push(chunk));
    },
    cutLines: () => lines.cutLines,
    stderrTail: () => errors.toString("utf8"),
    write: (text) => void (child.stdin.writable && child.stdin.write(text)),
    endInput: () => void child.stdin.end(),
    signal: (name) => {
      // Once it was collected its pid may belong to somebody else.
      if (ended) return;
      leaving = true;
      if (start.sparesRoot) signalInside(program, name);
      else signalOf(child, program.pid, name);
      // Who is stopped takes no signal.
      program.tree.resume();
    },
    pause: () => void (ended || leaving || program.tree.pause()),
    resume: () => program.tree.resume(),
    killTree: async () => {
      leaving = true;
      await program.tree.end(ended);
      // A process that hangs in the kernel cannot be collected: nobody waits for that.
      const giveUp = setTimeout(() => exited.resolve({ exitCode: null, signal: "SIGKILL" }), 2 * DRAIN_MS);
      await exited.promise;
      clearTimeout(giveUp);
      await group?.remove();
    },
  };
}

/** Calls back when the output was read, or 1 s later if somebody who outlived the program still holds it open. */
function afterOutput(child: ChildProcessWithoutNullStreams, callback: () => void): void {
  const finish = (): void => {
    clearTimeout(deadline);
    child.removeListener("close", finish);
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    callback();
  };
  const deadline = setTimeout(finish, DRAIN_MS);
  child.once("close", finish);
}

/** Sends a signal to everybody in a tree but the program that holds it together. */
function signalInside({ pid, tree }: LiveProgram, name: "SIGINT" | "SIGTERM"): void {
  const tell = (): void => {
    tree.signalDescendants(name);
    tree.resume();
  };
  // Whoever is known is told also where the look for others fails.
  void usage.sample([pid], [pid]).then(tell, tell);
}

function signalOf(child: ChildProcessWithoutNullStreams, pid: number, name: "SIGINT" | "SIGTERM"): void {
  if (process.platform === "win32") child.kill(name);
  else signalGroup(pid, name);
}

/**
 * Keeps looking who belongs to the trees that may lose somebody, at all of them at once: a descendant that leaves later
 * is then known by its start.
 */
function watchTree(program: LiveProgram, child: ChildProcessWithoutNullStreams): void {
  // A look that fails is no reason to end a program; the look that ends its tree reports it.
  const look = (): void => void usage.sample([], [...escapable]).catch(() => undefined);
  if (escapable.size === 0) looking = setInterval(look, LOOK_EVERY_MS).unref();
  escapable.add(program.pid);
  child.once("exit", () => {
    escapable.delete(program.pid);
    if (escapable.size === 0) clearInterval(looking);
  });
  if (process.platform !== "linux") look();
}

function neverSpawned(child: ChildProcessWithoutNullStreams): ChildProcess {
  const reason = deferred<string>();
  child.once("error", (error) => reason.resolve(error.message));
  return unstarted(reason.promise);
}

function notStarted(reason: string): ChildProcess {
  return unstarted(Promise.resolve(reason));
}

function unstarted(reason: Promise<string>): ChildProcess {
  return {
    pid: undefined,
    exited: reason.then((spawnError) => ({ exitCode: null, signal: null, spawnError })),
    onLine: () => undefined,
    cutLines: () => 0,
    stderrTail: () => "",
    write: () => undefined,
    endInput: () => undefined,
    signal: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
    killTree: () => Promise.resolve(),
  };
}

function marksOf(spec: ProcessSpec, names: readonly string[]): Readonly<Record<string, string>> {
  const marks: Record<string, string> = {};
  for (const name of names) {
    const value = spec.env[name];
    if (value === undefined) return {};
    marks[name] = value;
  }
  return marks;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (errorCode(error) !== "") return false;
    throw error;
  }
}
