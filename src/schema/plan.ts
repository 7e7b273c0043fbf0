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
  /** The mutex that keeps these tasks apart when it is named in `exclusive` of each; absent where there is one already. */
  readonly exclusive?: string;
}

/** How much of a repository an analysis rests on. */
export interface RepositoryFacts {
  /** Files whose paths were looked at. */
  readonly files: number;
  /** Commits over which changes were counted. */
  readonly commits: number;
  /** What was left out to keep within bounds, a sentence each. */
  readonly limits: readonly string[];
}

/** When a task would run. */
export interface Slot {
  readonly taskId: string;
  /** 1-based number of the agent. */
  readonly agent: number;
  readonly startMinute: number;
  readonly endMinute: number;
}

/** Something that would make the plan shorter, or plainer. */
export interface Improvement {
  readonly kind: "split-task" | "free-resource" | "redundant-dependency";
  readonly tasks: readonly string[];
  /** Minutes by which the whole would be shorter, as far as a quick schedule can tell. */
  readonly gainMinutes: number;
  readonly advice: string;
}

/** Minutes within which half, four in five, and 19 in 20 simulated runs ended. */
export interface MakespanQuantiles {
  readonly p50: number;
  readonly p80: number;
  readonly p95: number;
  /** How many runs were simulated. */
  readonly draws: number;
}

/** A schedule for a given number of agents, with the bound it is measured against. */
export interface Schedule {
  readonly agents: number;
  readonly makespanMinutes: number;
  /** What a run takes that meets the estimates: it starts tasks as they become possible, the longest chain first, and follows no slots. */
  readonly runMinutes?: number;
  /** No schedule with these agents can be shorter: by the critical path, the work per agent and resource, and what a search has proven. */
  readonly lowerBoundMinutes: number;
  readonly provenOptimal: boolean;
  /** 100 x (makespan - bound) / bound. */
  readonly gapPercent: number;
  readonly slots: readonly Slot[];
  /** The whole with estimates that are as wrong as estimates are; absent where planning time is 0 or tasks are many. */
  readonly quantiles?: MakespanQuantiles;
}

/** What analyze_task_parallelizability finds. */
export interface Analysis {
  /** What the whole work is, as the caller put it. */
  readonly taskDescription?: string;
  /** Whether several agents are worth it. */
  readonly parallelizable: boolean;
  /** How sure the verdict is, 0-100. */
  readonly confidence: number;
  /** What decided, in a sentence or two. */
  readonly reasoning: string;
  /** All tasks and dependencies, those found in texts and files included. */
  readonly dependencyGraph: WireGraph;
  /** Tasks that may run at the same time, batch by batch; empty where tasks wait for one another. */
  readonly suggestedBatches: readonly Batch[];
  /** Sequential minutes / makespan, without overhead. */
  readonly estimatedSpeedup: number;
  readonly risks: readonly Risk[];
  readonly hasCycles: boolean;
  /** Closed paths: the first id is repeated at the end. */
  readonly cycles: readonly (readonly string[])[];
  /** Task ids of the chain that the whole cannot be shorter than. */
  readonly criticalPath: readonly string[];
  readonly bottlenecks: readonly PlanBottleneck[];
  /** Dependencies that nobody stated, with what suggests them. */
  readonly implicitDependencies: readonly ImplicitDependency[];
  /** How much of the repository was looked at; absent where none was named. */
  readonly repository?: RepositoryFacts;
  /** Tasks that will probably touch the same thing. */
  readonly predictedConflicts: readonly PredictedConflict[];
  /** Who would work when; null where there is nothing to schedule. */
  readonly schedule: Schedule | null;
  readonly speedupByAgents: readonly { readonly agents: number; readonly speedup: number }[];
  /** Minutes when every batch waits for the whole of the one before it, and how many of them the schedule saves. */
  readonly barrier?: { readonly minutes: number; readonly costMinutes: number };
  /** What would help, the largest gain first. */
  readonly improvements?: readonly Improvement[];
  /** The fewest agents within 5 % of the best makespan. */
  readonly recommendedAgents: number;
  /** Minutes of all tasks one after another. */
  readonly sequentialMinutes: number;
  /** (tasks - levels) / (tasks - 1), 0-1. */
  readonly parallelEfficiency: number;
}
