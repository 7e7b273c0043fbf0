import { floatAt, intAt } from "../../../util/typed-at.ts";
import { chainsBelow, type ScheduleProblem } from "./schedule-problem.ts";
import { mostTasksInSet, withTask, type TaskSet } from "./task-set.ts";

/** A problem of at most 52 tasks with all that an exact search asks of it again and again. */
export interface ExactModel {
  readonly problem: ScheduleProblem;
  readonly all: TaskSet;
  readonly chains: Float64Array;
  /** What must follow the end of each task. */
  readonly tails: Float64Array;
  readonly needsLow: Int32Array;
  readonly needsHigh: Int32Array;
  /** The tasks that can run at the same time as each task. */
  readonly companionsLow: Int32Array;
  readonly companionsHigh: Int32Array;
  /** Tasks with few companions first. */
  readonly loners: Int32Array;
  /** The users of each resource, longest tail first, and their units. */
  readonly users: readonly { readonly tasks: Int32Array; readonly units: Float64Array }[];
  /** Scratch: units in use per resource. */
  readonly used: Float64Array;
  /** Scratch: what is left of each task. */
  readonly rest: Float64Array;
}

/** Prepares the exact search; undefined for a problem it cannot take. */
export function exactModel(problem: ScheduleProblem): ExactModel | undefined {
  const { count } = problem;
  if (count > mostTasksInSet || problem.duration.some((length) => length <= 0)) return undefined;
  const chains = chainsBelow(problem);
  const tails = chains.map((chain, task) => chain - floatAt(problem.duration, task));
  let all: TaskSet = { low: 0, high: 0 };
  const needs: TaskSet[] = [];
  for (let task = 0; task < count; task++) {
    all = withTask(all, task);
    let set: TaskSet = { low: 0, high: 0 };
    const end = intAt(problem.predecessorStart, task + 1);
    for (let edge = intAt(problem.predecessorStart, task); edge < end; edge++) {
      set = withTask(set, intAt(problem.predecessors, edge));
    }
    needs.push(set);
  }
  const companions = findCompanions(problem);
  const loners = Int32Array.from({ length: count }, (_, task) => task);
  const counts = companions.map((list) => list.length);
  loners.sort((left, right) => (counts[left] ?? 0) - (counts[right] ?? 0));
  const sets = companions.map((list) => list.reduce<TaskSet>(withTask, { low: 0, high: 0 }));
  return {
    problem,
    all,
    chains,
    tails,
    needsLow: Int32Array.from(needs, (set) => set.low),
    needsHigh: Int32Array.from(needs, (set) => set.high),
    companionsLow: Int32Array.from(sets, (set) => set.low),
    companionsHigh: Int32Array.from(sets, (set) => set.high),
    loners,
    users: usersByTail(problem, tails),
    used: new Float64Array(problem.capacity.length),
    rest: new Float64Array(count),
  };
}

function findCompanions(problem: ScheduleProblem): number[][] {
  const { count } = problem;
  const ordered = closure(problem);
  const units = unitsMatrix(problem);
  const together = (left: number, right: number): boolean => {
    if (ordered.has(left * count + right) || ordered.has(right * count + left)) return false;
    return problem.capacity.every(
      (capacity, resource) => (units[left]?.[resource] ?? 0) + (units[right]?.[resource] ?? 0) <= capacity,
    );
  };
  const tasks = Array.from({ length: count }, (_, task) => task);
  return tasks.map((task) => tasks.filter((other) => other !== task && together(task, other)));
}

/** All pairs of tasks of which the first comes before the second, as one number each. */
function closure(problem: ScheduleProblem): Set<number> {
  const pairs = new Set<number>();
  const before: number[][] = [];
  for (const task of problem.order) {
    const all = new Set<number>();
    const end = intAt(problem.predecessorStart, task + 1);
    for (let edge = intAt(problem.predecessorStart, task); edge < end; edge++) {
      const need = intAt(problem.predecessors, edge);
      all.add(need);
      for (const earlier of before[need] ?? []) all.add(earlier);
    }
    before[task] = [...all];
    for (const earlier of all) pairs.add(earlier * problem.count + task);
  }
  return pairs;
}

function unitsMatrix(problem: ScheduleProblem): Float64Array[] {
  return Array.from({ length: problem.count }, (_, task) => {
    const row = new Float64Array(problem.capacity.length);
    const last = intAt(problem.claimStart, task + 1);
    for (let claim = intAt(problem.claimStart, task); claim < last; claim++) {
      row[intAt(problem.claimResource, claim)] = floatAt(problem.claimUnits, claim);
    }
    return row;
  });
}

function usersByTail(problem: ScheduleProblem, tails: Float64Array): ExactModel["users"] {
  const units = unitsMatrix(problem);
  return Array.from(problem.capacity, (_, resource) => {
    const tasks = Int32Array.from({ length: problem.count }, (__, task) => task)
      .filter((task) => (units[task]?.[resource] ?? 0) > 0)
      .toSorted((left, right) => floatAt(tails, right) - floatAt(tails, left));
    return { tasks, units: Float64Array.from(tasks, (task) => units[task]?.[resource] ?? 0) };
  });
}
