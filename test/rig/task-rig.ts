import type { TaskInput } from "../../src/schema/task.ts";
import { buildTaskGraph, type TaskGraph } from "../../src/engines/analysis/graph/task-graph.ts";

/** A task with minutes, dependencies, and whatever else a test needs. */
export function task(
  id: string,
  minutes?: number,
  dependsOn: readonly string[] = [],
  more: Partial<TaskInput> = {},
): TaskInput {
  return {
    id,
    description: `Do the work called ${id}`,
    ...(minutes === undefined ? {} : { estimatedMinutes: minutes }),
    ...(dependsOn.length > 0 ? { dependsOn: [...dependsOn] } : {}),
    ...more,
  };
}

/** The graph of tasks that are known to be free of cycles. */
export function graphOf(tasks: readonly TaskInput[]): TaskGraph {
  const built = buildTaskGraph(tasks);
  if (!built.ok) throw new Error(`cycles: ${JSON.stringify(built.error.cycles)}`);
  return built.value;
}

/** The value of a result that must have one. */
export function valueOf<Value>(
  result: { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: unknown },
): Value {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

/** The problem of a result that must be a refusal. */
export function problemOf<Failure>(
  result: { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: Failure },
): Failure {
  if (result.ok) throw new Error("not refused");
  return result.error;
}
