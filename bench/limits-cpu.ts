/** How well the CPU of a busy program is held, and what holding it costs. */
import { childProcesses } from "../src/platform/processes/child-processes.ts";
import type { Figure, Part } from "./figure.ts";
import { measureFresh, repeated, type Cell, type Measured } from "./fresh-process.ts";
import { follow, startContained } from "./limits-memory.ts";

const askedPercents = [50, 25] as const;
const cpuSeconds = 5;
const times = 3;

/** Burns CPU time, by its own account, and says so when it is done. */
const burner = `for (;;) {
  for (let turn = 0; turn < 1e5; turn++) Math.sqrt(turn);
  const { user, system } = process.cpuUsage();
  if (user + system >= ${cpuSeconds}e6) break;
}`;

/** Lets it burn its CPU time under a limit; the share is what it had of one core from its start to its end. */
export const cpuCell: Cell = async (asked) => {
  const processes = childProcesses();
  await processes.containment();
  const child = await startContained(processes, [process.execPath, "-e", burner]);
  child.onLine(() => undefined);
  const since = performance.now();
  const before = process.cpuUsage();
  const { following } = follow(processes, child, { maxCPUPercent: Number(asked) });
  const { exitCode } = await child.exited;
  const elapsedMs = performance.now() - since;
  const { user, system } = process.cpuUsage(before);
  await child.killTree();
  if (exitCode !== 0) throw new Error(`it did not complete: ${exitCode}`);
  return {
    share: (100_000 * cpuSeconds) / elapsedMs,
    price: (user + system) / 10 / elapsedMs,
    throttledMs: following.used.throttledMs,
  };
};

/** CPU limits: how exact, and at what price. */
export const limitsCpu: Part = {
  name: "limits-cpu",
  about: `A program with one busy thread that completes after ${cpuSeconds} s of CPU time, by its own account, while it is held to a part of one core; the middle of ${times} fresh processes.`,
  async measure(say) {
    const figures: Figure[] = [];
    for (const asked of askedPercents) {
      say(`${asked} %`);
      const measured: Measured[] = [];
      for (let time = 0; time < times; time++) measured.push(await measureFresh("limits-cpu", asked));
      const share = repeated(measured, "share");
      const price = repeated(measured, "price");
      if (typeof share === "string") throw new Error(share);
      if (typeof price === "string") throw new Error(price);
      figures.push({
        name: `CPU of a program held at ${asked} % of one core, off by`,
        unit: "%",
        value: (100 * Math.abs(share.median - asked)) / asked,
        target: 10,
        remark: `${share.median.toFixed(1)} % measured`,
      });
      figures.push({ name: `holding it at ${asked} %, of one core`, unit: "%", value: price.least });
    }
    return figures;
  },
};
