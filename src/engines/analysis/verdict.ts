import { numberAt } from "../../util/number-at.ts";
import { roundTo } from "../../util/round-to.ts";
import { pathText } from "./graph/cycle-problem.ts";
import type { ConflictForecast } from "./predicted-conflicts.ts";
import { dependenciesText, type OpenOrder } from "./stated/open-order.ts";
import type { TaskGraph } from "./graph/task-graph.ts";
import { hasEstimate } from "./task-minutes.ts";

/** What the verdict rests on. */
export interface VerdictEvidence {
  readonly graph: TaskGraph;
  readonly sequentialMinutes: number;
  /** Makespan with the recommended agents. */
  readonly makespanMinutes: number;
  /** Makespan with as many agents as tasks. */
  readonly unboundedMinutes: number;
  readonly criticalMinutes: number;
  readonly criticalPath: readonly string[];
  readonly recommendedAgents: number;
  readonly maxParallelAgents: number | undefined;
  /** Conflicts that the schedule does not already keep apart. */
  readonly forecasts: readonly ConflictForecast[];
  /** Order that texts state and the plan does not keep. */
  readonly open: OpenOrder | undefined;
  /** Whether dependencies that the tasks suggest were left out for their number. */
  readonly leftOut: boolean;
}

/** Whether several agents are worth it, how sure that is, and what decided. */
export interface Verdict {
  readonly parallelizable: boolean;
  readonly confidence: number;
  readonly reasoning: string;
}

const worthwhileSpeedup = 1.15;
/** Of real pairs of independent changes that share a file, about one in four does not merge by itself. */
const conflictGivenSharedFile = 0.25;
const same = (left: number, right: number): boolean => Math.abs(left - right) <= 1e-9 * Math.max(1, right);

/** Judges the plan by its speed-up with the recommended agents after the expected cost of conflicts. */
export function judge(evidence: VerdictEvidence): Verdict {
  const cost = expectedConflictMinutes(evidence);
  const gross = evidence.sequentialMinutes / evidence.makespanMinutes;
  const net = evidence.sequentialMinutes / (evidence.makespanMinutes + cost);
  const overlaps = !same(evidence.unboundedMinutes, evidence.sequentialMinutes);
  const parallelizable = overlaps && net >= worthwhileSpeedup;
  const numbers = { cost, gross, net, overlaps };
  return {
    parallelizable,
    confidence: confidenceOf(evidence, numbers),
    reasoning:
      (parallelizable ? parallelReason(evidence, numbers) : serialReason(evidence, numbers)) +
      openReason(evidence, numbers),
  };
}

interface Numbers {
  readonly cost: number;
  readonly gross: number;
  readonly net: number;
  readonly overlaps: boolean;
}

/** Minutes of rework to expect: in each group of tasks all but the longest may have to be done again. */
function expectedConflictMinutes(evidence: VerdictEvidence): number {
  const chances = new Map<number, number>();
  for (const forecast of evidence.forecasts) {
    const minutes = (task: number): number => numberAt(evidence.graph.minutes, task);
    const longest = forecast.taskNumbers.reduce((best, task) => (minutes(task) > minutes(best) ? task : best));
    for (const task of forecast.taskNumbers) {
      if (task !== longest) chances.set(task, Math.max(chances.get(task) ?? 0, forecast.probability));
    }
  }
  let cost = 0;
  for (const [task, chance] of chances) {
    cost += chance * conflictGivenSharedFile * numberAt(evidence.graph.minutes, task);
  }
  return cost;
}

/**
 * Estimates, stated dependencies and declared files make a verdict surer, and so does a speed-up far
 * from the threshold; predicted conflicts and order that texts state and the plan does not keep make it less sure. That
 * nothing can overlap does not depend on any estimate.
 */
function confidenceOf(evidence: VerdictEvidence, numbers: Numbers): number {
  if (!numbers.overlaps) return 95;
  const { tasks, count } = evidence.graph;
  const share = (has: (index: number) => boolean): number => tasks.filter((_, index) => has(index)).length / count;
  const estimated = share((index) => hasEstimate(tasks[index] ?? { id: "", description: "" }));
  const declared = share((index) => (tasks[index]?.writes?.length ?? 0) > 0);
  const stated = tasks.some((task) => (task.dependsOn?.length ?? 0) > 0) ? 1 : 0;
  const margin = Math.min(1, Math.abs(Math.log(numbers.net / worthwhileSpeedup)));
  const open = evidence.open?.dependencies.length ?? 0;
  const ignored = open > 0 ? 10 + Math.min(20, (40 * open) / count) : 0;
  const doubt = (evidence.leftOut ? 15 : 0) + ignored + Math.min(15, (30 * numbers.cost) / evidence.sequentialMinutes);
  const sum = 45 + 25 * estimated + 7 * stated + 8 * declared + 15 * margin - doubt;
  return Math.round(Math.min(99, Math.max(5, sum)));
}

