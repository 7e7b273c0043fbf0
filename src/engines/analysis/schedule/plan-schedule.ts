import { floatAt, intAt } from "../../../util/typed-at.ts";
import { orderByKey } from "../../../util/order-by-key.ts";
import { KeyedHeap } from "../../../util/keyed-heap.ts";
import { bottomLevels } from "../graph/critical-path.ts";
import { dispatchRank, listSchedule, rankByKey } from "../makespan.ts";
import type { Competition, TaskSchedule } from "../task-schedule.ts";
import type { TaskGraph } from "../graph/task-graph.ts";
import { bestSchedule } from "./best-schedule.ts";
import { simpleBound } from "./energetic-bound.ts";
import type { SearchBudget } from "./incumbent.ts";
import { scheduleProblem, type ScheduleProblem } from "./schedule-problem.ts";

/** A schedule with the bound it is measured against. */
export interface BoundedSchedule {
  readonly schedule: TaskSchedule;
  /** Minutes that no schedule can beat. */
  readonly boundMinutes: number;
  /** The schedule is as short as the bound. */
  readonly provenOptimal: boolean;
}

/** What is scheduled, and how much effort goes into it. */
export interface PlanOptions extends Competition {
  /** Absent: only the instant plan. */
  readonly budget?: SearchBudget | undefined;
  /** The list schedule by longest chains, where the caller has it. */
  readonly byChain?: TaskSchedule | undefined;
}

/** A list schedule of more tasks is within a hair of the bound, and improving it costs the square of their number. */
export const mostTasksImproved = 2_000;
const nothing = { maxSteps: 0, shouldStop: () => false, seed: 0 };

/**
 * The shortest schedule that the budget allows. The instant plan is the best of longest chain and latest finish, each
 * dispatched as time goes on and one task at a time, improved forwards and backwards; the search starts from there and
 * stops at the bound. Priorities of tasks are not looked at, and which agent takes a task decides nothing.
 */
export function planSchedule(graph: TaskGraph, options: PlanOptions): BoundedSchedule {
  const listed = listPlans(graph, options);
  const best = listed.reduce((left, right) => (right.makespanMinutes < left.makespanMinutes ? right : left));
  const problem = scheduleProblem(graph, options);
  const bound = simpleBound(problem) * problem.unitMinutes;
  const proven = isSame(best.makespanMinutes, bound);
  if (proven || graph.count > mostTasksImproved) return bounded(best, bound);
  const known = listed.map((schedule) => inUnits(problem, schedule.startMinute));
  const found = bestSchedule(problem, { ...(options.budget ?? nothing), known });
  const schedule =
    found.makespan * problem.unitMinutes < best.makespanMinutes * (1 - 1e-9)
      ? withAgents(problem, found.starts, options.agents)
      : best;
  return bounded(schedule, found.bound * problem.unitMinutes);
}

function bounded(schedule: TaskSchedule, boundMinutes: number): BoundedSchedule {
  return { schedule, boundMinutes, provenOptimal: isSame(schedule.makespanMinutes, boundMinutes) };
}

function listPlans(graph: TaskGraph, options: PlanOptions): TaskSchedule[] {
  const byChain = options.byChain ?? listSchedule(graph, { ...options, rank: dispatchRank(graph) });
  if (graph.count > mostTasksImproved) return [byChain];
  const bottom = bottomLevels(graph);
  const tail = (task: number): number => floatAt(bottom, task) - floatAt(graph.minutes, task);
  const rank = rankByKey(bottom.map((_, task) => -tail(task)));
  return [byChain, listSchedule(graph, { ...options, rank })];
}

function isSame(minutes: number, bound: number): boolean {
  return minutes <= bound * (1 + 1e-9);
}

function inUnits(problem: ScheduleProblem, minutes: Float64Array): Float64Array {
  return minutes.map((value) =>
    problem.whole ? Math.round(value / problem.unitMinutes) : value / problem.unitMinutes,
  );
}

/** Gives every task the lowest-numbered agent that is free at its start. */
function withAgents(problem: ScheduleProblem, starts: Float64Array, agents: number): TaskSchedule {
  const { count, duration, unitMinutes } = problem;
  const ends = starts.map((start, task) => start + floatAt(duration, task));
  const byStart = orderByKey(starts);
  const numbers = Float64Array.from({ length: agents }, (_, agent) => agent);
  const idle = new KeyedHeap(numbers);
  for (let agent = 0; agent < agents; agent++) idle.push(agent);
  const running = new KeyedHeap(ends);
  const agentOf = new Int32Array(count);
  const busyMinutes = new Float64Array(agents);
  let makespan = 0;
  for (const task of byStart) {
    for (let next = running.peek(); next !== undefined; next = running.peek()) {
      if (floatAt(ends, next) > floatAt(starts, task)) break;
      running.pop();
      idle.push(intAt(agentOf, next) - 1);
    }
    const agent = idle.pop() ?? 0;
    agentOf[task] = agent + 1;
    running.push(task);
    busyMinutes[agent] = floatAt(busyMinutes, agent) + floatAt(duration, task) * unitMinutes;
    makespan = Math.max(makespan, floatAt(ends, task));
  }
  return {
    agents,
    makespanMinutes: makespan * unitMinutes,
    startMinute: starts.map((start) => start * unitMinutes),
    endMinute: ends.map((end) => end * unitMinutes),
    agentOf,
    busyMinutes,
  };
}
