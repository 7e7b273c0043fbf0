import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { parseStat } from "./parse-stat.ts";
import { errorCode } from "../error-code.ts";

/** One row of the machine's table of processes. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Grows with time; together with the pid it tells a process from a later one that got the same pid. */
  readonly startedAt: number;
  /** It has ended and only waits to be collected by its parent. */
  readonly ended: boolean;
}

/** The machine's processes at one moment, by pid. */
export type ProcessTable = ReadonlyMap<number, ProcessEntry>;

const run = promisify(execFile);
const FILES_AT_ONCE = 64;
const PS_OUTPUT_BYTES = 16 * 1024 * 1024;

/** Reads the table: from /proc on Linux, from `ps` elsewhere; empty on Windows, which has neither. */
export async function readProcessTable(): Promise<ProcessTable> {
  if (process.platform === "win32") return new Map();
  if (process.platform !== "linux") return readTableWithPs();
  return byPid(await forEachPid(readEntry));
}

/** Reads the table from `ps`, whose columns are the same on every Unix. */
export async function readTableWithPs(): Promise<ProcessTable> {
  const columns = "pid=,ppid=,pgid=,sess=,stat=,lstart=";
  const { stdout } = await run("ps", ["-A", "-o", columns], {
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C" },
    maxBuffer: PS_OUTPUT_BYTES,
  });
  return byPid(stdout.split("\n").flatMap((line) => parsePsLine(line) ?? []));
}

/** Reads one line of `ps -o pid=,ppid=,pgid=,sess=,stat=,lstart=`; undefined for anything else. */
export function parsePsLine(line: string): ProcessEntry | undefined {
  const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(.+?)\s*$/.exec(line);
  if (!match) return undefined;
  const [, pid, parent, group, session, state, started] = match;
  const startedAt = Date.parse(started ?? "");
  if (Number.isNaN(startedAt)) return undefined;
  return {
    pid: Number(pid),
    parent: Number(parent),
    group: Number(group),
    // macOS prints the address of the session instead of its id: then only the group is known.
    session: /^\d+$/.test(session ?? "") ? Number(session) : 0,
    startedAt,
    ended: state?.startsWith("Z") ?? false,
  };
}

/** Reads the row of one process at once, or undefined where it is gone or cannot be known without waiting. */
export function readEntryNow(pid: number): ProcessEntry | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    return entryOf(pid, readFileSync(`/proc/${pid}/stat`));
  } catch (error) {
    return ignoreVanished(error);
  }
}

/** The pids of the processes whose environment carries all of the variables, as far as this user may look. */
export async function findByEnvironment(variables: Readonly<Record<string, string>>): Promise<readonly number[]> {
  const wanted = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  if (wanted.length === 0 || process.platform === "win32") return [];
  if (process.platform !== "linux") return findByEnvironmentWithPs(wanted);
  return forEachPid(async (pid) => {
    const environment = await readEnvironment(pid);
    return wanted.every((pair) => environment.has(pair)) ? pid : undefined;
  });
}

async function readEnvironment(pid: number): Promise<ReadonlySet<string>> {
  try {
    return new Set((await readFile(`/proc/${pid}/environ`, "utf8")).split("\0"));
  } catch (error) {
    ignoreVanished(error);
    return new Set();
  }
}

async function findByEnvironmentWithPs(wanted: readonly string[]): Promise<readonly number[]> {
  const { stdout } = await run("ps", ["-A", "-E", "-ww", "-o", "pid=,command="], { maxBuffer: PS_OUTPUT_BYTES });
  return stdout.split("\n").flatMap((line) => {
    const words = line.trim().split(" ");
    return wanted.every((pair) => words.includes(pair)) ? [Number(words[0])] : [];
  });
}

/** Reads something of every process and keeps what there is; a few at a time, as each takes an open file. */
async function forEachPid<Value>(read: (pid: number) => Promise<Value | undefined>): Promise<readonly Value[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const values: Value[] = [];
  for (let from = 0; from < pids.length; from += FILES_AT_ONCE) {
    const some = await Promise.all(pids.slice(from, from + FILES_AT_ONCE).map(read));
    for (const value of some) if (value !== undefined) values.push(value);
  }
  return values;
}

async function readEntry(pid: number): Promise<ProcessEntry | undefined> {
  try {
    return entryOf(pid, await readFile(`/proc/${pid}/stat`));
  } catch (error) {
    return ignoreVanished(error);
  }
}

function entryOf(pid: number, line: Buffer): ProcessEntry | undefined {
  const stat = parseStat(line, line.length);
  if (stat === undefined) return undefined;
  const { parent, group, session, startedAt, ended } = stat;
  return { pid, parent, group, session, startedAt, ended };
}

/** A process may end, or belong to somebody else, between being listed and being read: neither is a failure. */
export function ignoreVanished(error: unknown): undefined {
  if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(errorCode(error))) return undefined;
  throw error;
}

function byPid(entries: readonly ProcessEntry[]): ProcessTable {
  return new Map(entries.map((entry) => [entry.pid, entry]));
}
