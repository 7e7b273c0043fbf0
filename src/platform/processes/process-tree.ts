import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { findByEnvironment, readEntryNow, readProcessTable } from "./process-table.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";
import { errorCode } from "../error-code.ts";

const KILL_DEADLINE_MS = 5_000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;

/**
 * A program and everything that descends from it, also what has left its group and session. Descendants are known by
 * pid and start time, by group and session, and by variables that only they carry in their environment. One that
 * leaves all of that between two looks is lost; only a PID namespace holds those.
 */
export class ProcessTree {
  readonly #root: number;
  readonly #marks: Readonly<Record<string, string>>;
  readonly #known = new Map<number, number>();
  readonly #groups = new Set<number>();
  #startedAt: number | undefined;
  #ending: Promise<boolean> | undefined;

  /** `root` leads a group and session of its own and has not been collected yet; `marks` are carried by it and nobody else. */
  constructor(root: number, marks: Readonly<Record<string, string>>) {
    this.#root = root;
    this.#marks = marks;
    this.#groups.add(root);
    const entry = readEntryNow(root);
    if (entry) this.#remember(entry);
  }

  /** Nobody that started earlier belongs to it; 0 where that is not known yet. */
  get startedAt(): number {
    return this.#startedAt ?? 0;
  }

  /** Ends every process of the tree; true when none is left, false when some would not end within 5 s. */
  end(rootHasEnded: boolean): Promise<boolean> {
    this.#ending ??= this.#end(rootHasEnded);
    return this.#ending;
  }

  async #end(rootHasEnded: boolean): Promise<boolean> {
    if (process.platform === "win32") return endWithTaskkill(this.#root);
    // Who is stopped cannot end, and the members must be known before their parents are gone.
    if (!rootHasEnded) signalGroup(this.#root, "SIGCONT");
    let members = await this.#living();
    if (!rootHasEnded) signalGroup(this.#root, "SIGKILL");
    const deadline = performance.now() + KILL_DEADLINE_MS;
    // One look may miss who is just starting another program, as its environment cannot be read then: two must agree.
    let quietLooks = members.length === 0 ? 1 : 0;
    for (let pause = FIRST_PAUSE_MS; quietLooks < 2; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      for (const pid of members) signalProcess(pid, "SIGKILL");
      if (performance.now() > deadline) return false;
      await sleep(pause);
      members = await this.#living();
      quietLooks = members.length === 0 ? quietLooks + 1 : 0;
    }
    return true;
  }

  async #living(): Promise<readonly number[]> {
    const [table, marked] = await Promise.all([readProcessTable(), findByEnvironment(this.#marks)]);
    this.adopt(table);
    const members = new Set(this.presentIn(table).flatMap((entry) => (entry.ended ? [] : [entry.pid])));
    for (const pid of marked) if (table.get(pid)?.ended === false) members.add(pid);
    members.delete(process.pid);
    return [...members];
  }

  /** Pids of all that were members at the last look. */
  get known(): Iterable<number> {
    return this.#known.keys();
  }

  /** The known members that a table still holds, those that have ended and were not collected included; forgets the others. */
  presentIn<Entry extends ProcessEntry>(table: ReadonlyMap<number, Entry>): readonly Entry[] {
    for (const [pid, startedAt] of this.#known) if (table.get(pid)?.startedAt !== startedAt) this.#known.delete(pid);
    return [...this.#known.keys()].flatMap((pid) => table.get(pid) ?? []);
  }

  /** Remembers those who belong to it. */
  adopt(candidates: ReadonlyMap<number, ProcessEntry>): void {
    // A child may be listed before its parent: look again until nobody is new. Each round finds one or is the last.
    for (let grown = true; grown;) {
      grown = false;
      for (const entry of candidates.values()) {
        if (this.#known.has(entry.pid) || !this.#belongs(entry)) continue;
        this.#remember(entry);
        grown = true;
      }
    }
  }

  /** Stops every known member where it is. */
  pause(): void {
    this.#signalKnown("SIGSTOP");
  }

  /** Lets every known member go on. */
  resume(): void {
    this.#signalKnown("SIGCONT");
  }

  /** Sends a signal to every known member but the first. */
  signalDescendants(signal: "SIGINT" | "SIGTERM"): void {
    this.#signalKnown(signal, this.#root);
  }

  #signalKnown(signal: NodeJS.Signals, spared?: number): void {
    for (const [pid, startedAt] of this.#known) {
      if (pid === spared) continue;
      // Its pid may belong to somebody else by now.
      const entry = readEntryNow(pid);
      if (pid === process.pid || (entry && entry.startedAt !== startedAt)) continue;
      if (entry || process.platform !== "linux") signalProcess(pid, signal);
    }
  }

  #belongs(entry: ProcessEntry): boolean {
    if (entry.pid === process.pid || this.#startedAt === undefined) return entry.pid === this.#root;
    if (entry.startedAt < this.#startedAt) return false;
    return this.#known.has(entry.parent) || this.#groups.has(entry.group) || this.#groups.has(entry.session);
  }

  #remember(entry: ProcessEntry): void {
    this.#startedAt ??= entry.startedAt;
    this.#known.set(entry.pid, entry.startedAt);
    this.#groups.add(entry.group).add(entry.session);
    this.#groups.delete(0);
  }
}

/** Ends every process that carries the variables in its environment, until none is left or 5 s are over; the number ended. */
export async function endMarked(variables: Readonly<Record<string, string>>): Promise<number> {
  const ended = new Set<number>();
  const deadline = performance.now() + KILL_DEADLINE_MS;
  let quietLooks = 0;
  for (let pause = FIRST_PAUSE_MS; performance.now() < deadline; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const [table, marked] = await Promise.all([readProcessTable(), findByEnvironment(variables)]);
    const kin = ancestorsOf(process.pid, table);
    const leftovers = marked.filter((pid) => !kin.has(pid) && table.get(pid)?.ended === false);
    quietLooks = leftovers.length === 0 ? quietLooks + 1 : 0;
    if (quietLooks === 2) break;
    for (const pid of leftovers) {
      signalProcess(pid, "SIGKILL");
      ended.add(pid);
    }
    await sleep(pause);
  }
  return ended.size;
}

/** Sends a signal to a process group; nothing happens when it is gone. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  signalProcess(-group, signal);
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Gone, or not ours any more: both leave nothing to do here.
    if (!["ESRCH", "EPERM"].includes(errorCode(error))) throw error;
  }
}

function ancestorsOf(pid: number, table: ProcessTable): ReadonlySet<number> {
  const found = new Set<number>();
  for (let next: number | undefined = pid; next !== undefined && !found.has(next); next = table.get(next)?.parent)
    found.add(next);
  return found;
}

/** Windows has no groups: its own tool walks the parents' links. Not tried on a real Windows machine. */
function endWithTaskkill(root: number): Promise<boolean> {
  return new Promise((resolve) => {
    execFile("taskkill", ["/PID", String(root), "/T", "/F"], { windowsHide: true }, (error) => resolve(error === null));
  });
}
