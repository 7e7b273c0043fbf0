import { distribute } from "../engines/planning/distribute.ts";
import { distributionSummary } from "../report/distribution-text.ts";
import { optimizeInputSchema } from "../schema/tool-inputs.ts";
import { ok } from "../util/result.ts";
import { defineTool, taskExtras, readOnly } from "./define-tool.ts";

/** Spreads tasks over batches for a number of agents. */
export const optimizeTool = defineTool({
  name: "optimize_batch_distribution",
  title: "Spread tasks over batches",
  description: `Optimize the distribution of tasks over batches for a given number of agents: shortest time, most even load, or fewest conflicts.
Use it when the number of agents is fixed and batches are wanted. analyze_task_parallelizability already gives good batches and recommends the number of agents; execute_parallel_workflow does not need batches at all.
It runs nothing and changes nothing. Returns summary, next, batches, estimatedTotalTime (minutes, with that many agents), loadBalance (0-100), reasoning.
Example: {"tasks":[{"id":"a","description":"Write the API","estimatedMinutes":20},{"id":"b","description":"Write the form","estimatedMinutes":15}],"maxParallelAgents":2,"optimizationGoal":"balance-load"}`,
  annotations: readOnly,
  alwaysLoad: false,
  input: optimizeInputSchema,
  brief: ["tasks", "dependencyGraph"],
  unlisted: taskExtras,
  later: {},
  example: {
    tasks: [
      { id: "a", description: "Write the API", estimatedMinutes: 20 },
      { id: "b", description: "Write the form", estimatedMinutes: 15 },
    ],
    maxParallelAgents: 2,
    optimizationGoal: "balance-load",
  },
  handle({ detail: _detail, ...request }) {
    const distributed = distribute(request);
    if (!distributed.ok) return distributed;
    return ok({ summary: distributionSummary(distributed.value), next: null, ...distributed.value });
  },
});
