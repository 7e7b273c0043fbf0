import { floatAt, intAt } from "../../../util/typed-at.ts";
import type { ExactModel } from "./exact-model.ts";
import { tasksOf, withTask, type TaskSet } from "./task-set.ts";

/** Tasks whose waiting resolves a conflict, none of them needlessly. */
export interface DelayingAlternative {
  readonly delayed: TaskSet;
  /** What no schedule that follows it can beat. */
  readonly bound: number;
}

/** Tasks that cannot all run together, and when each would end. */
export interface ResourceConflict {
  readonly together: TaskSet;
  readonly finish: Float64Array;
}

const mostFrames = 6_000;

/** All minimal sets of tasks whose delay resolves the conflict, the most promising first; incomplete above a limit. */
export function delayingAlternatives(
  model: ExactModel,
  conflict: ResourceConflict,
): { readonly alternatives: readonly DelayingAlternative[]; readonly complete: boolean } {
  const excess = excessOf(model, conflict);
  const members = tasksOf(conflict.together);
  const candidates = members.filter((task) => relieves(model, task, excess));
  const alternatives: (DelayingAlternative & { readonly weight: number })[] = [];
  const frames: Frame[] = [{ set: { low: 0, high: 0 }, tasks: [], next: 0, excess }];
  let visited = 0;
  for (let frame = frames.pop(); frame; frame = frames.pop()) {
    visited += 1;
    if (visited > mostFrames) break;
    for (let index = frame.next; index < candidates.length; index++) {
      const task = candidates[index] as number;
      if (!relieves(model, task, frame.excess)) continue;
      const left = relieved(model, task, frame.excess);
      const tasks = [...frame.tasks, task];
      const set = withTask(frame.set, task);
      if (left.some((units) => units > 0)) frames.push({ set, tasks, next: index + 1, excess: left });
      else if (tasks.every((each) => !isNeedless(model, each, left))) {
        alternatives.push({ delayed: set, ...promise(model, { conflict, members, tasks, set }) });
      }
    }
  }
  alternatives.sort((left, right) => left.bound - right.bound || left.weight - right.weight);
  return { alternatives, complete: visited <= mostFrames };
}

interface Frame {
  readonly set: TaskSet;
  readonly tasks: readonly number[];
  readonly next: number;
  /** Units still too many, per resource; at most 0 where there is room. */
  readonly excess: Float64Array;
}

function excessOf({ problem }: ExactModel, conflict: ResourceConflict): Float64Array {
  const excess = problem.capacity.map((units) => -units);
  for (const task of tasksOf(conflict.together)) {
    const last = intAt(problem.claimStart, task + 1);
    for (let claim = intAt(problem.claimStart, task); claim < last; claim++) {
      const resource = intAt(problem.claimResource, claim);
      excess[resource] = floatAt(excess, resource) + floatAt(problem.claimUnits, claim);
    }
  }
  return excess;
}

function relieves({ problem }: ExactModel, task: number, excess: Float64Array): boolean {
  const last = intAt(problem.claimStart, task + 1);
  for (let claim = intAt(problem.claimStart, task); claim < last; claim++) {
    if (floatAt(excess, intAt(problem.claimResource, claim)) > 0) return true;
  }
  return false;
}

function relieved({ problem }: ExactModel, task: number, excess: Float64Array): Float64Array {
  const left = excess.slice();
  const last = intAt(problem.claimStart, task + 1);
  for (let claim = intAt(problem.claimStart, task); claim < last; claim++) {
    const resource = intAt(problem.claimResource, claim);
    left[resource] = floatAt(left, resource) - floatAt(problem.claimUnits, claim);
  }
  return left;
}

/** Whether the conflict would stay resolved without this task's delay. */
function isNeedless({ problem }: ExactModel, task: number, left: Float64Array): boolean {
  const last = intAt(problem.claimStart, task + 1);
  for (let claim = intAt(problem.claimStart, task); claim < last; claim++) {
    if (floatAt(left, intAt(problem.claimResource, claim)) + floatAt(problem.claimUnits, claim) > 0) return false;
  }
  return true;
}

interface Choice {
  readonly conflict: ResourceConflict;
  readonly members: readonly number[];
  readonly tasks: readonly number[];
  readonly set: TaskSet;
}

function promise(model: ExactModel, choice: Choice): { readonly bound: number; readonly weight: number } {
  const { low, high } = choice.set;
  let next = Infinity;
  for (const task of choice.members) {
    const delayed = task < 26 ? (low >>> task) & 1 : (high >>> (task - 26)) & 1;
    if (delayed === 0) next = Math.min(next, floatAt(choice.conflict.finish, task));
  }
  let longest = 0;
  let weight = 0;
  for (const task of choice.tasks) {
    longest = Math.max(longest, floatAt(model.chains, task));
    weight += floatAt(model.chains, task);
  }
  return { bound: next + longest, weight };
}
