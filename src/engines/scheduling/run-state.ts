import type { RunSpec } from "../../schema/event.ts";
import type { RunStatus } from "../../schema/workflow.ts";
import { KeyedHeap } from "../../util/keyed-heap.ts";
import { intAt } from "../../util/typed-at.ts";
import { Admission } from "./admission.ts";
import { indexTasks, taskNumber, type TaskIndex } from "./task-index.ts";

/** Where a task stands for the scheduler. The numbers index `counts`. */
export const standing = {
  waiting: 0,
  ready: 1,
  running: 2,
  succeeded: 3,
  failed: 4,
  skipped: 5,
} as const;

/** Why a task was skipped, which decides what brings it back. The numbers are in `skipCauses`. */
export const skipCause = {
  none: 0,
  /** Something it depends on failed or was skipped. */
  dependency: 1,
  /** Nothing new starts after a failure. */
  stop: 2,
  /** It could not be started. */
  itself: 3,
  /** Nothing new starts any more. */
  closed: 4,
  /** The user decided to do without it. */
  will: 5,
} as const;

/** Stages in the life of a run; it only ever moves to the right. */
export type Phase = "new" | "capturing" | "working" | "merging" | "applying" | "finished";

/**
 * Everything the scheduler knows of a run. It belongs to `transition`, which updates it in place
 * so that an event costs O(log n) whatever the size of the run; nobody else may write to it.
 */
export interface RunState {
  readonly spec: RunSpec;
  readonly index: TaskIndex;
  readonly admission: Admission;
  phase: Phase;
  /** One `standing` per task. */
  readonly standings: Uint8Array;
  /** How many tasks have each standing. */
  readonly counts: Int32Array;
  /** How many dependencies of each task have not succeeded yet. */
  readonly unmet: Int32Array;
  readonly attempts: Int32Array;
  /** How many of a task's attempts were made before it was last retried; those no longer count. */
  readonly attemptsBefore: Int32Array;
  /** One `skipCause` per task. */
  readonly skipCauses: Uint8Array;
  /** Retried tasks, and what they need, that have not ended since; what is in it starts out of turn. */
  readonly retrying: Set<number>;
  /** How many of its own skips of each task the scheduler has not been told of yet. */
  readonly skipsAnnounced: Int32Array;
  /** Why running tasks that the user has skipped are to be skipped when they have ended. */
  readonly skipWanted: Map<number, string>;
  /** The failed task because of which nothing new starts for now (S5). */
  stoppedBy: number | undefined;
  /** Ready tasks that wait for the end of that stop. */
  heldByStop: number[];
  /** 1 for each task whose turn it is to be done by its fallback. */
  readonly inFallback: Uint8Array;
  /** Number of the agent that works on each running task. */
  readonly agentOf: Int32Array;
  readonly ready: KeyedHeap;
  /** Numbers of the agents that are free, lowest first. */
  readonly freeAgents: KeyedHeap;
  /** What each agent is called, by its number. */
  readonly agentIds: readonly string[];
  /** Modes `batch` and `pipeline`: the batch of each task, how many of each batch are unsettled, and the batch at work. */
  readonly batchOf: Int32Array;
  readonly unsettledInBatch: Int32Array;
  /** Ready tasks of batches whose turn has not come. */
  readonly parked: number[][];
  currentBatch: number;
  /** Tasks that are not to start while one of these runs, because they would write what those came together over. */
  readonly behind: Map<number, Set<number>>;
  /** Ready tasks that wait for a running one to end, by that one. */
  readonly waitingBehind: Map<number, number[]>;
  /** Why nothing new may start any more. */
  closedBecause: string | undefined;
  cancelled: boolean;
  timedOut: boolean;
  /** A start delay is running; nothing starts until it has elapsed. */
  delaying: boolean;
  /** Nothing starts until the run is resumed. */
  paused: boolean;
  /** How many tasks may run at once at present. */
  capacity: number;
  readonly mergedCount: { held: number; applyRefused: boolean };
  outcome: RunStatus | undefined;
}

/** The state of a run about which nothing has happened yet but that it was created. */
export function initialState(spec: RunSpec): RunState {
  const index = indexTasks(spec.tasks);
  const { ranks } = index;
  const count = spec.tasks.length;
  const agents = spec.mode === "sequential" ? 1 : spec.maxParallelAgents;
  const agentNumbers = Float64Array.from({ length: agents + 1 }, (_, agent) => agent);
  const freeAgents = new KeyedHeap(agentNumbers);
  for (let agent = 1; agent <= agents; agent++) freeAgents.push(agent);
  const counts = new Int32Array(6);
  counts[standing.waiting] = count;
  const { batchOf, sizes } = indexBatches(spec, index);
  // In a pipeline the phase ahead gets only the agents that the phase before it has no work for.
  const turns = new Float64Array(count);
  for (let task = 0; task < count; task++) turns[task] = intAt(batchOf, task) * count + intAt(ranks, task);
  return {
    spec,
    index,
    admission: new Admission(spec),
    phase: "new",
    standings: new Uint8Array(count),
    counts,
    unmet: index.needCount.slice(),
    attempts: new Int32Array(count),
    attemptsBefore: new Int32Array(count),
    skipCauses: new Uint8Array(count),
    retrying: new Set(),
    skipsAnnounced: new Int32Array(count),
    skipWanted: new Map(),
    stoppedBy: undefined,
    heldByStop: [],
    inFallback: new Uint8Array(count),
    agentOf: new Int32Array(count),
    ready: new KeyedHeap(turns),
    freeAgents,
    agentIds: Array.from(agentNumbers, (agent) => `agent-${agent}`),
    batchOf,
    unsettledInBatch: sizes,
    parked: Array.from({ length: sizes.length }, () => []),
    currentBatch: 0,
    behind: new Map(),
    waitingBehind: new Map(),
    closedBecause: undefined,
    cancelled: false,
    timedOut: false,
    delaying: false,
    paused: false,
    capacity: agents,
    mergedCount: { held: 0, applyRefused: false },
    outcome: undefined,
  };
}

function indexBatches(spec: RunSpec, index: TaskIndex): { batchOf: Int32Array; sizes: Int32Array } {
  const batchOf = new Int32Array(spec.tasks.length);
  const sizes = new Int32Array(spec.batches.length);
  if (spec.mode !== "batch" && spec.mode !== "pipeline") return { batchOf, sizes };
  spec.batches.forEach((batch, number) => {
    for (const id of batch) batchOf[taskNumber(index, id)] = number;
    sizes[number] = batch.length;
  });
  return { batchOf, sizes };
}
