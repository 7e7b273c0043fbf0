import { floatAt } from "../../../util/typed-at.ts";

/** How much a search may cost, and where its chance comes from. */
export interface SearchBudget {
  /** Schedules built and nodes visited at most; with the same number and seed the result is the same. */
  readonly maxSteps: number;
  /** Asked now and then; true ends the search with what it has. */
  readonly shouldStop: () => boolean;
  readonly seed: number;
}

/** The best schedule so far, the bound it is measured against, and the word whether to go on. */
export interface Incumbent {
  readonly makespan: number;
  readonly starts: Float64Array;
  readonly bound: number;
  readonly steps: number;
  /** Counts the steps a schedule took, and keeps a copy of it if it is the best. */
  offer(makespan: number, starts: Float64Array, steps: number): void;
  /** Counts steps that gave no schedule. */
  spend(steps: number): void;
  /** Raises the bound. */
  prove(bound: number): void;
  /** The best is as good as the bound. */
  isOptimal(): boolean;
  /** It is proven or the budget is used up. */
  isOver(): boolean;
}

const slightly = 1e-9;
const mostStepsBetweenLooks = 16;
/** A step takes about as long as its tasks are many; a look at the clock should cost less, and not come too late. */
const tasksBetweenLooks = 600;

/** Starts with nothing but a bound. */
export function newIncumbent(count: number, bound: number, budget: SearchBudget): Incumbent {
  const stepsBetweenLooks = Math.min(mostStepsBetweenLooks, Math.max(1, Math.floor(tasksBetweenLooks / count)));
  const best = { makespan: Infinity, bound, steps: 0, looked: -stepsBetweenLooks, stopped: false };
  const starts = new Float64Array(count);
  const isOptimal = (): boolean => best.makespan <= best.bound * (1 + slightly);
  const isStopped = (): boolean => {
    if (best.stopped || best.steps - best.looked < stepsBetweenLooks) return best.stopped;
    best.looked = best.steps;
    best.stopped = best.steps >= budget.maxSteps || budget.shouldStop();
    return best.stopped;
  };
  return {
    get makespan() {
      return best.makespan;
    },
    get bound() {
      return best.bound;
    },
    get steps() {
      return best.steps;
    },
    starts,
    offer(makespan, found, steps) {
      best.steps += steps;
      if (makespan >= best.makespan * (1 - slightly)) return;
      best.makespan = makespan;
      starts.set(found);
    },
    spend(steps) {
      best.steps += steps;
    },
    prove(proven) {
      best.bound = Math.max(best.bound, proven);
    },
    isOptimal,
    isOver: () => isOptimal() || isStopped(),
  };
}

/** The same incumbent as a search sees it whose time runs backwards. */
export function mirrored(incumbent: Incumbent, duration: Float64Array): Incumbent {
  const turned = new Float64Array(duration.length);
  const turn = (makespan: number, starts: Float64Array): Float64Array => {
    for (let task = 0; task < turned.length; task++) {
      turned[task] = makespan - floatAt(starts, task) - floatAt(duration, task);
    }
    return turned;
  };
  return {
    get makespan() {
      return incumbent.makespan;
    },
    get bound() {
      return incumbent.bound;
    },
    get steps() {
      return incumbent.steps;
    },
    get starts() {
      return turn(incumbent.makespan, incumbent.starts).slice();
    },
    offer(makespan, starts, steps) {
      if (makespan < incumbent.makespan) incumbent.offer(makespan, turn(makespan, starts), steps);
      else incumbent.spend(steps);
    },
    spend: (steps) => incumbent.spend(steps),
    prove: (bound) => incumbent.prove(bound),
    isOptimal: () => incumbent.isOptimal(),
    isOver: () => incumbent.isOver(),
  };
}
