import type { Problem } from "../../schema/problem.ts";
import type { TaskInput } from "../../schema/task.ts";
import { numberAt } from "../../util/number-at.ts";
import { mutexesOf } from "./file-mutexes.ts";

/** Units of one resource that a task holds while it runs. */
export interface Claim {
  /** Number of the resource. */
  readonly resource: number;
  readonly units: number;
}

/** Everything besides agents that tasks compete for: mutexes are resources with one unit. */
export interface ResourceClaims {
  readonly names: readonly string[];
  readonly capacity: readonly number[];
  /** The claims of each task, by task number. */
  readonly ofTask: readonly (readonly Claim[])[];
}

const nothing: readonly never[] = [];

/** Capacities by name, and groups of tasks (by number) that are never to run together. */
export interface ClaimOptions {
  readonly capacities?: Readonly<Record<string, number>> | undefined;
  readonly neverTogether?: readonly (readonly number[])[];
}

/**
 * Collects what tasks hold while they run: their named mutexes, the files that others declare to write too, the resources
 * that have a capacity (others are unlimited), and the groups given. A claim above the capacity counts as all of it.
 */
export function resourceClaims(tasks: readonly TaskInput[], options: ClaimOptions = {}): ResourceClaims {
  const names: string[] = [];
  const capacity: number[] = [];
  const ofTask: (readonly Claim[])[] = tasks.map(() => nothing);
  const hold = (number: number, claim: Claim): void => {
    ofTask[number] = [...(ofTask[number] ?? nothing), claim];
  };
  const register = (name: string, units: number): number => {
    capacity.push(units);
    return names.push(name) - 1;
  };
  const held = mutexesOf(tasks);
  const mutexes = new Map<string, number>();
  const limited = new Map<string, number>();
  for (const [name, units] of Object.entries(options.capacities ?? {})) limited.set(name, register(name, units));
  tasks.forEach((task, number) => {
    for (const name of new Set(held[number])) {
      const resource = mutexes.get(name) ?? register(name, 1);
      mutexes.set(name, resource);
      hold(number, { resource, units: 1 });
    }
    for (const [name, units] of task.resources ? Object.entries(task.resources) : nothing) {
      const resource = limited.get(name);
      if (resource === undefined || units === 0) continue;
      hold(number, { resource, units: Math.min(units, numberAt(capacity, resource)) });
    }
  });
  for (const group of options.neverTogether ?? []) {
    const resource = register("", 1);
    for (const number of new Set(group)) hold(number, { resource, units: 1 });
  }
  return { names, capacity, ofTask };
}

/** Refuses capacities that are no numbers, and tasks that no capacity could ever satisfy. */
export function checkCapacities(
  tasks: readonly TaskInput[],
  capacities: Readonly<Record<string, number>> | undefined,
  field: string,
): Problem | undefined {
  const limits = new Map(Object.entries(capacities ?? {}));
  for (const [name, units] of limits) {
    if (Number.isFinite(units) && units > 0) continue;
    return {
      code: "INVALID_ARGUMENT",
      error: `The capacity of resource "${name}" must be a number above 0, not ${units}`,
      field: `constraints.resources.${name}`,
      example: 1,
      advice: "Give the units that exist, or leave the resource out if it is not limited.",
    };
  }
  for (const [number, task] of tasks.entries()) {
    for (const [name, units] of task.resources ? Object.entries(task.resources) : nothing) {
      const limit = limits.get(name);
      if (limit === undefined || units <= limit) continue;
      return {
        code: "INVALID_ARGUMENT",
        error: `Task "${task.id}" needs ${units} of resource "${name}", of which there are only ${limit}: it could never start`,
        field: `${field}[${number}].resources.${name}`,
        example: limit,
        advice: `Lower the need of the task or raise constraints.resources.${name}.`,
      };
    }
  }
  return undefined;
}
