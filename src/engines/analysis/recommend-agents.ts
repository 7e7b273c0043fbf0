import { listDispatcher } from "./list-dispatcher.ts";
import { planSchedule } from "./schedule/plan-schedule.ts";
import type { TaskGraph } from "./graph/task-graph.ts";
import type { ScheduleOptions, TaskSchedule } from "./task-schedule.ts";

/** What so many agents come to. */
export interface CurvePoint {
  /** The agents that the best schedule uses; fewer than there are where more of them make it longer. */
  readonly agents: number;
  readonly makespanMinutes: number;
  /** The schedule itself, where it took more than a list schedule. */
  readonly schedule?: TaskSchedule;
}

/** The best schedules with 1, 2, 3, … agents; none is longer than the one before it. */
export type AgentCurve = readonly CurvePoint[];

/** What the curve is made from. */
export interface CurveOptions extends Omit<ScheduleOptions, "agents"> {
  readonly maxAgents: number;
  /** Minutes that no number of agents can beat; more agents are not tried once it is reached. */
  readonly floorMinutes: number;
  /** Whether each schedule is improved forwards and backwards; default false. */
  readonly improve?: boolean;
}

const goodEnough = 1.05;
/** Plans of more tasks are tried with fewer numbers of agents above the number beside it. */
const thinned = [
  { moreThan: 5_000, everyNumberUpTo: 4, stepsOfDoubling: 2 },
  { moreThan: 500, everyNumberUpTo: 6, stepsOfDoubling: 4 },
] as const;

/** Whether a plan with this number of agents is tried: of many tasks from 6 agents on only 8, 10, 12, 16, 20 and so on. */
function isTried(agents: number, { count, last }: { readonly count: number; readonly last: number }): boolean {
  const thin = thinned.find(({ moreThan }) => count > moreThan);
  if (!thin || agents <= thin.everyNumberUpTo || agents === last) return true;
  const step = 2 ** Math.floor(Math.log2(agents)) / thin.stepsOfDoubling;
  return agents % Math.max(2, step) === 0;
}

/**
 * Schedules the tasks with every number of agents up to `maxAgents`. Where one more agent makes a
 * list schedule longer (Graham's anomaly, 1969), the better one with fewer agents stands, and so it does for
 * numbers that are left out because there are many tasks.
 */
export function agentCurve(graph: TaskGraph, options: CurveOptions): AgentCurve {
  const dispatcher = listDispatcher(graph, options);
  const trial = (agents: number): CurvePoint => {
    if (!options.improve) return { agents, makespanMinutes: dispatcher.makespan(agents) };
    const { schedule } = planSchedule(graph, { ...options, agents });
    return { agents, makespanMinutes: schedule.makespanMinutes, schedule };
  };
  let best: CurvePoint = { agents: 1, makespanMinutes: graph.minutes.reduce((sum, minutes) => sum + minutes, 0) };
  const curve = [best];
  for (let agents = 2; agents <= options.maxAgents; agents++) {
    const reached = best.makespanMinutes <= options.floorMinutes * (1 + 1e-9);
    if (!reached && isTried(agents, { count: graph.count, last: options.maxAgents })) {
      const next = trial(agents);
      if (next.makespanMinutes < best.makespanMinutes) best = next;
    }
    curve.push(best);
  }
  return curve;
}

/** The fewest agents whose schedule is within 5 % of the best one. */
export function recommendAgents(curve: AgentCurve): number {
  const best = curve.at(-1)?.makespanMinutes ?? 0;
  const place = curve.findIndex((point) => point.makespanMinutes <= best * goodEnough + 1e-9);
  return Math.max(0, place) + 1;
}
