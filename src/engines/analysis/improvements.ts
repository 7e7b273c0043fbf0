import type { Improvement } from "../../schema/plan.ts";
import { roundTo } from "../../util/round-to.ts";
import { floatAt } from "../../util/typed-at.ts";
import { predecessorCount, predecessorsOf } from "./graph/adjacency.ts";
import type { CriticalPath } from "./graph/critical-path.ts";
import { withHalves } from "./graph/halved-graph.ts";
import { listDispatcher } from "./list-dispatcher.ts";
import { dispatchRank } from "./makespan.ts";
import { isBefore, mostTasksClosed, type Reachability } from "./graph/reachability.ts";
import { planSchedule } from "./schedule/plan-schedule.ts";
import type { TaskGraph } from "./graph/task-graph.ts";
import type { Competition } from "./task-schedule.ts";

/** What a plan is looked at with. */
export interface ImprovementRequest extends Competition {
  readonly graph: TaskGraph;
  readonly path: CriticalPath;
  readonly reach: Reachability;
  /** Minutes of the plan as it is. */
  readonly makespanMinutes: number;
}

const mostTried = 5;
const mostRedundant = 5;
const mostTriedOfMany = 2;
const mostTasksSearched = 100;
/** A change that gains less than this share is not worth telling. */
const worthwhile = 0.02;

/**
 * What would make the plan shorter, the largest gain first, each tried out with a schedule of its own: the longest
 * tasks of the critical path in two halves, and mutexes and resources without their limit. Then dependencies that
 * others imply: they cost nothing but make the plan look more serial than it is.
 */
export function findImprovements(given: ImprovementRequest): Improvement[] {
  // A plan that balances load may be longer than it has to be: what a better order gains is no change's merit.
  const makespanMinutes = Math.min(given.makespanMinutes, makespan(given.graph, given));
  const request = { ...given, makespanMinutes };
  const gains = [...splits(request), ...freedResources(request)];
  gains.sort((left, right) => right.gainMinutes - left.gainMinutes);
  return [...gains, ...redundantEdges(request)];
}

function splits(request: ImprovementRequest): Improvement[] {
  const { graph, path } = request;
  const numbers = path.taskIds.map((id) => graph.numberOf.get(id) ?? 0);
  // A whole task can be had again from its halves by waiting for the second: that is all that splitting can gain.
  const worthSplitting = numbers.filter(
    (number) => floatAt(graph.minutes, number) / 2 >= worthwhile * request.makespanMinutes,
  );
  worthSplitting.sort((left, right) => floatAt(graph.minutes, right) - floatAt(graph.minutes, left));
  return worthSplitting.slice(0, triesFor(graph)).flatMap((number) => {
    const halved = withHalves(graph, number);
    const ofTask = [...request.claims.ofTask, request.claims.ofTask[number] ?? []];
    const minutes = makespan(halved, { ...request, claims: { ...request.claims, ofTask } });
    const id = graph.ids[number] as string;
    return worthTelling(request, minutes, {
      kind: "split-task",
      tasks: [id],
      advice: `Split "${id}" into two parts that can run at the same time.`,
    });
  });
}

function freedResources(request: ImprovementRequest): Improvement[] {
  const { graph, claims } = request;
  const load = new Float64Array(claims.capacity.length);
  claims.ofTask.forEach((list, task) => {
    for (const { resource, units } of list) {
      load[resource] =
        floatAt(load, resource) + (units * floatAt(graph.minutes, task)) / (claims.capacity[resource] ?? 1);
    }
  });
  const busiest = claims.names.flatMap((name, resource) => (name === "" ? [] : [resource]));
  busiest.sort((left, right) => floatAt(load, right) - floatAt(load, left));
  return busiest.slice(0, triesFor(graph)).flatMap((resource) => {
    const users = claims.ofTask.flatMap((list, task) =>
      list.some((claim) => claim.resource === resource) ? [task] : [],
    );
    if (users.length < 2) return [];
    const ofTask = claims.ofTask.map((list) => list.filter((claim) => claim.resource !== resource));
    const minutes = makespan(graph, { ...request, claims: { ...claims, ofTask } });
    const name = claims.names[resource] as string;
    return worthTelling(request, minutes, {
      kind: "free-resource",
      tasks: users.map((task) => graph.ids[task] as string),
      advice: `Let more than ${claims.capacity[resource] === 1 ? "one task" : `${claims.capacity[resource]} units`} use "${name}" at a time, or move what needs it into one task.`,
    });
  });
}

function triesFor(graph: TaskGraph): number {
  return graph.count <= mostTasksSearched ? mostTried : mostTriedOfMany;
}

function makespan(graph: TaskGraph, { agents, claims }: Competition): number {
  if (graph.count <= mostTasksSearched) return planSchedule(graph, { agents, claims }).schedule.makespanMinutes;
  return listDispatcher(graph, { claims, rank: dispatchRank(graph) }).makespan(agents);
}

function worthTelling(
  request: ImprovementRequest,
  minutes: number,
  change: Omit<Improvement, "gainMinutes">,
): Improvement[] {
  const gain = request.makespanMinutes - minutes;
  return gain >= worthwhile * request.makespanMinutes ? [{ ...change, gainMinutes: roundTo(gain, 2) }] : [];
}

/** Dependencies that a longer way through the graph implies; not looked for among very many tasks. */
function redundantEdges({ graph, reach }: ImprovementRequest): Improvement[] {
  const found: Improvement[] = [];
  if (graph.count > mostTasksClosed) return found;
  for (let task = 0; task < graph.count && found.length < mostRedundant; task++) {
    if (predecessorCount(graph, task) < 2) continue;
    const needs = [...predecessorsOf(graph, task)];
    for (const need of needs) {
      const between = needs.find((other) => other !== need && isBefore(reach, need, other));
      if (between === undefined || found.length >= mostRedundant) continue;
      const [from, by, to] = [graph.ids[need], graph.ids[between], graph.ids[task]] as [string, string, string];
      found.push({
        kind: "redundant-dependency",
        tasks: [from, to],
        gainMinutes: 0,
        advice: `Leave out the dependency of "${to}" on "${from}": it follows from that on "${by}".`,
      });
    }
  }
  return found;
}
