import { listSchedule, type ScheduleOptions, type TaskSchedule } from "./makespan.ts";
import { planSchedule } from "./schedule/plan-schedule.ts";
import type { TaskGraph } from "./task-graph.ts";

/** Schedules for 1, 2, 3, … agents; none is longer than the one before it. */
export type AgentCurve = readonly TaskSchedule[];

/** What the curve is made from. */
export interface CurveOptions extends Omit<ScheduleOptions, "agents"> {
  readonly maxAgents: number;
  /** Minutes that no number of agents can beat; more agents are not tried once it is reached. */
  readonly floorMinutes: number;
  /** Whether each schedule is improved forwards and backwards; default false. */
  readonly improve?: boolean;
}

const goodEnough = 1.05;
/** Plans of more tasks are tried with fewer numbers of agents above this one. */
const manyTasks = 500;
const everyNumberUpTo = 6;

/** Whether a plan with this number of agents is tried: of many tasks from 6 agents on only 8, 10, 12, 16, 20 and so on. */
function isTried(agents: number, { count, last }: { readonly count: number; readonly last: number }): boolean {
  if (count <= manyTasks || agents <= everyNumberUpTo || agents === last) return true;
  const step = 2 ** Math.floor(Math.log2(agents) - 2);
  return agents % Math.max(2, step) === 0;
}

/**
 * Schedules the tasks with every number of agents up to `maxAgents`. Where one more agent makes a
 * list schedule longer (Graham's anomaly, 1969), the better one with fewer agents stands, and so it does for
 * numbers that are left out because there are many tasks.
 */
export function agentCurve(graph: TaskGraph, options: CurveOptions): AgentCurve {
  const curve: TaskSchedule[] = [];
  let best: TaskSchedule | undefined;
  for (let agents = 1; agents <= Math.max(1, options.maxAgents); agents++) {
    const reached = best !== undefined && best.makespanMinutes <= options.floorMinutes * (1 + 1e-9);
    if (!best || (!reached && isTried(agents, { count: graph.count, last: options.maxAgents }))) {
      const next = options.improve
        ? planSchedule(graph, { ...options, agents }).schedule
        : listSchedule(graph, { ...options, agents });
      if (!best || next.makespanMinutes < best.makespanMinutes) best = next;
    }
    curve.push(best);
  }
  return curve;
}

/** The fewest agents whose schedule is within 5 % of the best one. */
export function recommendAgents(curve: AgentCurve): number {
  const best = curve.at(-1)?.makespanMinutes ?? 0;
  const place = curve.findIndex((schedule) => schedule.makespanMinutes <= best * goodEnough + 1e-9);
  return Math.max(0, place) + 1;
}
