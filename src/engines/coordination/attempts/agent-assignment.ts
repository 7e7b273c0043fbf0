import type { EventOf, PlannedTask, RunSpec } from "../../../schema/event.ts";
import type { AgentAssignment, DependencyResult, RedoneTask } from "../../execution/executor.ts";
import type { RunView } from "../../progress/run-view.ts";
import { dependencyResults } from "./dependency-results.ts";

/** What an attempt was begun with. */
export interface AttemptStart {
  readonly spec: RunSpec;
  readonly view: RunView;
  readonly planned: { readonly task: PlannedTask; readonly order: number };
  readonly event: EventOf<"task.started">;
  /** Present when a task that had succeeded is done again after the merge. */
  readonly again?: AttemptAgain;
}

/** A task that is done again: where it starts, and what its agent is told. */
export interface AttemptAgain {
  /** The commit it starts from; the results of its dependencies if undefined. */
  readonly start: string | undefined;
  readonly redo: RedoneTask;
  /** Results that are in its folder besides those of its dependencies. */
  readonly others: readonly DependencyResult[];
}

/** What is known of an agent's surroundings once they are made. */
export interface AgentPlace extends Pick<AgentAssignment, "folder" | "view" | "models" | "onProcess"> {
  /** Tasks whose results are in the folder besides those of its dependencies. */
  readonly onTopOf: readonly string[];
}

/** Everything an agent is started with. */
export function agentAssignment(start: AttemptStart, place: AgentPlace): AgentAssignment {
  const { spec, view, planned, event, again } = start;
  const built = dependencyResults(view, [...planned.task.needs, ...place.onTopOf]);
  return {
    task: planned.task,
    order: planned.order,
    executionId: spec.executionId,
    agentId: event.agentId,
    attempt: event.attempt,
    goal: spec.title,
    strategy: spec.strategy,
    dependencies: again ? [...built, ...again.others] : built,
    previousError: again ? undefined : view.tasks.get(event.taskId)?.previousError,
    insteadOf: event.fallback && view.tasks.get(event.taskId)?.task.description,
    redo: again?.redo,
    limits: spec.constraints.resourceLimits,
    folder: place.folder,
    view: place.view,
    models: place.models,
    onProcess: place.onProcess,
  };
}
