import { createDependencyGraph } from "../engines/analysis/create-graph.ts";
import { graphSummary } from "../report/graph-text.ts";
import { createGraphInputSchema } from "../schema/tool-inputs.ts";
import { ok } from "../util/result.ts";
import { defineTool, taskExtras, readOnly } from "./define-tool.ts";

/** Gives the dependency graph of tasks and nothing else. */
export const createGraphTool = defineTool({
  name: "create_dependency_graph",
  title: "Draw the dependency graph",
  description: `Create the dependency graph of tasks: which task needs which, in what level, where the cycles are, and which dependencies the texts suggest though nobody stated them.
Use it to look at the order of work alone, or before optimize_batch_distribution. Use analyze_task_parallelizability instead when the question is whether to run tasks in parallel: its result contains the graph.
It runs nothing and changes nothing. Returns summary, next, graph {nodes, edges}, implicitDependencies, hasCycles, cycles (closed paths).
Example: {"tasks":[{"id":"a","description":"Define the schema"},{"id":"b","description":"Write the queries","dependsOn":["a"]}]}`,
  annotations: readOnly,
  alwaysLoad: false,
  input: createGraphInputSchema,
  brief: [],
  unlisted: taskExtras,
  later: {},
  example: {
    tasks: [
      { id: "a", description: "Define the schema" },
      { id: "b", description: "Write the queries", dependsOn: ["a"] },
    ],
  },
  async handle({ detail: _detail, workspace, ...request }, { survey }) {
    const repository = workspace === undefined ? undefined : await survey(workspace, request.tasks);
    const created = createDependencyGraph({ ...request, repository });
    return created.ok ? ok({ summary: graphSummary(created.value), next: null, ...created.value }) : created;
  },
});
