import type { Analysis } from "../../schema/plan.ts";
import type { TaskInput } from "../../schema/task.ts";
import { roundTo } from "../../util/round-to.ts";
import { cyclicWireGraph } from "./create-graph.ts";
import { cyclesText } from "./graph/cycle-problem.ts";
import { cycleRisk } from "./risks.ts";
import { taskMinutes } from "./task-minutes.ts";

const noPlan = {
  parallelizable: false,
  suggestedBatches: [],
  estimatedSpeedup: 1,
  risks: [],
  hasCycles: false,
  cycles: [],
  criticalPath: [],
  bottlenecks: [],
  implicitDependencies: [],
  predictedConflicts: [],
  schedule: null,
  speedupByAgents: [],
  recommendedAgents: 1,
  sequentialMinutes: 0,
  parallelEfficiency: 0,
} satisfies Partial<Analysis>;

/** The answer for work that nobody has split into tasks. */
export function answerWithoutTasks(): Analysis {
  return {
    ...noPlan,
    confidence: 0,
    reasoning: "No subtasks provided - cannot parallelize",
    dependencyGraph: { nodes: {}, edges: [] },
  };
}

/** The answer for tasks that wait for one another: no plan, and the cycles. */
export function answerWithCycles(tasks: readonly TaskInput[], cycles: readonly (readonly string[])[]): Analysis {
  return {
    ...noPlan,
    confidence: 100,
    reasoning: `Circular dependencies detected: ${cyclesText(cycles)}`,
    dependencyGraph: cyclicWireGraph(tasks),
    risks: [cycleRisk(cycles)],
    hasCycles: true,
    cycles,
    sequentialMinutes: roundTo(
      tasks.reduce((sum, task) => sum + taskMinutes(task), 0),
      6,
    ),
  };
}
