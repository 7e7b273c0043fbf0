import type { ImplicitDependency } from "../../schema/graph.ts";
import type { PlanBottleneck, PredictedConflict, Risk } from "../../schema/plan.ts";
import { numberAt } from "../../util/number-at.ts";
import { roundTo } from "../../util/round-to.ts";
import { cyclesText } from "./graph/cycle-problem.ts";
import { dependenciesText, isOpen, type OpenOrder } from "./stated/open-order.ts";
import type { ConflictForecast } from "./predicted-conflicts.ts";
import type { TaskGraph } from "./graph/task-graph.ts";
import { hasEstimate } from "./task-minutes.ts";

/** What the risks of a plan are judged from. */
export interface RiskEvidence {
  readonly graph: TaskGraph;
  readonly bottlenecks: readonly PlanBottleneck[];
  readonly implicit: readonly ImplicitDependency[];
  readonly forecasts: readonly ConflictForecast[];
  readonly sequentialMinutes: number;
  /** Order that texts state and the plan does not keep. */
  readonly open: OpenOrder | undefined;
  /** Whether dependencies that the tasks suggest were left out for their number. */
  readonly leftOut: boolean;
}

const namedConflicts = 5;
const worthAsking = 0.5;

/** The one risk of tasks that wait for one another. */
export function cycleRisk(cycles: readonly (readonly string[])[]): Risk {
  return {
    description: `Circular dependencies: ${cyclesText(cycles)}. None of these tasks can ever start`,
    severity: "critical",
    mitigation: "Remove one dependency of each cycle, or split a task in two.",
  };
}

/** What may keep the plan from working out, worst first. */
export function planRisks(evidence: RiskEvidence): Risk[] {
  return [
    ...conflictRisks(evidence.forecasts),
    ...openOrderRisk(evidence.open),
    ...leftOutRisk(evidence.leftOut),
    ...duplicateRisks(evidence.graph),
    ...bottleneckRisks(evidence.bottlenecks),
    ...longTaskRisk(evidence),
    ...unstatedOrderRisk(evidence.implicit),
    ...estimateRisk(evidence.graph),
  ];
}

function conflictRisks(forecasts: readonly ConflictForecast[]): Risk[] {
  const files = forecasts.filter((forecast) => !forecast.serialised);
  const mutexes = forecasts.filter((forecast) => forecast.serialised);
  const risks: Risk[] = files.slice(0, namedConflicts).map((conflict) => ({
    description: `${conflict.reason}: ${named(conflict)}`,
    severity: conflict.probability >= 0.5 ? "high" : "medium",
    mitigation: `Give ${conflict.resource} to one of them, add a dependency between them, or plan with optimizationGoal "minimize-conflicts".`,
  }));
  if (files.length > namedConflicts) {
    risks.push({
      description: `${files.length - namedConflicts} more resources are shared by tasks without an order between them`,
      severity: "medium",
      mitigation: "See predictedConflicts.",
    });
  }
  for (const mutex of mutexes.slice(0, namedConflicts)) {
    risks.push({
      description: `${mutex.reason}: ${named(mutex)}`,
      severity: "low",
      mitigation: "The schedule takes this into account; move what needs the mutex into one task if it costs too much.",
    });
  }
  return risks;
}

function named(conflict: PredictedConflict): string {
  const shown = conflict.tasks.slice(0, 6).join(", ");
  return conflict.tasks.length > 6 ? `${shown} and ${conflict.tasks.length - 6} more` : shown;
}

function duplicateRisks(graph: TaskGraph): Risk[] {
  const byText = new Map<string, string[]>();
  for (const task of graph.tasks) {
    const text = task.description.trim().toLowerCase();
    const ids = byText.get(text);
    if (ids) ids.push(task.id);
    else if (text !== "") byText.set(text, [task.id]);
  }
  const repeated = [...byText.values()].filter((ids) => ids.length > 1);
  return repeated.slice(0, namedConflicts).map((ids) => ({
    description: `Tasks ${ids.slice(0, 6).join(", ")}${ids.length > 6 ? ", …" : ""} have the same description: the work may be done ${ids.length} times`,
    severity: "medium",
    mitigation: "Remove the repeated tasks, or say what each of them is to do differently.",
  }));
}

