import { execFile } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { ProcessTime } from "./cpu-account.ts";
import { parseStat } from "./parse-stat.ts";
import { ignoreVanished, parsePsLine } from "./process-table.ts";
import type { ProcessEntry } from "./process-table.ts";

/** A row of the machine's table of processes with what the process uses. */
export interface UsageEntry extends ProcessEntry, ProcessTime {
  readonly rssMb: number;
}

/** The machine's processes and what they use, by pid. */
export type UsageTable = ReadonlyMap<number, UsageEntry>;

const run = promisify(execFile);
const MEBIBYTE = 1024 * 1024;
const PS_OUTPUT_BYTES = 16 * 1024 * 1024;
/** Longer than any line of /proc/<pid>/stat. */
const stat = Buffer.alloc(4_096);
let units: { readonly pageMb: number; readonly tickMs: number } | undefined;

/** Reads the rows of these processes, or of all but those left out; elsewhere than on Linux always of all. */
export async function readUsageTable(
  pids?: readonly number[],
  leaveOut: (pid: number) => boolean = () => false,
): Promise<Map<number, UsageEntry>> {
  if (process.platform !== "linux") return new Map((await readUsageWithPs()).map((row) => [row.pid, row]));
  return readProc(pids ?? allPids().filter((pid) => !leaveOut(pid)));
}

/** Memory of a process in megabytes, with what it shares with others counted in parts; undefined where it is not told. */
export async function proportionalMb(pid: number): Promise<number | undefined> {
  if (process.platform !== "linux") return undefined;
  try {
    const kilobytes = /^Pss:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, "latin1"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1_024;
  } catch (error) {
    return ignoreVanished(error);
  }
}

/** Reads the table from `ps`, which does not tell what children have used that have ended. */
export async function readUsageWithPs(): Promise<readonly UsageEntry[]> {
  const columns = "pid=,ppid=,pgid=,sess=,stat=,rss=,time=,lstart=";
  const { stdout } = await run("ps", ["-A", "-o", columns], {
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C" },
    maxBuffer: PS_OUTPUT_BYTES,
  });
  return stdout.split("\n").flatMap((line) => parseUsageLine(line) ?? []);
}

/** Reads one line of `ps -o pid=,ppid=,pgid=,sess=,stat=,rss=,time=,lstart=`; undefined for anything else. */
export function parseUsageLine(line: string): UsageEntry | undefined {
  const match = /^(\s*\d+\s+\d+\s+\d+\s+\S+\s+\S+)\s+(\d+)\s+([\d:.,-]+)\s+(.+)$/.exec(line);
  const entry = match && parsePsLine(`${match[1]} ${match[4]}`);
  if (!entry) return undefined;
  return { ...entry, rssMb: Number(match[2]) / 1_024, ownMs: clockMs(match[3] ?? ""), childrenMs: 0 };
}

/** `1-02:03:04`, `02:03:04` or `3:04.56` in milliseconds. */
function clockMs(text: string): number {
  const [clock = "", days = "0"] = text.split("-").toReversed();
  const seconds = clock.split(":").reduce((sum, part) => 60 * sum + Number(part.replace(",", ".")), 0);
  return Math.round(1_000 * (86_400 * Number(days) + seconds));
}

function allPids(): readonly number[] {
  return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

/** Read at once, one after the other: these files are never waited for, and a thread for each costs ten times as much. */
function readProc(pids: readonly number[]): Map<number, UsageEntry> {
  units ??= readUnits();
  const { pageMb, tickMs } = units;
  const table = new Map<number, UsageEntry>();
  for (const pid of pids) {
    const length = readStat(pid);
    const line = length === undefined ? undefined : parseStat(stat, length);
    if (line === undefined) continue;
    const { ended, parent, group, session, startedAt, ticks, childTicks, pages } = line;
    const ownMs = ticks * tickMs;
    const childrenMs = childTicks * tickMs;
    table.set(pid, { pid, parent, group, session, startedAt, ended, ownMs, childrenMs, rssMb: pages * pageMb });
  }
  return table;
}

/** Reads the line of a process into `stat` and gives its length. */
function readStat(pid: number): number | undefined {
  let file: number | undefined;
  try {
    file = openSync(`/proc/${pid}/stat`, "r");
    return readSync(file, stat, 0, stat.length, 0);
  } catch (error) {
    return ignoreVanished(error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** What the kernel counts in, as it tells every program that it starts. */
function readUnits(): { readonly pageMb: number; readonly tickMs: number } {
  const told = readFileSync("/proc/self/auxv");
  const values = new Map<number, number>();
  for (let at = 0; at + 16 <= told.length; at += 16) {
    values.set(Number(told.readBigUInt64LE(at)), Number(told.readBigUInt64LE(at + 8)));
  }
  const pageBytes = values.get(6) ?? 4_096;
  const ticksPerSecond = values.get(17) ?? 100;
  return { pageMb: pageBytes / MEBIBYTE, tickMs: 1_000 / ticksPerSecond };
}
