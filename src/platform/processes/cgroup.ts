import { randomBytes } from "node:crypto";
import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { KernelLimits } from "../../ports/processes.ts";
import { errorCode } from "../error-code.ts";

/** A control group (version 2) below which this process may make groups of its own. */
export interface CgroupParent {
  readonly folder: string;
  readonly files: CgroupFiles;
  /** What the kernel really takes limits for here; which of both depends on what was delegated. */
  readonly memory: boolean;
  readonly cpu: boolean;
}

/** The control group of one program and all it starts. */
export interface Cgroup extends KernelLimits {
  /** Words that go before a program's argv and put it into the group before it does anything. */
  readonly prefix: readonly string[];
  /** Ends everybody in the group, where the kernel can do that, and removes it. */
  remove(): Promise<void>;
}

/** What is done with the kernel's files, which behave unlike others: a new folder is full of them. */
export interface CgroupFiles {
  makeFolder(path: string): Promise<unknown>;
  removeFolder(path: string): Promise<unknown>;
  read(path: string): Promise<string>;
  /** Writes a file that is there already. */
  write(path: string, value: string): Promise<unknown>;
}

/** Where the groups are, the group this process is in as told by the kernel, and how they are reached. */
export interface CgroupPlace {
  readonly root: string;
  readonly membership: string;
  readonly files: CgroupFiles;
}

const MEBIBYTE = 1024 * 1024;
const PERIOD_US = 100_000;
/** The kernel ends at once whom the watch would have given grace up to here. */
const MEMORY_MARGIN = 1.05;
/** The number of a process that means the one who writes it. */
const JOIN = 'echo 0 > "$0" && exec "$@"';

const kernelFiles: CgroupFiles = {
  makeFolder: (path) => mkdir(path),
  removeFolder: (path) => rmdir(path),
  read: (path) => readFile(path, "utf8"),
  write: (path, value) => writeFile(path, value, { flag: "r+" }),
};

/** Where the kernel tells of this process's group; undefined elsewhere than on Linux. */
export async function cgroupPlace(): Promise<CgroupPlace | undefined> {
  if (process.platform !== "linux") return undefined;
  const told = await attempt(() => readFile("/proc/self/cgroup", "utf8"));
  return told === undefined ? undefined : { root: "/sys/fs/cgroup", membership: told, files: kernelFiles };
}

/**
 * Finds out whether limits can be set, by setting them on a group made for that: permissions and lists of controllers
 * promise more than the kernel keeps. Tries the own group, then the one above, where a service manager delegates.
 */
export async function probeCgroup(place: CgroupPlace): Promise<CgroupParent | undefined> {
  const path = /^0::(\/.*)$/m.exec(place.membership)?.[1];
  if (path === undefined) return undefined;
  const { root, files } = place;
  const own = join(root, path);
  for (const folder of own === root ? [own] : [own, dirname(own)]) {
    const probe = join(folder, groupName());
    if (!(await succeeds(files.makeFolder(probe)))) continue;
    const memory = await succeeds(files.write(join(probe, "memory.max"), String(1_024 * MEBIBYTE)));
    const cpu = await succeeds(files.write(join(probe, "cpu.max"), `${PERIOD_US / 2} ${PERIOD_US}`));
    await succeeds(files.removeFolder(probe));
    if (memory || cpu) return { folder, files, memory, cpu };
  }
  return undefined;
}

/** Makes a group for one program; undefined when that fails, and then the program goes without. */
export async function openCgroup({ folder, files, memory, cpu }: CgroupParent): Promise<Cgroup | undefined> {
  const group = join(folder, groupName());
  if (!(await succeeds(files.makeFolder(group)))) return undefined;
  const set = (file: string, value: string): Promise<boolean> => succeeds(files.write(join(group, file), value));
  const look = async (): Promise<boolean> => {
    const events = await attempt(() => files.read(join(group, "memory.events")));
    return Number(/^oom_kill (\d+)$/m.exec(events ?? "")?.[1] ?? 0) > 0;
  };
  /** What the last look found before the group was removed. */
  let lastLook: Promise<boolean> | undefined;
  return {
    prefix: ["/bin/sh", "-c", JOIN, join(group, "cgroup.procs")],
    async set({ maxMemoryMB, maxCPUPercent }) {
      if (memory && maxMemoryMB !== undefined) {
        // All or nobody: an agent that lost one of its programs to the kernel would go on in a way nobody knows.
        await set("memory.oom.group", "1");
        await set("memory.max", String(Math.floor(MEMORY_MARGIN * maxMemoryMB * MEBIBYTE)));
      }
      if (cpu && maxCPUPercent !== undefined)
        await set("cpu.max", `${Math.round((maxCPUPercent / 100) * PERIOD_US)} ${PERIOD_US}`);
    },
    memoryExceeded: () => lastLook ?? look(),
    async remove() {
      lastLook ??= look();
      await lastLook;
      await set("cgroup.kill", "1");
      await succeeds(files.removeFolder(group));
    },
  };
}

function groupName(): string {
  return `parallelization-${process.pid}-${randomBytes(6).toString("hex")}`;
}

/** Whether the kernel takes it; a file that is not there belongs to a controller that was not delegated. */
async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return (await attempt(() => work.then(() => true))) ?? false;
}

/** What the kernel refuses, in whatever words, is not to be had. */
async function attempt<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    if (errorCode(error) !== "") return undefined;
    throw error;
  }
}
