import type { Schedule } from "../../schema/plan.ts";
import { orderByKey } from "../../util/order-by-key.ts";
import { roundTo } from "../../util/round-to.ts";
import { floatAt, intAt } from "../../util/typed-at.ts";
import { lowerBound } from "./lower-bound.ts";
import { listDispatcher, type ListDispatcher } from "./list-dispatcher.ts";
import { agentCurve, recommendAgents, type CurvePoint } from "./recommend-agents.ts";
import { mostTasksImproved, planSchedule, type BoundedSchedule } from "./schedule/plan-schedule.ts";
import type { TaskGraph } from "./graph/task-graph.ts";
import type { ScheduleOptions, TaskSchedule } from "./task-schedule.ts";

/** What a plan for a number of agents is made from. */
export interface AgentPlanRequest {
  readonly schedule: Omit<ScheduleOptions, "agents">;
  readonly criticalMinutes: number;
  readonly maxParallelAgents: number | undefined;
  /** Whether a shorter schedule is always welcome; false where the goal or the tasks' priorities fix the order. */
  readonly searchable: boolean;
  /** Whether a run dispatches in the order of this schedule: it knows nothing of goals but the shortest time. */
  readonly dispatchedSo: boolean;
  readonly planningBudgetMs: number;
  /** Whether the time for planning is used up. */
  readonly shouldStop: () => boolean;
}

/** Schedules for every sensible number of agents, and the one that is shown. */
export interface AgentPlan {
  readonly sequentialMinutes: number;
  /** Minutes with 1 to at most 20 agents. */
  readonly curve: readonly number[];
  readonly recommendedAgents: number;
  /** Minutes with the recommended agents. */
  readonly recommendedMinutes: number;
  /** Minutes with as many agents as tasks. */
  readonly unboundedMinutes: number;
  /** The agents the plan is shown for: those allowed, else those recommended. */
  readonly agents: number;
  readonly chosen: BoundedSchedule;
  /** Minutes of the list schedule with these agents, where a run dispatches in that order. */
  readonly runMinutes: number | undefined;
}

const curveAgents = 20;
const searchSeed = 1;
/** Tasks that a millisecond places; the same budget then gives the same plan on any machine that keeps up. */
const tasksPerMs = 5_000;
/** With so many tasks, placing one takes twice as long as with few. */
const tasksDoublingCost = 400;
const mostTasksOfImprovedCurve = 100;

/** Schedules the tasks for every sensible number of agents, picks one, and searches for the shortest schedule with it. */
export function planAgents(graph: TaskGraph, request: AgentPlanRequest): AgentPlan {
  const { schedule, criticalMinutes, maxParallelAgents } = request;
  const bound = (agents: number): number => lowerBound(graph, { agents, criticalMinutes, claims: schedule.claims });
  const useful = Math.min(graph.count, Math.max(curveAgents, maxParallelAgents ?? 0));
  const improve = request.searchable && request.planningBudgetMs > 0 && graph.count <= mostTasksOfImprovedCurve;
  const points = agentCurve(graph, { ...schedule, maxAgents: useful, floorMinutes: bound(graph.count), improve });
  const recommendedAgents = recommendAgents(points.slice(0, maxParallelAgents ?? curveAgents));
  const agents = maxParallelAgents ?? recommendedAgents;
  const dispatcher = listDispatcher(graph, schedule);
  const listed = scheduleAt(dispatcher, Math.min(agents, graph.count), points[Math.min(agents, points.length) - 1]);
  const chosen = searched(graph, request, { agents, listed, boundMinutes: bound(agents) });
  const found = chosen.schedule.makespanMinutes;
  const curve = points.map(({ makespanMinutes }, index) =>
    index + 1 >= agents ? Math.min(found, makespanMinutes) : makespanMinutes,
  );
  return {
    sequentialMinutes: graph.minutes.reduce((sum, minutes) => sum + minutes, 0),
    curve: curve.slice(0, curveAgents),
    recommendedAgents,
    recommendedMinutes: curve[recommendedAgents - 1] ?? 0,
    unboundedMinutes: Math.min(curve.at(-1) ?? 0, widestMinutes(graph, request)),
    agents,
    chosen,
    runMinutes: request.dispatchedSo ? dispatcher.makespan(Math.min(agents, graph.count)) : undefined,
  };
}

