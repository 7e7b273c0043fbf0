import type { ResourceClaims } from "./resource-claims.ts";

/** What tasks compete for. */
export interface Competition {
  readonly agents: number;
  readonly claims: ResourceClaims;
}

/** How to schedule: with how many agents, around which resources, in which order. */
export interface ScheduleOptions extends Competition {
  /** Place of each task among those that could start: lower goes first. */
  readonly rank: Int32Array;
  /** Which idle agent takes a task: the lowest number (default), or the one that has worked least. */
  readonly agentChoice?: "lowest" | "least-busy";
  /** Tasks of a batch start only when it is open. */
  readonly gates?: BatchGates | undefined;
}

/** Batches that open one after the other: the next when every task of the one before is done, or sooner. */
export interface BatchGates {
  /** Number of each task's batch. */
  readonly batchOf: Int32Array;
  /** How many batches after the first unfinished one are open as well. */
  readonly openAhead: number;
}

/** When each task runs and on which agent, by task number. */
export interface TaskSchedule {
  readonly agents: number;
  readonly makespanMinutes: number;
  readonly startMinute: Float64Array;
  readonly endMinute: Float64Array;
  /** 1-based. */
  readonly agentOf: Int32Array;
  /** Minutes of work of each agent; agent 1 first. */
  readonly busyMinutes: Float64Array;
}
