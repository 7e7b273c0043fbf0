import { execFileSync } from "node:child_process";
import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { availableParallelism, loadavg, totalmem } from "node:os";
import type { Machine } from "../ports/machine.ts";
import type { Owner } from "../schema/event.ts";
import { readEntryNow } from "./processes/process-table.ts";

const ID_CHARACTERS = 26;
/** 32 characters without those that people confuse (Crockford's base 32). */
const ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const MEBIBYTE = 1024 * 1024;

/** The machine this process runs on. Known best on Linux, by /proc; elsewhere the system's own tools are asked. */
export function linuxMachine(): Machine {
  const bootId = readBootId();
  const self: Owner = { pid: process.pid, startTime: startTimeOf(process.pid) ?? "unknown", bootId };
  return {
    cores: availableParallelism(),
    // Takes the limits of a container into account.
    freeMemoryMb: () => Math.floor(process.availableMemory() / MEBIBYTE),
    totalMemoryMb: () => {
      const contained = process.constrainedMemory();
      const machine = totalmem();
      // Without a limit it is 0, or a number larger than any memory.
      return Math.floor((contained > 0 && contained < machine ? contained : machine) / MEBIBYTE);
    },
    load: () => loadavg()[0] ?? 0,
    self: () => self,
    isAlive: (owner) => owner.bootId === bootId && startTimeOf(owner.pid) === owner.startTime,
    newId: (prefix) => prefix + Array.from(randomBytes(ID_CHARACTERS), (byte) => ID_ALPHABET[byte & 31]).join(""),
    randomSeed: () => randomInt(2 ** 32),
  };
}

/** A fresh UUID, for programs that name their sessions so. */
export function newUuid(): string {
  return randomUUID();
}

/** When a process started, in the system's own words; undefined when there is none, or only its remains. */
function startTimeOf(pid: number): string | undefined {
  if (process.platform === "linux") {
    const entry = readEntryNow(pid);
    return entry === undefined || entry.ended ? undefined : String(entry.startedAt);
  }
  if (process.platform === "win32") {
    return ask("powershell", ["-NoProfile", "-Command", `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`]);
  }
  return ask("ps", ["-o", "lstart=", "-p", String(pid)]);
}

/** What tells this start of the machine from every other. */
function readBootId(): string {
  if (process.platform === "linux") return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  if (process.platform === "win32") {
    return (
      ask("powershell", [
        "-NoProfile",
        "-Command",
        "(Get-CimInstance Win32_OperatingSystem).LastBootUpTime.ToFileTimeUtc()",
      ]) ?? "unknown"
    );
  }
  return ask("sysctl", ["-n", "kern.boottime"]) ?? "unknown";
}

function ask(program: string, args: readonly string[]): string | undefined {
  try {
    const answer = execFileSync(program, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 10_000,
      windowsHide: true,
    });
    return answer.trim() || undefined;
  } catch (error) {
    // These tools answer "no such process" by their exit code.
    if (error instanceof Error && "status" in error) return undefined;
    throw error;
  }
}
