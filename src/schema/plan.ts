import type { ImplicitDependency, WireGraph } from "./graph.ts";
import type { TaskInput } from "./task.ts";

/** Tasks that may run at the same time. */
export interface Batch {
  /** `batch-1`, `batch-2`, … */
  readonly id: string;
  readonly tasks: readonly TaskInput[];
  /** Minutes the batch takes with the agents planned for. */
  readonly estimatedMinutes: number;
  readonly dependsOnBatches: readonly string[];
}

/** How bad something is. */
export type Severity = "low" | "medium" | "high" | "critical";

/** Something that may keep a plan from working out. */
export interface Risk {
  readonly description: string;
  readonly severity: Severity;
  readonly mitigation: string;
}

/** A task that holds others up. */
export interface PlanBottleneck {
  readonly taskId: string;
  readonly reason: string;
  /** How many tasks wait for it, directly or not. */
  readonly blocks: number;
  /** Minutes it may be late without delaying the end. */
  readonly slackMinutes: number;
}

/** Two or more tasks that will probably touch the same thing. */
export interface PredictedConflict {
  readonly tasks: readonly string[];
  readonly resource: string;
  /** 0-1. */
  readonly probability: number;
  readonly reason: string;
}

/** When a task would run. */
export interface Slot {
  readonly taskId: string;
  /** 1-based number of the agent. */
  readonly agent: number;
  readonly startMinute: number;
  readonly endMinute: number;
}

/** A schedule for a given number of agents, with the bound it is measured against. */
export interface Schedule {
  readonly agents: number;
  readonly makespanMinutes: number;
  /** No schedule with these agents can be shorter: max(critical path, work / agents). */
  readonly lowerBoundMinutes: number;
  readonly provenOptimal: boolean;
  /** 100 x (makespan - bound) / bound. */
  readonly gapPercent: number;
  readonly slots: readonly Slot[];
}

/** What analyze_task_parallelizability finds. */
export interface Analysis {
  /** What the whole work is, as the caller put it. */
  readonly taskDescription?: string;
  readonly parallelizable: boolean;
  /** How sure the verdict is, 0-100. */
  readonly confidence: number;
  readonly reasoning: string;
  readonly dependencyGraph: WireGraph;
  readonly suggestedBatches: readonly Batch[];
  /** Sequential minutes / makespan, without overhead. */
  readonly estimatedSpeedup: number;
  readonly risks: readonly Risk[];
  readonly hasCycles: boolean;
  /** Closed paths: the first id is repeated at the end. */
  readonly cycles: readonly (readonly string[])[];
  readonly criticalPath: readonly string[];
  readonly bottlenecks: readonly PlanBottleneck[];
  readonly implicitDependencies: readonly ImplicitDependency[];
  readonly predictedConflicts: readonly PredictedConflict[];
  readonly schedule: Schedule | null;
  readonly speedupByAgents: readonly { readonly agents: number; readonly speedup: number }[];
  /** The fewest agents within 5 % of the best makespan. */
  readonly recommendedAgents: number;
  readonly sequentialMinutes: number;
  /** (tasks - levels) / (tasks - 1), 0-1. */
  readonly parallelEfficiency: number;
}
