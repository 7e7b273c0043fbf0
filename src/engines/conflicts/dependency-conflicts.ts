import type { AgentResultInput } from "../../schema/outcome.ts";
import { dependencyOptions } from "../../schema/resolution-options.ts";
import type { ConflictDraft } from "./file-conflicts.ts";
import type { Edge } from "./task-order.ts";

/**
 * Finds tasks that ran although something they depend on did not succeed. The order of the results
 * says nothing about the order of events and is not looked at.
 */
export function dependencyConflicts(
  results: readonly AgentResultInput[],
  edges: readonly Edge[],
): readonly ConflictDraft[] {
  const byTask = new Map<string, AgentResultInput[]>();
  for (const result of results) {
    const known = byTask.get(result.taskId);
    if (known) known.push(result);
    else byTask.set(result.taskId, [result]);
  }
  return edges.flatMap(({ from, to }) => {
    const needed = byTask.get(from);
    const dependents = byTask.get(to)?.filter(hasRun);
    if (!needed || needed.some((result) => result.success) || !dependents?.length) return [];
    return [describe(from, to, [...needed, ...dependents])];
  });
}

function hasRun(result: AgentResultInput): boolean {
  if (result["skipped"]) return false;
  return result.success || result.filesModified.length > 0 || (result.changes?.length ?? 0) > 0;
}

function describe(from: string, to: string, results: readonly AgentResultInput[]): ConflictDraft {
  const files = results.filter((result) => result.taskId === to).flatMap((result) => result.filesModified);
  return {
    type: "dependency",
    severity: "high",
    agents: [...new Set(results.map((result) => result.agentId))],
    tasks: [from, to],
    description: `'${to}' ran although '${from}', which it depends on, did not succeed.`,
    affectedResources: [...new Set(files)],
    detectionMethod: "dependency graph and results",
    locations: [],
    confidence: 0.95,
    resolutionOptions: dependencyOptions(to),
  };
}
