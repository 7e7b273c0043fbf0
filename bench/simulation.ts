/** A simulated run of a thousand tasks as a caller starts it, from the call to the settled result. */
import type { ExecuteInput } from "../src/schema/workflow.ts";
import { createServices } from "../src/services.ts";
import { shown, type Part } from "./figure.ts";
import { measureFresh, repeated, type Cell, type Measured } from "./fresh-process.ts";
import { withScratchFolder } from "./scratch-folder.ts";
import { taskShape } from "./task-shapes.ts";

const tasks = 1_000;
const times = 5;

/** The run in a process of its own. */
export const simulationCell: Cell = () =>
  withScratchFolder(async (stateFolder) => {
    const { runs } = createServices({ stateFolder });
    const { needs } = taskShape("layered", tasks);
    const input: ExecuteInput = {
      executor: "simulated",
      executionStrategy: "aggressive",
      maxParallelAgents: 10,
      simulation: { seed: 1, failureRate: 0, durationSigma: 0 },
      tasks: needs.map((list, task) => ({
        id: `t${task}`,
        description: `Task number ${task}`,
        estimatedMinutes: 1 + (task % 17),
        dependsOn: list.map((need) => `t${need}`),
      })),
    };
    const before = performance.now();
    const executionId = await runs.start(input, {});
    const { status } = await runs.wait(executionId, { waitMs: 60_000 });
    const ms = performance.now() - before;
    if (status !== "completed") throw new Error(`the simulated run ended as ${status}`);
    return { ms };
  });

/** The simulation's wall time. */
export const simulation: Part = {
  name: "simulation",
  about: `${tasks} simulated tasks in 10 agents without a workspace, journal and report on disk included; the least of ${times} fresh processes.`,
  async measure() {
    const measured: Measured[] = [];
    for (let time = 0; time < times; time++) measured.push(await measureFresh("simulation"));
    const ms = repeated(measured, "ms");
    if (typeof ms === "string") throw new Error(ms);
    return [
      {
        name: "simulated run of 1,000 tasks, start to report",
        unit: "ms",
        value: ms.least,
        target: 2_000,
        remark: `median ${shown(ms.median)}`,
      },
    ];
  },
};
