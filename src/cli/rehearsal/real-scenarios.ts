import type { TaskInput } from "../../schema/task.ts";
import { paceScenarios, type PaceScenario } from "./pace-scenarios.ts";
import { seconds } from "./scenario.ts";

/** A rehearsal of failures with programs: which tasks end how. */
export interface RealFailure {
  readonly name: string;
  readonly title: string;
  readonly tasks: readonly TaskInput[];
  readonly maxParallelAgents: number;
  readonly executionStrategy: "conservative" | "aggressive";
  readonly succeeded: readonly string[];
  /** Failed tasks and what their results must call it. */
  readonly failed: Readonly<Record<string, "AgentError" | "Timeout">>;
  readonly skipped: readonly string[];
  /** Files of the successes that must be in the workspace afterwards. */
  readonly written: readonly string[];
}

/** Wall seconds that stand for a minute of the simulated sizes; many agents wait longer, because they all start at once. */
function secondsPerMinute(agents: number): number {
  return agents < 10 ? 0.2 : 0.4;
}

/** Independent programs of six seconds each. */
const thirtyAlone: PaceScenario = {
  name: "c27-linear-10",
  title: "30 independent programs",
  tasks: Array.from({ length: 30 }, (_, index) => ({
    id: `task-${index + 1}`,
    description: `Program ${index + 1}`,
    estimatedMinutes: 15,
  })),
  maxParallelAgents: 10,
};

/** The sizes of record with programs that wait: what an agent does is not our time, how it is coordinated is. */
export const realPaces: readonly PaceScenario[] = [
  ...paceScenarios.filter(({ name }) => !name.startsWith("c27-linear")),
  thirtyAlone,
].map((scenario) => ({
  ...scenario,
  name: scenario.name.replace(/^c\d+/, "real"),
  tasks: scenario.tasks.map((task) => {
    const wait = (task.estimatedMinutes ?? 0) * secondsPerMinute(scenario.maxParallelAgents);
    return { ...task, estimatedMinutes: seconds(wait), command: ["sleep", wait.toFixed(2)] };
  }),
}));

function waiting(id: string, more: Partial<TaskInput> & { readonly shell: string }): TaskInput {
  const { shell, ...rest } = more;
  return { id, description: `Program ${id}`, estimatedMinutes: seconds(1), retries: 0, ...rest, command: { shell } };
}

const works = (id: string, after?: string): TaskInput =>
  waiting(id, { shell: `sleep 0.8 && echo done > ${id}.txt`, ...(after === undefined ? {} : { dependsOn: [after] }) });
const breaks = (id: string): TaskInput => waiting(id, { shell: `sleep 0.3; echo "${id} broke" >&2; exit 3` });

const numbers = ["1", "2", "3", "4", "5"];
const broken = ["1", "3", "5"];
const fiveChains: readonly TaskInput[] = [
  ...numbers.map((number) => (broken.includes(number) ? breaks(`first-${number}`) : works(`first-${number}`))),
  ...numbers.map((number) => works(`second-${number}`, `first-${number}`)),
];
const threeFailures = { "first-1": "AgentError", "first-3": "AgentError", "first-5": "AgentError" } as const;

/** Failures and time-outs with programs. */
export const realFailures: readonly RealFailure[] = [
  {
    name: "real-c26-conservative",
    title: "3 of 10 programs fail: nothing new starts, what runs finishes",
    tasks: fiveChains,
    maxParallelAgents: 5,
    executionStrategy: "conservative",
    succeeded: ["first-2", "first-4"],
    failed: threeFailures,
    skipped: numbers.map((number) => `second-${number}`),
    written: [],
  },
  {
    name: "real-c26-aggressive",
    title: "the same: what does not build on a failure goes on and is written",
    tasks: fiveChains,
    maxParallelAgents: 5,
    executionStrategy: "aggressive",
    succeeded: ["first-2", "first-4", "second-2", "second-4"],
    failed: threeFailures,
    skipped: broken.map((number) => `second-${number}`),
    written: ["first-2.txt", "first-4.txt", "second-2.txt", "second-4.txt"],
  },
  {
    name: "real-d3-isolation",
    title: "one breaks, one hangs until its limit: the others go on",
    tasks: [
      breaks("breaks"),
      waiting("hangs", { shell: "sleep 60", timeoutMinutes: seconds(1) }),
      works("left-1"),
      works("right-1"),
      works("left-2", "left-1"),
      works("right-2", "right-1"),
    ],
    maxParallelAgents: 4,
    executionStrategy: "aggressive",
    succeeded: ["left-1", "right-1", "left-2", "right-2"],
    failed: { breaks: "AgentError", hangs: "Timeout" },
    skipped: [],
    written: ["left-1.txt", "left-2.txt", "right-1.txt", "right-2.txt"],
  },
];