function bottleneckRisks(bottlenecks: readonly PlanBottleneck[]): Risk[] {
  return bottlenecks.slice(0, 3).map((bottleneck) => ({
    description: `Task "${bottleneck.taskId}" is a bottleneck: ${bottleneck.reason}`,
    severity: "medium",
    mitigation: "Start it first, split it, or let the others begin against a stub of its result.",
  }));
}

function longTaskRisk(evidence: RiskEvidence): Risk[] {
  const { graph, sequentialMinutes } = evidence;
  if (graph.count < 3) return [];
  const minutes = graph.minutes.reduce((most, value) => Math.max(most, value), 0);
  if (minutes <= sequentialMinutes / 2) return [];
  const id = graph.ids[graph.minutes.indexOf(minutes)] ?? "";
  return [
    {
      description: `Task "${id}" alone is ${Math.round((100 * minutes) / sequentialMinutes)} % of the work (${roundTo(minutes, 1)} of ${roundTo(sequentialMinutes, 1)} minutes)`,
      severity: "medium",
      mitigation: `Split "${id}" into parts that can run at the same time.`,
    },
  ];
}

function openOrderRisk(open: OpenOrder | undefined): Risk[] {
  if (!open) return [];
  const { dependencies, possible } = open;
  const [planned, ordered] = [roundTo(open.plannedMinutes, 1), roundTo(open.orderedMinutes, 1)];
  const which = possible === dependencies.length ? "all of them" : `those ${possible} that close no cycle`;
  const takes = planned === ordered ? `still takes ${planned}` : `takes ${ordered} instead of ${planned}`;
  return [
    {
      description: `The texts state ${counted(dependencies.length)} that the plan does not keep: ${dependenciesText(dependencies)}`,
      severity: "medium",
      mitigation: `State those that are meant in dependsOn${possible > 0 ? `; with ${which} the plan ${takes} minutes` : ""}.`,
    },
  ];
}

function leftOutRisk(leftOut: boolean): Risk[] {
  if (!leftOut) return [];
  return [
    {
      description:
        "The tasks suggest more dependencies than are looked at (200,000 that texts state, 20,000 others): order may be missing in the plan",
      severity: "high",
      mitigation:
        "State in dependsOn what must wait, with one task in between where many wait for many, or analyze fewer tasks at once.",
    },
  ];
}

function unstatedOrderRisk(implicit: readonly ImplicitDependency[]): Risk[] {
  const hints = implicit.filter((each) => !each.applied && !isOpen(each) && each.confidence >= worthAsking);
  if (hints.length === 0) return [];
  return [
    {
      description: `What tasks make, touch or usually need suggests ${counted(hints.length)} not in the graph: ${dependenciesText(hints)}`,
      severity: "low",
      mitigation: "State those that are meant in dependsOn.",
    },
  ];
}

function counted(dependencies: number): string {
  return dependencies === 1 ? "1 dependency" : `${dependencies} dependencies`;
}

function estimateRisk(graph: TaskGraph): Risk[] {
  const missing = graph.tasks.filter((task) => !hasEstimate(task)).length;
  if (missing === 0) return [];
  const assumed = numberAt(
    graph.minutes,
    graph.tasks.findIndex((task) => !hasEstimate(task)),
  );
  return [
    {
      description: `${missing} of ${graph.count} tasks have no estimate; ${assumed} minutes each are assumed`,
      severity: "low",
      mitigation: "Give estimatedMinutes: the speed-up and the critical path depend on them.",
    },
  ];
}
