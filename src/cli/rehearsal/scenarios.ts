import { minuteMs, scenario, seconds, type Scenario, type Step } from "./scenario.ts";

const threeSeconds = (failing?: string): Step[] =>
  [
    { id: "one", minutes: seconds(0.5) },
    { id: "two", minutes: seconds(0.3) },
    { id: "three", minutes: seconds(0.4) },
  ].map((step) => (step.id === failing ? Object.assign(step, { fails: true }) : step));

/** Three chains of two; the middle one breaks after five minutes, while the others are still at work. */
const breakingChains: readonly Step[] = [
  { id: "left-1", minutes: 10 },
  { id: "middle-1", minutes: 5, fails: true },
  { id: "right-1", minutes: 10 },
  { id: "left-2", minutes: 10, after: ["left-1"] },
  { id: "middle-2", minutes: 10, after: ["middle-1"] },
  { id: "right-2", minutes: 10, after: ["right-1"] },
];

const upper = ["upper-1", "upper-2", "upper-3", "upper-4"] as const;
const lower = ["lower-1", "lower-2", "lower-3", "lower-4"] as const;

/** The scenarios of record, each with the outcome it must have. */
export const scenarios: readonly Scenario[] = [
  scenario({
    name: "record",
    title: "5 tasks, 3 agents, 3 batches: 4 in parallel, 1 alone",
    mode: "batch",
    steps: [
      { id: "model", minutes: 10 },
      { id: "schema", minutes: 10 },
      { id: "api", minutes: 10, after: ["model"] },
      { id: "store", minutes: 10, after: ["schema"] },
      { id: "check", minutes: 10, after: ["api", "store"] },
    ],
    agents: 3,
    parallelMs: 30 * minuteMs,
    phases: 3,
    parallelTasks: 4,
  }),
  scenario({
    name: "d5-independent",
    title: "3 independent: 1.2 s becomes 0.5 s",
    steps: threeSeconds(),
    agents: 3,
    parallelMs: 500,
    phases: 1,
    parallelTasks: 3,
  }),
  scenario({
    name: "d5-dependent",
    title: "2 independent and 1 dependent: 2.2 s becomes 1.5 s",
    steps: [
      { id: "one", minutes: seconds(0.8) },
      { id: "two", minutes: seconds(0.7) },
      { id: "last", minutes: seconds(0.7), after: ["one", "two"] },
    ],
    agents: 2,
    parallelMs: 1_500,
    phases: 2,
    parallelTasks: 2,
  }),
  scenario({
    name: "d5-timeout",
    title: "an agent of 5 s is stopped after 1 s",
    steps: [{ id: "slow", minutes: seconds(5), limitMinutes: seconds(1) }],
    agents: 1,
    parallelMs: 1_000,
    phases: 1,
    parallelTasks: 0,
    failed: 1,
  }),
  scenario({
    name: "d5-error",
    title: "one error of three: 1.2 s becomes 0.5 s",
    steps: threeSeconds("two"),
    agents: 3,
    strategy: "aggressive",
    parallelMs: 500,
    phases: 1,
    parallelTasks: 3,
    failed: 1,
  }),
  scenario({
    name: "conservative-failure",
    title: "after a failure nothing new starts",
    steps: breakingChains,
    agents: 3,
    parallelMs: 10 * minuteMs,
    phases: 2,
    parallelTasks: 6,
    failed: 1,
    skipped: ["left-2", "middle-2", "right-2"],
  }),
  scenario({
    name: "aggressive-failure",
    title: "only what builds on a failure is skipped",
    steps: breakingChains,
    agents: 3,
    strategy: "aggressive",
    parallelMs: 20 * minuteMs,
    phases: 2,
    parallelTasks: 6,
    failed: 1,
    skipped: ["middle-2"],
  }),
  scenario({
    name: "diamond",
    title: "10 tasks, 4 agents: one, four, four, one",
    steps: [
      { id: "top", minutes: 10 },
      ...upper.map((id) => ({ id, minutes: 10, after: ["top"] })),
      ...lower.map((id, index) => ({ id, minutes: 10, after: [upper[index] ?? "top"] })),
      { id: "bottom", minutes: 10, after: [...lower] },
    ],
    agents: 4,
    parallelMs: 40 * minuteMs,
    phases: 4,
    parallelTasks: 8,
  }),
  scenario({
    name: "phase1-two",
    title: "2 agents, 2 independent tasks",
    steps: [
      { id: "one", minutes: 10 },
      { id: "two", minutes: 10 },
    ],
    agents: 2,
    parallelMs: 10 * minuteMs,
    phases: 1,
    parallelTasks: 2,
  }),
  scenario({
    name: "phase1-three",
    title: "2 agents, 3 tasks, 1 of them dependent",
    steps: [
      { id: "one", minutes: 10 },
      { id: "two", minutes: 10 },
      { id: "last", minutes: 10, after: ["one", "two"] },
    ],
    agents: 2,
    parallelMs: 20 * minuteMs,
    phases: 2,
    parallelTasks: 2,
  }),
];
