import type { TaskInput } from "../../schema/task.ts";

/** A rehearsal of speed: what the plan has promised is compared with what came of it. */
export interface PaceScenario {
  readonly name: string;
  readonly title: string;
  readonly tasks: readonly TaskInput[];
  /** So many must really work at once at some time. */
  readonly maxParallelAgents: number;
}

/** A rehearsal is too slow below this share of the speed-up that the plan had estimated. */
export const leastPercentOfEstimate = 80;

/** Coordination may take less than this share of the time. */
export const mostOverheadPercent = 20;

/** Estimates that differ, in an order that looks like none. */
function minutesOf(index: number): number {
  return 6 + ((index * 7) % 11);
}

/** Layers of `width` tasks; each builds on one or two of the layer before. */
function layered(count: number, width: number): TaskInput[] {
  const id = (index: number): string => `task-${index + 1}`;
  return Array.from({ length: count }, (_, index) => {
    const above = index - width;
    const beside = above + 1 < Math.floor(index / width) * width ? [id(above + 1)] : [];
    const needs = above < 0 ? [] : [id(above), ...(index % 3 === 0 ? beside : [])];
    return {
      id: id(index),
      description: `Scripted piece of work ${index + 1}`,
      estimatedMinutes: minutesOf(index),
      ...(needs.length === 0 ? {} : { dependsOn: needs }),
    };
  });
}

/** The same work for every number of agents: sixty tasks of which none builds on another. */
const sixtyAlone: readonly TaskInput[] = Array.from({ length: 60 }, (_, index) => ({
  id: `task-${index + 1}`,
  description: `Scripted piece of work ${index + 1}`,
  estimatedMinutes: 10,
}));

function step(id: string, estimatedMinutes: number, ...dependsOn: string[]): TaskInput {
  const description = `Scripted piece of work ${id}`;
  return { id, description, estimatedMinutes, ...(dependsOn.length === 0 ? {} : { dependsOn }) };
}

/** Seven tasks in four batches; all that is built waits for the model. */
const severalBatches: readonly TaskInput[] = [
  step("model", 10),
  step("api", 15, "model"),
  step("store", 12, "model"),
  step("pages", 9, "model"),
  step("join", 8, "api", "store"),
  step("manual", 6, "pages"),
  step("check", 10, "join", "manual"),
];

/** Ten tasks: one, four, four, one. */
const diamond: readonly TaskInput[] = [
  step("top", 10),
  ...["1", "2", "3", "4"].map((number) => step(`upper-${number}`, 10, "top")),
  ...["1", "2", "3", "4"].map((number) => step(`lower-${number}`, 10, `upper-${number}`)),
  step("bottom", 10, "lower-1", "lower-2", "lower-3", "lower-4"),
];

/** Sizes of record, and one piece of work for 1 to 10 agents: the speed-up grows with their number. */
export const paceScenarios: readonly PaceScenario[] = [
  { name: "c23-batches", title: "7 tasks in 4 batches", tasks: severalBatches, maxParallelAgents: 3 },
  { name: "c23-diamond", title: "10 tasks: one, four, four, one", tasks: diamond, maxParallelAgents: 4 },
  { name: "c27-10-3", title: "10 tasks in layers of 4", tasks: layered(10, 4), maxParallelAgents: 3 },
  { name: "c27-20-5", title: "20 tasks in layers of 7", tasks: layered(20, 7), maxParallelAgents: 5 },
  { name: "c27-50-10", title: "50 tasks in layers of 14", tasks: layered(50, 14), maxParallelAgents: 10 },
  ...[1, 2, 4, 6, 8, 10].map((agents) => ({
    name: `c27-linear-${agents}`,
    title: "60 independent tasks, the same for every number of agents",
    tasks: sixtyAlone,
    maxParallelAgents: agents,
  })),
];
