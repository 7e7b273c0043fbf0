import { aggregateProgressTool } from "./aggregate-progress.ts";
import { analyzeTool } from "./analyze-task-parallelizability.ts";
import { controlWorkflowTool } from "./control-workflow.ts";
import { createGraphTool } from "./create-dependency-graph.ts";
import type { Tool, ToolAnnotations } from "./define-tool.ts";
import { detectConflictsTool } from "./detect-conflicts.ts";
import { executeTool } from "./execute-parallel-workflow.ts";
import { listedSchema, type ListedSchema } from "./listed-schema.ts";
import { optimizeTool } from "./optimize-batch-distribution.ts";

/** Every tool, in the order in which clients list them. */
const tools: readonly Tool[] = [
  analyzeTool,
  createGraphTool,
  executeTool,
  aggregateProgressTool,
  detectConflictsTool,
  optimizeTool,
  controlWorkflowTool,
];

const byName = new Map(tools.map((tool) => [tool.name, tool]));

/** The tool of that name. */
export function findTool(name: string): Tool | undefined {
  return byName.get(name);
}

/** The names of all tools, in their order. */
export function toolNames(): readonly string[] {
  return tools.map((tool) => tool.name);
}

/** A tool as `tools/list` shows it. */
export interface ListedTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: ListedSchema;
  readonly annotations: ToolAnnotations;
  readonly _meta?: Readonly<Record<string, unknown>>;
}

/** All tools as `tools/list` shows them. Results have no schema there: clients ignore it, and every client would pay for it. */
export function listTools(): readonly ListedTool[] {
  return tools.map((tool) => ({
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: listedSchema(tool.input, { brief: tool.brief, unlisted: tool.unlisted ?? [] }),
    annotations: tool.annotations,
    ...(tool.alwaysLoad ? { _meta: { "anthropic/alwaysLoad": true } } : {}),
  }));
}
