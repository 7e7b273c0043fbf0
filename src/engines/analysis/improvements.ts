import type { Improvement } from "../../schema/plan.ts";
import type { TaskInput } from "../../schema/task.ts";
import { roundTo } from "../../util/round-to.ts";
import { floatAt } from "../../util/typed-at.ts";
import { eachSuccessor, predecessorsOf } from "./adjacency.ts";
import type { CriticalPath } from "./critical-path.ts";
import { dispatchRank, listSchedule } from "./makespan.ts";
import { isBefore, type Reachability } from "./reachability.ts";
import type { ResourceClaims } from "./resource-claims.ts";
import { planSchedule } from "./schedule/plan-schedule.ts";
import { buildTaskGraph, type TaskGraph } from "./task-graph.ts";

/** What a plan is looked at with. */
export interface ImprovementRequest {
  readonly graph: TaskGraph;
  readonly agents: number;
  readonly claims: ResourceClaims;
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
  numbers.sort((left, right) => floatAt(graph.minutes, right) - floatAt(graph.minutes, left));
  return numbers.slice(0, triesFor(graph)).flatMap((number) => {
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

/** The graph with one task in two halves that nothing orders. */
function withHalves(graph: TaskGraph, number: number): TaskGraph {
  let other = "second half";
  while (graph.numberOf.has(other)) other += " ";
  const half = floatAt(graph.minutes, number) / 2;
  const tasks = graph.tasks.map((task, index): TaskInput => {
    const needs = Array.from(predecessorsOf(graph, index), (need) => graph.ids[need] as string);
    const { id, description, priority = 0 } = task;
    return { id, description, priority, dependsOn: needs, estimatedMinutes: floatAt(graph.minutes, index) };
  });
  const own = { ...(tasks[number] as TaskInput), estimatedMinutes: half };
  tasks[number] = own;
  eachSuccessor(graph, number, (next) => tasks[next]?.dependsOn?.push(other));
  tasks.push({ ...own, id: other });
  const built = buildTaskGraph(tasks);
  return built.ok ? built.value : graph;
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

function makespan(graph: TaskGraph, { agents, claims }: Pick<ImprovementRequest, "agents" | "claims">): number {
  if (graph.count <= mostTasksSearched) return planSchedule(graph, { agents, claims }).schedule.makespanMinutes;
  return listSchedule(graph, { agents, claims, rank: dispatchRank(graph) }).makespanMinutes;
}

function worthTelling(
  request: ImprovementRequest,
  minutes: number,
  change: Omit<Improvement, "gainMinutes">,
): Improvement[] {
  const gain = request.makespanMinutes - minutes;
  return gain >= worthwhile * request.makespanMinutes ? [{ ...change, gainMinutes: roundTo(gain, 2) }] : [];
}

/** Dependencies that a longer way through the graph implies. */
function redundantEdges({ graph, reach }: ImprovementRequest): Improvement[] {
  const found: Improvement[] = [];
  for (let task = 0; task < graph.count && found.length < mostRedundant; task++) {
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
