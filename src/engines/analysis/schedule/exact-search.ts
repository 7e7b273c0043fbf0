import { floatAt, intAt } from "../../../util/typed-at.ts";
import { delayingAlternatives } from "./delaying-alternatives.ts";
import { exactModel, type ExactModel } from "./exact-model.ts";
import type { Incumbent } from "./incumbent.ts";
import { nodeBound } from "./node-bound.ts";
import type { PartialSchedule } from "./partial-schedule.ts";
import type { ScheduleProblem } from "./schedule-problem.ts";
import { tasksOf, type TaskSet } from "./task-set.ts";
import { visitedState, visitedStates, type VisitedState, type VisitedStates } from "./visited-states.ts";

/** What is left to try at one conflict. */
interface Conflict {
  readonly state: PartialSchedule;
  /** Those that were to start at this moment. */
  readonly eligible: TaskSet;
  readonly alternatives: ReturnType<typeof delayingAlternatives>["alternatives"];
  next: number;
  /** The states that lead to this conflict and nowhere else; seen to their end when all alternatives are tried. */
  readonly path: readonly VisitedState[];
}

interface Search {
  readonly model: ExactModel;
  readonly incumbent: Incumbent;
  readonly visited: VisitedStates;
  readonly conflicts: Conflict[];
  complete: boolean;
}

/** An exact search that can be interrupted and continued. */
export interface ExactSearch {
  /** Goes on for so many nodes at most; what is found goes to the incumbent, and the proof too. */
  run(nodes: number): void;
  /** Whether there is nothing left to look at. */
  isExhausted(): boolean;
}

/**
 * Depth-first branch and bound over delaying alternatives (Demeulemeester and Herroelen 1992, 1997): time goes forward
 * from one completion to the next, everything starts that can, and where resources are short each minimal set of
 * tasks that would have to wait is tried. When it comes to its end the best schedule known is optimal. Iterative;
 * undefined for more than 52 tasks and for tasks that take no time.
 */
export function exactSearch(problem: ScheduleProblem, incumbent: Incumbent): ExactSearch | undefined {
  const model = exactModel(problem);
  if (!model) return undefined;
  const search: Search = { model, incumbent, visited: visitedStates(), conflicts: [], complete: true };
  const empty = { low: 0, high: 0 };
  goOn(search, {
    now: 0,
    started: empty,
    running: empty,
    start: new Float64Array(problem.count),
    finish: new Float64Array(problem.count),
  });
  const run = (nodes: number): void => {
    const last = incumbent.steps + nodes;
    while (search.conflicts.length > 0 && incumbent.steps < last && !incumbent.isOver()) tryNext(search);
    if (search.conflicts.length === 0 && search.complete) incumbent.prove(incumbent.makespan);
  };
  return { run, isExhausted: () => search.conflicts.length === 0 };
}

function tryNext(search: Search): void {
  const conflict = search.conflicts.at(-1) as Conflict;
  const alternative = conflict.alternatives[conflict.next];
  if (!alternative || alternative.bound >= limitOf(search)) {
    search.conflicts.pop();
    search.visited.remember(conflict.path);
    return;
  }
  conflict.next += 1;
  const state = delay(search.model, conflict, alternative);
  if (state) goOn(search, state);
}

/** What a schedule has to stay below to be worth finding. */
function limitOf({ model, incumbent }: Search): number {
  return model.problem.whole ? incumbent.makespan - 1 + 1e-6 : incumbent.makespan * (1 - 1e-9);
}

/** Lets time go forward until a conflict, the end, or the certainty that nothing better comes of it. */
function goOn(search: Search, state: PartialSchedule): void {
  const { model, incumbent, visited } = search;
  const path: VisitedState[] = [];
  for (;;) {
    incumbent.spend(1);
    if (state.started.low === model.all.low && state.started.high === model.all.high) {
      report(search, state);
      visited.remember(path);
      return;
    }
    if (nodeBound(model, state) >= limitOf(search) || visited.isDominated(state)) {
      visited.remember(path);
      return;
    }
    path.push(visitedState(state));
    const eligible = eligibleTasks(model, state);
    for (const task of tasksOf(eligible)) {
      state.start[task] = state.now;
      state.finish[task] = state.now + floatAt(model.problem.duration, task);
    }
    const together: TaskSet = {
      low: state.running.low | eligible.low,
      high: state.running.high | eligible.high,
    };
    if (!fits(model, together)) {
      const { alternatives, complete } = delayingAlternatives(model, { together, finish: state.finish });
      search.complete &&= complete;
      search.conflicts.push({ state, eligible, alternatives, next: 0, path });
      return;
    }
    state.started = { low: state.started.low | eligible.low, high: state.started.high | eligible.high };
    state.running = together;
    advance(state);
  }
}

