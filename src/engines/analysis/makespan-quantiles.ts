import type { MakespanQuantiles } from "../../schema/plan.ts";
import type { TaskInput } from "../../schema/task.ts";
import { roundTo } from "../../util/round-to.ts";
import { seededRandom } from "../../util/seeded-random.ts";
import { floatAt } from "../../util/typed-at.ts";
import { listDispatcher } from "./list-dispatcher.ts";
import type { TaskGraph } from "./graph/task-graph.ts";
import type { ScheduleOptions } from "./task-schedule.ts";

const mostDraws = 200;
const fewestDraws = 20;
const mostTaskDraws = 20_000;
/** Standard deviation of the logarithm of (actual / estimated) where a caller gives a single number. */
const usualSpread = 0.5;
const seed = 1;
/** Factors are drawn from so many, which is as good as drawing each and spares a logarithm, a root and a cosine a task. */
const differentFactors = 2_048;

/**
 * How long the whole will take when estimates are wrong: tasks are dispatched as a run dispatches them, as they become
 * possible and by the estimates, while the minutes they really take are drawn: from the triangle of a three-point
 * estimate, else log-normal around the estimate with a spread of 0.5. Up to 200 draws; undefined above 1,000 tasks.
 */
export function makespanQuantiles(graph: TaskGraph, options: ScheduleOptions): MakespanQuantiles | undefined {
  const draws = Math.min(mostDraws, Math.floor(mostTaskDraws / graph.count));
  if (draws < fewestDraws) return undefined;
  const random = seededRandom(seed);
  const factors = Float64Array.from({ length: differentFactors }, () => Math.exp(usualSpread * random.normal()));
  const estimates = graph.tasks.map((task) => task.estimate);
  const dispatcher = listDispatcher(graph, options);
  const minutes = new Float64Array(graph.count);
  const makespans = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    for (let task = 0; task < graph.count; task++) {
      const estimate = estimates[task];
      const expected = floatAt(graph.minutes, task);
      const chance = random.next();
      minutes[task] = estimate
        ? triangular(estimate, chance)
        : expected * floatAt(factors, Math.floor(chance * differentFactors));
    }
    makespans[draw] = dispatcher.makespan(options.agents, minutes);
  }
  makespans.sort();
  const quantile = (share: number): number => roundTo(floatAt(makespans, Math.ceil(share * draws) - 1), 2);
  return { p50: quantile(0.5), p80: quantile(0.8), p95: quantile(0.95), draws };
}

function triangular(estimate: NonNullable<TaskInput["estimate"]>, share: number): number {
  const { optimistic, likely, pessimistic } = estimate;
  const width = pessimistic - optimistic;
  if (width <= 0) return likely;
  const rising = (likely - optimistic) / width;
  return share < rising
    ? optimistic + Math.sqrt(share * width * (likely - optimistic))
    : pessimistic - Math.sqrt((1 - share) * width * (pessimistic - likely));
}