function parallelReason(evidence: VerdictEvidence, numbers: Numbers): string {
  const { recommendedAgents, makespanMinutes, criticalMinutes } = evidence;
  const agents = `${recommendedAgents} agents`;
  const gain = `${evidence.graph.count} tasks take ${shown(evidence.sequentialMinutes)} minutes one after another and ${shown(makespanMinutes)} with ${agents}, ${speedup(numbers.gross)}.`;
  const limit = same(makespanMinutes, criticalMinutes)
    ? `The critical path ${pathText(evidence.criticalPath)} (${shown(criticalMinutes)} minutes) decides: no number of agents is faster.`
    : `The work per agent and the order decide; the critical path ${pathText(evidence.criticalPath)} alone takes ${shown(criticalMinutes)} minutes.`;
  const conflicts =
    numbers.cost > 0
      ? ` Conflicts are expected to cost about ${shown(numbers.cost)} minutes, which leaves ${speedup(numbers.net)}.`
      : "";
  return `Parallel is better: ${gain} ${limit}${conflicts}`;
}

function serialReason(evidence: VerdictEvidence, numbers: Numbers): string {
  const { criticalMinutes, sequentialMinutes, maxParallelAgents } = evidence;
  const path = pathText(evidence.criticalPath);
  if (!numbers.overlaps && same(criticalMinutes, sequentialMinutes)) {
    return `Serial is better because nothing can overlap: each task waits for the one before it (${path}).`;
  }
  if (!numbers.overlaps) {
    return "Serial is better because nothing can overlap: the tasks share files, mutexes or resources that only one of them can hold at a time.";
  }
  if (maxParallelAgents === 1) {
    return "Serial is better because maxParallelAgents is 1: with one agent nothing overlaps.";
  }
  if (numbers.gross >= worthwhileSpeedup) {
    return `Serial is better because of conflicts: ${speedup(numbers.gross)} without them, but about ${shown(numbers.cost)} minutes of rework are expected, which leaves ${speedup(numbers.net)} (worth it from ${worthwhileSpeedup}x).`;
  }
  const threshold = `(worth it from ${worthwhileSpeedup}x)`;
  const most = sequentialMinutes / criticalMinutes;
  if (most < worthwhileSpeedup) {
    return `Serial is better because the critical path ${path} takes ${shown(criticalMinutes)} of ${shown(sequentialMinutes)} minutes: no number of agents gains more than ${speedup(most)} ${threshold}.`;
  }
  return `Serial is better because the order of the tasks and what they share leave ${shown(evidence.makespanMinutes)} of ${shown(sequentialMinutes)} minutes: ${speedup(numbers.gross)} ${threshold}.`;
}

/** What the plan would gain if it kept what the texts state as well. */
function openReason({ open, sequentialMinutes }: VerdictEvidence, numbers: Numbers): string {
  if (!open || !numbers.overlaps) return "";
  const { dependencies, possible, orderedMinutes } = open;
  const many = dependencies.length > 1;
  const start = ` The texts state ${many ? `${dependencies.length} dependencies that are` : "a dependency that is"} not applied, because`;
  const which = `(${dependenciesText(dependencies)})`;
  if (possible === 0) return `${start} ${many ? "they contradict" : "it contradicts"} others ${which}.`;
  const unclear = possible < dependencies.length ? "unclear or contradict others" : "unclear";
  const gain = speedup(sequentialMinutes / orderedMinutes);
  const without = speedup(numbers.gross);
  const outcome = gain === without ? `still ${without}` : `${gain} instead of ${without}`;
  return `${start} ${many ? "they are" : "it is"} ${unclear} ${which}: with ${many ? "them" : "it"} the speed-up is ${outcome}.`;
}

function shown(minutes: number): string {
  return String(roundTo(minutes, minutes < 10 ? 2 : 1));
}

function speedup(value: number): string {
  return `${roundTo(value, 2)}x`;
}
