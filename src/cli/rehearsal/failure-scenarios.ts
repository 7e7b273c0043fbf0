import { minuteMs, scenario, type Scenario, type Step } from "./scenario.ts";

/** Ten tasks in five chains of two; three of the five first ones fail, one after the other. */
const fiveChains: readonly Step[] = [
  { id: "first-1", minutes: 6, fails: true },
  { id: "first-2", minutes: 10 },
  { id: "first-3", minutes: 8, fails: true },
  { id: "first-4", minutes: 10 },
  { id: "first-5", minutes: 4, fails: true },
  ...["1", "2", "3", "4", "5"].map((number) => ({ id: `second-${number}`, minutes: 10, after: [`first-${number}`] })),
];

/** Ten tasks of which none builds on another; three fail, in the middle and at the end. */
const tenAlone: readonly Step[] = Array.from({ length: 10 }, (_, index) => ({
  id: `task-${index + 1}`,
  minutes: 10,
  ...([2, 5, 9].includes(index) ? { fails: true } : {}),
}));

/** One breaks, one hangs until its time limit; three chains beside them have nothing to do with that. */
const besideTrouble: readonly Step[] = [
  { id: "breaks", minutes: 2, fails: true },
  { id: "hangs", minutes: 60, limitMinutes: 5 },
  { id: "left-1", minutes: 10 },
  { id: "middle-1", minutes: 8 },
  { id: "right-1", minutes: 6 },
  { id: "left-2", minutes: 5, after: ["left-1"] },
  { id: "middle-2", minutes: 5, after: ["middle-1"] },
  { id: "right-2", minutes: 5, after: ["right-1"] },
];

/** Failures and time-outs: all of them told, no success lost, nobody else disturbed. */
export const failureScenarios: readonly Scenario[] = [
  scenario({
    name: "c26-conservative",
    title: "3 of 10 fail: nothing new starts, what runs finishes, all 3 are told",
    steps: fiveChains,
    agents: 5,
    parallelMs: 10 * minuteMs,
    phases: 2,
    parallelTasks: 10,
    failed: 3,
    skipped: ["second-1", "second-2", "second-3", "second-4", "second-5"],
  }),
  scenario({
    name: "c26-aggressive",
    title: "the same: only what builds on a failure is skipped",
    steps: fiveChains,
    agents: 5,
    strategy: "aggressive",
    parallelMs: 20 * minuteMs,
    phases: 2,
    parallelTasks: 10,
    failed: 3,
    skipped: ["second-1", "second-3", "second-5"],
  }),
  scenario({
    name: "c26-independent",
    title: "3 of 10 independent tasks fail: 7 successes",
    steps: tenAlone,
    agents: 3,
    strategy: "aggressive",
    parallelMs: 40 * minuteMs,
    phases: 1,
    parallelTasks: 10,
    failed: 3,
  }),
  scenario({
    name: "d3-isolation",
    title: "one breaks, one hangs until its limit: the others do not notice",
    steps: besideTrouble,
    agents: 5,
    strategy: "aggressive",
    parallelMs: 15 * minuteMs,
    phases: 2,
    parallelTasks: 8,
    failed: 2,
  }),
  scenario({
    name: "d3-last-round",
    title: "the same without dependents, conservative: what runs finishes",
    steps: besideTrouble.filter((step) => step.after === undefined),
    agents: 5,
    parallelMs: 10 * minuteMs,
    phases: 1,
    parallelTasks: 5,
    failed: 2,
  }),
];
