import type { ImplicitDependency } from "../../../schema/graph.ts";
import { assert } from "../../../util/assert.ts";
import { acyclicEdges } from "../graph/acyclic-edges.ts";
import type { AgentPlan } from "../agent-plan.ts";
import type { CompleteGraph } from "../create-graph.ts";
import { goalSchedule, type GoalRequest } from "../goals.ts";
import { listDispatcher } from "../list-dispatcher.ts";
import { buildTaskGraph } from "../graph/task-graph.ts";

/** Order that texts state and the plan does not keep, because it is unclear or contradicts other dependencies. */
export interface OpenOrder {
  readonly dependencies: readonly ImplicitDependency[];
  /** How many of them could be kept together with all that is in the graph. */
  readonly possible: number;
  /** Minutes of the plan without them. */
  readonly plannedMinutes: number;
  /** Minutes with those that could be kept as well, with as many agents. */
  readonly orderedMinutes: number;
}

/** A plan whose order may be incomplete. */
export interface PlannedOrder {
  readonly complete: CompleteGraph;
  readonly pursued: GoalRequest;
  readonly plan: Pick<AgentPlan, "recommendedAgents" | "recommendedMinutes">;
}

/** Whether a text states this dependency in words of order, and the graph does not have it. */
export function isOpen(dependency: ImplicitDependency): boolean {
  return dependency.stated === true && !dependency.applied;
}

/** What the plan would take if all stayed as it is and the stated order were kept too; undefined where all of it is kept. */
export function openOrder({ complete, pursued, plan }: PlannedOrder): OpenOrder | undefined {
  const { graph, implicit, found } = complete;
  const dependencies = implicit.filter(isOpen);
  if (dependencies.length === 0) return undefined;
  const edges = acyclicEdges(graph);
  const number = (id: string): number => graph.numberOf.get(id) ?? 0;
  const kept = dependencies.filter(({ from, to }) => edges.tryAdd(number(from), number(to)));
  const plannedMinutes = plan.recommendedMinutes;
  const ordered = buildTaskGraph(graph.tasks, [...found, ...kept]);
  assert(ordered.ok, "what closes no cycle closed one");
  const dispatcher = listDispatcher(ordered.value, goalSchedule(ordered.value, pursued));
  const listed = kept.length > 0 ? dispatcher.makespan(Math.min(plan.recommendedAgents, graph.count)) : plannedMinutes;
  // More order never makes the best plan shorter; a list schedule may happen to be.
  return { dependencies, possible: kept.length, plannedMinutes, orderedMinutes: Math.max(listed, plannedMinutes) };
}

/** "a → b ("after the parser"), …": three of the dependencies at most, with their words. */
export function dependenciesText(dependencies: readonly ImplicitDependency[]): string {
  const shown = dependencies.slice(0, 3).map(({ from, to, evidence }) => `${from} → ${to} ("${evidence}")`);
  return dependencies.length > shown.length ? `${shown.join(", ")}, …` : shown.join(", ");
}