/** Moves on to the next completion. */
function advance(state: PartialSchedule): void {
  let next = Infinity;
  const running = tasksOf(state.running);
  for (const task of running) next = Math.min(next, floatAt(state.finish, task));
  let { low, high } = state.running;
  for (const task of running) {
    if (floatAt(state.finish, task) > next) continue;
    if (task < 26) low &= ~(1 << task);
    else high &= ~(1 << (task - 26));
  }
  state.running = { low, high };
  state.now = next;
}

function eligibleTasks(model: ExactModel, state: PartialSchedule): TaskSet {
  const doneLow = state.started.low & ~state.running.low;
  const doneHigh = state.started.high & ~state.running.high;
  const waiting = { low: model.all.low & ~state.started.low, high: model.all.high & ~state.started.high };
  let low = 0;
  let high = 0;
  for (const task of tasksOf(waiting)) {
    if ((intAt(model.needsLow, task) & ~doneLow) !== 0 || (intAt(model.needsHigh, task) & ~doneHigh) !== 0) continue;
    // With nothing running, a task that no other could ever accompany might as well come first.
    const alone =
      state.running.low === 0 &&
      state.running.high === 0 &&
      (intAt(model.companionsLow, task) & waiting.low) === 0 &&
      (intAt(model.companionsHigh, task) & waiting.high) === 0;
    const own = task < 26 ? { low: 1 << task, high: 0 } : { low: 0, high: 1 << (task - 26) };
    if (alone) return own;
    low |= own.low;
    high |= own.high;
  }
  return { low, high };
}

function fits(model: ExactModel, together: TaskSet): boolean {
  const { used, problem } = model;
  used.fill(0);
  for (const task of tasksOf(together)) {
    const last = intAt(problem.claimStart, task + 1);
    for (let claim = intAt(problem.claimStart, task); claim < last; claim++) {
      const resource = intAt(problem.claimResource, claim);
      const total = floatAt(used, resource) + floatAt(problem.claimUnits, claim);
      if (total > floatAt(problem.capacity, resource)) return false;
      used[resource] = total;
    }
  }
  return true;
}

/** The state after an alternative's tasks are sent back; undefined when another task could then have begun earlier. */
function delay(
  model: ExactModel,
  { state, eligible }: Conflict,
  alternative: { readonly delayed: TaskSet },
): PartialSchedule | undefined {
  const { delayed } = alternative;
  const started: TaskSet = {
    low: (state.started.low | eligible.low) & ~delayed.low,
    high: (state.started.high | eligible.high) & ~delayed.high,
  };
  const running: TaskSet = {
    low: (state.running.low | eligible.low) & ~delayed.low,
    high: (state.running.high | eligible.high) & ~delayed.high,
  };
  const interrupts = (delayed.low & state.running.low) !== 0 || (delayed.high & state.running.high) !== 0;
  if (interrupts) {
    const fresh = { low: eligible.low & ~delayed.low, high: eligible.high & ~delayed.high };
    if (someCouldStartEarlier(model, { state, started, fresh })) return undefined;
  }
  const next: PartialSchedule = {
    now: state.now,
    started,
    running,
    start: state.start.slice(),
    finish: state.finish.slice(),
  };
  advance(next);
  return next;
}

/** The left-shift rule: whoever starts now would have fitted in before, had the delayed not been there. */
function someCouldStartEarlier(
  model: ExactModel,
  given: { readonly state: PartialSchedule; readonly started: TaskSet; readonly fresh: TaskSet },
): boolean {
  const { problem, used } = model;
  const { now, finish } = given.state;
  used.fill(0);
  for (const task of tasksOf(given.started)) {
    const end = floatAt(finish, task);
    if (end < now || floatAt(given.state.start, task) >= now) continue;
    const last = intAt(problem.claimStart, task + 1);
    for (let claim = intAt(problem.claimStart, task); claim < last; claim++) {
      const resource = intAt(problem.claimResource, claim);
      used[resource] = floatAt(used, resource) + floatAt(problem.claimUnits, claim);
    }
  }
  return tasksOf(given.fresh).some((task) => {
    const lastNeed = intAt(problem.predecessorStart, task + 1);
    for (let edge = intAt(problem.predecessorStart, task); edge < lastNeed; edge++) {
      if (floatAt(finish, intAt(problem.predecessors, edge)) >= now) return false;
    }
    const last = intAt(problem.claimStart, task + 1);
    for (let claim = intAt(problem.claimStart, task); claim < last; claim++) {
      const resource = intAt(problem.claimResource, claim);
      if (floatAt(used, resource) + floatAt(problem.claimUnits, claim) > floatAt(problem.capacity, resource)) {
        return false;
      }
    }
    return now > 0;
  });
}

function report({ incumbent }: Search, state: PartialSchedule): void {
  const makespan = state.finish.reduce((latest, end) => Math.max(latest, end), 0);
  incumbent.offer(makespan, state.start, 1);
}
