import { seededRandom } from "../../src/util/seeded-random.ts";
import type { TaskInput } from "../../src/schema/task.ts";

/** Tasks drawn from a seed, and what they compete for. */
export interface RandomPlan {
  readonly tasks: readonly TaskInput[];
  readonly agents: number;
  readonly resources: Readonly<Record<string, number>>;
}

/** Draws 5 to 60 tasks with up to three needs each, mutexes, units of a resource, and 1 to 8 agents. */
export function randomPlan(seed: number): RandomPlan {
  const random = seededRandom(seed);
  const below = (bound: number): number => Math.floor(random.next() * bound);
  const count = 5 + below(56);
  const tasks = Array.from({ length: count }, (_, n): TaskInput => {
    const needs = Array.from({ length: below(4) }, () => below(Math.max(1, n)));
    return {
      id: `t${n}`,
      description: `Task number ${n}`,
      estimatedMinutes: 1 + below(30),
      dependsOn: [...new Set(needs)].filter((need) => need < n).map((need) => `t${need}`),
      ...(below(6) === 0 && { exclusive: [`lock-${below(3)}`] }),
      ...(below(5) === 0 && { resources: { gpu: 1 + below(2) } }),
    };
  });
  return { tasks, agents: 1 + below(8), resources: { gpu: 2 } };
}
