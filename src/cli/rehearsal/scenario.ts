import type { TaskInput } from "../../schema/task.ts";
import type { ExecuteInput } from "../../schema/workflow.ts";

/** What must come out of a scenario, exactly. Times are milliseconds of the virtual clock. */
export interface Expectation {
  /** The planned durations, one after the other and without any time limit, of the tasks that ran. */
  readonly oneByOneMs: number;
  readonly parallelMs: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly phases: number;
  readonly parallelTasks: number;
  readonly conflicts: number;
  /** Failures whose result does not say what went wrong. */
  readonly untold: number;
  /** Successes that the results do not contain. */
  readonly lost: number;
  /** Successes that took another time than was planned. */
  readonly disturbed: number;
  /** Tasks that started before all they build on had succeeded. */
  readonly outOfOrder: number;
}

/** A rehearsal whose outcome is known beforehand. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly tasks: readonly TaskInput[];
  readonly maxParallelAgents: number;
  readonly executionStrategy: "conservative" | "aggressive";
  readonly mode: NonNullable<ExecuteInput["mode"]>;
  readonly expected: Expectation;
}

/** One task of a scenario. */
export interface Step {
  readonly id: string;
  readonly minutes: number;
  readonly after?: readonly string[];
  readonly fails?: boolean;
  readonly limitMinutes?: number;
}

/** A minute in milliseconds. */
export const minuteMs = 60_000;

/** Writes a scenario down: what follows from its steps is worked out, the rest is stated. */
export function scenario(outline: {
  readonly name: string;
  readonly title: string;
  readonly steps: readonly Step[];
  readonly agents: number;
  readonly strategy?: "conservative" | "aggressive";
  readonly mode?: Scenario["mode"];
  readonly parallelMs: number;
  readonly phases: number;
  readonly parallelTasks: number;
  readonly failed?: number;
  readonly skipped?: readonly string[];
}): Scenario {
  const { steps, failed = 0, skipped = [] } = outline;
  const ran = steps.filter((step) => !skipped.includes(step.id));
  return {
    name: outline.name,
    title: outline.title,
    tasks: steps.map((step) => toTask(step)),
    maxParallelAgents: outline.agents,
    executionStrategy: outline.strategy ?? "conservative",
    mode: outline.mode ?? "dependency",
    expected: {
      oneByOneMs: Math.round(ran.reduce((sum, step) => sum + step.minutes, 0) * minuteMs),
      parallelMs: outline.parallelMs,
      succeeded: ran.length - failed,
      failed,
      skipped: skipped.length,
      phases: outline.phases,
      parallelTasks: outline.parallelTasks,
      conflicts: 0,
      untold: 0,
      lost: 0,
      disturbed: 0,
      outOfOrder: 0,
    },
  };
}

function toTask({ id, minutes, after, fails, limitMinutes }: Step): TaskInput {
  return {
    id,
    description: `Scripted piece of work ${id}`,
    estimatedMinutes: minutes,
    retries: 0,
    simulate: { minutes, ...(fails === true ? { fail: `${id} fails as scripted` } : {}) },
    ...(after === undefined ? {} : { dependsOn: [...after] }),
    ...(limitMinutes === undefined ? {} : { timeoutMinutes: limitMinutes }),
  };
}

/** Seconds as minutes. */
export function seconds(count: number): number {
  return count / 60;
}