/** The schedule of a point of the curve, or a shorter one with all the agents there are. */
function scheduleAt(dispatcher: ListDispatcher, agents: number, point: CurvePoint | undefined): TaskSchedule {
  if (point?.schedule) return point.schedule;
  const all = dispatcher.schedule(agents);
  const isBest = point === undefined || point.agents === agents || all.makespanMinutes <= point.makespanMinutes;
  return isBest ? all : dispatcher.schedule(point.agents);
}

/** Where tasks compete for nothing but agents, as many agents as tasks take the time of the longest chain. */
function widestMinutes(graph: TaskGraph, { schedule, criticalMinutes }: AgentPlanRequest): number {
  if (schedule.claims.capacity.length === 0) return criticalMinutes;
  return listDispatcher(graph, schedule).makespan(graph.count);
}

interface Start {
  readonly agents: number;
  readonly listed: TaskSchedule;
  readonly boundMinutes: number;
}

/** The listed schedule, or a shorter one that the search finds within its budget. */
function searched(graph: TaskGraph, request: AgentPlanRequest, start: Start): BoundedSchedule {
  const { listed, boundMinutes } = start;
  const provenOptimal = listed.makespanMinutes <= boundMinutes * (1 + 1e-9);
  const asListed = { schedule: listed, boundMinutes: Math.min(boundMinutes, listed.makespanMinutes), provenOptimal };
  const searchable = request.searchable && request.planningBudgetMs > 0 && graph.count <= mostTasksImproved;
  if (provenOptimal || !searchable) return asListed;
  const cost = graph.count * (1 + graph.count / tasksDoublingCost);
  const maxSteps = Math.ceil((request.planningBudgetMs * tasksPerMs) / cost);
  const budget = { maxSteps, shouldStop: request.shouldStop, seed: searchSeed };
  const { claims } = request.schedule;
  const agents = Math.min(start.agents, graph.count);
  const found = planSchedule(graph, { claims, agents, budget, byChain: listed });
  if (found.schedule.makespanMinutes <= listed.makespanMinutes * (1 - 1e-9)) return found;
  const { makespanMinutes } = listed;
  const bound = Math.min(Math.max(found.boundMinutes, boundMinutes), makespanMinutes);
  return { schedule: listed, boundMinutes: bound, provenOptimal: makespanMinutes <= bound * (1 + 1e-9) };
}

/** The schedule as callers receive it. */
export function toWireSchedule(graph: TaskGraph, plan: Pick<AgentPlan, "agents" | "chosen" | "runMinutes">): Schedule {
  const { schedule, boundMinutes, provenOptimal } = plan.chosen;
  const makespan = schedule.makespanMinutes;
  const gap = provenOptimal ? 0 : Math.max(0, (100 * (makespan - boundMinutes)) / boundMinutes);
  const order = slotOrder(schedule);
  const slots = Array.from(order, (task) => ({
    taskId: graph.ids[task] as string,
    agent: intAt(schedule.agentOf, task),
    startMinute: roundTo(floatAt(schedule.startMinute, task), 6),
    endMinute: roundTo(floatAt(schedule.endMinute, task), 6),
  }));
  return {
    agents: plan.agents,
    makespanMinutes: roundTo(makespan, 6),
    ...(plan.runMinutes !== undefined && { runMinutes: roundTo(plan.runMinutes, 6) }),
    lowerBoundMinutes: roundTo(Math.min(boundMinutes, makespan), 6),
    provenOptimal,
    gapPercent: roundTo(gap, 2),
    slots,
  };
}

/** By start, then by agent. */
function slotOrder(schedule: TaskSchedule): Int32Array {
  const byAgent = orderByKey(Float64Array.from(schedule.agentOf));
  const starts = Float64Array.from(byAgent, (task) => roundTo(floatAt(schedule.startMinute, task), 6));
  return orderByKey(starts).map((place) => intAt(byAgent, place));
}
