/** Plans of the AsyncHow set (Lin et al. 2024), where a folder with them is named; they are no part of the project. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Workflow } from "./workflow-shapes.ts";

interface Plan {
  /** Shortest and longest time of each step, by its number counted from 1. */
  readonly seconds: Readonly<Record<string, readonly [number, number]>>;
  /** Pairs of step numbers: the second needs the first. */
  readonly deps: readonly (readonly [string, string])[];
}

const mostPlans = 6;
const agents = 4;
/** Plans with less to gain say nothing about a scheduler. */
const leastSpeedup = 1.8;

/** The first plans with some parallelism of `PARALLELIZATION_BENCH_DATA`/asynchow; none where that is not set. */
export async function asyncHowPlans(): Promise<readonly Workflow[]> {
  const folder = process.env["PARALLELIZATION_BENCH_DATA"];
  if (folder === undefined || folder === "") return [];
  const plans = JSON.parse(await readFile(join(folder, "asynchow", "async-400.json"), "utf8")) as readonly Plan[];
  return plans
    .map((plan, number) => toWorkflow(plan, `AsyncHow ${number + 1}`))
    .filter(isWorthwhile)
    .slice(0, mostPlans);
}

function toWorkflow({ seconds, deps }: Plan, name: string): Workflow {
  const times = Object.values(seconds).map(([shortest, longest]) => (shortest + longest) / 2);
  const needs = times.map((_, step) =>
    deps.flatMap(([from, to]) => (Number(to) === step + 1 ? [Number(from) - 1] : [])),
  );
  return { name, agents, needs, times };
}

function isWorthwhile({ needs, times }: Workflow): boolean {
  // Others take their tasks in an order in which needs come first.
  if (!needs.every((list, step) => list.every((need) => need < step))) return false;
  const ends: number[] = [];
  for (const [step, list] of needs.entries()) {
    ends.push((times[step] ?? 0) + Math.max(0, ...list.map((need) => ends[need] ?? 0)));
  }
  const work = times.reduce((sum, time) => sum + time, 0);
  return work / Math.max(...ends) >= leastSpeedup;
}
