import { seededRandom } from "../../../util/seeded-random.ts";
import { floatAt } from "../../../util/typed-at.ts";
import { energeticBound, simpleBound } from "./energetic-bound.ts";
import { evolveSchedules, type EvolveOptions } from "./evolve-schedules.ts";
import { exactSearch } from "./exact-search.ts";
import { mirrored, newIncumbent, type Incumbent, type SearchBudget } from "./incumbent.ts";
import { justifier, type Justifier } from "./justify.ts";
import { chainsBelow, reversedProblem, type ScheduleProblem } from "./schedule-problem.ts";

/** What a search may cost and what it starts from. */
export interface SearchOptions extends SearchBudget {
  /** Start times of schedules that are known already, in units. */
  readonly known: readonly Float64Array[];
}

/** The best schedule found and how good it is. */
export interface FoundSchedule {
  readonly starts: Float64Array;
  /** In units, as all times here. */
  readonly makespan: number;
  readonly bound: number;
  readonly provenOptimal: boolean;
  readonly steps: number;
}

const firstPatience = 600;
const patienceForTask = 20;
const patience = 1_200;
const nodesPerTurn = 1_000;
/** Enough to be done with a handful of tasks. */
const nodesAtFirst = 300;

/** The best schedule that the budget allows; stops as soon as it is as short as the bound. */
export function bestSchedule(problem: ScheduleProblem, options: SearchOptions): FoundSchedule {
  const incumbent = newIncumbent(problem.count, simpleBound(problem), options);
  const work = justifier(problem);
  const search: Search = { work, incumbent, options };
  offerInstantPlans(problem, search);
  if (!incumbent.isOver()) incumbent.prove(energeticBound(problem, options.shouldStop));
  if (!incumbent.isOver()) takeTurns(problem, search);
  const { starts, makespan, bound, steps } = incumbent;
  return { starts, makespan, bound: Math.min(bound, makespan), provenOptimal: incumbent.isOptimal(), steps };
}

interface Search {
  readonly work: Justifier;
  readonly incumbent: Incumbent;
  readonly options: SearchOptions;
}

type Direction = Omit<EvolveOptions, "patience" | "first">;

/** The search with time running backwards; only for whole numbers, which survive being turned around exactly. */
function turnedAround(problem: ScheduleProblem, forward: Direction): Direction {
  const reversed = reversedProblem(problem);
  const incumbent = mirrored(forward.incumbent, problem.duration);
  return { problem: reversed, justifier: justifier(reversed), random: forward.random, incumbent };
}

/** Evolutions, each from the beginning, and the exact search take turns, and so do the directions of time. */
function takeTurns(problem: ScheduleProblem, { work, incumbent, options }: Search): void {
  const random = seededRandom(options.seed);
  const forward = { problem, justifier: work, random, incumbent };
  evolveSchedules({
    ...forward,
    patience: Math.min(firstPatience, patienceForTask * problem.count),
    first: incumbent.starts,
  });
  if (incumbent.isOver()) return;
  const backward = problem.whole ? turnedAround(problem, forward) : forward;
  const exact = [exactSearch(problem, incumbent)];
  if (backward !== forward) exact.push(exactSearch(backward.problem, backward.incumbent));
  exact[0]?.run(nodesAtFirst);
  for (let turn = exact.length - 1; !incumbent.isOver(); turn = (turn + 1) % exact.length) {
    evolveSchedules({ ...(turn === 0 ? forward : backward), patience });
    if (!incumbent.isOver()) exact[turn]?.run(nodesPerTurn);
  }
}

/** Longest chain below and latest finish, each scheduled serially and improved, beside the schedules given. */
function offerInstantPlans(problem: ScheduleProblem, { work, incumbent, options }: Search): void {
  const chains = chainsBelow(problem);
  const keys = [chains.map((chain) => -chain), chains.map((chain, task) => floatAt(problem.duration, task) - chain)];
  const list = new Int32Array(problem.count);
  const starts = new Float64Array(problem.count);
  for (const key of keys) {
    list.set(problem.order);
    work.sortByStart(list, key);
    incumbent.offer(work.build(list, starts), starts, 1);
    incumbent.offer(work.improve(list, starts), starts, 2);
    if (incumbent.isOptimal() || options.shouldStop()) return;
  }
  for (const each of options.known) {
    starts.set(each);
    list.set(problem.order);
    work.sortByStart(list, starts);
    incumbent.offer(work.build(list, starts), starts, 1);
    incumbent.offer(work.improve(list, starts), starts, 2);
  }
}
