/** Whether a process that has played many runs is as small as before: heap after a full collection, open files, children. */
import { readdir, readFile } from "node:fs/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ExecuteInput } from "../src/schema/workflow.ts";
import { createServices } from "../src/services.ts";
import { shown, type Part } from "./figure.ts";
import { measureFresh, type Cell } from "./fresh-process.ts";
import { withScratchFolder } from "./scratch-folder.ts";
import { taskShape } from "./task-shapes.ts";

const runsBefore = 50;
const runsAfter = 250;
const tasks = 50;
const bytesPerMb = 1_024 * 1_024;

interface Held {
  readonly heapMb: number;
  readonly files: number;
  readonly children: number;
}

/** What the process holds on to when nothing is under way. */
async function held(collect: () => void): Promise<Held> {
  collect();
  const files = (await readdir("/proc/self/fd")).length;
  const children = (await readFile(`/proc/self/task/${process.pid}/children`, "utf8")).split(" ").filter(Boolean);
  return { heapMb: process.memoryUsage().heapUsed / bytesPerMb, files, children: children.length };
}

/** Plays the runs one after the other in a process of its own. */
export const leakCell: Cell = () =>
  withScratchFolder(async (stateFolder) => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const { runs } = createServices({ stateFolder });
    const { needs } = taskShape("layered", tasks);
    const input: ExecuteInput = {
      executor: "simulated",
      maxParallelAgents: 10,
      simulation: { seed: 1, failureRate: 0 },
      tasks: needs.map((list, task) => ({
        id: `t${task}`,
        description: `Task number ${task}`,
        dependsOn: list.map((need) => `t${need}`),
      })),
    };
    const play = async (count: number): Promise<void> => {
      for (let run = 0; run < count; run++) await runs.wait(await runs.start(input, {}), { waitMs: 60_000 });
    };
    await play(runsBefore);
    const before = await held(collect);
    await play(runsAfter - runsBefore);
    const after = await held(collect);
    return {
      ratio: after.heapMb / before.heapMb,
      beforeMb: before.heapMb,
      afterMb: after.heapMb,
      files: after.files - before.files,
      children: after.children - before.children,
    };
  });

/** What many runs leave behind in a process. */
export const leak: Part = {
  name: "leak",
  about: `Heap after a full collection, open files and child processes of a process after ${runsAfter} simulated runs of ${tasks} tasks with 10 agents, over those after ${runsBefore} (Linux only).`,
  async measure() {
    if (process.platform !== "linux") return [];
    const measured = await measureFresh("leak");
    if ("failure" in measured) throw new Error(String(measured.failure));
    const { ratio = Number.NaN, beforeMb = 0, afterMb = 0, files = 0, children = 0 } = measured;
    const more = (count: number): string => (count > 0 ? `+${count}` : String(count));
    const remark = `${shown(beforeMb)} and ${shown(afterMb)} MB; open files ${more(files)}, child processes ${more(children)}`;
    return [{ name: "heap after many runs over heap after a few", unit: "×", value: ratio, target: 1.05, remark }];
  },
};
