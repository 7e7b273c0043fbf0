import type { MakespanQuantiles } from "../../schema/plan.ts";
import type { TaskInput } from "../../schema/task.ts";
import { roundTo } from "../../util/round-to.ts";
import { seededRandom, type SeededRandom } from "../../util/seeded-random.ts";
import { floatAt } from "../../util/typed-at.ts";
import { listSchedule, type ScheduleOptions } from "./makespan.ts";
import type { TaskGraph } from "./task-graph.ts";

const mostDraws = 200;
const fewestDraws = 40;
const mostTaskDraws = 40_000;
/** Standard deviation of the logarithm of (actual / estimated) where a caller gives a single number. */
const usualSpread = 0.5;
const seed = 1;

/**
 * How long the whole will take when estimates are wrong: tasks are dispatched as a run dispatches them, as they become
 * possible and by the estimates, while the minutes they really take are drawn: from the triangle of a three-point
 * estimate, else log-normal around the estimate with a spread of 0.5. Up to 200 draws; undefined above 1,000 tasks.
 */
export function makespanQuantiles(graph: TaskGraph, options: ScheduleOptions): MakespanQuantiles | undefined {
  const draws = Math.min(mostDraws, Math.floor(mostTaskDraws / graph.count));
  if (draws < fewestDraws) return undefined;
  const random = seededRandom(seed);
  const makespans = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    const minutes = Float64Array.from(graph.tasks, (task, number) =>
      drawMinutes(task, floatAt(graph.minutes, number), random),
    );
    makespans[draw] = listSchedule({ ...graph, minutes }, options).makespanMinutes;
  }
  makespans.sort();
  const quantile = (share: number): number => roundTo(floatAt(makespans, Math.ceil(share * draws) - 1), 2);
  return { p50: quantile(0.5), p80: quantile(0.8), p95: quantile(0.95), draws };
}

function drawMinutes(task: TaskInput, expected: number, random: SeededRandom): number {
  if (!task.estimate) return expected * Math.exp(usualSpread * random.normal());
  const { optimistic, likely, pessimistic } = task.estimate;
  const width = pessimistic - optimistic;
  if (width <= 0) return expected;
  const share = random.next();
  const rising = (likely - optimistic) / width;
  return share < rising
    ? optimistic + Math.sqrt(share * width * (likely - optimistic))
    : pessimistic - Math.sqrt((1 - share) * width * (pessimistic - likely));
}
