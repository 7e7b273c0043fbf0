/** The planner against problems whose optimum is known, and the online policy against times that nobody knew before. */
import { taskLevels, tasksByLevel } from "../src/engines/analysis/graph/levels.ts";
import { dispatchRank, listSchedule } from "../src/engines/analysis/makespan.ts";
import { energeticBound, simpleBound } from "../src/engines/analysis/schedule/energetic-bound.ts";
import { planSchedule } from "../src/engines/analysis/schedule/plan-schedule.ts";
import { scheduleProblem } from "../src/engines/analysis/schedule/schedule-problem.ts";
import type { TaskGraph } from "../src/engines/analysis/graph/task-graph.ts";
import { numberAt } from "../src/util/number-at.ts";
import { seededRandom } from "../src/util/seeded-random.ts";
import type { Figure, Part } from "./figure.ts";
import { hasPlannerData, psplibProblems, stgProblems, type KnownProblem } from "./planner-data.ts";

const spread = 0.5;

interface Outcome {
  readonly gap: number;
  readonly optimal: boolean;
  readonly proven: boolean;
  readonly ms: number;
}

function solve(problem: KnownProblem, budgetMs: number): Outcome {
  const before = performance.now();
  const shouldStop = (): boolean => performance.now() - before > budgetMs;
  const budget = { maxSteps: Infinity, shouldStop, seed: 1 };
  const { schedule, boundMinutes, provenOptimal } = planSchedule(problem.graph, { ...problem, budget });
  const ms = performance.now() - before;
  if (boundMinutes > problem.best * (1 + 1e-9)) throw new Error(`${problem.name}: the bound is above a known schedule`);
  const gap = schedule.makespanMinutes / problem.best - 1;
  return { gap, optimal: gap <= 1e-9, proven: provenOptimal, ms };
}

/** What the given way of starting tasks makes of the problem, as a share above the best known. */
function meanGap(problems: readonly KnownProblem[], makespan: (problem: KnownProblem) => number): string {
  return `${percent(mean(problems.map((problem) => makespan(problem) / problem.best - 1))).toFixed(2)} %`;
}

function peersOf(problems: readonly KnownProblem[]): Record<string, string> {
  return {
    "longest chain first": meanGap(problems, (problem) => listed(problem, dispatchRank(problem.graph))),
    "first come, first served": meanGap(problems, (problem) =>
      listed(
        problem,
        problem.graph.order.map((_, task) => task),
      ),
    ),
    "levels with barriers": meanGap(problems, (problem) => phased(problem, levelsOf(problem.graph))),
    "batches of P": meanGap(problems, (problem) => phased(problem, batchesOfAgents(problem))),
  };
}

function listed(problem: KnownProblem, rank: Int32Array): number {
  return listSchedule(problem.graph, { ...problem, rank }).makespanMinutes;
}

const levelsOf = (graph: TaskGraph): number[][] => tasksByLevel(taskLevels(graph));

/** The ready tasks in input order, as many as there are agents, wait for each other before the next begin. */
function batchesOfAgents({ graph, agents }: Pick<KnownProblem, "graph" | "agents">): number[][] {
  return levelsOf(graph).flatMap((level) =>
    Array.from({ length: Math.ceil(level.length / agents) }, (_, batch) =>
      level.slice(batch * agents, (batch + 1) * agents),
    ),
  );
}

function phased(problem: KnownProblem, phases: readonly (readonly number[])[]): number {
  const { graph, agents, claims } = problem;
  const none = new Int32Array(graph.count + 1);
  const rank = dispatchRank(graph);
  let total = 0;
  for (const phase of phases) {
    const minutes = new Float64Array(graph.count);
    for (const task of phase) minutes[task] = numberAt(graph.minutes, task);
    const ofTask = claims.ofTask.map((list, task) => (phase.includes(task) ? list : []));
    const alone = { ...graph, minutes, successorStart: none, predecessorStart: none };
    total += listSchedule(
      { ...alone, successors: new Int32Array(0) },
      {
        agents,
        claims: { ...claims, ofTask },
        rank,
      },
    ).makespanMinutes;
  }
  return total;
}

function planned(name: string, problems: readonly KnownProblem[], budgetMs: number) {
  const outcomes = problems.map((problem) => solve(problem, budgetMs));
  const share = (has: (outcome: Outcome) => boolean): number => percent(outcomes.filter(has).length / outcomes.length);
  const remark = `${problems.length} problems, ${budgetMs} ms at most, ${mean(outcomes.map(({ ms }) => ms)).toFixed(1)} ms on average`;
  const gap = {
    name: `${name}: mean gap to the best known`,
    value: percent(mean(outcomes.map((each) => each.gap))),
    unit: "%",
    remark,
    peers: peersOf(problems),
  } as const;
  return { gap, notOptimal: 100 - share((each) => each.optimal), notProven: 100 - share((each) => each.proven) };
}

/** Tasks take other times than estimated; the estimates give the order, the real times decide when agents are free. */
function online(problems: readonly KnownProblem[], agents: number): Figure {
  const random = seededRandom(1);
  const ratios = { online: [] as number[], simple: [] as number[], levels: [] as number[], batches: [] as number[] };
  for (const { graph, claims, ...rest } of problems) {
    const minutes = graph.minutes.map((value) => value * Math.exp(spread * random.normal()));
    const actual = { ...graph, minutes };
    const known = { ...rest, graph: actual, claims, agents };
    const problem = scheduleProblem(actual, known);
    const bound = energeticBound(problem, () => false) * problem.unitMinutes;
    const real = listSchedule(actual, { agents, claims, rank: dispatchRank(graph) }).makespanMinutes;
    ratios.online.push(real / bound);
    ratios.simple.push(real / (simpleBound(problem) * problem.unitMinutes));
    ratios.levels.push(phased(known, levelsOf(actual)) / bound);
    ratios.batches.push(phased(known, batchesOfAgents(known)) / bound);
  }
  return {
    name: `online on ${agents} agents, times log-normal around the estimate (${spread}), to the bound of the real times`,
    value: mean(ratios.online),
    unit: "×",
    target: agents >= 10 ? 1.03 : 1.05,
    remark: `${mean(ratios.simple).toFixed(3)} × max(longest chain, work / agents)`,
    peers: { "levels with barriers": mean(ratios.levels), "batches of P": mean(ratios.batches) },
  };
}

const percent = (share: number): number => 100 * share;
const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, value) => sum + value, 0) / Math.max(1, numbers.length);

/** How good the plans are. */
export const planner: Part = {
  name: "planner",
  about:
    "Plans against the best schedules known, one process, one core; PSPLIB j30 and STG 50 from the folder PARALLELIZATION_BENCH_DATA, without which this part has no figures. Peers: mean gap of the same problems.",
  measure(say) {
    if (!hasPlannerData()) {
      say("PARALLELIZATION_BENCH_DATA names no folder with psplib-j30 and stg-50: nothing measured");
      return Promise.resolve([]);
    }
    say("PSPLIB j30");
    const j30 = planned("PSPLIB j30", psplibProblems(), 100);
    say("STG 50");
    const problems = stgProblems();
    const stg = planned("STG 50", problems, 50);
    say("online");
    const single = problems.filter(({ agents }) => agents === 4);
    const figures: Figure[] = [
      { ...j30.gap, target: 0.1 },
      { name: "PSPLIB j30: not optimal", value: j30.notOptimal, unit: "%", target: 5 },
      stg.gap,
      { name: "STG 50: not proven optimal", value: stg.notProven, unit: "%", target: 6 },
      online(single, 4),
      online(single, 10),
    ];
    return Promise.resolve(figures);
  },
};
