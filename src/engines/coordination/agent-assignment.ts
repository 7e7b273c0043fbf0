import type { EventOf, PlannedTask, RunSpec } from "../../schema/event.ts";
import type { AgentAssignment } from "../execution/executor.ts";
import type { RunView } from "../progress/run-view.ts";
import { dependencyResults } from "./dependency-results.ts";

/** Everything an agent is started with but its folder. */
export function agentAssignment(start: {
  readonly spec: RunSpec;
  readonly view: RunView;
  readonly planned: { readonly task: PlannedTask; readonly order: number };
  readonly event: EventOf<"task.started">;
}): Omit<AgentAssignment, "folder"> {
  const { spec, view, planned, event } = start;
  const { resourceLimits } = spec.constraints;
  const assignment = {
    task: planned.task,
    order: planned.order,
    executionId: spec.executionId,
    agentId: event.agentId,
    attempt: event.attempt,
    goal: spec.title,
    strategy: spec.strategy,
    dependencies: dependencyResults(view, planned.task),
    previousError: view.tasks.get(event.taskId)?.previousError,
  };
  return resourceLimits ? { ...assignment, limits: resourceLimits } : assignment;
}
