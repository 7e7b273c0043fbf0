import type { EventOf, PlannedTask, RunSpec } from "../../schema/event.ts";
import type { AgentAssignment } from "../execution/executor.ts";
import type { RunView } from "../progress/run-view.ts";
import { dependencyResults } from "./dependency-results.ts";

/** What an attempt was begun with. */
export interface AttemptStart {
  readonly spec: RunSpec;
  readonly view: RunView;
  readonly planned: { readonly task: PlannedTask; readonly order: number };
  readonly event: EventOf<"task.started">;
}

/** What is known of an agent's surroundings once they are made. */
export type AgentPlace = Pick<AgentAssignment, "folder" | "models" | "onProcess">;

/** Everything an agent is started with. */
export function agentAssignment({ spec, view, planned, event }: AttemptStart, place: AgentPlace): AgentAssignment {
  return {
    task: planned.task,
    order: planned.order,
    executionId: spec.executionId,
    agentId: event.agentId,
    attempt: event.attempt,
    goal: spec.title,
    strategy: spec.strategy,
    dependencies: dependencyResults(view, planned.task),
    previousError: view.tasks.get(event.taskId)?.previousError,
    limits: spec.constraints.resourceLimits,
    folder: place.folder,
    models: place.models,
    onProcess: place.onProcess,
  };
}
