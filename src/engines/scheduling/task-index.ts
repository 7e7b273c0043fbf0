import type { PlannedTask } from "../../schema/event.ts";
import { assert } from "../../util/assert.ts";

/** The tasks of a run as numbers 0..n-1 in input order, with their dependents in compact form. */
export interface TaskIndex {
  readonly ids: readonly string[];
  numberOf(id: string): number;
  /** How many dependencies each task has. */
  readonly needCount: Int32Array;
  /** Calls back with every task that depends on this one. */
  eachDependent(task: number, callback: (dependent: number) => void): void;
  /** Place in the order of dispatch: lower starts first. */
  rank(task: number): number;
}

/**
 * Numbers the tasks and ranks them: higher priority first, then the longer remaining chain of
 * work below (bottom level, HLFET; Adam, Chandy and Dickson 1974), then input order.
 */
export function indexTasks(tasks: readonly PlannedTask[]): TaskIndex {
  const numbers = new Map<string, number>();
  tasks.forEach((task, number) => numbers.set(task.id, number));
  const numberOf = (id: string): number => {
    const number = numbers.get(id);
    assert(number !== undefined, `unknown task ${id}`);
    return number;
  };
  const needCount = Int32Array.from(tasks, (task) => task.needs.length);
  const offsets = new Int32Array(tasks.length + 1);
  for (const task of tasks) {
    for (const need of task.needs) {
      const after = numberOf(need) + 1;
      offsets[after] = (offsets[after] ?? 0) + 1;
    }
  }
  for (let number = 0; number < tasks.length; number++) {
    offsets[number + 1] = (offsets[number + 1] ?? 0) + (offsets[number] ?? 0);
  }
  const dependents = new Int32Array(offsets[tasks.length] ?? 0);
  const next = offsets.slice();
  tasks.forEach((task, number) => {
    for (const need of task.needs) {
      const place = next[numberOf(need)] ?? 0;
      dependents[place] = number;
      next[numberOf(need)] = place + 1;
    }
  });
  const eachDependent = (task: number, callback: (dependent: number) => void): void => {
    const end = offsets[task + 1] ?? 0;
    for (let place = offsets[task] ?? 0; place < end; place++) callback(dependents[place] ?? 0);
  };
  const ranks = rankTasks({ tasks, needCount, eachDependent });
  return {
    ids: tasks.map((task) => task.id),
    numberOf,
    needCount,
    eachDependent,
    rank: (task) => ranks[task] ?? 0,
  };
}

interface Ranking {
  readonly tasks: readonly PlannedTask[];
  readonly needCount: Int32Array;
  readonly eachDependent: TaskIndex["eachDependent"];
}

function rankTasks({ tasks, needCount, eachDependent }: Ranking): Int32Array {
  const order = topologicalOrder(needCount, eachDependent);
  assert(order.length === tasks.length, "the tasks of a run have no cycle");
  const bottom = new Float64Array(tasks.length);
  for (let place = order.length - 1; place >= 0; place--) {
    const task = order[place] ?? 0;
    let longest = 0;
    eachDependent(task, (dependent) => {
      longest = Math.max(longest, bottom[dependent] ?? 0);
    });
    bottom[task] = longest + (tasks[task]?.minutes ?? 0);
  }
  const byUrgency = Array.from(tasks.keys()).toSorted(
    (left, right) =>
      (tasks[right]?.priority ?? 0) - (tasks[left]?.priority ?? 0) ||
      (bottom[right] ?? 0) - (bottom[left] ?? 0) ||
      left - right,
  );
  const ranks = new Int32Array(tasks.length);
  byUrgency.forEach((task, rank) => {
    ranks[task] = rank;
  });
  return ranks;
}

function topologicalOrder(needCount: Int32Array, eachDependent: TaskIndex["eachDependent"]): number[] {
  const unmet = Int32Array.from(needCount);
  const order: number[] = [];
  for (let task = 0; task < unmet.length; task++) if (unmet[task] === 0) order.push(task);
  for (let place = 0; place < order.length; place++) {
    eachDependent(order[place] ?? 0, (dependent) => {
      const left = (unmet[dependent] ?? 0) - 1;
      unmet[dependent] = left;
      if (left === 0) order.push(dependent);
    });
  }
  return order;
}
