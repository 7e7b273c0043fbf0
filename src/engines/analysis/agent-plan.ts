import type { Schedule } from "../../schema/plan.ts";
import { roundTo } from "../../util/round-to.ts";
import { floatAt, intAt } from "../../util/typed-at.ts";
import { lowerBound } from "./lower-bound.ts";
import { listSchedule, type ScheduleOptions, type TaskSchedule } from "./makespan.ts";
import { agentCurve, recommendAgents } from "./recommend-agents.ts";
import { planSchedule, type BoundedSchedule } from "./schedule/plan-schedule.ts";
import type { TaskGraph } from "./task-graph.ts";

/** What a plan for a number of agents is made from. */
export interface AgentPlanRequest {
  readonly schedule: Omit<ScheduleOptions, "agents">;
  readonly criticalMinutes: number;
  readonly maxParallelAgents: number | undefined;
  /** Whether a shorter schedule is always welcome; false where the goal or the tasks' priorities fix the order. */
  readonly searchable: boolean;
  readonly planningBudgetMs: number;
  /** Whether the time for planning is used up. */
  readonly shouldStop: () => boolean;
}

/** Schedules for every sensible number of agents, and the one that is shown. */
export interface AgentPlan {
  readonly sequentialMinutes: number;
  /** For 1 to at most 20 agents. */
  readonly curve: readonly TaskSchedule[];
  readonly recommendedAgents: number;
  readonly recommended: TaskSchedule;
  /** With as many agents as tasks. */
  readonly unbounded: TaskSchedule;
  /** The agents the plan is shown for: those allowed, else those recommended. */
  readonly agents: number;
  readonly chosen: BoundedSchedule;
}

const curveAgents = 20;
const searchSeed = 1;
/** Tasks that a millisecond places; the same budget then gives the same plan on any machine that keeps up. */
const tasksPerMs = 5_000;
/** With so many tasks, placing one takes twice as long as with few. */
const tasksDoublingCost = 400;
const mostTasksImproved = 100;

/** Schedules the tasks for every sensible number of agents, picks one, and searches for the shortest schedule with it. */
export function planAgents(graph: TaskGraph, request: AgentPlanRequest): AgentPlan {
  const { schedule, criticalMinutes, maxParallelAgents } = request;
  const bound = (agents: number): number => lowerBound(graph, { agents, criticalMinutes, claims: schedule.claims });
  const useful = Math.min(graph.count, Math.max(curveAgents, maxParallelAgents ?? 0));
  const improve = request.searchable && request.planningBudgetMs > 0 && graph.count <= mostTasksImproved;
  const listed = agentCurve(graph, { ...schedule, maxAgents: useful, floorMinutes: bound(graph.count), improve });
  const recommendedAgents = recommendAgents(listed.slice(0, maxParallelAgents ?? curveAgents));
  const agents = maxParallelAgents ?? recommendedAgents;
  const chosen = searched(graph, request, {
    agents,
    listed: listed[Math.min(agents, listed.length) - 1] as TaskSchedule,
    boundMinutes: bound(agents),
  });
  const curve = listed.map((each, index) => (index + 1 >= agents ? shorter(chosen.schedule, each) : each));
  const last = curve.at(-1) as TaskSchedule;
  const widest = listSchedule(graph, { ...schedule, agents: graph.count });
  return {
    sequentialMinutes: graph.minutes.reduce((sum, minutes) => sum + minutes, 0),
    curve: curve.slice(0, curveAgents),
    recommendedAgents,
    recommended: curve[recommendedAgents - 1] as TaskSchedule,
    unbounded: shorter(last, widest),
    agents,
    chosen,
  };
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
  if (provenOptimal || !request.searchable || request.planningBudgetMs <= 0) return asListed;
  const cost = graph.count * (1 + graph.count / tasksDoublingCost);
  const maxSteps = Math.ceil((request.planningBudgetMs * tasksPerMs) / cost);
  const budget = { maxSteps, shouldStop: request.shouldStop, seed: searchSeed };
  const { claims } = request.schedule;
  const found = planSchedule(graph, { claims, agents: Math.min(start.agents, graph.count), budget });
  if (found.schedule.makespanMinutes <= listed.makespanMinutes * (1 - 1e-9)) return found;
  const { makespanMinutes } = listed;
  const bound = Math.min(Math.max(found.boundMinutes, boundMinutes), makespanMinutes);
  return { schedule: listed, boundMinutes: bound, provenOptimal: makespanMinutes <= bound * (1 + 1e-9) };
}

function shorter(left: TaskSchedule, right: TaskSchedule): TaskSchedule {
  return right.makespanMinutes < left.makespanMinutes ? right : left;
}

/** The schedule as callers receive it. */
export function toWireSchedule(graph: TaskGraph, plan: Pick<AgentPlan, "agents" | "chosen">): Schedule {
  const { schedule, boundMinutes, provenOptimal } = plan.chosen;
  const makespan = schedule.makespanMinutes;
  const gap = provenOptimal ? 0 : Math.max(0, (100 * (makespan - boundMinutes)) / boundMinutes);
  const slots = graph.ids.map((taskId, task) => ({
    taskId,
    agent: intAt(schedule.agentOf, task),
    startMinute: roundTo(floatAt(schedule.startMinute, task), 6),
    endMinute: roundTo(floatAt(schedule.endMinute, task), 6),
  }));
  return {
    agents: plan.agents,
    makespanMinutes: roundTo(makespan, 6),
    lowerBoundMinutes: roundTo(Math.min(boundMinutes, makespan), 6),
    provenOptimal,
    gapPercent: roundTo(gap, 2),
    slots: slots.toSorted((left, right) => left.startMinute - right.startMinute || left.agent - right.agent),
  };
}
