/** How far a program gets past its memory limit, and what watching many of them costs. */
import { tmpdir } from "node:os";
import { ResourceWatch } from "../src/engines/limits/resource-watch.ts";
import type { ResourceLimits } from "../src/engines/limits/resource-limits.ts";
import { childProcesses } from "../src/platform/processes/child-processes.ts";
import { systemClock } from "../src/platform/system-clock.ts";
import type { ChildProcess, Processes } from "../src/ports/processes.ts";
import { shown, type Part } from "./figure.ts";
import { measureFresh, repeated, type Cell, type Measured } from "./fresh-process.ts";

const limitMb = 512;
const mbPerSecond = 180;
const trees = 20;
const processesPerTree = 10;
const watchedMs = 5_000;
const times = 5;

/** Takes memory at a steady pace, says how much it has in every step, and does not end when it is asked to. */
const hog = `
const fs = require("fs"); const kept = []; let taken = 0; const began = Date.now();
process.on("SIGTERM", () => {});
setInterval(() => {
  while (taken < ${mbPerSecond} * (Date.now() - began) / 1000) { kept.push(Buffer.alloc(1048576, 1)); taken += 1; }
  console.log(Number(/^Pss:\\s+(\\d+)/m.exec(fs.readFileSync("/proc/self/smaps_rollup", "latin1"))[1]) / 1024);
}, 5);`;

/** Starts a program as an agent is started. */
export function startContained(processes: Processes, argv: readonly string[]): Promise<ChildProcess> {
  const env = { PATH: process.env["PATH"] ?? "" };
  return processes.start({ argv, cwd: tmpdir(), env, maxLineBytes: 1_000, contained: true });
}

/** Follows a program the way an attempt does. */
export function follow(processes: Processes, child: ChildProcess, limits: ResourceLimits) {
  const watch = new ResourceWatch({ clock: systemClock(), usage: processes.usage });
  const listener = {
    notice: () => undefined,
    overMemory: () => child.signal("SIGTERM"),
    fault: (error: unknown) => {
      throw error;
    },
  };
  return { watch, following: watch.follow({ child, kind: "bench", limits, listener }), listener };
}

/** Lets the hog run into its limit. */
export const memoryCell: Cell = async () => {
  const processes = childProcesses();
  await processes.containment();
  const child = await startContained(processes, [process.execPath, "-e", hog]);
  let highestMb = 0;
  child.onLine((line) => (highestMb = Math.max(highestMb, Number(line))));
  follow(processes, child, { maxMemoryMB: limitMb });
  await child.exited;
  await child.killTree();
  return { overshoot: (100 * (highestMb - limitMb)) / limitMb };
};

/** Watches many trees that are far from their limits, and counts this process's own CPU time. */
export const watchingCell: Cell = async () => {
  const processes = childProcesses({ strongest: "process-group" });
  await processes.containment();
  const family = `for n in ${Array.from({ length: processesPerTree - 1 }, (_, n) => n).join(" ")}; do sleep 600 & done; echo up; wait`;
  const children = await Promise.all(
    Array.from({ length: trees }, () => startContained(processes, ["/bin/sh", "-c", family])),
  );
  await Promise.all(children.map((child) => new Promise<void>((resolve) => child.onLine(() => resolve()))));
  const [first, ...rest] = children;
  if (!first) throw new Error("nothing was started");
  const { watch, listener } = follow(processes, first, { maxMemoryMB: 32_768 });
  for (const child of rest) watch.follow({ child, kind: "bench", limits: { maxMemoryMB: 32_768 }, listener });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const before = process.cpuUsage();
  const since = performance.now();
  await new Promise((resolve) => setTimeout(resolve, watchedMs));
  const { user, system } = process.cpuUsage(before);
  const percent = (100 * (user + system)) / 1_000 / (performance.now() - since);
  await Promise.all(children.map((child) => child.killTree()));
  return { percent };
};

/** Memory limits: how exact, and at what price. */
export const limitsMemory: Part = {
  name: "limits-memory",
  about: `A program that takes ${mbPerSecond} MB/s and ignores SIGTERM, against a limit of ${limitMb} MB, by its own account (memory it shares with others counted in parts); and this process's CPU time while it watches ${trees} programs of ${processesPerTree} processes each. ${times} fresh processes.`,
  async measure(say) {
    say("overshoot");
    const overshoots: Measured[] = [];
    for (let time = 0; time < times; time++) overshoots.push(await measureFresh("limits-memory"));
    say("price of watching");
    const prices: Measured[] = [];
    for (let time = 0; time < 3; time++) prices.push(await measureFresh("limits-watching"));
    const overshoot = repeated(overshoots, "overshoot");
    const price = repeated(prices, "percent");
    if (typeof overshoot === "string") throw new Error(overshoot);
    if (typeof price === "string") throw new Error(price);
    return [
      {
        name: `overshoot past ${limitMb} MB at ${mbPerSecond} MB/s`,
        unit: "%",
        value: overshoot.median,
        target: 10,
        remark: `least ${shown(overshoot.least)}`,
      },
      {
        name: `watching ${trees} agents of ${processesPerTree} processes, of one core`,
        unit: "%",
        value: price.least,
        target: 2,
        remark: `median ${shown(price.median)}`,
      },
    ];
  },
};
